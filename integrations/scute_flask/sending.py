"""What goes out: the verdict's changes in a response's headers, and its user in what it streams."""

from collections.abc import Iterable, Iterator
from contextvars import copy_context
from typing import Any

from flask import Response
from werkzeug.datastructures import Headers

from scute_auth.context import Current, variable
from scute_auth.http import ResponseChanges
from scute_wsgi import BodyInContext

__all__ = ["change", "in_context"]


def change(response: Response, changes: ResponseChanges) -> None:
    """Merge the changes into the headers; most often that is two lines more."""
    lines = list(response.headers)
    merged = changes.merge_text(lines)
    added = merged[len(lines) :]
    if merged[: len(lines)] != lines:
        response.headers, added = Headers(), merged
    for name, value in added:
        response.headers.add(name, value)


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
