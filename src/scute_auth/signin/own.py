"""The routes on which the user sees and changes his own account.

Support access may look, and changes nothing.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from scute_auth.calls import Operation, ask, is_over
from scute_auth.csrf import is_embedded, passes
from scute_auth.effects import Flow
from scute_auth.errors import ApiError, Reason, ScuteUnavailable, TokenError
from scute_auth.guards import revoked
from scute_auth.http import Reply
from scute_auth.identity import SignedIn, SignedOut
from scute_auth.proofs import sign_in_of
from scute_auth.refusals import refusal
from scute_auth.signin.limits import count
from scute_auth.signin.visit import Outcome, Visit
from scute_auth.verified import digest

__all__ = ["ask_as_user", "for_user"]

T = TypeVar("T")

_NOTHING: Mapping[str, str] = MappingProxyType({})
Route: TypeAlias = Callable[[Visit], Flow[Outcome]]
OwnRoute: TypeAlias = Callable[[Visit, SignedIn], Flow[Outcome]]


class _SessionOver(Exception):
    """Scute says that the session behind this visit has ended."""


def for_user(*, or_support: bool = False) -> Callable[[OwnRoute], Route]:
    """A route for whoever is signed in; everybody else is refused as everywhere. Nobody may have
    Scute asked without end. What another site embeds is refused before it counts.

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
            if not visit.by_header and not view.is_unsafe and is_embedded(view, config):
                return Outcome(refusal(view, config, SignedOut(Reason.CSRF)))
            if (stopped := (yield from _count(visit, signed_in))) is not None:
                return Outcome(stopped)
            try:
                return (yield from flow(visit, signed_in))
            except (_SessionOver, TokenError):
                return Outcome(refusal(view, config, revoked(view, config, signed_in.session)))
            except ApiError as error:
                raise ScuteUnavailable(str(error)) from None

        return guarded

    return decorate


def _count(visit: Visit, signed_in: SignedIn) -> Flow[Reply | None]:
    """For each session alone, and what changes something apart from what only looks: neither a
    thief nor a stranger's link keeps the user from ending a session."""
    view, config = visit.view, visit.auth.config
    began = sign_in_of(view, config, signed_in, visit.now)
    session = digest(signed_in.session.access).hex() if began is None else began.id
    if view.is_unsafe:
        return (yield from count(visit, "change", session))
    by_us = visit.by_header or passes(view, config)
    return (yield from count(visit, "look" if by_us else "led", session))


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
