"""A WSGI server in miniature (PEP 3333): raw environ in, the body pulled one `next()` at a time.

It is as strict as a good server: wrong types, a second start without an error, a body before its
start, hop-by-hop headers and reading past the request's end fail the case.
"""

import asyncio
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper, is_hop_by_hop

from scute_auth.context import variable
from tests.conformance.asgi_driver import PATIENCE, StartFailed
from tests.conformance.client import Head, RawHeaders, Request, Response, Socket

__all__ = ["WsgiDriver", "WsgiExchange", "environ_of"]

T = TypeVar("T")
Environ = dict[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

logger = logging.getLogger("conformance.server")

_STATUS = re.compile(r"[1-9]\d\d [\x20-\x7e]*")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_ABSOLUTE = re.compile(rb"https?://[^/]*")
_WITHOUT_BODY = (204, 304)


class WsgiDriver:
    """Serves each request in a thread of its own, or all of them in one thread, turn by turn."""

    def __init__(self, app: App, *, patience: float = PATIENCE) -> None:
        self.app = app
        self._patience = patience
        self._only: _Worker | None = None
        self._exchanges: list[WsgiExchange] = []
        self._others: list[WsgiDriver] = []

    def in_one_thread(self) -> "WsgiDriver":
        """The same app behind a server with a single thread."""
        driver = WsgiDriver(self.app, patience=self._patience)
        driver._only = _Worker(self._patience)
        self._others.append(driver)
        return driver

    async def start(self) -> None:
        """WSGI has no start: the first request shows what is missing."""
        exchange = self.begin(Request("GET", b"/no/such/start", headers=((b"host", b"start"),)))
        answer = await exchange.rest()
        if answer.status >= 500:
            raise StartFailed(exchange.said)

    async def stop(self) -> None:
        """Wait for whoever is left, hung up or not."""
        for exchange in self._exchanges:
            await exchange.end()
        if self._only is not None:
            self._only.retire()
        for driver in self._others:
            await driver.stop()

    def begin(self, request: Request) -> "WsgiExchange":
        worker = self._only or _Worker(self._patience)
        exchange = WsgiExchange(self.app, request, worker, retires=self._only is None)
        self._exchanges.append(exchange)
        return exchange

    def connect(self, request: Request) -> Socket:
        raise AssertionError("WSGI has no WebSocket")

    async def settled(self) -> None:
        """No thread has moved for a while, though each was free to."""
        stood, still = _where_threads_stand(), 0
        while still < _A_WHILE:
            await asyncio.sleep(0)
            before, stood = stood, _where_threads_stand()
            still = still + 1 if stood == before else 0


_A_WHILE = 50
"""Turns of the event loop; in each of them it waits for its sockets, and others may run."""


def _where_threads_stand() -> dict[int, tuple[int, int]]:
    here = threading.get_ident()
    # Documented, though its name begins with an underscore.
    frames = sys._current_frames().items()  # pyright: ignore[reportPrivateUsage]
    return {ident: (id(frame), frame.f_lasti) for ident, frame in frames if ident != here}


class _Worker:
    """A thread of the server, and what an app left there in the context variable."""

    def __init__(self, patience: float) -> None:
        self._thread = ThreadPoolExecutor(1, "conformance server")
        self._patience = patience
        self.left_behind: object = None

    def submit(self, step: Callable[[], T]) -> "Future[T]":
        return self._thread.submit(self._run, step)

    async def wait(self, step: "Future[T]") -> T:
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(step)), self._patience)
        except TimeoutError:
            raise AssertionError("the app says nothing") from None

    def retire(self) -> None:
        self._thread.shutdown(wait=False)

    def _run(self, step: Callable[[], T]) -> T:
        try:
            return step()
        finally:
            # After each step: between two of them the thread may serve somebody else.
            self.left_behind = self.left_behind or variable.get()


