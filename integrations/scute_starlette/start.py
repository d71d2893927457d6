"""What is looked for when an app starts: routes that a mistake would leave open, or break."""

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

from scute_auth import ConfigError
from scute_starlette.decorators import permissions, unprotected

__all__ = ["check_permissions", "check_protected", "endpoints", "params_of"]

_NAME = re.compile(r"\{(\w+)")
"""In the prefix of a router that FastAPI includes."""


def endpoints(routes: Iterable[Any]) -> Iterator[Any]:
    """Every endpoint below these routes: in mounts and in FastAPI's included routers too."""
    return (route.endpoint for route, _ in _leaves(routes, frozenset()))


def params_of(routes: Iterable[Any]) -> Iterator[tuple[Any, frozenset[str]]]:
    """Every route that has an endpoint, with the names that its path has, its mounts' too."""
    return _leaves(routes, frozenset())


def _leaves(routes: Iterable[Any], outer: frozenset[str]) -> Iterator[tuple[Any, frozenset[str]]]:
    for route in routes:
        included = getattr(getattr(route, "include_context", None), "prefix", "")
        names = outer | set(getattr(route, "param_convertors", ())) | set(_NAME.findall(included))
        if getattr(route, "endpoint", None) is not None:
            yield route, names
        inner = getattr(route, "original_router", route)
        yield from _leaves(getattr(inner, "routes", None) or (), names)


def check_protected(found: Iterable[Any]) -> None:
    """Raise `ConfigError` if a route got what stands below a decorator of ours, unprotected."""
    for endpoint in filter(inspect.isfunction, found):
        if endpoint in unprotected:
            raise ConfigError(
                f"{unprotected[endpoint]} does not protect {endpoint.__qualname__}: it stands "
                "above the route decorator; put it directly on the function"
            )


def check_permissions(routes: Iterable[Any]) -> None:
    """Raise `ConfigError` where a permission names what its route has not."""
    for route, names in params_of(routes):
        for endpoint in _with_methods(route.endpoint):
            if (requirement := permissions.get(endpoint)) is not None:
                requirement.check(names, f"the route {route.path!r}")


def _with_methods(endpoint: Any) -> Iterator[Any]:
    """An endpoint, or the handlers of one that is a class."""
    if inspect.isclass(endpoint):
        yield from filter(inspect.isfunction, vars(endpoint).values())
    elif inspect.isfunction(endpoint):
        yield endpoint
