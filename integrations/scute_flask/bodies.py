"""Streamed bodies: they run when Flask has left the request, and still know its user."""

from collections.abc import Iterable, Iterator
from contextvars import copy_context
from typing import Any

from scute_auth.context import Current, variable
from scute_wsgi import BodyInContext

__all__ = ["in_context"]


def in_context(body: Iterable[Any], current: Current, environ: dict[str, Any]) -> Iterable[Any]:
    """The body, to be run in a context of its own; a file stays what the server knows."""
    wrapper = environ.get("wsgi.file_wrapper")
    if isinstance(wrapper, type) and isinstance(body, wrapper):
        return body
    return _Body(body, current)


class _Body:
    """Begins when the server asks: until then, Flask's request is in the context, and ends there.

    A body that kept it would go on using what Flask has closed by then; who wants it there uses
    `stream_with_context`.
    """

    def __init__(self, body: Iterable[Any], current: Current) -> None:
        self._body = body
        self._current = current
        self._running: BodyInContext | None = None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._begun())

    def close(self) -> None:
        self._begun().close()

    def _begun(self) -> BodyInContext:
        if self._running is None:
            context = copy_context()
            context.run(variable.set, self._current)
            self._running = BodyInContext(self._body, context)
        return self._running
