"""Adapters with one fault each, as they have been seen in the field. The suite must find it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from scute_asgi import ScuteAuth, Sender
from scute_asgi.types import ASGIApp, Message, Receive, Scope, Send
from scute_auth import (
    AsyncScute,
    Reason,
    RequestView,
    ScuteConfig,
    SignedIn,
    SignedOut,
    Unavailable,
    User,
)
from scute_auth.claims import Claims
from scute_auth.context import Current, variable
from scute_auth.cookies import clear_session
from scute_auth.credentials import CookieTokens, read_credentials
from scute_auth.http import ResponseChanges
from scute_auth.identity import AuthResult, Session
from scute_auth.jws import unverified_claims
from tests.conformance.asgi_driver import AsgiDriver
from tests.conformance.harness import Harness
from tests.conformance.harnesses.asgi import PlainApp
from tests.conformance.site import Setup

__all__ = ["BAD", "GOOD", "LOGS_HEADERS", "believed", "cleared"]


class DropsCookies:
    """Sends the app's own headers and forgets the verdict's cookies."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dropping(message: Message) -> None:
            if "headers" in message:
                lines = [line for line in message["headers"] if line[0] != b"set-cookie"]
                message = {**message, "headers": lines}
            await send(message)

        await self._app(scope, receive, dropping)


class BuffersAnswers:
    """Waits for the whole body, as a middleware does that wants to know its length."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Message] = []

        async def holding(message: Message) -> None:
            if not message["type"].startswith("http."):
                return await send(message)
            held.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                for kept in held:
                    await send(kept)

        await self._app(scope, receive, holding)


class ParsesCookies:
    """Lets a framework's parser read the cookies, which strips what it takes for white space."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [self._parsed(*line) for line in scope.get("headers", ())]
        await self._app({**scope, "headers": headers}, receive, send)

    def _parsed(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        if name != b"cookie":
            return name, value
        pairs = (pair.partition("=") for pair in value.decode("latin-1").split(";"))
        cookies = {name.strip(): content.strip() for name, _, content in pairs}
        return name, "; ".join(f"{name}={text}" for name, text in cookies.items()).encode("latin-1")


class HidesTheOrigin:
    """Copies only the headers that it knows into the view: every cross-site POST passes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = (b"host", b"cookie", b"authorization", b"accept", b"content-type")
        headers = [line for line in scope.get("headers", ()) if line[0] in known]
        await self._app({**scope, "headers": headers}, receive, send)


class TrustsTheHost:
    """Makes redirects absolute with the Host that the visitor sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = dict(scope.get("headers", ())).get(b"host", b"")

        async def rewriting(message: Message) -> None:
            lines = [
                (name, b"https://" + host + value if name == b"location" else value)
                for name, value in message.get("headers", ())
            ]
            await send({**message, "headers": lines} if lines else message)

        await self._app(scope, receive, rewriting)


class KeepsTheContext:
    """Never resets the context variable."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        variable.set(scope.get("scute_auth"))


class LogsHeaders:
    """Writes the request's headers into the debug log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        logging.getLogger("bad.adapter").debug("request: %r", scope.get("headers"))
        await self._app(scope, receive, send)


class SharesTheContext(ScuteAuth):
    """Keeps the current request on itself, so that two at once see the later one."""

    latest: Current

    async def call_app(
        self, scope: Scope, receive: Receive, send: Sender, current: Current
    ) -> None:
        self.latest = current
        variable.set(cast(Current, _Latest(self)))
        await super().call_app(scope, receive, send, current)


@dataclass(frozen=True, slots=True)
class _Latest:
    adapter: SharesTheContext

    @property
    def result(self) -> AuthResult:
        return self.adapter.latest.result


class IgnoresTheVerdict(AsyncScute):
    """Believes a token that was refused, for it looks so well-formed."""

    async def authenticate(self, view: RequestView) -> AuthResult:
        return believed(view, self.config, await super().authenticate(view))


class ClearsInAnOutage(AsyncScute):
    """Takes "cannot tell" for "no"."""

    async def authenticate(self, view: RequestView) -> AuthResult:
        return cleared(view, self.config, await super().authenticate(view))


def believed(view: RequestView, config: ScuteConfig, result: AuthResult) -> AuthResult:
    credentials = read_credentials(view, config)
    if not isinstance(result, SignedOut) or not isinstance(credentials, CookieTokens):
        return result
    access = credentials.access or ""
    said = unverified_claims(access)
    claims = Claims(said["uuid"], said["aid"], said["exp"])
    return SignedIn(User(claims.user_id, claims), Session("cookie", access, said["exp"]))


def cleared(view: RequestView, config: ScuteConfig, result: AuthResult) -> AuthResult:
    if isinstance(result, Unavailable):
        changes = ResponseChanges(clear_session(view, config))
        return SignedOut(Reason.REFRESH_REJECTED, changes)
    return result


def _served(
    adapter: Callable[[ASGIApp], ASGIApp] | None = None,
    *,
    middleware: type[ScuteAuth] = ScuteAuth,
    scute: type[AsyncScute] = AsyncScute,
) -> Callable[[Setup], AsgiDriver]:
    """The plain app behind an adapter, in a server that loses its patience soon."""

    def serve(setup: Setup) -> AsgiDriver:
        app = middleware(PlainApp(setup), scute=setup.made(scute))
        return AsgiDriver(app if adapter is None else adapter(app), patience=1.0)

    return serve


GOOD = Harness("asgi", _served())

BAD = {
    "drops the cookies": Harness("asgi", _served(DropsCookies)),
    "ignores the verdict": Harness("asgi", _served(scute=IgnoresTheVerdict)),
    "shares the context": Harness("asgi", _served(middleware=SharesTheContext)),
    "keeps the context": Harness("asgi", _served(KeepsTheContext)),
    "lets a framework parse the cookies": Harness("asgi", _served(ParsesCookies)),
    "clears cookies in an outage": Harness("asgi", _served(scute=ClearsInAnOutage)),
    "lets a cross-site post pass": Harness("asgi", _served(HidesTheOrigin)),
    "swallows the laziness of streams": Harness("asgi", _served(BuffersAnswers)),
    "trusts the host for links": Harness("asgi", _served(TrustsTheHost)),
}

LOGS_HEADERS = Harness("asgi", _served(LogsHeaders))
