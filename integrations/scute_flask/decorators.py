"""`@require_user`, `@require_machine` and `@require_permission` for views."""

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Literal, Protocol, TypeVar, overload

from scute_auth.runtime import MachineRequirement, PermissionRequirement, Requirement
from scute_flask.guard import guard, guard_machine, guard_permission
from scute_flask.views import arguments_of, check_view, public, unprotected

__all__ = ["Protect", "require_machine", "require_permission", "require_user"]

View = TypeVar("View", bound=Callable[..., Any])


class Protect(Protocol):
    """A decorator: a view keeps its type."""

    def __call__(self, view: View, /) -> View: ...


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
    protect = partial(_protect, "require_user", partial(guard, demanded))
    return protect if view is None else protect(view)


@overload
def require_machine(view: View, /) -> View: ...


@overload
def require_machine(*, check: Literal["local", "remote"] | None = None) -> Protect: ...


def require_machine(view: Any = None, /, *, check: Literal["local", "remote"] | None = None) -> Any:
    """Let only a machine into a view: a service with a token of its own, in a header.

    `check="remote"` asks Scute whether its session still stands. With `require_by_default` the
    view needs no `@public`.
    """
    requirement = MachineRequirement(check)

    def protect(view: Any) -> Any:
        # Public to the gate, which knows users only; nobody else passes the guard.
        return public(_protect("require_machine", partial(guard_machine, requirement), view))

    return protect if view is None else protect(view)


def require_permission(action: str, resource: str | None = None) -> Protect:
    """Let only a user into a view who may do this: `("refund", "invoice:{id}")`.

    What stands in braces is filled from the route: the view takes it as an argument.
    """
    requirement = PermissionRequirement(action, resource)

    def protect(view: Any) -> Any:
        protected = _protect("require_permission", partial(guard_permission, requirement), view)
        if (names := arguments_of(view)) is not None:
            requirement.check(names, f"the view {view.__qualname__}")
        return protected

    return protect


def _protect(
    name: str, check: Callable[[], object], view: Callable[..., Any]
) -> Callable[..., Any]:
    check_view(view, f"@{name}", f"[{name}]")
    unprotected[view] = f"@{name}"

    @wraps(view)
    def protected(*args: Any, **kwargs: Any) -> Any:
        check()
        return view(*args, **kwargs)

    @wraps(view)
    async def protected_async(*args: Any, **kwargs: Any) -> Any:
        check()
        return await view(*args, **kwargs)

    return protected_async if inspect.iscoroutinefunction(view) else protected
