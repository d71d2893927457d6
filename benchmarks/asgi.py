"""Requests to an ASGI app in process: raw scopes, no sockets, no test client, one event loop."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from time import thread_time
from typing import Any, TypeAlias

from benchmarks.timing import Case
from scute_auth import RequestView

__all__ = ["App", "Asgi", "settle"]

Message: TypeAlias = MutableMapping[str, Any]
App: TypeAlias = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]],
    Awaitable[None],
]


class Asgi:
    """One app and the loop that it runs in; every answer must have status 200."""

    def __init__(self, runner: asyncio.Runner, app: App) -> None:
        self._runner = runner
        self._app = app
        self._refused = 0

    def case(self, views: Callable[[int], Sequence[RequestView]]) -> Case:
        """Time one batch: the requests that `views` gives for the round."""
        return lambda number: self.time(views(number))

    def warm_up(self, views: Sequence[RequestView]) -> None:
        """Let the keys and the app's settings come, and then remember whom these requests show."""
        self.time(views[:1])
        self.time(views)

    def time(self, views: Iterable[RequestView]) -> float:
        """Seconds of processor time a request."""
        seconds = self._runner.run(self._send_all([_scope(view) for view in views]))
        if self._refused:
            raise AssertionError(f"{self._refused} requests were not answered with 200")
        return seconds

    async def _send_all(self, scopes: Sequence[MutableMapping[str, Any]]) -> float:
        app, receive, send = self._app, self._receive, self._send
        started = thread_time()
        for scope in scopes:
            await app(scope, receive, send)
        seconds = (thread_time() - started) / len(scopes)
        await settle()
        return seconds

    async def _receive(self) -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Message) -> None:
        if message.get("status", 200) != 200:
            self._refused += 1


async def settle() -> None:
    """Wait for what runs in the background: the fetch of the app's settings."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others)


def _scope(view: RequestView) -> MutableMapping[str, Any]:
    return {
        "type": view.kind,
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": view.method,
        "scheme": view.scheme,
        "path": view.path,
        "raw_path": view.path.encode("ascii"),
        "root_path": "",
        "query_string": b"",
        "headers": list(view.headers),
        "client": ("127.0.0.1", 50000),
        "server": ("app.example", 443),
        "state": {},
    }
