"""The middleware and the router for FastAPI: Starlette's, with the document described."""

from fastapi import APIRouter

import scute_starlette
from scute_asgi.sending import Sender
from scute_asgi.types import Receive, Scope
from scute_auth import AsyncScute
from scute_auth.context import Current
from scute_fastapi.dependencies import check_permissions
from scute_fastapi.dependency import check_defaults
from scute_fastapi.refusals import refuse
from scute_fastapi.schema import describe
from scute_starlette.start import endpoints

__all__ = ["ScuteAuth", "auth_router"]


class ScuteAuth(scute_starlette.ScuteAuth):
    """Puts a FastAPI app behind Scute: `app.add_middleware(ScuteAuth)`; see `auth_router()`.

    Settings come from `config`, else from the `SCUTE_*` variables; a missing one fails the
    start-up. Hooks may be coroutine functions.
    """

    refuse = staticmethod(refuse)
    _is_described = False

    async def call_app(
        self, scope: Scope, receive: Receive, send: Sender, current: Current
    ) -> None:
        if not self._is_described:
            self._describe(scope, current.scute)
        await super().call_app(scope, receive, send, current)

    def prepare(self, scope: Scope, scute: AsyncScute) -> None:
        super().prepare(scope, scute)
        if "app" in scope:
            check_defaults(endpoints(scope["app"].routes))
            check_permissions(scope["app"].routes)
        self._describe(scope, scute)

    def _describe(self, scope: Scope, scute: AsyncScute) -> None:
        self._is_described = True
        if "app" in scope:
            describe(scope["app"], scute.config)


def auth_router(prefix: str | None = None) -> APIRouter:
    """The `/auth/*` routes for `app.include_router`.

    `prefix` must be the `auth_prefix` of the settings; by default `SCUTE_AUTH_PREFIX`, or `/auth`.
    """
    return APIRouter(routes=scute_starlette.auth_routes(prefix))
