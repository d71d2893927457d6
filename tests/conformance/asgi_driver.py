"""An ASGI server in miniature: raw scope in, messages out one by one.

It is as strict as a real server: wrong messages, a second start, or a header with a control
character fail the case.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes

from scute_auth.context import variable
from tests.conformance.client import Handshake, Head, RawHeaders, Request, Response

__all__ = ["AsgiDriver", "StartFailed"]

Message = MutableMapping[str, Any]
App = Callable[..., Awaitable[None]]

logger = logging.getLogger("conformance.server")

PATIENCE = 20.0
"""Seconds until a case that waits for nothing fails; no case ever waits on purpose."""

_HEADER_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+")
_HEADER_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")


class StartFailed(Exception):
    """The app refused to start; the message is what a server would print."""


class AsgiDriver:
    def __init__(self, app: App, *, patience: float = PATIENCE) -> None:
        self.app = app
        self.state: dict[str, Any] = {}
        self._patience = patience
        self._lifespan: _Conversation | None = None

    async def start(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        talk = _Conversation(self.app, scope, self._patience)
        talk.tell({"type": "lifespan.startup"})
        message = await talk.hear()
        if message is None or message["type"] == "lifespan.startup.failed":
            await talk.end()
            raise StartFailed("" if message is None else message.get("message", ""))
        assert message["type"] == "lifespan.startup.complete", message
        self._lifespan = talk

    async def stop(self) -> None:
        if self._lifespan is not None:
            self._lifespan.tell({"type": "lifespan.shutdown"})
            message = await self._lifespan.hear()
            assert message == {"type": "lifespan.shutdown.complete"}, message
            await self._lifespan.end()

    def begin(self, request: Request) -> "AsgiExchange":
        scope = _scope(request, "http", self.state) | {"method": request.method}
        return AsgiExchange(_Conversation(self.app, scope, self._patience), request)

    def connect(self, request: Request) -> "AsgiSocket":
        more: dict[str, Any] = {
            "subprotocols": [],
            "extensions": {"websocket.http.response": {}},
        }
        scope = _scope(request, "websocket", self.state) | more
        return AsgiSocket(_Conversation(self.app, scope, self._patience))

    async def settled(self) -> None:
        for _ in range(100):
            await asyncio.sleep(0)


def _scope(request: Request, kind: str, state: dict[str, Any]) -> dict[str, Any]:
    """As uvicorn makes it: with a root path, `path` holds it too."""
    path = unquote_to_bytes(request.target).decode("utf-8", "surrogateescape")
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": request.scheme,
        "path": request.root_path + path,
        "raw_path": request.root_path.encode() + request.target,
        "query_string": request.query,
        "root_path": request.root_path,
        "headers": list(request.headers),
        "client": ("203.0.113.7", 50_000),
        "server": ("10.0.0.1", 443),
        "state": dict(state),
    }


class _Conversation:
    """The app in a task of its own, with a queue each way."""

    def __init__(self, app: App, scope: Message, patience: float) -> None:
        self._patience = patience
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._heard: asyncio.Queue[Message | None] = asyncio.Queue()
        self.left_behind: object = None
        self.failed = False
        self._task = asyncio.create_task(self._run(app, scope))

    def tell(self, message: Message) -> None:
        self._told.put_nowait(message)

    async def hear(self) -> Message | None:
        """The app's next message, or None once it has returned or failed."""
        try:
            message = await asyncio.wait_for(self._heard.get(), self._patience)
        except TimeoutError:
            raise AssertionError("the app says nothing") from None
        if message is None:
            self._heard.put_nowait(None)
        return message

    async def cancel(self) -> None:
        self._task.cancel()
        await self.end()

    async def end(self) -> None:
        """Wait until the app has gone."""
        done, _ = await asyncio.wait({self._task}, timeout=self._patience)
        if not done:
            self._task.cancel()
            raise AssertionError("the app does not end")

    async def _run(self, app: App, scope: Message) -> None:
        try:
            await app(scope, self._told.get, self._hear)
        except Exception:
            self.failed = True
            logger.exception("the app raised")
        finally:
            self.left_behind = variable.get()
            self._heard.put_nowait(None)

    async def _hear(self, message: Message) -> None:
        self._heard.put_nowait(dict(message))
        await asyncio.sleep(0)


class AsgiExchange:
    def __init__(self, talk: _Conversation, request: Request) -> None:
        self._talk = talk
        self._head: Head | None = None
        self._is_over = False
        half = len(request.body) // 2
        first, second = request.body[:half], request.body[half:]
        if first:
            talk.tell({"type": "http.request", "body": first, "more_body": True})
        talk.tell({"type": "http.request", "body": second, "more_body": False})

    async def head(self) -> Head:
        if self._head is None:
            message = await self._talk.hear()
            if message is None:
                # What every server answers where the app says nothing at all.
                assert self._talk.failed, "the app returned without an answer"
                self._is_over = True
                self._head = Head(500, ())
            else:
                assert message["type"] == "http.response.start", message
                self._head = Head(message["status"], _headers(message))
        return self._head

    async def chunk(self) -> bytes | None:
        await self.head()
        while not self._is_over:
            message = await self._talk.hear()
            if message is None:
                assert self._talk.failed, "the app returned in the middle of its answer"
                break
            assert message["type"] == "http.response.body", message
            self._is_over = not message.get("more_body", False)
            if body := message.get("body", b""):
                assert isinstance(body, bytes)
                return body
        self._is_over = True
        return None

    async def rest(self) -> Response:
        head = await self.head()
        body = b""
        while (chunk := await self.chunk()) is not None:
            body += chunk
        self._talk.tell({"type": "http.disconnect"})
        await self._talk.end()
        return Response(head.status, head.headers, body, self._talk.left_behind)

    async def hang_up(self, *, cancels: bool) -> None:
        self._talk.tell({"type": "http.disconnect"})
        if cancels:
            await self._talk.cancel()

    async def end(self) -> None:
        self._talk.tell({"type": "http.disconnect"})
        await self._talk.end()


class AsgiSocket:
    def __init__(self, talk: _Conversation) -> None:
        self._talk = talk
        talk.tell({"type": "websocket.connect"})

    async def open(self) -> Handshake:
        message = await self._talk.hear()
        assert message is not None, "the app returned without an answer"
        if message["type"] == "websocket.accept":
            return Handshake(101, _headers(message))
        if message["type"] == "websocket.close":
            return Handshake(403, ())
        assert message["type"] == "websocket.http.response.start", message
        return Handshake(message["status"], _headers(message))

    async def receive(self) -> str:
        message = await self._talk.hear()
        assert message is not None, "the app returned without a word"
        assert message["type"] == "websocket.send", message
        return str(message["text"])

    async def end(self) -> None:
        self._talk.tell({"type": "websocket.disconnect", "code": 1000})
        await self._talk.end()


def _headers(message: Message) -> RawHeaders:
    lines = tuple((bytes(name), bytes(value)) for name, value in message.get("headers") or ())
    for name, value in lines:
        assert _HEADER_NAME.fullmatch(name), name
        assert _HEADER_VALUE.fullmatch(value), (name, "holds a control character")
    return lines
