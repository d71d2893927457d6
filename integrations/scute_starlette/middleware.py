"""The middleware for Starlette: fills `request.user` and `request.auth` and guards the app."""

from collections.abc import Mapping
from typing import Any

from starlette.authentication import AuthCredentials, UnauthenticatedUser
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.types import ExceptionHandler

import scute_asgi
from scute_asgi.sending import Sender, send_reply
from scute_asgi.types import ASGIApp, Receive, Scope
from scute_auth import AsyncScute, ScuteConfig, SignedIn
from scute_auth.context import Current
from scute_auth.http import ResponseChanges
from scute_auth.pages import Renderer, default_renderer
from scute_auth.runtime import SignInHook, SignOutHook, WebhookHandler, failure
from scute_starlette.refusals import Refusal, refuse
from scute_starlette.routes import check_prefix
from scute_starlette.start import check_permissions, check_protected, endpoints

__all__ = ["ScuteAuth"]


class ScuteAuth(scute_asgi.ScuteAuth):
    """Puts a Starlette app behind Scute: `app.add_middleware(ScuteAuth)`; see `auth_routes()`.

    Settings come from `config`, else from the `SCUTE_*` variables; a missing one fails the
    start-up. Hooks may be coroutine functions.
    """

    refuse = staticmethod(refuse)

    def __init__(
        self,
        app: ASGIApp,
        config: ScuteConfig | None = None,
        *,
        on_sign_in: SignInHook | None = None,
        on_sign_out: SignOutHook | None = None,
        renderer: Renderer = default_renderer,
        webhooks: Mapping[str, WebhookHandler] | None = None,
        scute: AsyncScute | None = None,
    ) -> None:
        super().__init__(
            app,
            config,
            on_sign_in=on_sign_in,
            on_sign_out=on_sign_out,
            renderer=renderer,
            webhooks=webhooks,
            scute=scute,
            serve_auth=False,
        )

    async def call_app(
        self, scope: Scope, receive: Receive, send: Sender, current: Current
    ) -> None:
        result = current.result
        if isinstance(result, SignedIn):
            scope["user"], scope["auth"] = result.user, AuthCredentials(["authenticated"])
        else:
            scope["user"], scope["auth"] = UnauthenticatedUser(), AuthCredentials()
        app = self._keep_cookies(scope) if result.changes.cookies else self.app
        try:
            await app(scope, receive, send)
        except Refusal as refusal:
            # Raised where none of Starlette's exception handlers stands in between.
            if send.started:
                raise
            await send_reply(scope, send, refusal.reply)

    def _keep_cookies(self, scope: Scope) -> ASGIApp:
        """The app, with its error page made on our side of the server's, where cookies arrive."""
        starlette = scope.get("app")
        if starlette is None:
            return self.app
        handler = _error_handler(starlette.exception_handlers)
        return ServerErrorMiddleware(self.app, handler=handler, debug=starlette.debug)

    def prepare(self, scope: Scope, scute: AsyncScute) -> None:
        if "app" in scope:
            check_prefix(scope["app"].router, scute)
            check_protected(endpoints(scope["app"].routes))
            check_permissions(scope["app"].routes)


def _error_handler(handlers: dict[Any, ExceptionHandler]) -> ExceptionHandler | None:
    """The app's own handler of errors that nobody caught: the last one, as in Starlette."""
    keys = (failure(ResponseChanges()).status, Exception)
    return next((handlers[key] for key in reversed(handlers) if key in keys), None)
