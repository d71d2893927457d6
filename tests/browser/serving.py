"""ASGI and WSGI apps on real sockets, each under a server in a thread of its own."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import uvicorn
from werkzeug.serving import WSGIRequestHandler, make_server

from scute_asgi.types import ASGIApp, Receive, Scope, Send

__all__ = ["html", "listen", "port_of", "serve", "serve_wsgi"]


def listen() -> socket.socket:
    """A free port on loopback, listening at once: a browser may come before the server is up."""
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def port_of(listening: socket.socket) -> int:
    return int(listening.getsockname()[1])


@contextmanager
def serve(app: ASGIApp, listening: socket.socket) -> Generator[None, None, None]:
    server = uvicorn.Server(_settings(app))

    def stop() -> None:
        server.should_exit = True

    with _in_a_thread(lambda: server.run(sockets=[listening]), stop):
        yield


def _settings(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, ws="none", log_config=None, log_level="warning", timeout_graceful_shutdown=1
    )


@contextmanager
def serve_wsgi(app: Any, listening: socket.socket) -> Generator[None, None, None]:
    """A thread for each connection."""
    with listening:
        host, port = "127.0.0.1", port_of(listening)
        fd = listening.fileno()
        server = make_server(host, port, app, threaded=True, request_handler=_Quiet, fd=fd)
        with _in_a_thread(lambda: server.serve_forever(poll_interval=0.05), server.shutdown):
            yield


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Without an access log: it would print links with their tokens."""


@contextmanager
def _in_a_thread(
    run: Callable[[], object], stop: Callable[[], None]
) -> Generator[None, None, None]:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()


async def html(scope: Scope, receive: Receive, send: Send, body: str, status: int = 200) -> None:
    """Send a whole page."""
    headers = [(b"content-type", b"text/html; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"<!doctype html>{body}".encode()})
