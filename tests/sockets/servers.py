"""The servers, each in a process of its own, started by its command line as users start it."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from tests.sockets.stage import DIRECTORY

__all__ = ["SERVERS", "Server", "ServerProcess", "all_servers"]

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Server:
    """`command` is what follows `python -m`; `{port}` is filled in."""

    name: str
    kind: Literal["asgi", "wsgi"]
    command: str


_UVICORN = "uvicorn tests.sockets.asgi_stage:app --port {port} --log-level warning --no-access-log"
_GRANIAN = "granian tests.sockets.{kind}_stage:app --port {port} --log-level warning"
_GUNICORN = (
    "gunicorn tests.sockets.wsgi_stage:app --bind 127.0.0.1:{port} --log-level warning "
    "--no-control-socket --worker-tmp-dir {directory} --graceful-timeout 1 "
)

SERVERS = {
    server.name: server
    for server in (
        Server("uvicorn", "asgi", _UVICORN),
        Server("granian-asgi", "asgi", f"{_GRANIAN} --interface asgi"),
        Server("granian-wsgi", "wsgi", f"{_GRANIAN} --interface wsgi --blocking-threads 256"),
        Server("gunicorn-gthread", "wsgi", f"{_GUNICORN} --worker-class gthread --threads 256"),
        Server("gunicorn-gevent", "wsgi", f"{_GUNICORN} --worker-class gevent"),
    )
}


@dataclass
class ServerProcess:
    """A server with one worker, for as many sites as cases open."""

    server: Server
    directory: Path
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _numbers: "count[int]" = field(default_factory=lambda: count(1), repr=False)

    def next_number(self) -> int:
        return next(self._numbers)

    async def running(self) -> None:
        """Start it if this is the first time, and wait until it takes connections."""
        if self._process is None:
            self._start()
        async with asyncio.timeout(30.0):
            while not await self._is_up():  # noqa: ASYNC110 - a port tells nobody that it opens
                await asyncio.sleep(0.02)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20.0)

    def _start(self) -> None:
        self.port = _free_port()
        names = {"port": self.port, "kind": self.server.kind, "directory": self.directory}
        command = self.server.command.format(**names).split()
        # Its coverage is not measured: the same lines run in memory, and it ends by a signal.
        environ = {n: v for n, v in os.environ.items() if not n.startswith(("COVERAGE", "SCUTE_"))}
        environ[DIRECTORY] = str(self.directory)
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environ, stdin=subprocess.DEVNULL
        )

    async def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"{self.server.name} has ended"
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except ConnectionRefusedError:
            return False
        writer.close()
        return True


@contextmanager
def all_servers() -> Generator[dict[str, ServerProcess], None, None]:
    """A process a server, each begun when it is first needed, and all ended at the end."""
    with TemporaryDirectory() as directory:
        processes = {
            name: ServerProcess(server, Path(directory, name)) for name, server in SERVERS.items()
        }
        for process in processes.values():
            process.directory.mkdir()
        try:
            yield processes
        finally:
            for process in processes.values():
                process.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
