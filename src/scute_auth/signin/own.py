"""The routes on which the user sees and changes his own account.

Support access may look, and changes nothing.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from scute_auth.calls import Operation, ask, is_over
from scute_auth.effects import Flow
from scute_auth.errors import ApiError, Reason, ScuteUnavailable, TokenError
from scute_auth.guards import revoked
from scute_auth.identity import SignedIn, SignedOut
from scute_auth.refusals import refusal
from scute_auth.signin.limits import count
from scute_auth.signin.visit import Outcome, Visit

__all__ = ["ask_as_user", "for_user"]

T = TypeVar("T")

_NOTHING: Mapping[str, str] = MappingProxyType({})
Route: TypeAlias = Callable[[Visit], Flow[Outcome]]
OwnRoute: TypeAlias = Callable[[Visit, SignedIn], Flow[Outcome]]


class _SessionOver(Exception):
    """Scute says that the session behind this visit has ended."""


def for_user(*, or_support: bool = False) -> Callable[[OwnRoute], Route]:
    """A route for whoever is signed in; everybody else is refused as everywhere. Nobody may have
    Scute asked without end.

    An answer of Scute's that the route knows nothing of is none.
    """

    def decorate(flow: OwnRoute) -> Route:
        @wraps(flow)
        def guarded(visit: Visit) -> Flow[Outcome]:
            view, config, signed_in = visit.view, visit.auth.config, visit.result
            if not isinstance(signed_in, SignedIn):
                return Outcome(refusal(view, config, signed_in))
            if signed_in.user.is_impersonated and not or_support:
                return Outcome(refusal(view, config, SignedOut(Reason.FORBIDDEN)))
            if (stopped := (yield from count(visit, "look", signed_in.user.id))) is not None:
                return Outcome(stopped)
            try:
                return (yield from flow(visit, signed_in))
            except (_SessionOver, TokenError):
                return Outcome(refusal(view, config, revoked(view, config, signed_in.session)))
            except ApiError as error:
                raise ScuteUnavailable(str(error)) from None

        return guarded

    return decorate


def ask_as_user(
    visit: Visit,
    signed_in: SignedIn,
    operation: Operation[T],
    *,
    body: Mapping[str, Any] | None = None,
    query: Mapping[str, str] = _NOTHING,
    **path: str,
) -> Flow[T]:
    """A call with the user's own token. An `ApiError` is Scute's no to this very call."""
    config, token = visit.auth.config, signed_in.session.access
    try:
        return (yield from ask(config, operation, token=token, body=body, path=path, query=query))
    except ApiError as error:
        if error.status == 401 and is_over(error):
            raise _SessionOver from None
        raise
