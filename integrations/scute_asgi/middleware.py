"""The base ASGI middleware: copies the request, asks the core, applies what it says."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from scute_asgi.sending import Sender, send_reply
from scute_asgi.types import ASGIApp, Receive, Scope, Send
from scute_auth import AsyncScute, ConfigError, Hooks, NotSignedIn, ScuteConfig, ScuteUnavailable
from scute_auth.context import Current, Rendered, variable
from scute_auth.http import RequestView
from scute_auth.pages import Renderer, default_renderer
from scute_auth.runtime import WebhookHandler, failure, refusal_of

__all__ = ["ScuteAuth", "current_of", "refuse", "request_view", "respond"]

_KEY = "scute_auth"


def refuse(current: Current, error: NotSignedIn | ScuteUnavailable) -> Exception:
    """Raise our own error: the middleware turns it into an answer."""
    if current.view.kind == "websocket":
        # A framework that catches it can only close the handshake: `Sender` says why.
        current.refusals.append(Rendered(refusal_of(error), ()))
    return error


class ScuteAuth:
    """Puts an ASGI app behind Scute, and serves `/auth/*` itself unless `serve_auth` is false.

    `config` defaults to the `SCUTE_*` variables; a missing one fails the start-up. The hooks may
    be coroutine functions. `renderer` turns a page's name and context into HTML, `webhooks` has a
    function for each event of Scute's by its name. `scute` takes an `AsyncScute` of your own, with
    its store, transport and hooks.
    """

    refuse: Callable[[Current, NotSignedIn | ScuteUnavailable], Exception] = staticmethod(refuse)

    def __init__(
        self,
        app: ASGIApp,
        config: ScuteConfig | None = None,
        *,
        on_sign_in: Callable[..., Any] | None = None,
        on_sign_out: Callable[..., Any] | None = None,
        renderer: Renderer = default_renderer,
        webhooks: Mapping[str, WebhookHandler] | None = None,
        scute: AsyncScute | None = None,
        serve_auth: bool = True,
    ) -> None:
        self.app = app
        self._config = config
        self._hooks = Hooks(on_sign_in, on_sign_out, renderer, webhooks=webhooks)
        self._scute = scute
        self._serve_auth = serve_auth

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return await self._lifespan(scope, receive, send)
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        scute = self._scute or self._begin()
        view = request_view(scope)
        outer = scope.get(_KEY)
        if outer is not None and outer.scute.config == scute.config:
            # The same app again, inside a mount: one request has one verdict, and one refresh.
            result = outer.result
        else:
            result = await scute.authenticate(view)
        current = Current(view, result, scute, self.refuse)
        scope[_KEY] = current
        token = variable.set(current)
        try:
            await self._answer(scope, receive, Sender(scope, send, current), current)
        finally:
            variable.reset(token)

    async def _answer(self, scope: Scope, receive: Receive, send: Sender, current: Current) -> None:
        """Let the app answer, unless this is our own route or nobody may pass."""
        try:
            refused = current.scute.gate(current.view, current.result)
            if refused is not None:
                await send_reply(scope, send, refused)
            elif self._serve_auth and current.scute.is_auth_path(current.view.path):
                await respond(scope, receive, send)
            else:
                await self.call_app(scope, receive, send, current)
        except (NotSignedIn, ScuteUnavailable) as error:
            if send.started:
                raise
            await send_reply(scope, send, refusal_of(error))
        except Exception:
            # The server would answer with a bare error and lose the cookies of a refresh.
            if current.result.changes.cookies and not send.started and scope["type"] == "http":
                await send_reply(scope, send, failure(current.result.changes))
            raise

    async def call_app(
        self, scope: Scope, receive: Receive, send: Sender, current: Current
    ) -> None:
        """Run the app; frameworks add what their own parts expect in the scope."""
        await self.app(scope, receive, send)

    def _begin(self) -> AsyncScute:
        self._scute = AsyncScute(self._config, hooks=self._hooks)
        return self._scute

    def prepare(self, scope: Scope, scute: AsyncScute) -> None:
        """Look for misuse at start-up: a `ConfigError` from here stops the server."""

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Load at start-up what is slow to load; stop the server there if a setting is wrong."""
        try:
            scute = self._scute or self._begin()
            self.prepare(scope, scute)
        except ConfigError as error:
            await receive()
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise  # as Starlette does: servers have the message, test clients want the error
        async with scute:
            await self.app(scope, receive, send)


def request_view(scope: Scope) -> RequestView:
    """Copy what the core needs of a scope; the path is the one that the router matches."""
    path, root_path = scope["path"], scope.get("root_path", "")
    if root_path and path.startswith(f"{root_path}/"):
        path = path[len(root_path) :]
    client = scope.get("client")
    return RequestView(
        scope["type"],
        scope.get("method", "GET"),
        scope.get("scheme", "http"),
        path,
        scope["headers"],
        root_path,
        scope.get("query_string", b""),
        client[0] if client else None,
    )


def current_of(scope: Scope) -> Current:
    """The verdict that the middleware left for this request."""
    current = scope.get(_KEY)
    if current is None:
        raise ConfigError("ScuteAuth is not installed: add_middleware(ScuteAuth) on the app")
    return current  # type: ignore[no-any-return] # a scope's values are untyped


async def respond(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one of the `/auth/*` routes."""
    current = current_of(scope)
    body = bytearray()
    more = scope["type"] == "http"
    longest = current.scute.max_body(current.view.path)
    while more and len(body) <= longest:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    view = replace(current.view, body=bytes(body))
    await send_reply(scope, send, await current.scute.respond(view, current.result))
