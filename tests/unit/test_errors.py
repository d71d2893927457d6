"""The tree of errors, the closed list of reasons, and what no message holds."""

import inspect

import pytest

from scute_auth import errors
from scute_auth.errors import (
    ApiError,
    ConfigError,
    Conflict,
    Forbidden,
    Invalid,
    NoAnswer,
    NotFound,
    NotSignedIn,
    RateLimited,
    Reason,
    ScuteError,
    ScuteUnavailable,
    ServerError,
    SignInRefused,
    TokenError,
    Unauthorized,
    WebhookError,
    api_error,
)

BY_STATUS: list[tuple[type[ApiError], list[int]]] = [
    (Invalid, [400, 422]),
    (Unauthorized, [401]),
    (Forbidden, [403]),
    (NotFound, [404, 410]),
    (Conflict, [409]),
    (RateLimited, [429]),
    (ServerError, [408, 425, 500, 502, 503, 504, 599]),
    (ApiError, [302, 402, 405, 418]),
]

VENDORS = (
    "missing",
    "malformed",
    "algorithm",
    "signature",
    "expired",
    "wrong_app",
    "not_a_user",
    "revoked",
)
OURS = (
    "unknown_key",
    "not_a_machine",
    "not_access",
    "too_large",
    "conflicting_credentials",
    "csrf",
    "refresh_rejected",
    "step_up_required",
    "approval_required",
    "forbidden",
    "not_a_verification",
    "wrong_verification",
    "replayed",
)


def test_the_reasons_are_the_vendors_words_and_ours() -> None:
    assert tuple(reason.value for reason in Reason) == VENDORS + OURS


def test_a_reason_is_its_word() -> None:
    assert f"{Reason.EXPIRED}" == "expired"
    assert Reason("expired") is Reason.EXPIRED


def test_every_error_has_one_root() -> None:
    tree = {
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, Exception)
    }

    assert tree == {
        *(kind for kind, _ in BY_STATUS),
        ConfigError,
        NoAnswer,
        NotSignedIn,
        ScuteError,
        ScuteUnavailable,
        SignInRefused,
        TokenError,
        WebhookError,
    }
    assert all(issubclass(error, ScuteError) for error in tree)


def test_refused_and_cannot_tell_are_different_branches() -> None:
    assert not issubclass(ScuteUnavailable, (TokenError, NotSignedIn, ApiError))
    assert not issubclass(TokenError, ScuteUnavailable)


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn = errors.__doc__ or ""
    kinds = [kind for kind, _ in BY_STATUS]

    others = (ConfigError, NoAnswer, NotSignedIn, ScuteUnavailable, TokenError, WebhookError)
    for error in (*kinds, *others):
        assert f"── {error.__name__} " in drawn


@pytest.mark.parametrize("reason", list(Reason))
def test_a_refusal_carries_its_reason(reason: Reason) -> None:
    assert TokenError(reason).reason is NotSignedIn(reason).reason is reason
    assert str(reason) in str(TokenError(reason))
    assert str(reason) in str(NotSignedIn(reason))


def test_an_outage_says_when_to_come_back() -> None:
    assert ScuteUnavailable("x").retry_after == 1
    assert ScuteUnavailable("x", retry_after=7).retry_after == 7


def test_an_answer_of_scute_carries_its_facts_and_shows_no_details() -> None:
    error = ApiError("refresh", 403, "sso_required", {"sso_login_url": "SECRET"})

    assert (error.operation, error.status, error.code) == ("refresh", 403, "sso_required")
    assert error.details == {"sso_login_url": "SECRET"}
    assert str(error) == "Scute answered refresh with 403 sso_required"
    assert "SECRET" not in repr(error)
    assert str(ApiError("refresh", 404, "")) == "Scute answered refresh with 404"
    assert ApiError("refresh", 404, "").details == {}


@pytest.mark.parametrize(
    ("kind", "status"), [(kind, status) for kind, every in BY_STATUS for status in every]
)
def test_a_status_has_its_kind_of_error(kind: type[ApiError], status: int) -> None:
    error = api_error("users.show", status, "no", {"a": 1}, request_id="r-1")

    assert type(error) is kind
    assert (error.status, error.code, error.details, error.request_id) == (
        *(status, "no", {"a": 1}, "r-1"),
    )


def test_what_may_pass_is_both_an_answer_and_no_verdict() -> None:
    both = {kind for kind, _ in BY_STATUS if issubclass(kind, ScuteUnavailable)}

    assert both == {RateLimited, ServerError}
    limited = api_error("users.list", 429, "")
    assert isinstance(limited, RateLimited)
    assert limited.retry_after == 1


def test_no_answer_says_what_stopped_it() -> None:
    error = NoAnswer("users.list", "timeout")

    assert (error.operation, error.kind, error.retry_after) == ("users.list", "timeout", 1)
    assert str(error) == "no answer to users.list: timeout"
