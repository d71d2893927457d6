"""A Redis of our own, in memory, on a socket that only this user can reach."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests import needs

__all__ = ["running_redis"]


@contextmanager
def running_redis(folder: Path) -> Generator[str]:
    """The path of its socket; where the machine has no Redis, the test is skipped."""
    program, path = needs.redis_server(), folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
    quiet = ["--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", str(folder)]
    with subprocess.Popen([program, *options, *quiet], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        for line in server.stdout:
            if "eady to accept connections" in line:
                break
        try:
            yield str(path)
        finally:
            server.terminate()
