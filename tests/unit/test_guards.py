"""What a place demands, and each way to say no (design, rule Answers; security.md H12)."""

import json
from typing import Any

import pytest

from scute_auth.claims import Claims
from scute_auth.effects import Answer, HttpCall, HttpFailure, HttpReply
from scute_auth.errors import ConfigError, Reason, ScuteUnavailable
from scute_auth.guards import Requirement, gate, guard, is_live, revoked
from scute_auth.http import READ, Reply, ResponseChanges, SetCookie
from scute_auth.identity import AuthResult, Session, SignedIn, SignedOut, Unavailable, User
from scute_auth.refusals import essential_headers, failure, is_navigation, problem, refusal
from tests.unit.support import DOWN, NOW, Clock, Endpoint, Stepper, config, json_reply
from tests.unit.views import view

ANA = User("usr_1", Claims("usr_1", "app_demo", NOW + 600))
ACTED = User("usr_1", Claims("usr_1", "app_demo", NOW + 600, raw={"imp": True}))
BROWSER = ("accept", "text/html")
CHANGES = ResponseChanges((SetCookie("a", "1", 60, secure=True),))


def signed_in(user: User = ANA, source: Any = "cookie") -> SignedIn:
    return SignedIn(user, Session(source, "a.b.c", NOW + 600))


def content_of(reply: Reply) -> dict[str, Any]:
    assert dict(reply.headers)["content-type"] == "application/problem+json"
    content: dict[str, Any] = json.loads(reply.body)
    assert content["status"] == reply.status
    return content


def guarded(
    result: AuthResult,
    requirement: Requirement,
    current_user: HttpReply | HttpFailure | None = None,
    **settings: Any,
) -> tuple[Reply | None, list[HttpCall]]:
    endpoint = Endpoint()
    endpoint.app = current_user or json_reply({"user": {"id": "usr_1"}})
    flow = guard(view("/me"), config(**settings), result, requirement, NOW)
    return Stepper(endpoint, Clock()).run(flow), endpoint.calls


@pytest.mark.parametrize(
    "demands",
    [
        {"step_up": 0},
        {"step_up": -1},
        {"step_up": 1.5},
        {"step_up": True},
        {"step_up": "300"},
        {"impersonated": "no"},
        {"check": "always"},
    ],
    ids=str,
)
def test_a_demand_that_makes_no_sense_is_an_error_at_once(demands: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="require_user"):
        Requirement(**demands)


@pytest.mark.parametrize("requirement", [Requirement(), Requirement(impersonated=True)])
def test_a_user_passes_and_nobody_is_asked(requirement: Requirement) -> None:
    assert guarded(signed_in(), requirement) == (None, [])
    assert guarded(signed_in(ACTED), requirement) == (None, [])


def test_support_access_can_be_refused() -> None:
    reply, _ = guarded(signed_in(ACTED), Requirement(impersonated=False))

    assert reply is not None
    assert (reply.status, content_of(reply)["reason"]) == (403, "forbidden")
    assert guarded(signed_in(), Requirement(impersonated=False)) == (None, [])


def test_nobody_is_refused_whatever_is_demanded() -> None:
    reply, calls = guarded(SignedOut(Reason.MISSING), Requirement(check="remote", step_up=300))

    assert reply is not None
    assert (reply.status, calls) == (401, [])


def test_a_session_that_lives_at_scute_passes() -> None:
    reply, calls = guarded(signed_in(), Requirement(check="remote"))

    assert reply is None
    assert [call.url.rpartition("/")[2] for call in calls] == ["current_user"]


def test_where_every_request_is_checked_it_is_not_checked_again() -> None:
    assert guarded(signed_in(), Requirement(check="remote"), check="remote") == (None, [])


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_session_that_scute_ended_is_refused_and_cleared(status: int) -> None:
    reply, _ = guarded(signed_in(), Requirement(check="remote"), HttpReply(status))

    assert reply is not None
    assert content_of(reply)["reason"] == "revoked"
    assert [cookie.max_age for cookie in reply.changes.cookies] == [0] * 4


@pytest.mark.parametrize("outcome", [DOWN, HttpReply(503), HttpReply(400), HttpReply(200)])
def test_where_scute_gives_no_usable_answer_nobody_can_tell(
    outcome: HttpReply | HttpFailure,
) -> None:
    reply, _ = guarded(signed_in(), Requirement(check="remote"), outcome)

    assert reply is not None
    assert reply.status == 503
    assert not reply.changes.cookies


