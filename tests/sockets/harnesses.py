"""Which app is served by which server, over sockets."""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from tests.conformance.harness import Harness, all_harnesses
from tests.sockets.driver import SocketDriver
from tests.sockets.servers import ServerProcess

__all__ = ["KNOWN", "PAIRS", "Pair", "over_socket"]


class Pair(NamedTuple):
    harness: str
    server: str


PAIRS = (
    Pair("asgi", "uvicorn"),
    Pair("starlette", "uvicorn"),
    Pair("asgi", "granian-asgi"),
    Pair("wsgi", "granian-wsgi"),
    Pair("wsgi", "gunicorn-gthread"),
    Pair("wsgi", "gunicorn-gevent"),
    Pair("flask", "gunicorn-gthread"),
)


KNOWN = {
    ("test_refreshed_cookies_arrive_on_a_websocket", "granian-asgi"): (
        "granian 2.8 drops the headers of `websocket.accept`"
    ),
}
"""Cases that a server makes impossible, with the reason; each is run, and has to fail."""


def over_socket(name: str, process: ServerProcess) -> Harness:
    """The harness of this name, served by a real server."""
    harness = next(each for each in all_harnesses() if each.name == name)
    serve = partial(SocketDriver, process, name)
    return replace(harness, name=f"{name}@{process.server.name}", serve=serve)
