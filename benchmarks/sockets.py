"""Target 8: requests per second over sockets, under uvicorn and gunicorn, each with one worker.

A server is asked in bursts, one request on each of its connections, so that it always has work;
what is counted is the processor time that its process took. So neither our own client nor what
else runs here has a part in the figures: on a core of its own, that is what the server answers.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice

from benchmarks.report import Row, rate, share
from benchmarks.timing import Case, Timings, time_rounds
from benchmarks.visits import batch
from benchmarks.world import Scale, World

__all__ = ["sockets"]

_CONNECTIONS = 25
_UVICORN = "-m benchmarks.served {app} {descriptor}"
_GUNICORN = (
    "-m gunicorn benchmarks.served:flask_{app}() --bind fd://{descriptor} --worker-class gthread "
    "--threads 4 --keep-alive 60 --log-level critical --no-control-socket"
)


def sockets(world: World, scale: Scale, tokens: Sequence[str]) -> list[Row]:
    """`tokens` are enough for one batch a round, so that every cold one is new."""
    with ExitStack() as stack:
        stack.enter_context(world.emulator.serve())
        cases = _cases(world, scale, tokens, stack)
        timings = time_rounds(cases, scale.rounds)
    return _rows(timings)


def _rows(timings: Timings) -> list[Row]:
    def of(case: str, other: str) -> float:
        return 1 / timings.ratio(case, other)

    return [
        rate("uvicorn + Starlette, bare", timings.microseconds("starlette")),
        share("8", "uvicorn + Starlette, remembered", of("remembered", "starlette"), 0.85),
        share("8", "the same, cold: of one bare verification's", of("cold", "floor"), 0.78),
        rate("gunicorn + Flask, bare", timings.microseconds("flask")),
        share("8", "gunicorn + Flask, remembered", of("flask remembered", "flask"), 0.9),
    ]


def _cases(world: World, scale: Scale, tokens: Sequence[str], stack: ExitStack) -> dict[str, Case]:
    known = tokens[: scale.batch]

    def client(command: str, app: str) -> _Client:
        started = stack.enter_context(_server(world, command, app))
        started.seconds(known)
        started.seconds(known)
        return started

    ours = client(_UVICORN, "ours")
    bare, floor = client(_UVICORN, "bare"), client(_UVICORN, "floor")
    flask, flask_ours = client(_GUNICORN, "bare"), client(_GUNICORN, "ours")
    return {
        "starlette": lambda _: bare.seconds(known),
        "floor": lambda number: floor.seconds(batch(tokens, number, scale)),
        "remembered": lambda _: ours.seconds(known),
        "cold": lambda number: ours.seconds(batch(tokens, number, scale)),
        "flask": lambda _: flask.seconds(known),
        "flask remembered": lambda _: flask_ours.seconds(known),
    }


@contextmanager
def _server(world: World, command: str, app: str) -> "Generator[_Client]":
    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as stack:
        arguments = command.format(app=app, descriptor=listening.fileno()).split()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, **world.emulator.config_env()},
            pass_fds=[listening.fileno()],
        )
        stack.callback(process.wait)
        stack.callback(process.terminate)
        connect = socket.create_connection
        connections = [
            stack.enter_context(connect(listening.getsockname(), timeout=60))
            for _ in range(_CONNECTIONS)
        ]
        yield _Client(connections)


class _Client:
    """Connections that stay open to a server."""

    def __init__(self, connections: Sequence[socket.socket]) -> None:
        self._connections = connections

    def seconds(self, tokens: Sequence[str]) -> float:
        """What one of these requests costs the server."""
        before = self._used()
        rest = iter([_request("/me", f"Authorization: Bearer {token}\r\n") for token in tokens])
        while burst := list(islice(rest, len(self._connections))):
            self._send(burst)
        return (self._used() - before) / len(tokens)

    def _used(self) -> float:
        (answer,) = self._send([_request("/seconds")])
        return float(answer)

    def _send(self, requests: Iterable[bytes]) -> list[bytes]:
        asked = list(zip(self._connections, requests, strict=False))
        for connection, request in asked:
            connection.sendall(request)
        return [_body(connection) for connection, _ in asked]


def _request(path: str, line: str = "") -> bytes:
    text = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n{line}\r\n"
    return text.encode("ascii")


def _body(connection: socket.socket) -> bytes:
    """The body of an answer with status 200, all of it."""
    answer = b""
    while piece := connection.recv(65536):
        answer += piece
        head, end, body = answer.partition(b"\r\n\r\n")
        if end and not head.startswith(b"HTTP/1.1 200 "):
            break
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if end and len(body) >= int(length):
            return body
    raise AssertionError("a request was not answered with 200")
