"""The shared app as plain ASGI, written by hand: `scute_asgi` and nothing else."""

import json
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from scute_asgi import ScuteAuth
from scute_asgi.types import ASGIApp, Receive, Scope, Send
from scute_auth import current_user, optional_user
from tests.conformance.asgi_driver import AsgiDriver
from tests.conformance.harness import Harness
from tests.conformance.site import Setup

__all__ = ["HARNESS", "PlainApp"]

Handler = Callable[[Scope, Receive, Send], Awaitable[None]]


class PlainApp:
    """Routes on what is left of the path once the root path is taken off, as routers do."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._routes: dict[tuple[str, str], Handler] = {
            ("GET", "/"): self.home,
            ("GET", "/me"): self.me,
            ("GET", "/optional"): self.optional,
            ("GET", "/private"): self.private,
            ("POST", "/notes"): self.notes,
            ("GET", "/stream"): self.stream,
            ("GET", "/boom"): self.boom,
            ("GET", "/own-response"): self.own_response,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await _lifespan(receive, send)
        path: str = scope["path"].removeprefix(scope["root_path"])
        if path.startswith("/sub/"):
            return await self({**scope, "root_path": f"{scope['root_path']}/sub"}, receive, send)
        if scope["type"] == "websocket":
            return await self.websocket(receive, send)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        await self._routes.get((method, path), _not_found)(scope, receive, send)

    async def home(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = optional_user()
        await _answer(
            send, b"text/html", user.id if user else '<a href="/auth/sign-in">Sign in</a>'
        )

    async def me(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = current_user()
        self._setup.enter("me", user.id)
        await _answer(send, b"application/json", json.dumps({"user_id": user.id}))

    async def optional(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = optional_user()
        content = {"user_id": user.id if user else None}
        await _answer(send, b"application/json", json.dumps(content))

    async def private(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = current_user()
        self._setup.enter("private", user.id)
        await _answer(send, b"text/html", f"<p>{user.id}</p>")

    async def notes(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = current_user()
        self._setup.enter("notes", user.id)
        await _answer(send, b"application/json", json.dumps({"user_id": user.id}), status=201)

    async def stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        current_user()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first\n", "more_body": True})
        await self._setup.gate.await_open()
        last = current_user().id.encode()
        await send({"type": "http.response.body", "body": last})

    async def boom(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("boom")

    async def own_response(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(k.encode(), v.encode()) for k, v in parse_qsl(scope["query_string"].decode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"own"})

    async def websocket(self, receive: Receive, send: Send) -> None:
        user = current_user()
        self._setup.enter("ws", user.id)
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": json.dumps({"user_id": user.id})})
        await receive()


async def _lifespan(receive: Receive, send: Send) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})


async def _answer(send: Send, kind: bytes, text: str, *, status: int = 200) -> None:
    headers = [(b"content-type", kind)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    await _answer(send, b"text/plain", "not found", status=404)


def serve_with(middleware: Callable[..., ASGIApp], setup: Setup) -> AsgiDriver:
    return AsgiDriver(middleware(PlainApp(setup), scute=setup.async_scute()))


HARNESS = Harness("asgi", lambda setup: serve_with(ScuteAuth, setup))