class WsgiExchange:
    def __init__(self, app: App, request: Request, worker: _Worker, *, retires: bool) -> None:
        self._worker = worker
        self._retires = retires
        self._answer = _Answer(app, request)
        self._first: Future[bytes | None] = worker.submit(self._answer.begin)
        self._head: Head | None = None
        self._chunk: bytes | None = None
        self._end: Future[None] | None = None
        self._is_abandoned = False

    @property
    def left_behind(self) -> object:
        return self._worker.left_behind

    @property
    def said(self) -> str:
        """What an operator would read: the app's error, or what it wrote to `wsgi.errors`."""
        return "".join(self._answer.said)

    async def head(self) -> Head:
        if self._head is None:
            self._chunk = await self._worker.wait(self._first)
            self._head = self._answer.head
        return self._head

    async def chunk(self) -> bytes | None:
        await self.head()
        chunk, self._chunk = self._chunk, None
        if chunk is None:
            chunk = await self._worker.wait(self._worker.submit(self._answer.chunk))
        return chunk

    async def rest(self) -> Response:
        head = await self.head()
        body = b""
        while (chunk := await self.chunk()) is not None:
            body += chunk
        await self.end()
        return Response(head.status, head.headers, body, self.left_behind)

    async def hang_up(self, *, cancels: bool) -> None:
        """A thread is never cancelled: it goes on to its next piece, and then the body is closed.

        Nobody waits for that; whatever `cancels` says, the server cannot even tell the app.
        """
        self._is_abandoned = True
        self._close()

    async def end(self) -> None:
        is_abandoned, self._is_abandoned = self._is_abandoned, False
        if not is_abandoned:
            await self._worker.wait(self._close())

    def _close(self) -> "Future[None]":
        if self._end is None:
            self._end = self._worker.submit(self._answer.close)
            if self._retires:
                self._worker.retire()
        return self._end


class _Answer:
    """One call of the app, as a server makes it; every method runs in the server's thread."""

    def __init__(self, app: App, request: Request) -> None:
        self._app = app
        self._is_head = request.method == "HEAD"
        self.said: list[str] = []
        self._environ = environ_of(request, self.said)
        self._status = 0
        self._headers: RawHeaders | None = None
        self._written: list[bytes] = []
        self._sent = 0
        self._body: Any = None
        self._pieces: Iterator[bytes] = iter(())
        self._is_sent = False
        self._failed = False
        self._is_over = False
        self._fault: AssertionError | None = None

    @property
    def head(self) -> Head:
        if self._headers is None or not self._is_sent:
            return Head(500, ())  # what every server answers where the app failed before its start
        return Head(self._status, self._headers)

    def begin(self) -> bytes | None:
        """Call the app and pull until there is something to send, which is when the head goes."""
        try:
            self._body = self._app(self._environ, self._start_response)
            assert not isinstance(self._body, (str, bytes)), "a body of single bytes"
            self._pieces = iter(self._body)
        except Exception as error:  # noqa: BLE001 - as every server does
            self._fail(error)
        return self.chunk()

    def chunk(self) -> bytes | None:
        """The next piece that is not empty, or None at the end."""
        while not self._is_over and not self._written:
            self._pull()
        if self._fault is not None:
            raise self._fault
        return self._written.pop(0) if self._written else None

    def close(self) -> None:
        body, self._body = self._body, None
        self._is_over = True
        close = getattr(body, "close", None)
        if close is not None:
            try:
                close()
            except Exception as error:  # noqa: BLE001 - as every server does
                self._fail(error)

    def _pull(self) -> None:
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._finish()
        except Exception as error:  # noqa: BLE001 - as every server does
            self._fail(error)
        else:
            self._write(piece)

    def _finish(self) -> None:
        self._is_over = True
        assert self._headers is not None, "the app never called start_response"
        self._is_sent = True
        if (length := self._length) is not None and self._may_have_body:
            assert self._sent == length, "fewer bytes than Content-Length says"

    def _fail(self, error: Exception) -> None:
        self._is_over = True
        self.said.append(f"{type(error).__name__}: {error}\n")
        logger.error("the app raised", exc_info=error)
        if isinstance(error, AssertionError):
            self._fault = error

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None, /
    ) -> Callable[[bytes], None]:
        try:
            return self._start(status, headers, exc_info)
        except AssertionError as error:
            self._fault = error  # the app may swallow it
            raise

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None
    ) -> Callable[[bytes], None]:
        if exc_info is not None and self._is_sent:
            raise exc_info[1].with_traceback(exc_info[2])
        assert exc_info is not None or self._headers is None, "start_response was called twice"
        assert type(status) is str, "a status of another type"
        assert _STATUS.fullmatch(status), status
        self._status, self._headers = int(status[:3]), _headers(headers)
        return self._write

    def _write(self, piece: bytes) -> None:
        assert type(piece) is bytes, f"a piece of type {type(piece).__name__}"
        assert self._headers is not None, "the app sends before it called start_response"
        if not piece:
            return
        self._is_sent = True
        self._sent += len(piece)
        length = self._length
        assert length is None or self._sent <= length, "more bytes than Content-Length says"
        if self._may_have_body:
            self._written.append(piece)

    @property
    def _may_have_body(self) -> bool:
        return not self._is_head and self._status not in _WITHOUT_BODY

    @property
    def _length(self) -> int | None:
        value = Head(self._status, self._headers or ()).header("content-length")
        return None if value is None else int(value)


