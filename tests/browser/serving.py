"""ASGI apps on real sockets, each under uvicorn in a thread of its own."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn

from scute_asgi.types import ASGIApp, Receive, Scope, Send

__all__ = ["html", "listen", "port_of", "serve"]


def listen() -> socket.socket:
    """A free port on loopback, listening at once: a browser may come before the server is up."""
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def port_of(listening: socket.socket) -> int:
    return int(listening.getsockname()[1])


@contextmanager
def serve(app: ASGIApp, listening: socket.socket) -> Generator[None, None, None]:
    server = uvicorn.Server(_settings(app))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _settings(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, ws="none", log_config=None, log_level="warning", timeout_graceful_shutdown=1
    )


async def html(scope: Scope, receive: Receive, send: Send, body: str, status: int = 200) -> None:
    """Send a whole page."""
    headers = [(b"content-type", b"text/html; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"<!doctype html>{body}".encode()})
