"""One call of the client's, stepped by hand: what it sends, what its answer means, when it is
repeated."""

import json
from collections.abc import Generator
from typing import Any

import pytest

from scute_auth.api.row import Credential, Row
from scute_auth.client.reading import whole
from scute_auth.client.request import Request
from scute_auth.client.sending import send
from scute_auth.config import ScuteConfig
from scute_auth.effects import Answer, Effect, HttpCall, HttpFailure, HttpOutcome, HttpReply, Sleep
from scute_auth.errors import (
    ApiError,
    ConfigError,
    Forbidden,
    NoAnswer,
    NotFound,
    RateLimited,
    ScuteUnavailable,
    ServerError,
)
from tests.client.support import CONFIG, json_reply

NOW = 1_800_000_000.0
BUSY = json_reply({"error": "later"}, 503)
LIMITED = json_reply({"error": "too many"}, 429, retry_after="3")
OK = json_reply({"id": "x"})
DOWN = HttpFailure("network")


def row(method: Any = "GET", *credentials: Credential) -> Row:
    return Row("x.y", method, "/v1/{app_id}/x", credentials, None, "I")


class Run:
    """A flow under way: `effect` is what it waits for."""

    def __init__(self, request: Request[Any], timeout: float = 30.0) -> None:
        self.flow: Generator[Effect, Answer, Any] = send(CONFIG, request, now=NOW, timeout=timeout)
        self.now = NOW
        self.effect: Any = next(self.flow)
        self.result: Any = None

    def answer(self, outcome: HttpOutcome, *, took: float = 0.0) -> None:
        self.now += took
        self._send(outcome)

    def sleep(self) -> float:
        """The wait that is asked for, over at once."""
        assert isinstance(self.effect, Sleep)
        waited = self.effect.seconds
        self.now += waited
        self._send(None)
        return waited

    def _send(self, value: Any) -> None:
        try:
            self.effect = self.flow.send(Answer(value, self.now))
        except StopIteration as stop:
            self.effect, self.result = None, stop.value


def test_a_call_is_what_its_request_says() -> None:
    request = Request(row("POST", Credential.SECRET), whole, query={"a": "b&c"}, body={"d": 1})
    call: HttpCall = Run(request, 7.0).effect

    assert (call.method, call.url, call.timeout) == (
        *("POST", "https://api.scute.io/v1/app_demo/x?a=b%26c", 7.0),
    )
    assert ("authorization", "Bearer scapp_secret") in call.headers
    assert json.loads(call.body or b"") == {"d": 1}
    assert call.max_bytes > 1_000_000


def test_a_user_is_named_by_a_token_beside_the_secret_too() -> None:
    call: HttpCall = Run(Request(row("GET", Credential.SECRET), whole, token="t.o.k")).effect

    assert {("authorization", "Bearer scapp_secret"), ("x-authorization", "t.o.k")} <= set(
        call.headers
    )


@pytest.mark.parametrize("token", ["", "a b", "a\r\nx: y", "\u00e9", "a" * 20_000])
def test_what_is_no_token_is_not_sent(token: str) -> None:
    request = Request(row("GET", Credential.USER), whole, token=token)

    with pytest.raises(ValueError, match="needs a token") as caught:
        next(send(CONFIG, request, now=NOW, timeout=1.0))

    assert not token or token not in str(caught.value)


def test_an_answer_is_read() -> None:
    run = Run(Request(row(), whole))
    run.answer(OK)

    assert run.result == {"id": "x"}


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ({"data": {"id": "x"}}, {"id": "x"}),
        ({"data": {"id": "x"}, "id": "y"}, {"data": {"id": "x"}, "id": "y"}),
    ],
)
def test_an_answer_may_stand_below_data(answer: object, read: object) -> None:
    run = Run(Request(row(), whole))
    run.answer(json_reply(answer))

    assert run.result == read


