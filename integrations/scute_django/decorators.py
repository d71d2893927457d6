"""`@require_user` for views that are functions, and `@public` for those that need nobody."""

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Literal, TypeVar, overload

from django.http import HttpRequest

from scute_auth import ConfigError
from scute_auth.runtime import Requirement
from scute_django.guard import arefusal, kept_private, refusal
from scute_django.modes import is_async

__all__ = ["is_public", "public", "require_user"]

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
    protect = partial(_protect, Requirement(step_up, impersonated, check))
    return protect if view is None else protect(view)


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


def _protect(requirement: Requirement, view: Callable[..., Any]) -> Callable[..., Any]:
    position = _position_of_request(view)

    @wraps(view)
    def protected(*args: Any, **kwargs: Any) -> Any:
        request = _request_of(args, position, view)
        if _is_awaited(view):
            # Django decorates the `dispatch` of an asynchronous class without saying so.
            return aprotected(*args, **kwargs)
        if (refused := refusal(request, requirement)) is not None:
            return refused
        return kept_private(view(*args, **kwargs), request)

    @wraps(view)
    async def aprotected(*args: Any, **kwargs: Any) -> Any:
        request = _request_of(args, position, view)
        if (refused := await arefusal(request, requirement)) is not None:
            return refused
        return kept_private(await view(*args, **kwargs), request)

    return aprotected if is_async(view) else protected


def _position_of_request(view: Any) -> int:
    """Where a view takes its request; anything that is no view is a mistake to report."""
    if isinstance(view, type):
        raise ConfigError(
            f"@require_user does not go on a class: derive {view.__qualname__} from "
            'UserRequiredMixin, or use @method_decorator(require_user, "dispatch")'
        )
    if not callable(view) or inspect.isgeneratorfunction(view) or inspect.isasyncgenfunction(view):
        raise ConfigError(f"@require_user goes on a view: {view!r} is none")
    if isinstance(view, partial):
        return 0  # a method that Django has bound already
    if inspect.isfunction(view) and is_async(inspect.unwrap(view)) and not is_async(view):
        raise ConfigError(
            f"@require_user goes directly on {view.__qualname__}: a decorator between them "
            "hides that it is asynchronous"
        )
    parameters = list(inspect.signature(view).parameters.values())
    if not parameters or parameters[0].kind not in _POSITIONAL:
        raise ConfigError(f"@require_user goes on a view: {view!r} takes no request")
    return 1 if parameters[0].name == "self" else 0


_POSITIONAL = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
)


def _request_of(args: tuple[Any, ...], position: int, view: object) -> HttpRequest:
    if len(args) <= position:
        raise ConfigError(f"@require_user: {view!r} was called without a request")
    request: HttpRequest = args[position]
    return request


def _is_awaited(view: Any) -> bool:
    owner = getattr(getattr(view, "func", None), "__self__", None)
    return bool(getattr(owner, "view_is_async", False))
