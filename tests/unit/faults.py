"""A server of raw bytes: every way in which an endpoint can go wrong on the wire."""

import re
import socket
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

__all__ = ["FaultServer", "answering", "dripping", "pouring", "resetting", "serving", "silent"]

Handler = Callable[[socket.socket, threading.Event], None]


@dataclass
class FaultServer:
    """Hands each connection, once a request came in on it, to its handler."""

    handler: Handler
    listening: socket.socket
    requests: list[bytes] = field(default_factory=list[bytes])
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    @property
    def hits(self) -> int:
        return len(self.requests)

    def run(self) -> None:
        threads: list[threading.Thread] = []
        with suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                threads.append(threading.Thread(target=self._serve, args=(connection,)))
                threads[-1].start()
        for thread in threads:
            thread.join(10)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            if request := _received(connection):
                self.requests.append(request)
                self.handler(connection, self.stopping)


def _received(connection: socket.socket) -> bytes:
    """One request with its body; nothing if the other side went away."""
    request = b""
    while not _is_whole(request):
        if not (data := connection.recv(65_536)):
            return b""
        request += data
    return request


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


@contextmanager
def serving(handler: Handler) -> Generator[FaultServer, None, None]:
    server = FaultServer(handler, socket.create_server(("127.0.0.1", 0)))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        # Closing alone does not wake an `accept`.
        server.listening.shutdown(socket.SHUT_RDWR)
        server.listening.close()
        thread.join(10)


def answering(data: bytes) -> Handler:
    """These bytes, and the end of the connection."""

    def handle(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(data)

    return handle


def dripping(start: bytes, drip: bytes, pause: float) -> Handler:
    """A start, and then a little at a time, for ever."""

    def handle(connection: socket.socket, stopping: threading.Event) -> None:
        connection.sendall(start)
        while not stopping.wait(pause):
            connection.sendall(drip)

    return handle


def pouring(start: bytes, more: bytes) -> Handler:
    """A start, and then as much as the other side takes, for ever."""

    def handle(connection: socket.socket, stopping: threading.Event) -> None:
        connection.sendall(start)
        while not stopping.is_set():
            connection.sendall(more)

    return handle


def silent(start: bytes = b"") -> Handler:
    """A start, and then nothing; the connection stays open."""

    def handle(connection: socket.socket, stopping: threading.Event) -> None:
        connection.sendall(start)
        stopping.wait(30)

    return handle


def resetting(start: bytes = b"") -> Handler:
    """A start, and then a reset."""

    def handle(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(start)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return handle
