"""Requests to a WSGI app in process: raw environs as servers make them, no sockets."""

import sys
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from time import thread_time
from typing import Any, TypeAlias

from benchmarks.timing import Case
from benchmarks.world import join_flights
from scute_auth import RequestView

__all__ = ["App", "Environ", "StartResponse", "Wsgi"]

Environ: TypeAlias = dict[str, Any]
StartResponse: TypeAlias = Callable[..., Any]
App: TypeAlias = Callable[[Any, Any], Iterable[bytes]]


class Wsgi:
    """One app; every answer must have status 200."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._refused = 0

    def case(self, views: Callable[[int], Sequence[RequestView]]) -> Case:
        """Time one batch: the requests that `views` gives for the round."""
        return lambda number: self.time(views(number))

    def warm_up(self, views: Sequence[RequestView]) -> None:
        """Let the keys and the app's settings come, and then remember whom these requests show."""
        self.time(views[:1])
        join_flights()
        self.time(views)

    def time(self, views: Iterable[RequestView]) -> float:
        """Seconds of processor time a request."""
        environs = [_environ(view) for view in views]
        started = thread_time()
        for environ in environs:
            self._send(environ)
        seconds = (thread_time() - started) / len(environs)
        if self._refused:
            raise AssertionError(f"{self._refused} requests were not answered with 200")
        return seconds

    def _send(self, environ: Environ) -> None:
        body = self._app(environ, self._start_response)
        for _ in body:
            pass
        if (close := getattr(body, "close", None)) is not None:
            close()

    def _start_response(self, status: str, headers: object, exc_info: object = None) -> None:
        if not status.startswith("200 "):
            self._refused += 1


def _environ(view: RequestView) -> Environ:
    """As many variables as gunicorn sets."""
    headers = {_variable(name): value.decode("latin-1") for name, value in view.headers}
    return {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": view.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "SERVER_SOFTWARE": "gunicorn",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "443",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "50000",
        "REQUEST_METHOD": view.method,
        "RAW_URI": view.path,
        "SCRIPT_NAME": "",
        "PATH_INFO": view.path,
        "QUERY_STRING": "",
        **headers,
    }


def _variable(name: bytes) -> str:
    return f"HTTP_{name.decode('ascii').upper().replace('-', '_')}"
