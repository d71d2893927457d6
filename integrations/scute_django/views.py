"""Is this a view, and what does it take? What is none is a mistake to report at import."""

import inspect
from functools import partial
from typing import Any

from scute_auth import ConfigError
from scute_django.modes import is_async

__all__ = ["arguments_of", "position_of_request"]


def position_of_request(view: Any, decorator: str) -> int:
    """Where a view takes its request; anything that is no view is a mistake to report."""
    if isinstance(view, type):
        name = decorator.removeprefix("@")
        raise ConfigError(
            f'{decorator} does not go on a class: use @method_decorator({name}, "dispatch") on '
            f"{view.__qualname__}, or derive it from UserRequiredMixin if all it needs is a user"
        )
    if not callable(view) or inspect.isgeneratorfunction(view) or inspect.isasyncgenfunction(view):
        raise ConfigError(f"{decorator} goes on a view: {view!r} is none")
    if isinstance(view, partial):
        return 0  # a method that Django has bound already
    if inspect.isfunction(view) and is_async(inspect.unwrap(view)) and not is_async(view):
        raise ConfigError(
            f"{decorator} goes directly on {view.__qualname__}: a decorator between them "
            "hides that it is asynchronous"
        )
    parameters = list(inspect.signature(view).parameters.values())
    if not parameters or parameters[0].kind not in _POSITIONAL:
        raise ConfigError(f"{decorator} goes on a view: {view!r} takes no request")
    return 1 if parameters[0].name == "self" else 0


_POSITIONAL = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
)


def arguments_of(view: Any) -> list[str] | None:
    """The names that a URL must have for this view, or None where it takes any."""
    if not inspect.isfunction(view):
        return None  # a method that Django has bound already, or an object that is called
    parameters = inspect.signature(view).parameters.values()
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        return None
    return [each.name for each in parameters]
