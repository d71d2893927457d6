"""HTTP/1.1 as bytes: requests written as they are given, answers read piece by piece."""

import asyncio
from contextlib import suppress

import h11

from tests.conformance.client import Head, RawHeaders, Request

__all__ = ["Connection", "written"]

PATIENCE = 20.0
"""Seconds until a case that waits for nothing fails; no case ever waits on purpose."""


def written(request: Request, extra: RawHeaders) -> bytes:
    """The request, with the lines in their order and the bytes as they are."""
    query = b"?" + request.query if request.query else b""
    first = b"%s %s%s HTTP/1.1" % (request.method.encode("latin-1"), request.target, query)
    lines = [b"%s: %s" % line for line in (*extra, *request.headers)]
    return b"\r\n".join([first, *lines, b"", request.body])


class Connection:
    """One request on a connection of its own."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=1024 * 1024)
        self._is_switched = False

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, request: Request, extra: RawHeaders = ()) -> None:
        """h11 is told of a tame request of the same kind, so that it knows what may come back."""
        is_upgrade = request.scheme == "wss" or request.scheme == "ws"
        lines = [("host", "x")] + [("connection", "upgrade"), ("upgrade", "websocket")] * is_upgrade
        method = "HEAD" if request.method == "HEAD" else "GET"
        self._parser.send(h11.Request(method=method, target="/", headers=lines))
        self._parser.send(h11.EndOfMessage())
        self._writer.write(written(request, extra))
        # A server that refuses at the first line does not wait for the last.
        with suppress(ConnectionError):
            await self._writer.drain()

    async def head(self) -> Head:
        """Status and headers; status 0 where the connection was closed without an answer."""
        event = await self._event()
        if isinstance(event, h11.ConnectionClosed):
            return Head(0, ())
        assert isinstance(event, h11.Response | h11.InformationalResponse), event
        return Head(event.status_code, tuple((bytes(n), bytes(v)) for n, v in event.headers))

    async def chunk(self) -> bytes | None:
        """The next piece of the body, or None at its end, a torn one too."""
        try:
            event = await self._event()
        except h11.RemoteProtocolError:
            return None
        return bytes(event.data) if isinstance(event, h11.Data) else None

    async def read(self) -> bytes:
        """What comes once the protocol was switched."""
        if not self._is_switched:
            self._is_switched = True
            if early := self._parser.trailing_data[0]:
                return bytes(early)
        return await self._read()

    async def close(self) -> None:
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _event(self) -> object:
        while (event := self._parser.next_event()) is h11.NEED_DATA:
            self._parser.receive_data(await self._read())
        return event

    async def _read(self) -> bytes:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._reader.read(65_536)
        except TimeoutError:
            raise AssertionError("the server says nothing") from None
        except ConnectionResetError:
            return b""
