"""What goes out: replies of the core, and the app's responses with the verdict's changes in."""

from collections.abc import Awaitable
from dataclasses import dataclass, field, replace

from scute_asgi.types import Message, Scope, Send
from scute_auth.context import Current, Rendered
from scute_auth.http import Reply

__all__ = ["MARKER", "Sender", "send_reply"]

MARKER = b"x-scute-refusal"
"""Marks a response that a framework made of one of our refusals; it never leaves the app."""

_STARTS = frozenset({"http.response.start", "websocket.http.response.start"})
_FIRST = _STARTS | {"websocket.accept"}
_REFUSED = {"type": "websocket.close", "code": 1008, "reason": "not signed in"}


class Sender:
    """Sends for the app, with the verdict's cookies and headers in the first message.

    A refusal of ours that the framework rendered in its own way is replaced by the core's reply;
    a response that the app made of it stays, without our mark. A handshake that the framework
    closes for one gets the core's reply too.
    """

    __slots__ = ("_current", "_held", "_scope", "_send", "started")

    def __init__(self, scope: Scope, send: Send, current: Current) -> None:
        self._scope = scope
        self._send = send
        self._current = current
        self._held: _Held | None = None
        self.started = False

    def __call__(self, message: Message) -> Awaitable[None]:
        # Not `async`: each message of each response would pay for a coroutine more.
        if self._current.refusals:
            return self._consider(message)
        return self._forward(message)

    async def _consider(self, message: Message) -> None:
        if self._held is not None:
            self._held.add(message)
            if self._held.is_decided:
                await self._release(self._held)
        elif (held := self._hold(message)) is not None:
            self._held = held
        elif message["type"] == "websocket.close" and not self.started:
            reply = self._current.refusals[-1].reply
            await send_reply(self._scope, self._forward, reply)
        else:
            await self._forward(message)

    def _forward(self, message: Message) -> Awaitable[None]:
        if message["type"] in _FIRST:
            self.started = True
            headers = self._current.result.changes.merge(message.get("headers") or ())
            message = {**message, "headers": headers}
        return self._send(message)

    def _hold(self, message: Message) -> "_Held | None":
        if message["type"] not in _STARTS:
            return None
        lines = [(name.lower(), value) for name, value in message.get("headers") or ()]
        for number, rendered in enumerate(self._current.refusals):
            if (MARKER, str(number).encode("ascii")) in lines:
                return _Held(message, rendered)
        return None

    async def _release(self, held: "_Held") -> None:
        self._held = None
        if self.started:
            # Only a WebSocket that was accepted already can be here: it has no answer any more.
            await self._send(_REFUSED)
        elif held.is_default:
            await send_reply(self._scope, self, held.reply)
        else:
            for message in held.messages:
                await self._forward(message)


@dataclass(slots=True)
class _Held:
    """A marked response, kept back until its body says whose it is."""

    start: Message
    rendered: Rendered
    body: bytearray = field(default_factory=bytearray)
    later: list[Message] = field(default_factory=list[Message])
    is_decided: bool = False

    def add(self, message: Message) -> None:
        self.later.append(message)
        self.body += message.get("body", b"")
        longest = max(map(len, self.rendered.defaults))
        self.is_decided = not message.get("more_body", False) or len(self.body) > longest

    @property
    def is_default(self) -> bool:
        status = self.start["status"]
        return status == self.rendered.reply.status and bytes(self.body) in self.rendered.defaults

    @property
    def reply(self) -> Reply:
        """The core's reply, with what others added on the way (CORS, a request id)."""
        reply = self.rendered.reply
        ours = {name for name, _ in reply.headers} | {"content-type", "content-length"}
        lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self._headers]
        added = tuple(line for line in lines if line[0].lower() not in ours)
        return replace(reply, headers=reply.headers + added)

    @property
    def messages(self) -> list[Message]:
        """The app's own response, without our mark."""
        headers = self.rendered.reply.changes.merge(self._headers)
        return [{**self.start, "headers": headers}, *self.later]

    @property
    def _headers(self) -> list[tuple[bytes, bytes]]:
        return [line for line in self.start["headers"] if line[0].lower() != MARKER]


async def send_reply(scope: Scope, send: Send, reply: Reply) -> None:
    """Send a rendered reply; a WebSocket that was not accepted is refused with it."""
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    raw.append((b"content-length", str(len(reply.body)).encode("ascii")))
    body = b"" if scope.get("method") == "HEAD" else reply.body
    prefix = "http"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send(_REFUSED)
            return
        prefix = "websocket.http"
    headers = reply.changes.merge(raw)
    await send({"type": f"{prefix}.response.start", "status": reply.status, "headers": headers})
    await send({"type": f"{prefix}.response.body", "body": body})
