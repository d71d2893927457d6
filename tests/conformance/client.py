"""What a case sees of an app: requests and answers as values, and a client that sends them.

Framework-neutral: an ASGI and a WSGI driver offer the same client. Paths, headers and bodies are
raw bytes all the way, so that a case can send what no library would.
"""

import json
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, cast
from urllib.parse import urlencode

from tests.conformance.set_cookie import SetCookieLine

__all__ = ["Client", "Driver", "Exchange", "Handshake", "Headers", "Request", "Response", "Socket"]

Headers = Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]
RawHeaders = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it stands on the wire; `target` is the path, not yet decoded."""

    method: str
    target: bytes
    query: bytes = b""
    headers: RawHeaders = ()
    body: bytes = b""
    scheme: str = "https"
    root_path: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The first part of an answer: status and raw headers."""

    status: int
    headers: RawHeaders

    def all(self, name: str) -> list[str]:
        wanted = name.encode("ascii")
        return [value.decode("latin-1") for key, value in self.headers if key.lower() == wanted]

    def header(self, name: str) -> str | None:
        """The only value of a header, or None; two are a failure."""
        values = self.all(name)
        assert len(values) < 2, f"{name} occurs {len(values)} times"
        return values[0] if values else None

    @property
    def set_cookies(self) -> dict[str, SetCookieLine]:
        lines = [SetCookieLine.parse(value) for value in self.all("set-cookie")]
        found = {line.name: line for line in lines}
        assert len(found) == len(lines), "one cookie is set twice"
        return found


@dataclass(frozen=True, slots=True)
class Response(Head):
    """A whole answer; `left_behind` is what the app left in the context variable."""

    body: bytes = b""
    left_behind: object = None

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> str | None:
        """The `reason` of problem details."""
        assert self.header("content-type") == "application/problem+json", self.headers
        content: dict[str, Any] = self.json
        assert content["status"] == self.status
        return str(content["reason"])


@dataclass(frozen=True, slots=True)
class Handshake(Head):
    """The answer to a WebSocket handshake: 101 where it was accepted."""

    @property
    def accepted(self) -> bool:
        return self.status == 101


class Exchange(Protocol):
    """An answer as it comes, piece by piece."""

    async def head(self) -> Head: ...

    async def chunk(self) -> bytes | None:
        """The next piece that is not empty, or None at the end."""
        ...

    async def rest(self) -> Response:
        """Everything that is still to come."""
        ...

    async def hang_up(self, *, cancels: bool) -> None:
        """The client goes away; some servers then cancel the app, others only tell it."""
        ...

    async def end(self) -> None:
        """Leave nothing running."""
        ...


class Socket(Protocol):
    async def open(self) -> Handshake: ...

    async def receive(self) -> str: ...

    async def end(self) -> None: ...


class Driver(Protocol):
    """A server in miniature for one kind of app."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def begin(self, request: Request) -> Exchange: ...

    def connect(self, request: Request) -> Socket: ...

    async def settled(self) -> None:
        """Wait until whoever can run has run: what is left waits for the case."""
        ...


class Watch(Protocol):
    """Looks at all that a client sends and gets."""

    def sent(self, request: Request) -> None: ...

    def got(self, answer: Head) -> None: ...


@dataclass(frozen=True, slots=True)
class Client:
    """Sends what it is told to send, and nothing else: no cookies, no redirects."""

    driver: Driver = field(repr=False)
    watch: Watch = field(repr=False)
    host: str = "app.test"
    scheme: str = "https"
    root_path: str = ""

    async def request(
        self, method: str, path: str | bytes, *, headers: Headers = (), body: bytes = b""
    ) -> Response:
        async with self.stream(method, path, headers=headers, body=body) as exchange:
            response = await exchange.rest()
        self.watch.got(response)
        return response

    async def get(self, path: str | bytes, *, headers: Headers = ()) -> Response:
        return await self.request("GET", path, headers=headers)

    async def post(
        self,
        path: str | bytes,
        form: Mapping[str, str] | None = None,
        *,
        headers: Headers = (),
    ) -> Response:
        lines = [*_pairs(headers), (b"content-type", b"application/x-www-form-urlencoded")]
        return await self.request("POST", path, headers=lines, body=urlencode(form or {}).encode())

    @asynccontextmanager
    async def stream(
        self, method: str, path: str | bytes, *, headers: Headers = (), body: bytes = b""
    ) -> AsyncGenerator[Exchange]:
        request = self._request(method, path, headers, body, self.scheme)
        self.watch.sent(request)
        exchange = self.driver.begin(request)
        try:
            yield exchange
        finally:
            await exchange.end()

    @asynccontextmanager
    async def websocket(self, path: str, *, headers: Headers = ()) -> AsyncGenerator[Socket]:
        scheme = "wss" if self.scheme == "https" else "ws"
        request = self._request("GET", path, headers, b"", scheme)
        self.watch.sent(request)
        socket = self.driver.connect(request)
        try:
            yield socket
        finally:
            await socket.end()

    def _request(
        self, method: str, path: str | bytes, headers: Headers, body: bytes, scheme: str
    ) -> Request:
        raw = path.encode("ascii") if isinstance(path, str) else path
        target, _, query = raw.partition(b"?")
        lines = _pairs(headers)
        if not any(name == b"host" for name, _ in lines):
            lines.insert(0, (b"host", self.host.encode("ascii")))
        if body:
            lines.append((b"content-length", str(len(body)).encode("ascii")))
        return Request(method, target, query, tuple(lines), body, scheme, self.root_path)


def _pairs(headers: Headers) -> list[tuple[bytes, bytes]]:
    if isinstance(headers, Mapping):
        names = cast("Mapping[str, str]", headers)
        return [(_bytes(name).lower(), _bytes(value)) for name, value in names.items()]
    return [(_bytes(name).lower(), _bytes(value)) for name, value in headers]


def _bytes(text: str | bytes) -> bytes:
    return text.encode("latin-1") if isinstance(text, str) else text
