"""The core's replies as Django's responses, and its changes in the app's own responses."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextvars import copy_context
from functools import partial
from typing import cast
from weakref import proxy

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from scute_auth.context import Current, variable
from scute_auth.http import SET_COOKIE, Reply, ResponseChanges
from scute_wsgi.sending import BodyInContext

__all__ = ["active", "apply", "keep_context", "to_response"]


class active:
    """Within it, `current_user()` knows this request."""

    __slots__ = ("_current", "_token")

    def __init__(self, current: Current) -> None:
        self._current = current

    def __enter__(self) -> None:
        self._token = variable.set(self._current)

    def __exit__(self, *_: object) -> None:
        variable.reset(self._token)


def to_response(reply: Reply, request: HttpRequest) -> HttpResponse:
    """A rendered reply as Django's response."""
    body = b"" if request.method == "HEAD" else reply.body
    headers = dict(reply.headers) | {"content-length": str(len(reply.body))}
    response = HttpResponse(body, status=reply.status, headers=headers)
    if "content-type" not in headers:
        del response["content-type"]  # Django's own guess
    apply(reply.changes, response)
    return response


def apply(changes: ResponseChanges, response: HttpResponseBase) -> None:
    """Merge the changes into a response, in the two places where Django keeps what it sends."""
    given = [(name.lower(), text) for name, text in response.items()]
    given += [(SET_COOKIE, morsel.OutputString()) for morsel in response.cookies.values()]
    merged = changes.merge_text(given)
    for name, value in merged:
        if (name, value) in given:
            continue
        if name == SET_COOKIE:
            response.cookies.load(value)
        else:
            # Django has one line for each name: RFC 9110 section 5.3 lets us join them.
            response[name] = ", ".join([text for key, text in merged if key == name])


def keep_context(response: StreamingHttpResponse, current: Current) -> None:
    """Let each piece of a body be made as a part of its request, and the closing too.

    The server asks for them when the middleware is long done, and may ask for those of two
    requests in turn.
    """
    context = copy_context()
    context.run(variable.set, current)
    file = getattr(response, "file_to_stream", None)
    parts = response.streaming_content
    if response.is_async:
        response.streaming_content = _async_parts(cast("AsyncGenerator[bytes]", parts), current)
    else:
        response.streaming_content = BodyInContext(cast("Iterator[bytes]", parts), context)
    if isinstance(response, FileResponse):
        # The setter forgets it, and with it the server's own way to send files.
        response.file_to_stream = file
    # A proxy, so that the response is no ring and goes as soon as its server drops it.
    close = partial(context.run, type(response).close, proxy(response))
    response.close = close  # type: ignore[method-assign]


async def _async_parts(parts: "AsyncGenerator[bytes]", current: Current) -> AsyncIterator[bytes]:
    try:
        while True:
            with active(current):
                part = await anext(parts, None)
            if part is None:
                return
            yield part
    finally:
        with active(current):
            await parts.aclose()
