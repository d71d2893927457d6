"""What goes out: replies of the core, and the app's responses with the verdict's changes in."""

from collections.abc import Callable, Iterable, Iterator
from contextvars import Context
from typing import Any

from scute_auth import NotSignedIn, ScuteUnavailable
from scute_auth.context import Current
from scute_auth.http import Reply
from scute_wsgi.types import Environ, ExcInfo, StartResponse

__all__ = ["BodyInContext", "Replaced", "Starter", "send_reply"]

Lines = Iterable[tuple[str, str]]


class Replaced(Exception):
    """Tells the server that the answer it was given gives way to another (PEP 3333)."""


class Starter:
    """`start_response` for the app, with the verdict's cookies and headers in what it starts."""

    __slots__ = ("_current", "_start_response", "_write", "has_started", "has_written")

    def __init__(self, start_response: StartResponse, current: Current) -> None:
        self._start_response = start_response
        self._current = current
        self._write: Callable[[bytes], Any] | None = None
        self.has_started = False
        self.has_written = False

    def __call__(
        self, status: str, headers: Lines, exc_info: ExcInfo | None = None, /
    ) -> Callable[[bytes], Any]:
        if exc_info is not None and isinstance(exc_info[1], (NotSignedIn, ScuteUnavailable)):
            # A framework that catches every exception made an error page of a refusal.
            raise exc_info[1]
        changed = self._current.result.changes.merge_text(headers)
        self.has_started = True
        self._write = self._start_response(status, changed, exc_info)
        return self.write

    def write(self, piece: bytes) -> None:
        """What `start_response` returns; once it was called, the headers are out."""
        self.has_written = True
        self._write(piece)  # type: ignore[misc] # only who called us has this method


class BodyInContext:
    """A body that runs and is closed, once, in its request's own context; as lazy as it was.

    Servers may turn from one body to another in the same thread: nobody's context stays there.
    """

    __slots__ = ("_body", "_context", "_first", "_pieces")

    def __init__(self, body: Iterable[bytes], context: Context) -> None:
        self._body = body
        self._context = context
        self._first: bytes | None = None
        self._pieces: Iterator[bytes] | None = None

    def begin(self) -> "BodyInContext":
        """Pull the first piece, inside the context: no server sends a thing before it is there.

        So whoever refuses in it can still be answered for, and a late start comes in time for
        servers that do not wait for it.
        """
        try:
            self._pieces = iter(self._body)
            self._first = next(self._pieces, b"")
        except BaseException:
            _close(self._body)
            raise
        return self

    def __iter__(self) -> Iterator[bytes]:
        if self._pieces is None:
            self._pieces = self._context.run(iter, self._body)
        return self

    def __next__(self) -> bytes:
        if (first := self._first) is not None:
            self._first = None
            return first
        return self._context.run(next, self._pieces)  # type: ignore[arg-type] # set by `iter`

    def close(self) -> None:
        body, self._body = self._body, ()
        self._context.run(_close, body)


def send_reply(
    environ: Environ, start_response: StartResponse, reply: Reply, *, replaces: bool = False
) -> list[bytes]:
    """Start a rendered reply and return its body; it may replace an answer that was started."""
    lines = [*reply.headers, ("content-length", str(len(reply.body)))]
    exc_info = (Replaced, Replaced(), None) if replaces else None
    start_response(reply.status_line, reply.changes.merge_text(lines), exc_info)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()
