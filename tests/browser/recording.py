"""What came in at a site's door, and when it was answered: around an ASGI or a WSGI app."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from scute_asgi.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Seen", "recording", "recording_wsgi"]


@dataclass
class Seen:
    """A request that came in, and what became of it; `began` and `ended` by the same clock."""

    method: str
    path: str
    headers: dict[str, str] = field(repr=False)
    began: float
    ended: float = 0.0
    status: int = 0

    def answer(self, status: int) -> None:
        self.ended, self.status = time.monotonic(), status


def recording(app: ASGIApp, seen: list[Seen]) -> ASGIApp:
    async def recorded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        request = Seen(scope["method"], scope["path"], headers, time.monotonic())
        seen.append(request)

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.answer(message["status"])
            await send(message)

        await app(scope, receive, answered)

    return recorded


def recording_wsgi(app: Any, seen: list[Seen]) -> Any:
    def recorded(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        request = Seen(method, path, headers, time.monotonic())
        seen.append(request)

        def answered(status: str, *rest: Any) -> Any:
            request.answer(int(status[:3]))
            return start_response(status, *rest)

        result: Iterable[bytes] = app(environ, answered)
        return result

    return recorded