def test_a_step_up_says_what_it_wants() -> None:
    """RFC 9470 section 3."""
    reply, _ = guarded(signed_in(), Requirement(step_up=300))

    assert reply is not None
    content = content_of(reply)
    assert (reply.status, content["reason"], content["max_age"]) == (401, "step_up_required", 300)
    challenge = dict(reply.headers)["www-authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'max_age="300"' in challenge


def test_a_token_in_a_header_has_no_cookies_to_clear() -> None:
    by_header = revoked(view(), config(), signed_in(source="header").session)

    assert by_header == SignedOut(Reason.REVOKED)


@pytest.mark.parametrize(
    ("path", "is_open"),
    [
        ("/", False),
        ("/me", False),
        ("/public", True),
        ("/public/a", True),
        ("/publicity", False),
        ("/public/../me", False),
        ("/health", True),
        ("/auth/sign-in", True),
        ("/authority", False),
    ],
)
def test_the_gate_of_an_app_that_is_private(path: str, is_open: bool) -> None:
    settings = config(require_by_default=True, public_paths=("/public",), exempt_paths=("/health",))

    reply = gate(view(path), settings, SignedOut(Reason.MISSING))

    assert (reply is None) is is_open
    assert gate(view(path), settings, signed_in()) is None
    assert gate(view(path), config(), SignedOut(Reason.MISSING)) is None


def test_the_gate_passes_what_is_marked_as_open() -> None:
    settings = config(require_by_default=True)

    assert gate(view("/me"), settings, SignedOut(Reason.MISSING), is_public=True) is None


def test_the_gate_in_an_outage() -> None:
    reply = gate(view("/me"), config(require_by_default=True), Unavailable(3.0))

    assert reply is not None
    assert reply.status == 503


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_has_its_status_and_its_words(reason: Reason) -> None:
    reply = refusal(view("/me"), config(), SignedOut(reason, CHANGES))

    content = content_of(reply)
    assert content["reason"] == reason
    assert content["detail"]
    assert reply.status == (403 if reason in (Reason.CSRF, Reason.FORBIDDEN) else 401)
    assert reply.changes == CHANGES
    challenge = dict(reply.headers).get("www-authenticate")
    if reply.status == 403:
        assert challenge is None
    elif reason is Reason.MISSING:
        assert challenge == "Bearer"
    else:
        assert challenge is not None
        assert challenge.startswith('Bearer error="invalid_token", error_description="')


def test_a_person_is_sent_to_sign_in() -> None:
    reply = refusal(
        view("/me", BROWSER, query=b"a=1"), config(), SignedOut(Reason.EXPIRED, CHANGES)
    )

    assert reply.status == 303
    assert dict(reply.headers)["location"] == "/auth/sign-in?next=/me%3Fa%3D1"
    assert reply.changes == CHANGES


@pytest.mark.parametrize(
    ("referer", "location"),
    [
        ("https://app.test/notes/new", "/auth/sign-in?next=/notes/new"),
        ("https://evil.example/", "/auth/sign-in"),
    ],
)
def test_whoever_posts_a_form_comes_back_to_its_page(referer: str, location: str) -> None:
    asked = view("/notes", BROWSER, ("referer", referer), method="POST")

    reply = refusal(asked, config(), SignedOut(Reason.MISSING))

    assert dict(reply.headers)["location"] == location


def test_a_person_who_may_not_sees_why() -> None:
    reply = refusal(view("/me", BROWSER), config(), SignedOut(Reason.CSRF, CHANGES))

    assert reply.status == 403
    assert reply.page is not None
    assert reply.page.name == "message"


@pytest.mark.parametrize(
    ("retry_after", "line"), [(0.0, "1"), (0.2, "1"), (1.5, "2"), (30.0, "30")]
)
def test_an_outage_says_when_to_come_back(retry_after: float, line: str) -> None:
    for asked in (view("/me"), view("/me", BROWSER)):
        reply = refusal(asked, config(), Unavailable(retry_after, CHANGES))

        assert reply.status == 503
        assert dict(reply.headers)["retry-after"] == line
        assert reply.changes == CHANGES


def test_the_header_lines_that_hold_whoever_writes_the_body() -> None:
    reply = refusal(view("/me"), config(), SignedOut(Reason.MISSING))

    assert essential_headers(reply) == {
        "www-authenticate": "Bearer",
        "cache-control": "private, no-store",
    }


def test_a_failure_of_the_app_keeps_the_cookies() -> None:
    reply = failure(CHANGES)

    assert (reply.status, reply.changes) == (500, CHANGES)


def test_an_unusual_status_has_a_title_too() -> None:
    reply = problem(418, "teapot", "Short and stout.", colour="blue")

    content = content_of(reply)
    assert (content["title"], content["colour"], reply.changes) == ("Refused", "blue", READ)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")], True),
        ([("sec-fetch-mode", "navigate")], True),
        ([("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")], False),
        ([("sec-fetch-mode", "cors"), BROWSER], False),
        ([BROWSER], True),
        ([BROWSER, ("x-requested-with", "XMLHttpRequest")], False),
        ([("accept", "*/*")], False),
        ([], False),
    ],
)
def test_a_navigation_is_a_browser_that_wants_a_document(
    lines: list[tuple[str, str]], expected: bool
) -> None:
    assert is_navigation(view("/", *lines)) is expected
    assert not is_navigation(view("/", *lines, kind="websocket"))


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_proxys_page_is_not_scutes_no(status: int) -> None:
    """Only what Scute itself says ends a session: a firewall's 403 is an outage."""
    session = Session("cookie", "token", NOW + 60)
    flow = is_live(config(), session)
    next(flow)

    with pytest.raises(ScuteUnavailable):
        flow.send(Answer(HttpReply(status, (), b"<html>blocked</html>"), NOW))
