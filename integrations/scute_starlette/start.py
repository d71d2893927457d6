"""What is looked for when an app starts: routes that a mistake would leave open."""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from scute_auth import ConfigError
from scute_starlette.guard import unprotected

__all__ = ["check_protected", "endpoints"]


def endpoints(routes: Iterable[Any]) -> Iterator[Any]:
    """Every endpoint below these routes: in mounts and in FastAPI's included routers too."""
    for route in routes:
        if (endpoint := getattr(route, "endpoint", None)) is not None:
            yield endpoint
        inner = getattr(route, "original_router", route)
        yield from endpoints(getattr(inner, "routes", None) or ())


def check_protected(found: Iterable[Any]) -> None:
    """Raise `ConfigError` if a route got what stands below `@require_user`, unprotected."""
    for endpoint in filter(inspect.isfunction, found):
        if endpoint in unprotected:
            raise ConfigError(
                f"@require_user does not protect {endpoint.__qualname__}: it stands above the "
                "route decorator; put it directly on the function"
            )