def test_a_no_of_scute_is_an_error_with_its_facts_and_is_not_repeated() -> None:
    run = Run(Request(row(), whole))
    body = {"error": "no", "error_code": "not_found", "details": {"a": 1}}

    with pytest.raises(NotFound) as caught:
        run.answer(json_reply(body, 404, x_request_id="req-7"))

    error = caught.value
    assert (error.operation, error.status, error.code) == ("x.y", 404, "not_found")
    assert (error.details, error.request_id) == ({"a": 1}, "req-7")


@pytest.mark.parametrize("header", ["a b", "x" * 65, "\u00e9"])
def test_a_request_id_that_is_no_word_is_left_out(header: str) -> None:
    run = Run(Request(row(), whole))

    with pytest.raises(ApiError) as caught:
        run.answer(json_reply({}, 404, x_request_id=header))

    assert caught.value.request_id == ""


def test_a_proxys_page_is_not_scutes_no() -> None:
    run = Run(Request(row(), whole))

    with pytest.raises(ApiError) as caught:
        run.answer(HttpReply(404, (), b"<html>"))

    assert type(caught.value) is ApiError
    assert caught.value.code == "unusable_answer"


def test_an_answer_that_cannot_be_read_is_an_error() -> None:
    run = Run(Request(row(), whole))

    with pytest.raises(ApiError, match="200 unusable_answer"):
        run.answer(HttpReply(200, (), b"<html>"))


@pytest.mark.parametrize("outcome", [BUSY, DOWN, json_reply({}, 408), HttpReply(502, (), b"<h")])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_what_may_be_repeated_is_while_nobody_can_tell(method: str, outcome: HttpOutcome) -> None:
    run = Run(Request(row(method), whole))
    first = run.effect
    run.answer(outcome)
    waited = run.sleep()

    assert 0.75 <= waited <= 1.0
    assert (run.effect.method, run.effect.url) == (first.method, first.url)
    assert run.effect.timeout == pytest.approx(30.0 - waited)
    run.answer(OK)
    assert run.result == {"id": "x"}


@pytest.mark.parametrize("outcome", [BUSY, DOWN])
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_what_may_have_been_done_is_not_done_twice(method: str, outcome: HttpOutcome) -> None:
    run = Run(Request(row(method), whole))

    with pytest.raises(ScuteUnavailable):
        run.answer(outcome)


def test_what_was_too_large_would_be_so_again() -> None:
    run = Run(Request(row(), whole))

    with pytest.raises(ScuteUnavailable, match="too_large"):
        run.answer(HttpFailure("too_large"))


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_who_was_turned_away_comes_back_when_told(method: str) -> None:
    run = Run(Request(row(method), whole))
    run.answer(LIMITED)

    assert 3.75 <= run.sleep() <= 4.0
    run.answer(OK)
    assert run.result == {"id": "x"}


def test_a_post_is_not_repeated_even_where_scute_turned_it_away() -> None:
    run = Run(Request(row("POST"), whole))

    with pytest.raises(RateLimited) as caught:
        run.answer(LIMITED)

    assert caught.value.retry_after == 3


def test_a_long_wait_is_told_as_it_is_and_not_cut_short() -> None:
    limited = json_reply({}, 429, retry_after="3600")
    run = Run(Request(row(), whole), timeout=120.0)

    with pytest.raises(RateLimited) as caught:
        run.answer(limited)
    assert caught.value.retry_after == 3600

    patient = Run(Request(row(), whole), timeout=7200.0)
    patient.answer(limited)
    assert 3600 <= patient.sleep() <= 3601


def test_the_wait_grows_and_the_tries_end() -> None:
    run = Run(Request(row(), whole), timeout=600.0)
    waits: list[float] = []
    for _ in range(4):
        run.answer(BUSY)
        waits.append(run.sleep())

    assert all(0.75 * most <= wait <= most for wait, most in zip(waits, (1, 2, 4, 8), strict=True))
    with pytest.raises(ServerError, match="503"):
        run.answer(BUSY)


