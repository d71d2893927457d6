"""Each API call as data, and what its answer means."""

import json
from contextlib import suppress
from traceback import TracebackException
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth import operations
from scute_auth.answers import Challenge, MfaRequired, Pending, Tokens
from scute_auth.api.row import Credential, Row
from scute_auth.calls import Operation, ask, call, read
from scute_auth.effects import Answer, HttpFailure, HttpReply
from scute_auth.errors import ApiError, ScuteUnavailable
from scute_auth.identity import Profile
from scute_auth.operations import (
    APP,
    AUTHENTICATE,
    CURRENT_USER,
    JWKS,
    MAGIC_LINK_LOGIN,
    MAGIC_LINK_STATUS,
    PASSKEY_SIGN_IN_OPTIONS,
    REFRESH,
    SIGN_OUT,
    oauth_authorize_url,
)
from scute_auth.public_app import OAuthProvider
from tests.unit.support import config, json_reply

CONFIG = config(secret="scapp_secret", workspace_secret="scwor_secret")
ALL: list[Operation[Any]] = [
    value for value in vars(operations).values() if isinstance(value, Operation)
]


def operation(*credentials: Credential, path: str = "/v1/x/{app_id}") -> Operation[Any]:
    """One of no group of Scute's."""
    return Operation(Row("x.y", "GET", path, credentials, None, "I"), lambda value: value)


def unusable(operation: Operation[Any], value: Any) -> bool:
    with pytest.raises(ApiError) as caught:
        read(operation, json_reply(value))
    return (caught.value.status, caught.value.code) == (200, "unusable_answer")


@pytest.mark.parametrize(
    ("operation", "header"),
    [
        (JWKS, None),
        (CURRENT_USER, ("x-authorization", "t.o.k")),
        (REFRESH, ("x-refresh-token", "t.o.k")),
        (operation(Credential.CALLER), ("x-authorization", "t.o.k")),
        (operation(Credential.MACHINE), ("authorization", "Bearer t.o.k")),
        (operation(Credential.SECRET), ("authorization", "Bearer scapp_secret")),
        (operation(Credential.EITHER), ("authorization", "Bearer scapp_secret")),
        (operation(Credential.WORKSPACE), ("authorization", "Bearer scwor_secret")),
    ],
)
def test_a_credential_goes_where_it_belongs(
    operation: Operation[Any], header: tuple[str, str] | None
) -> None:
    made = call(CONFIG, operation.row, token="t.o.k")

    sent = {name for name, _ in made.headers} & {
        "authorization",
        "x-authorization",
        "x-refresh-token",
    }
    assert sent == (set() if header is None else {header[0]})
    assert header is None or header in made.headers
    assert "t.o.k" not in repr(made)
    assert "secret" not in repr(made)


def test_a_call_has_a_path_of_this_app_and_json() -> None:
    made = call(CONFIG, MAGIC_LINK_LOGIN.row, body={"identifier": "\u00fc\ud800@x.com"})

    assert (made.method, made.url) == (
        "POST",
        "https://api.scute.io/v1/auth/app_demo/magic_links/login",
    )
    assert ("content-type", "application/json") in made.headers
    assert json.loads(made.body or b"") == {"identifier": "\u00fc\ud800@x.com"}
    assert (made.timeout, made.max_bytes) == (5.0, 256 * 1024)


def test_a_call_without_a_body_says_nothing_of_one() -> None:
    made = call(CONFIG, SIGN_OUT.row, token="t")

    assert made.body is None
    assert "content-type" not in dict(made.headers)
    assert dict(made.headers)["accept-encoding"] == "identity"


def test_asking_makes_one_call_and_reads_its_answer() -> None:
    flow = ask(CONFIG, REFRESH, token="r.r.r")
    assert next(flow) == call(CONFIG, REFRESH.row, token="r.r.r")

    with pytest.raises(StopIteration) as stop:
        flow.send(Answer(json_reply({"access": "a.b.c"}), 0.0))

    assert stop.value.value == Tokens("a.b.c")


def test_a_provider_cannot_leave_its_parameter() -> None:
    url = oauth_authorize_url(CONFIG, "google&redirect=https://evil.example#")

    assert url == (
        "https://api.scute.io/v1/auth/app_demo/oauth/authorize"
        "?provider=google%26redirect%3Dhttps%3A%2F%2Fevil.example%23"
    )


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599, 408, 425, 429])
def test_an_outage_is_unavailable(status: int) -> None:
    for operation in ALL:
        with pytest.raises(ScuteUnavailable, match=str(status)):
            read(operation, json_reply({"access": "a.b.c"}, status))


