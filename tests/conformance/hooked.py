"""A WSGI framework in miniature that is entered through hooks; integrations/README.md joins it.

Its `after_request` hooks see every answer: error pages, and those that a hook gave.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

__all__ = ["App", "Request", "Response"]

logger = logging.getLogger("conformance.hooked")

Environ: TypeAlias = dict[str, Any]
Lines: TypeAlias = list[tuple[str, str]]


@dataclass
class Request:
    """`scute` is the extension's own, as frameworks offer a place for such things."""

    environ: Environ = field(repr=False)
    scute: Any = None

    @property
    def path(self) -> str:
        raw: str = self.environ["PATH_INFO"]
        return raw.encode("latin-1").decode("utf-8", "replace")


@dataclass
class Response:
    status: str
    headers: Lines
    body: Iterable[bytes]


Handler: TypeAlias = Callable[[Request], Response]
ErrorHandler: TypeAlias = Callable[[Request, Any], Response]


@dataclass
class App:
    routes: dict[tuple[str, str], Handler] = field(default_factory=dict[tuple[str, str], Handler])
    _before: list[Callable[[Request], Response | None]] = field(default_factory=list[Any])
    _after: list[Callable[[Request, Response], None]] = field(default_factory=list[Any])
    _handlers: dict[type[Exception], ErrorHandler] = field(default_factory=dict[Any, Any])

    def before_request(self, hook: Callable[[Request], Response | None]) -> None:
        """Called in the order of registration; the first response is the answer."""
        self._before.append(hook)

    def after_request(self, hook: Callable[[Request, Response], None]) -> None:
        """Called in reverse: what came first has the last word."""
        self._after.insert(0, hook)

    def error_handler(self, kind: type[Exception], handler: ErrorHandler) -> None:
        self._handlers[kind] = handler

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        try:
            response = self._answer(request)
        except Exception as error:  # noqa: BLE001 - a framework answers for whatever happens
            response = self._failed(request, error)
        for hook in self._after:
            hook(request, response)
        start_response(response.status, response.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else response.body

    def _answer(self, request: Request) -> Response:
        for hook in self._before:
            if (response := hook(request)) is not None:
                return response
        method = request.environ["REQUEST_METHOD"].replace("HEAD", "GET")
        return self.routes.get((method, request.path), _not_found)(request)

    def _failed(self, request: Request, error: Exception) -> Response:
        for kind, handler in self._handlers.items():
            if isinstance(error, kind):
                return handler(request, error)
        logger.error("a view failed", exc_info=error)
        request.environ["wsgi.errors"].write(f"{error}\n")
        return Response("500 Internal Server Error", [], [b"failed"])


def _not_found(_: Request) -> Response:
    return Response("404 Not Found", [("content-type", "text/plain")], [b"not found"])
