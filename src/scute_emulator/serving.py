"""The emulator under uvicorn, on this machine only."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from scute_emulator.delivering import delivering
from scute_emulator.emulator import Emulator
from scute_emulator.server import EmulatorApp

__all__ = ["listen", "serve_here", "serve_in_thread", "url_of"]

LOOPBACK = "127.0.0.1"


class _DroppableProtocol(H11Protocol):
    """Hands the connection to the app, so that it can be dropped without an answer."""

    def connection_made(self, transport: Any) -> None:
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


def listen(port: int) -> socket.socket:
    """Listening at once: a caller need not wait for the server to be up. 0 picks a port."""
    listening = socket.create_server((LOOPBACK, port), backlog=512)
    # asyncio misses it for sockets made like this; each answer on a kept connection would wait
    # 40 ms for the client's acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def url_of(listening: socket.socket) -> str:
    return f"http://{LOOPBACK}:{listening.getsockname()[1]}"


def serve_here(emulator: Emulator, listening: socket.socket) -> None:
    """Serve until interrupted."""
    with delivering(emulator.webhooks):
        _server(emulator).run(sockets=[listening])


@contextmanager
def serve_in_thread(emulator: Emulator, listening: socket.socket) -> Generator[None, None, None]:
    server = _server(emulator)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        with delivering(emulator.webhooks):
            yield
    finally:
        server.should_exit = True
        thread.join()


def _server(emulator: Emulator) -> uvicorn.Server:
    """Without an access log: it would print links with their tokens."""
    return uvicorn.Server(
        uvicorn.Config(
            EmulatorApp(emulator),
            http=_DroppableProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            loop="asyncio",
            timeout_graceful_shutdown=1,
        )
    )