@pytest.mark.parametrize("kind", ["timeout", "network", "protocol", "too_large", "encoding"])
def test_no_answer_is_unavailable(kind: Any) -> None:
    with pytest.raises(ScuteUnavailable, match=kind):
        read(REFRESH, HttpFailure(kind))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 1),
        ("99999", 60),
        ("999999", 1),
        ("-5", 1),
        ("1.5", 1),
        ("\u0665", 1),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 1),
        (None, 1),
    ],
)
def test_a_wait_that_scute_asks_for_is_taken_within_bounds(
    header: str | None, seconds: float
) -> None:
    headers = () if header is None else (("retry-after", header),)
    with pytest.raises(ScuteUnavailable) as caught:
        read(REFRESH, HttpReply(429, headers))

    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("body", "code", "details"),
    [
        (b'{"error": "No", "error_code": "not_found"}', "not_found", {}),
        (b'{"error": {"code": "nested", "message": "No"}}', "nested", {}),
        (b'{"error_code": 7}', "", {}),
        (b'{"error_code": "x\\nlogged: yes"}', "", {}),
        (b'{"error_code": "<b>x</b>"}', "", {}),
        (b'{"error_code": "not a slug"}', "", {}),
        (b'{"error": {"code": "eyJhbGciOiJub25lIn0.' + b"a" * 64 + b'.x"}}', "", {}),
        (b'{"error_code": "\xc3\xa9"}', "", {}),
        (b'{"error_code": "mfa_required-2.1"}', "mfa_required-2.1", {}),
        (b'{"error_code": "x", "details": {"a": 1}}', "x", {"a": 1}),
        (b'{"error_code": "x", "details": [1]}', "x", {}),
        (b'{"error": "No"}', "", {}),
        (b"<html>", "unusable_answer", {}),
        (b"[]", "unusable_answer", {}),
        (b"\xff", "unusable_answer", {}),
        (b"", "", {}),
    ],
)
@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 422])
def test_a_no_of_scute_is_an_error_with_its_facts(
    status: int, body: bytes, code: str, details: dict[str, Any]
) -> None:
    with pytest.raises(ApiError) as caught:
        read(REFRESH, HttpReply(status, (), body))

    error = caught.value
    assert (error.operation, error.status, error.code, error.details) == (
        "tokens.refresh",
        status,
        code,
        details,
    )


SESSION: dict[str, Any] = {
    "access": "a.b.c",
    "refresh": "d.e.f",
    "refresh_expires_at": 1_800_000_000,
}


SESSIONS: list[tuple[dict[str, Any], Tokens]] = [
    (SESSION, Tokens("a.b.c", "d.e.f", 1_800_000_000.0)),
    ({"access": "a.b.c"}, Tokens("a.b.c")),
    ({"access": "a.b.c", "refresh": None}, Tokens("a.b.c")),
    (SESSION | {"csrf": "x", "more": []}, Tokens("a.b.c", "d.e.f", 1_800_000_000.0)),
    (
        SESSION | {"refresh_expires_at": "2027-01-15T08:00:00Z"},
        Tokens("a.b.c", "d.e.f", 1_800_000_000.0),
    ),
]


@pytest.mark.parametrize(("value", "tokens"), SESSIONS)
def test_a_session_is_its_tokens(value: Any, tokens: Tokens) -> None:
    assert read(REFRESH, json_reply(value)) == tokens
    assert read(AUTHENTICATE, json_reply(value)) == tokens
    assert "a.b.c" not in repr(tokens)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "access",
        {},
        {"access": None},
        {"access": 7},
        {"access": ["a"]},
        {"access": ""},
        {"access": "a b"},
        {"access": "a.b.c\r\nx: y"},
        {"access": "a;b"},
        {"access": "a" * 8193},
        {"access": "\u00e9.b.c"},
        SESSION | {"refresh": "d e f"},
        SESSION | {"refresh": 7},
        SESSION | {"refresh_expires_at": "soon"},
        SESSION | {"refresh_expires_at": [1]},
        SESSION | {"refresh_expires_at": 10**400},
        SESSION | {"refresh_expires_at": float("nan")},
        SESSION | {"refresh_expires_at": float("inf")},
    ],
    ids=lambda value: ascii(value)[-60:],
)
def test_a_session_that_cannot_be_used_is_an_error(value: Any) -> None:
    assert unusable(REFRESH, value)


