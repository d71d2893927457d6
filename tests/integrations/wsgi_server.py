"""A WSGI server of a few lines for the tests of the base middleware, and apps to put into it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import Any
from wsgiref.handlers import SimpleHandler
from wsgiref.util import FileWrapper

from scute_auth import optional_user
from scute_wsgi.types import Environ, StartResponse, WSGIApp

__all__ = ["Body", "Server", "boom", "environ_of", "serve", "start", "told"]

Lines = list[tuple[str, str]]


def environ_of(
    path: str = "/", headers: dict[str, str] | None = None, more: Environ | None = None
) -> Environ:
    environ: Environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    lines = {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in (headers or {}).items()}
    return environ | lines | (more or {})


@dataclass
class Server:
    """Remembers each start and each piece that was written, and starts as often as it is told."""

    starts: list[tuple[str, Lines, Any]] = field(default_factory=list[Any])
    written: list[bytes] = field(default_factory=list[bytes])

    def start_response(
        self, status: str, headers: Lines, exc_info: Any = None
    ) -> Callable[[bytes], None]:
        self.starts.append((status, headers, exc_info))
        return self.written.append

    @property
    def status(self) -> str:
        return self.starts[-1][0][:3]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.starts[-1][1] if key.lower() == name]


def told(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """An app that says who asks."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    user = optional_user()
    return [user.id.encode() if user else b"nobody"]


def boom(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    raise RuntimeError("boom")


def start(start_response: StartResponse, *rest: Any) -> Any:
    return start_response("200 OK", [("Content-Type", "text/plain")], *rest)


@dataclass
class Body:
    """Pieces that an app makes one by one; an exception among them is raised."""

    pieces: Sequence[bytes | Exception]
    pulled: int = 0
    closed_by: list[str | None] = field(default_factory=list[Any])

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self.pulled == len(self.pieces):
            raise StopIteration
        piece = self.pieces[self.pulled]
        self.pulled += 1
        if isinstance(piece, Exception):
            raise piece
        return piece

    def close(self) -> None:
        user = optional_user()
        self.closed_by.append(user.id if user else None)

    def app(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start(start_response)
        return self


def serve(app: WSGIApp, headers: dict[str, str]) -> str:
    """What the standard library's server sends."""
    out, errors = BytesIO(), StringIO()
    SimpleHandler(BytesIO(), out, errors, environ_of(headers=headers)).run(app)
    assert errors.getvalue() == ""
    return out.getvalue().decode("latin-1")
