"""The current request's verdict, for code that is not handed it."""

from collections.abc import Iterator

import pytest

from scute_auth.claims import Claims
from scute_auth.context import (
    Current,
    current,
    current_user,
    demand,
    optional_user,
    plain_refusal,
    variable,
)
from scute_auth.errors import ConfigError, NotSignedIn, Reason, ScuteUnavailable
from scute_auth.identity import AuthResult, Session, SignedIn, SignedOut, Unavailable, User
from tests.unit.support import NOW
from tests.unit.views import view

ANA = User("usr_1", Claims("usr_1", "app_demo", NOW))
SIGNED_IN = SignedIn(ANA, Session("cookie", "a.b.c", NOW))


@pytest.fixture
def during() -> Iterator[list[AuthResult]]:
    """Put a verdict in, and this is its request."""
    results: list[AuthResult] = [SIGNED_IN]
    token = variable.set(Current(view(), SIGNED_IN, object()))
    yield results
    variable.reset(token)


def handled(result: AuthResult) -> Current:
    return Current(view(), result, object())


@pytest.mark.usefixtures("during")
def test_during_a_request_its_user_is_known() -> None:
    assert current().result is SIGNED_IN
    assert current_user() == ANA
    assert optional_user() == ANA


def test_outside_of_a_request_the_middleware_is_missed() -> None:
    for ask in (current, current_user, optional_user):
        with pytest.raises(ConfigError, match="middleware"):
            ask()


def test_nobody_is_none_or_not_signed_in() -> None:
    token = variable.set(handled(SignedOut(Reason.EXPIRED)))

    assert optional_user() is None
    with pytest.raises(NotSignedIn) as refused:
        current_user()
    assert refused.value.reason is Reason.EXPIRED
    variable.reset(token)


def test_in_an_outage_nobody_can_tell() -> None:
    token = variable.set(handled(Unavailable(7.0)))

    assert optional_user() is None
    with pytest.raises(ScuteUnavailable) as refused:
        current_user()
    assert refused.value.retry_after == 7.0
    variable.reset(token)


def test_an_adapter_may_raise_an_error_of_its_framework() -> None:
    class FrameworkError(Exception):
        pass

    def refuse(found: Current, error: NotSignedIn | ScuteUnavailable) -> Exception:
        return FrameworkError(str(error))

    for result in (SignedOut(Reason.MISSING), Unavailable(1.0)):
        with pytest.raises(FrameworkError):
            demand(Current(view(), result, object(), refuse))


def test_without_one_the_error_is_ours() -> None:
    error = NotSignedIn(Reason.MISSING)

    assert plain_refusal(handled(SIGNED_IN), error) is error


def test_no_repr_shows_the_token() -> None:
    assert "a.b.c" not in repr(handled(SIGNED_IN))
