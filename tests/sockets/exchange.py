"""One request on one connection: what is sent, what comes back, and what the app says of it."""

import asyncio
import base64
import os
from dataclasses import dataclass, field, replace

from websockets.frames import Frame
from websockets.protocol import CLIENT, Protocol

from tests.conformance.client import Handshake, Head, Request, Response
from tests.sockets.order import HEADER, Order
from tests.sockets.refusals import Alteration, NotTheRequest, Refusal, is_on_the_wire, stated
from tests.sockets.servers import ServerProcess
from tests.sockets.wire import PATIENCE, Connection

__all__ = ["Arrival", "Exchange", "SocketExchange", "SocketSocket", "patiently"]


@dataclass
class Arrival:
    """What the app's process tells of one request."""

    came: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    seen: set[str] | None = None
    """The names of the header lines that the app got, save empty ones."""
    left_behind: str | None = None


class Exchange:
    """Sends the request at once; the head is there for whoever asks, the rest comes after it."""

    def __init__(
        self, process: ServerProcess, request: Request, order: Order, arrival: Arrival
    ) -> None:
        self.arrival = arrival
        self._process = process
        self._request = request
        self._order = order
        self.connection: Connection | None = None
        self._task = asyncio.create_task(self._run())

    async def head(self) -> Head:
        return await asyncio.shield(self._task)

    async def is_under_way(self) -> None:
        """Wait until the app has seen the request, or has answered or refused it."""
        came = asyncio.create_task(self.arrival.came.wait())
        await asyncio.wait({came, self._task}, return_when=asyncio.FIRST_COMPLETED)
        came.cancel()

    async def hang_up(self) -> None:
        await self.is_under_way()
        self._task.cancel()
        await asyncio.wait({self._task})
        if self.connection is not None:
            await self.connection.close()

    async def end(self) -> None:
        """Wait until the app has done with it, and leave."""
        if self.arrival.came.is_set():
            await patiently(self.arrival.left, "the app does not end")
        await self.hang_up()

    async def _run(self) -> Head:
        if not is_on_the_wire(self._request):
            why = "a line break in a header's value begins another line"
            raise NotTheRequest(why, by_server=True, status=0)
        connection = self.connection = await Connection.open(self._process.port)
        line = (HEADER.encode("ascii"), self._order.text().encode("ascii"))
        await connection.send(self._request, (line,))
        head = await connection.head()
        self._compare(head)
        return head

    def _compare(self, head: Head) -> None:
        """Hold what happened against what is stated of this server."""
        name, seen = self._process.server.name, self.arrival.seen
        rule = stated(name, self._request)
        if seen is None:
            assert isinstance(rule, Refusal), f"{name} refuses with {head.status}: not stated"
            assert head.status == rule.status, f"{name} refuses with {head.status}, not as {rule}"
        elif isinstance(rule, Refusal):
            assert not rule.is_sure, f"{name} does not refuse: {rule}"
            return
        elif isinstance(rule, Alteration):
            assert seen == rule.seen(self._request), f"{name} shows {seen}, not as {rule}"
        if rule is not None:
            is_refusal = isinstance(rule, Refusal)
            raise NotTheRequest(rule.why, by_server=is_refusal, status=head.status)


class SocketExchange:
    """An answer as it comes off the socket."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._has_left = False

    async def head(self) -> Head:
        return await self._exchange.head()

    async def chunk(self) -> bytes | None:
        await self.head()
        assert self._exchange.connection is not None
        return await self._exchange.connection.chunk()

    async def rest(self) -> Response:
        head, body = await self.head(), b""
        while (chunk := await self.chunk()) is not None:
            body += chunk
        await self._exchange.end()
        self._has_left = True
        return Response(head.status, head.headers, body, self._exchange.arrival.left_behind)

    async def hang_up(self, *, cancels: bool) -> None:
        """The connection is closed; whether that cancels the app is up to the server."""
        self._has_left = True
        await self._exchange.hang_up()

    async def end(self) -> None:
        if not self._has_left:
            await self._exchange.end()


class SocketSocket:
    """A WebSocket: the handshake as raw lines, then frames."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._protocol = Protocol(CLIENT)

    @staticmethod
    def handshake(request: Request) -> Request:
        """The request with the lines of RFC 6455 section 4.1 before its own."""
        lines = (
            (b"upgrade", b"websocket"),
            (b"connection", b"Upgrade"),
            (b"sec-websocket-version", b"13"),
            (b"sec-websocket-key", base64.b64encode(os.urandom(16))),
        )
        return replace(request, headers=lines + request.headers)

    async def open(self) -> Handshake:
        head = await self._exchange.head()
        return Handshake(head.status, head.headers)

    async def receive(self) -> str:
        assert self._exchange.connection is not None
        while not (events := self._protocol.events_received()):
            data = await self._exchange.connection.read()
            assert data, "the app returned without a word"
            self._protocol.receive_data(data)
        event = events[0]
        assert isinstance(event, Frame)
        return bytes(event.data).decode("utf-8")

    async def end(self) -> None:
        await self._exchange.hang_up()
        if self._exchange.arrival.came.is_set():
            await patiently(self._exchange.arrival.left, "the app does not end")


async def patiently(event: asyncio.Event, complaint: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await event.wait()
    except TimeoutError:
        raise AssertionError(complaint) from None