def environ_of(request: Request, said: list[str] | None = None) -> Environ:
    """As gunicorn makes it: lines of one name are joined, names with an underscore are dropped."""
    target = _ABSOLUTE.sub(b"", request.target, count=1)
    environ: Environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": _native(request.root_path.encode()),
        "PATH_INFO": _native(unquote_to_bytes(target)),
        "QUERY_STRING": _native(request.query),
        "SERVER_NAME": "10.0.0.1",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "203.0.113.7",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": _Input(request.body),
        "wsgi.errors": _Errors([] if said is None else said),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in request.headers:
        if b"_" not in name:
            key = _key(name)
            text = _native(value)
            environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


def _key(name: bytes) -> str:
    key = _native(name).upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def _native(raw: bytes) -> str:
    return raw.decode("latin-1")


def _headers(headers: list[tuple[str, str]]) -> RawHeaders:
    assert type(headers) is list, "headers of another type than list"
    for line in headers:
        assert type(line) is tuple, "a header of another type than tuple"
        name, value = line
        assert type(name) is str, "a header's name of another type than str"
        assert type(value) is str, "a header's value of another type than str"
        assert _HEADER_NAME.fullmatch(name), name
        assert _HEADER_VALUE.fullmatch(value), (name, "holds a control character")
        assert not is_hop_by_hop(name), (name, "is the server's own")
        assert name.lower() != "status", "PEP 3333 forbids it"
    return tuple((n.lower().encode("ascii"), v.encode("latin-1")) for n, v in headers)


class _Input:
    """The connection: whoever reads further than the body goes would wait for ever."""

    def __init__(self, body: bytes) -> None:
        self._left = body

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= len(self._left), "reads past the end of the request's body"
        # In two parts, as a body may come off the wire.
        size = min(size, len(self._left) // 2 + 1)
        read, self._left = self._left[:size], self._left[size:]
        return read

    def readline(self, size: int = -1) -> bytes:
        end = self._left.find(b"\n") + 1
        return self.read(min(end or len(self._left), size if size >= 0 else len(self._left)))

    def readlines(self, hint: int = -1) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        while self._left:
            yield self.readline()


class _Errors:
    """What an app writes for its operator ends up in the server's log."""

    def __init__(self, said: list[str]) -> None:
        self._said = said

    def write(self, text: str) -> None:
        assert type(text) is str, "not text"
        self._said.append(text)
        logger.error("the app says: %s", text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is held back."""