def test_a_second_factor_is_told_apart_from_a_session() -> None:
    wanted = {"mfa_required": True, "available_methods": ["totp", "x" * 100, 7]}

    answer = read(AUTHENTICATE, json_reply(wanted))

    assert answer == MfaRequired(("totp", "x" * 32, "7"))
    asked = {"token": "t", "method": "sms_otp", "status": "pending", "remaining_attempts": 3}
    more = {"mfa_required": True, "app_user_id": "u", "mfa_challenge": asked}
    assert read(AUTHENTICATE, json_reply(more)) == MfaRequired(
        (), "u", Challenge("t", "sms_otp", "pending", 3)
    )
    assert read(AUTHENTICATE, json_reply({"mfa_required": True})) == MfaRequired()
    assert read(MAGIC_LINK_STATUS, json_reply(wanted)) == answer
    assert read(AUTHENTICATE, json_reply(SESSION | wanted)) == Tokens(
        "a.b.c", "d.e.f", 1_800_000_000.0
    )


def test_a_link_is_pending_until_it_was_opened() -> None:
    assert read(MAGIC_LINK_STATUS, json_reply({"status": "pending"})) == Pending()
    assert read(MAGIC_LINK_STATUS, json_reply({"access": "a.b.c"})) == Tokens("a.b.c")
    assert unusable(MAGIC_LINK_STATUS, None)


@pytest.mark.parametrize(
    ("value", "expected"), [({"magic_link": {"id": "l1"}}, "l1"), ({"magic_link": {"id": 7}}, "7")]
)
def test_a_link_has_an_id(value: Any, expected: str) -> None:
    assert read(MAGIC_LINK_LOGIN, json_reply(value)) == expected


@pytest.mark.parametrize("value", [{}, {"magic_link": {"id": True}}, {"magic_link": None}], ids=str)
def test_a_link_without_an_id_is_an_error(value: Any) -> None:
    assert unusable(MAGIC_LINK_LOGIN, value)


def test_a_profile_takes_what_is_of_its_type() -> None:
    user = {
        "id": "usr_1",
        "email": "ada@example.com",
        "email_verified": True,
        "phone": 7,
        "phone_verified": "yes",
        "name": "",
        "user_meta": {"a": 1},
    }

    assert read(CURRENT_USER, json_reply({"user": user})) == Profile(
        id="usr_1", email="ada@example.com", email_verified=True, meta={"a": 1}, raw=user
    )
    meta = read(CURRENT_USER, json_reply({"user": user | {"meta": {"b": 2}}})).meta
    assert meta == {"b": 2}


@pytest.mark.parametrize(
    "value",
    [
        *({}, {"user": None}, {"user": {}}, {"user": {"id": ""}}, {"user": {"id": 7}}),
        {"user": {"id": "u", "meta": [1]}},
    ],
    ids=str,
)
def test_a_profile_of_nobody_is_an_error(value: Any) -> None:
    assert unusable(CURRENT_USER, value)


def test_the_app_settings_say_how_to_sign_in() -> None:
    found = read(
        APP,
        json_reply(
            {
                "id": "app_demo",
                "access_expiration": 900,
                "email_auth_type": "otp",
                "oauth_providers": [{"provider": "google", "name": "Google"}, {"provider": "x"}],
            }
        ),
    )

    assert (found.id, found.name, found.access_expiration) == ("app_demo", "", 900)
    assert found.email_auth_type == "otp"
    assert found.oauth_providers == (OAuthProvider("google", "Google"), OAuthProvider("x", "x"))
    assert read(APP, json_reply({"id": "a", "email_auth_type": "x"})).email_auth_type == "magic"


NO_SETTINGS: list[dict[str, Any]] = [
    *({}, {"id": 7}, {"id": "a", "oauth_providers": 7}, {"id": "a", "oauth_providers": [{}]}),
]


@pytest.mark.parametrize("value", NO_SETTINGS, ids=str)
def test_app_settings_that_cannot_be_used_are_an_error(value: Any) -> None:
    assert unusable(APP, value)


def test_an_answer_that_says_nothing_is_enough_for_a_sign_out() -> None:
    assert read(SIGN_OUT, HttpReply(204)) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(),
    lambda children: (
        st.lists(children)
        | st.dictionaries(
            st.sampled_from(
                (
                    *("access", "refresh", "refresh_expires_at", "user", "id", "meta", "keys"),
                    *("mfa_required", "available_methods", "magic_link", "oauth_providers"),
                )
            )
            | st.text(),
            children,
        )
    ),
    max_leaves=10,
)


