"""What decorators note about views, and what is looked for in all of them before the first runs."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakSet

from flask import Flask

from scute_auth import ConfigError

__all__ = ["check_view", "check_views", "is_public", "public", "unprotected"]

View = TypeVar("View", bound=Callable[..., Any])

_MARK = "scute_public"

unprotected: WeakSet[Any] = WeakSet()
"""What stands below `@require_user`: no route may have it for a view."""


def public(view: View, /) -> View:
    """Leave a view open to everybody where `require_by_default` closes all others."""
    check_view(view, "@public", "[public]")
    setattr(view, _MARK, True)  # functools.wraps takes it along to what stands above
    return view


def is_public(view: object) -> bool:
    return getattr(view, _MARK, False) is True


def check_view(view: object, decorator: str, listed: str) -> None:
    """Raise `ConfigError` where a decorator stands on what is no view function."""
    if inspect.isclass(view):
        name = view.__qualname__
        raise ConfigError(f"{decorator}: {name} is a class; write `decorators = {listed}` in it")
    if not inspect.isfunction(view):
        raise ConfigError(f"{decorator} goes directly on a view function, and {view!r} is none")


def check_views(app: Flask) -> None:
    """Raise `ConfigError` if a route got what stands below `@require_user`, unprotected."""
    for endpoint, view in app.view_functions.items():
        if inspect.isfunction(view) and view in unprotected:
            raise ConfigError(
                f"@require_user does not protect {endpoint!r}: it stands above the route "
                "decorator; put it directly on the function"
            )
