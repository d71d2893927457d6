"""`@require_user` for views, and what it stands on: a guard for the current request."""

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Literal, Protocol, TypeVar, overload

from scute_auth import Profile, SignedIn
from scute_auth.context import demand
from scute_auth.runtime import Requirement
from scute_flask.current import current_of
from scute_flask.refusals import refuse
from scute_flask.views import check_view, unprotected
from scute_wsgi import profile_of

__all__ = ["Protect", "current_profile", "guard", "require_user"]

View = TypeVar("View", bound=Callable[..., Any])


class Protect(Protocol):
    """`@require_user(...)`: a view keeps its type."""

    def __call__(self, view: View, /) -> View: ...


def guard(requirement: Requirement | None = None) -> SignedIn:
    """The signed-in verdict of a request that meets the requirement, else raise a refusal."""
    current = current_of()
    signed_in = demand(current)
    if requirement is not None:
        reply = current.scute.guard(current.view, signed_in, requirement)
        if reply is not None:
            raise refuse(current, reply)
    return signed_in


def current_profile() -> Profile:
    """What Scute knows of the signed-in user (e-mail, name, ...), at most a minute old.

    Raises what `current_user` raises; also where Scute says that the session is over.
    """
    return profile_of(current_of())


@overload
def require_user(view: View, /) -> View: ...


@overload
def require_user(
    *,
    step_up: int | None = None,
    impersonated: bool | None = None,
    check: Literal["local", "remote"] | None = None,
) -> Protect: ...


def require_user(
    view: Any = None,
    /,
    *,
    step_up: int | None = None,
    impersonated: bool | None = None,
    check: Literal["local", "remote"] | None = None,
) -> Any:
    """Let only a signed-in user into a view: a function, plain or async, or a class's method.

    `step_up`: seconds since the user last confirmed who it is. `impersonated=False` refuses
    support access. `check="remote"` asks Scute whether the session still stands.
    """
    requirement = Requirement(step_up, impersonated, check)
    demanded = None if requirement == Requirement() else requirement
    protect = partial(_protect, demanded)
    return protect if view is None else protect(view)


def _protect(requirement: Requirement | None, view: Callable[..., Any]) -> Callable[..., Any]:
    check_view(view, "@require_user", "[require_user]")
    unprotected.add(view)

    @wraps(view)
    def protected(*args: Any, **kwargs: Any) -> Any:
        guard(requirement)
        return view(*args, **kwargs)

    @wraps(view)
    async def protected_async(*args: Any, **kwargs: Any) -> Any:
        guard(requirement)
        return await view(*args, **kwargs)

    return protected_async if inspect.iscoroutinefunction(view) else protected