@given(JSON, st.sampled_from(ALL), st.sampled_from([200, 201, 204, 302, 400, 401, 500]))
def test_any_json_is_read_or_is_an_error_of_ours(
    value: Any, operation: Operation[Any], status: int
) -> None:
    reply = HttpReply(status, (), json.dumps(value).encode())
    try:
        read(operation, reply)
    except (ApiError, ScuteUnavailable):
        return
    assert 200 <= status < 300


@given(st.binary(), st.sampled_from(ALL))
def test_any_bytes_are_read_or_are_an_error_of_ours(body: bytes, operation: Operation[Any]) -> None:
    with suppress(ApiError):
        read(operation, HttpReply(200, (), body))


CHALLENGE_TEXT = "c" * 43
OPTIONS: dict[str, Any] = {"challenge": CHALLENGE_TEXT, "rpId": "app.example"}


@pytest.mark.parametrize(
    "options",
    [
        OPTIONS,
        {"publicKey": OPTIONS},
        OPTIONS | {"challenge": CHALLENGE_TEXT + "="},
        {"challenge": CHALLENGE_TEXT, "rp": {"id": "app.example", "name": "App"}},
    ],
)
def test_options_for_a_passkey_come_in_several_shapes(options: Any) -> None:
    begun = read(PASSKEY_SIGN_IN_OPTIONS, json_reply({"options": options}))

    assert (begun.challenge, begun.party) == (CHALLENGE_TEXT, "app.example")
    assert begun.options["challenge"] == CHALLENGE_TEXT
    assert CHALLENGE_TEXT not in repr(begun)


def test_a_challenge_is_spelled_as_browsers_do() -> None:
    options = OPTIONS | {"challenge": "+/" * 16 + "=="}

    begun = read(PASSKEY_SIGN_IN_OPTIONS, json_reply({"options": options}))

    assert begun.challenge == "-_" * 16


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"options": None},
        {"options": {}},
        {"options": OPTIONS | {"challenge": None}},
        {"options": OPTIONS | {"challenge": "short"}},
        {"options": OPTIONS | {"challenge": "c" * 513}},
        {"options": OPTIONS | {"challenge": "c" * 42 + "!"}},
        {"options": {"challenge": CHALLENGE_TEXT}},
        {"options": OPTIONS | {"rpId": 7}},
        {"options": {"challenge": CHALLENGE_TEXT, "rp": {"id": ""}}},
    ],
)
def test_options_that_no_page_could_use_are_unusable(value: Any) -> None:
    assert unusable(PASSKEY_SIGN_IN_OPTIONS, value)


PATH = {"user": "u", "session": "s"}


@pytest.mark.parametrize("text", ["", ".", "..", "\ud800", b"..", 7, None], ids=ascii)
def test_what_would_leave_its_place_in_a_path_is_no_segment(text: Any) -> None:
    with pytest.raises(ValueError, match="segment"):
        call(config(), operations.CHALLENGE.row, path={"challenge": text})


@pytest.mark.parametrize(
    ("user", "body"),
    [("\ud800", {}), ("..", {}), ("u", {"a": object()})],
    ids=["a lone surrogate", "dots", "no JSON"],
)
def test_no_error_report_shows_the_secret(user: str, body: dict[str, object]) -> None:
    """P07: reports show the values of each function that failed; visitors choose ids."""
    with pytest.raises((ValueError, TypeError)) as caught:
        call(CONFIG, operations.REVOKE_SESSION_OF.row, path=PATH | {"user": user}, body=body)

    report = TracebackException.from_exception(caught.value, capture_locals=True)
    assert "scapp_secret" not in "".join(report.format())


def test_a_segment_stays_one() -> None:
    made = call(config(), operations.CHALLENGE.row, path={"challenge": "a/../b?c#d"})

    assert made.url.endswith("/challenges/a%2F..%2Fb%3Fc%23d")


@pytest.mark.parametrize("ends", [{}, {"access_expires_at": None}, {"access_expires_at": "soon"}])
def test_a_machines_token_without_an_end_is_unusable(ends: dict[str, Any]) -> None:
    assert unusable(operations.M2M_CREATE_TOKEN, {"access": "t.o.k", **ends})
