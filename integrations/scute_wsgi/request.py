"""What comes in: the environ as a view, and the body of a request to our own routes."""

from scute_auth.http import RequestView
from scute_wsgi.types import Environ

__all__ = ["MOST_NAMES", "header_names", "read_body", "request_view"]


def request_view(environ: Environ) -> RequestView:
    """Copy what the core needs of an environ; the path is the one that the router matches."""
    headers = [
        (name, value.encode("latin-1"))
        for key, value in environ.items()
        if (name := header_names[key])
    ]
    if content_type := environ.get("CONTENT_TYPE"):
        headers.append((b"content-type", content_type.encode("latin-1")))
    # Some servers hand a handshake to the app as a GET: pages of other sites may send those.
    is_handshake = "websocket" in environ.get("HTTP_UPGRADE", "").lower()
    return RequestView(
        "websocket" if is_handshake else "http",
        environ["REQUEST_METHOD"],
        environ["wsgi.url_scheme"],
        _text(environ.get("PATH_INFO", "")) or "/",
        headers,
        _text(environ.get("SCRIPT_NAME", "")).rstrip("/"),
        environ.get("QUERY_STRING", "").encode("latin-1"),
        environ.get("REMOTE_ADDR"),
    )


def read_body(environ: Environ, longest: int) -> bytes:
    """The request's body, at most a byte longer than `longest`: see `Scute.max_body`.

    A body whose length nobody knows is read only from servers that say where it ends: from any
    other, reading would wait for bytes that never come.
    """
    left = longest + 1
    if not environ.get("wsgi.input_terminated"):
        left = min(left, _length(environ.get("CONTENT_LENGTH", "")))
    body = b""
    while left > len(body):
        if not (piece := environ["wsgi.input"].read(left - len(body))):
            break
        body += piece
    return body


def _length(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else 0


_MOST_DIGITS = 18
"""Python refuses to read numbers of thousands of digits, and no body has so many bytes."""


class _HeaderNames(dict[str, bytes]):
    """Of each key of an environ the header's name, or nothing: every request asks for thirty.

    The first ones are remembered; whoever invents more of them, or long ones, fills nothing.
    """

    def __missing__(self, key: str) -> bytes:
        name = b""
        if key.startswith("HTTP_"):
            name = key[5:].replace("_", "-").lower().encode("latin-1")
        if len(self) < MOST_NAMES and len(key) <= _LONGEST_NAME:
            self[key] = name
        return name


MOST_NAMES = 256
_LONGEST_NAME = 64
header_names = _HeaderNames()


def _text(native: str) -> str:
    """WSGI holds bytes in strings (PEP 3333); routers read them as UTF-8."""
    if native.isascii():
        return native
    return native.encode("latin-1", "replace").decode("utf-8", "replace")
