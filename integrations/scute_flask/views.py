"""What decorators note about views, and what is looked for in all of them before the first runs."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from flask import Flask

from scute_auth import ConfigError

__all__ = ["arguments_of", "check_view", "check_views", "is_public", "public", "unprotected"]

View = TypeVar("View", bound=Callable[..., Any])

_MARK = "scute_public"

unprotected: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""What stands below one of our decorators, and which: no route may have it for a view."""


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


def arguments_of(view: Callable[..., Any]) -> list[str] | None:
    """The names that a route must have for this view, or None where it takes any."""
    parameters = inspect.signature(view).parameters.values()
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        return None
    return [each.name for each in parameters]


def check_views(app: Flask) -> None:
    """Raise `ConfigError` if a route got what stands below a decorator of ours, unprotected."""
    for endpoint, view in app.view_functions.items():
        if inspect.isfunction(view) and view in unprotected:
            raise ConfigError(
                f"{unprotected[view]} does not protect {endpoint!r}: it stands above the route "
                "decorator; put it directly on the function"
            )
