"""`@require_user`, `@require_machine` and `@require_permission` for views that are functions, and
`@public` for those that need nobody."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Literal, TypeVar, overload

from django.http import HttpRequest

from scute_auth import ConfigError
from scute_auth.runtime import Demand, MachineRequirement, PermissionRequirement, Requirement
from scute_django.guard import arefusal, kept_private, refusal
from scute_django.modes import is_async
from scute_django.views import arguments_of, position_of_request

__all__ = ["is_public", "public", "require_machine", "require_permission", "require_user"]

View = TypeVar("View", bound=Callable[..., Any])

_PUBLIC = "scute_public"


@overload
def require_user(view: View, /) -> View: ...


@overload
def require_user(
    *,
    step_up: int | None = None,
    impersonated: bool | None = None,
    check: Literal["local", "remote"] | None = None,
) -> Callable[[View], View]: ...


def require_user(
    view: Any = None,
    /,
    *,
    step_up: int | None = None,
    impersonated: bool | None = None,
    check: Literal["local", "remote"] | None = None,
) -> Any:
    """Let only a signed-in user into a view, synchronous or asynchronous.

    For a class-based view: `UserRequiredMixin`, or `@method_decorator(require_user, "dispatch")`.
    `step_up`: seconds since the user last confirmed who it is. `impersonated=False` refuses
    support access. `check="remote"` asks Scute whether the session still stands.
    """
    demanded = Requirement(step_up, impersonated, check)
    protect = partial(_protect, "@require_user", lambda _: demanded)
    return protect if view is None else protect(view)


@overload
def require_machine(view: View, /) -> View: ...


@overload
def require_machine(
    *, check: Literal["local", "remote"] | None = None
) -> Callable[[View], View]: ...


def require_machine(view: Any = None, /, *, check: Literal["local", "remote"] | None = None) -> Any:
    """Let only a machine into a view: a service with a token of its own, in a header.

    For a class-based view: `@method_decorator(require_machine, "dispatch")`.
    `check="remote"` asks Scute whether its session still stands. With `require_by_default` the
    view needs no `@public`; Django's own CSRF check wants `@csrf_exempt`, above this.
    """
    demanded = MachineRequirement(check)

    def protect(view: Any) -> Any:
        # Public to the gate, which knows users only; nobody else passes the guard.
        return public(_protect("@require_machine", lambda _: demanded, view))

    return protect if view is None else protect(view)


def require_permission(action: str, resource: str | None = None) -> Callable[[View], View]:
    """Let only a user into a view who may do this: `("refund", "invoice:{id}")`.

    What stands in braces is filled from the URL: the view takes it by that name.
    """
    requirement = PermissionRequirement(action, resource)

    def protect(view: Any) -> Any:
        protected = _protect("@require_permission", requirement.at, view)
        if (names := arguments_of(view)) is not None:
            requirement.check(names, f"the view {view.__qualname__}")
        return protected

    return protect


def public(view: View) -> View:
    """Let everybody into this view although the settings say `require_by_default`.

    For a class-based view: `@method_decorator(public, "dispatch")`.
    """
    if isinstance(view, type):
        raise ConfigError(f'@public: use @method_decorator(public, "dispatch") on {view!r}')
    setattr(view, _PUBLIC, True)
    return view


def is_public(view: Any) -> bool:
    """Was this view marked as public?"""
    return getattr(view, _PUBLIC, False) is True


def _protect(
    decorator: str,
    demanded: Callable[[dict[str, Any]], Demand],
    view: Callable[..., Any],
) -> Callable[..., Any]:
    """`demanded` is given what the URL has put into names."""
    position = position_of_request(view, decorator)

    @wraps(view)
    def protected(*args: Any, **kwargs: Any) -> Any:
        request = _request_of(args, position, view, decorator)
        if _is_awaited(view):
            # Django decorates the `dispatch` of an asynchronous class without saying so.
            return aprotected(*args, **kwargs)
        if (refused := refusal(request, demanded(kwargs))) is not None:
            return refused
        return kept_private(view(*args, **kwargs), request)

    @wraps(view)
    async def aprotected(*args: Any, **kwargs: Any) -> Any:
        request = _request_of(args, position, view, decorator)
        if (refused := await arefusal(request, demanded(kwargs))) is not None:
            return refused
        return kept_private(await view(*args, **kwargs), request)

    return aprotected if is_async(view) else protected


def _request_of(args: tuple[Any, ...], position: int, view: object, decorator: str) -> HttpRequest:
    if len(args) <= position:
        raise ConfigError(f"{decorator}: {view!r} was called without a request")
    request: HttpRequest = args[position]
    return request


def _is_awaited(view: Any) -> bool:
    owner = getattr(getattr(view, "func", None), "__self__", None)
    return bool(getattr(owner, "view_is_async", False))
