"""The `/auth/*` routes for Starlette's router: whatever comes, the core answers."""

import logging
import os
from collections.abc import Iterator

from starlette.routing import BaseRoute, NoMatchFound, Route, Router
from starlette.types import Receive, Scope, Send

from scute_asgi import current_of, respond
from scute_auth import AsyncScute, ConfigError
from scute_auth.endpoints import ENDPOINTS

logger = logging.getLogger("scute_auth")

__all__ = ["AuthEndpoint", "auth_routes", "check_prefix"]


class AuthEndpoint:
    """An ASGI app that hands the request to the core."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        current = current_of(scope)
        if not current.scute.is_auth_path(current.view.path):
            raise _misplaced(current.view.path, current.scute)
        await respond(scope, receive, send)


def auth_routes(prefix: str | None = None) -> list[BaseRoute]:
    """The routes for `Starlette(routes=...)`, named `scute:sign_in`, `scute:sign_out`, ...

    `prefix` must be the `auth_prefix` of the settings; by default `SCUTE_AUTH_PREFIX`, or `/auth`.
    """
    if prefix is None:
        prefix = os.environ.get("SCUTE_AUTH_PREFIX", "").strip() or "/auth"
    return list(_routes(prefix))


def _routes(prefix: str) -> Iterator[Route]:
    endpoint = AuthEndpoint()
    seen: set[str] = set()
    for known in ENDPOINTS:
        if known.path not in seen:
            seen.add(known.path)
            yield Route(prefix + known.path, endpoint, name=f"scute:{known.name}")
    yield Route(f"{prefix}/{{rest:path}}", endpoint, name="scute:unknown")


def check_prefix(router: Router, scute: AsyncScute) -> None:
    """Raise `ConfigError` if our routes are mounted where the core does not know them."""
    try:
        path = router.url_path_for(f"scute:{ENDPOINTS[0].name}")
    except NoMatchFound:
        logger.warning("no sign-in pages: add auth_routes() (FastAPI: auth_router()) to the app")
        return
    if path != scute.config.auth_prefix + ENDPOINTS[0].path:
        raise _misplaced(path, scute)


def _misplaced(path: str, scute: AsyncScute) -> ConfigError:
    return ConfigError(
        f"auth_prefix is {scute.config.auth_prefix!r}, but the auth routes lie at {path!r}: "
        "give both the same prefix (SCUTE_AUTH_PREFIX is read by both)"
    )
