"""The current request's verdict, for code that is not handed it.

An adapter sets it around the application and resets it in `finally`. The two functions read it;
nothing else is kept of a request anywhere.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from scute_auth.errors import ConfigError, NotSignedIn, ScuteUnavailable, TokenError
from scute_auth.guards import revoked, without_machine
from scute_auth.http import Reply, RequestView
from scute_auth.identity import (
    AuthResult,
    Machine,
    SignedIn,
    SignedOut,
    Unavailable,
    User,
    machine_of,
)

__all__ = [
    "Current",
    "Rendered",
    "asking",
    "current",
    "current_machine",
    "current_user",
    "demand",
    "demand_machine",
    "error_of",
    "optional_machine",
    "optional_user",
    "plain_refusal",
    "variable",
]


def plain_refusal(_: "Current", error: NotSignedIn | ScuteUnavailable) -> Exception:
    """Raise our own error: the middleware turns it into an answer."""
    return error


@dataclass(frozen=True, slots=True)
class Rendered:
    """A refusal that went out as the framework's own exception: the reply that it stands for.

    `defaults` are the bodies that the framework makes of such an exception if nobody handles it:
    a response with one of them is replaced by the reply, any other one is the app's own choice.
    """

    reply: Reply
    defaults: tuple[bytes, ...]


@dataclass(slots=True, eq=False)
class Current:
    """What a request is known by while the app handles it: made for each, so it is made cheap.

    `refuse` turns our error into one that the framework's own handlers know; what those handlers
    are about to render is noted in `refusals`.
    """

    view: RequestView
    result: AuthResult
    scute: Any = field(repr=False)
    refuse: Callable[["Current", NotSignedIn | ScuteUnavailable], Exception] = field(
        default=plain_refusal, repr=False
    )
    refusals: list[Rendered] = field(default_factory=list[Rendered], repr=False)


variable: ContextVar[Current | None] = ContextVar("scute_current", default=None)


def current() -> Current:
    """The request that is being handled; raise `ConfigError` outside of one."""
    found = variable.get()
    if found is None:
        raise ConfigError(
            "no request is being handled by ScuteAuth here: is the middleware installed, "
            "and is this code called during a request?"
        )
    return found


def current_user() -> User:
    """The signed-in user.

    Raises `NotSignedIn` where there is none and `ScuteUnavailable` where Scute cannot be asked:
    left alone, both become the right answer. `ConfigError` without the middleware.
    """
    return demand(current()).user


def optional_user() -> User | None:
    """The signed-in user, or None."""
    result = current().result
    return result.user if isinstance(result, SignedIn) else None


def current_machine() -> Machine:
    """The machine that calls; raises as `current_user` does where none does."""
    return demand_machine(current())


def optional_machine() -> Machine | None:
    """The machine that calls, or None."""
    return machine_of(current().result)


def demand(found: Current) -> SignedIn:
    """The signed-in verdict of a request, or the error that the adapter wants raised."""
    if isinstance(found.result, SignedIn):
        return found.result
    raise found.refuse(found, error_of(found.result))


def demand_machine(found: Current) -> Machine:
    """The machine of a request, or the error that the adapter wants raised."""
    machine = machine_of(found.result)
    if machine is None:
        raise found.refuse(found, error_of(without_machine(found.result)))
    return machine


@contextmanager
def asking(found: Current, signed_in: SignedIn) -> Generator[None, None, None]:
    """Around a question to Scute about the user of a request.

    Its no ends the session: from here on the request has no user, and its answer takes the
    cookies back.
    """
    try:
        yield
    except TokenError:
        found.result = revoked(found.view, found.scute.config, signed_in.session)
        raise found.refuse(found, error_of(found.result)) from None
    except ScuteUnavailable as error:
        raise found.refuse(found, error) from None


def error_of(result: SignedOut | Unavailable) -> NotSignedIn | ScuteUnavailable:
    """What a verdict without a user is as an error."""
    if isinstance(result, SignedOut):
        return NotSignedIn(result.reason, result.wanted)
    return ScuteUnavailable("Scute cannot be asked now", retry_after=result.retry_after)