def test_two_processes_do_not_wait_the_same() -> None:
    waits: set[float] = set()
    for took in (0.000_1, 0.000_4, 0.000_7):
        run = Run(Request(row(), whole))
        run.answer(BUSY, took=took)
        waits.add(run.effect.seconds)

    assert len(waits) == 3


def test_no_try_begins_after_the_deadline() -> None:
    run = Run(Request(row(), whole), timeout=5.0)

    with pytest.raises(ServerError):
        run.answer(BUSY, took=4.5)


def test_a_sleep_that_took_too_long_leaves_little() -> None:
    run = Run(Request(row(), whole), timeout=5.0)
    run.answer(BUSY, took=3.5)
    run.now += 60.0
    run.sleep()

    assert run.effect.timeout == pytest.approx(0.1)


def test_no_answer_is_trouble_of_its_own() -> None:
    run = Run(Request(row("POST"), whole))

    with pytest.raises(NoAnswer) as caught:
        run.answer(HttpFailure("timeout"))

    assert (caught.value.operation, caught.value.kind) == ("x.y", "timeout")
    assert not isinstance(caught.value, ApiError)


def test_where_a_browser_is_sent_is_an_answer() -> None:
    run = Run(Request(row(), whole, is_redirect=True))
    run.answer(HttpReply(302, (("location", "https://idp.example/?a=b"),)))
    assert run.result == {"url": "https://idp.example/?a=b"}

    same = Run(Request(row(), whole, is_redirect=True))
    same.answer(json_reply({"url": "https://idp.example/"}))
    assert same.result == {"url": "https://idp.example/"}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (HttpReply(302, (("location", "https://x.example/"),)), ApiError),
        (json_reply({}, 403, location="https://x.example/"), Forbidden),
    ],
)
def test_nothing_else_is_followed(reply: HttpReply, kind: type[ApiError]) -> None:
    run = Run(Request(row(), whole, is_redirect=reply.status == 403))

    with pytest.raises(kind):
        run.answer(reply)


@pytest.mark.parametrize(
    ("credential", "setting"),
    [
        (Credential.SECRET, "SCUTE_SECRET"),
        (Credential.EITHER, "SCUTE_SECRET"),
        (Credential.WORKSPACE, "SCUTE_WORKSPACE_SECRET"),
    ],
)
def test_a_secret_that_is_not_set_is_named(credential: Credential, setting: str) -> None:
    flow = send(
        ScuteConfig("app_demo"), Request(row("GET", credential), whole), now=NOW, timeout=1.0
    )

    with pytest.raises(ConfigError, match=f"^{setting} is not set: x.y needs it"):
        next(flow)


def test_the_workspaces_secret_serves_where_the_apps_is_not_set() -> None:
    config = ScuteConfig("app_demo", workspace_secret="scwor_secret")
    flow = send(config, Request(row("GET", Credential.SECRET), whole), now=NOW, timeout=1.0)
    call = next(flow)

    assert isinstance(call, HttpCall)
    assert ("authorization", "Bearer scwor_secret") in call.headers


def test_the_workspace_is_the_settings_unless_another_is_named() -> None:
    place = Row("x.y", "GET", "/v1/workspaces/{workspace_id}", (), None, "I")

    assert Run(Request(place, whole)).effect.url.endswith("/workspaces/ws_1")
    other = Request(place, whole, path={"workspace_id": "ws/2"})
    assert Run(other).effect.url.endswith("/workspaces/ws%2F2")
    flow = send(ScuteConfig("app_demo"), Request(place, whole), now=NOW, timeout=1.0)
    with pytest.raises(ConfigError, match="SCUTE_WORKSPACE_ID"):
        next(flow)


def test_nothing_secret_is_shown() -> None:
    request = Request(
        row("POST", Credential.SECRET),
        whole,
        query={"q": "s3cret"},
        body={"b": "s3cret"},
        token="s3cret",
    )

    assert "s3cret" not in repr(request)
