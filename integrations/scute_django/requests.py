"""Django's request as the core sees it, and what it carries for views.

Headers are taken as the server passed them on: Django's own parsing of cookies plays no part.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

from scute_auth import ConfigError, User
from scute_auth.context import Current, current
from scute_auth.http import MAX_BODY, Reply, RequestView

__all__ = [
    "DjangoCurrent",
    "ScuteRequest",
    "current_of",
    "current_request",
    "read_body",
    "request_view",
]


@dataclass(slots=True, eq=False)
class DjangoCurrent(Current):
    """What a request is known by; `refused` is its answer unless its view proves to be public.

    `left`: Django's own `login()` or `logout()` was called, so Scute's session is to end.
    """

    request: Any = field(default=None, repr=False)
    refused: Reply | None = field(default=None, repr=False)
    left: bool = False


class ScuteRequest(HttpRequest):
    """A request behind the middleware, for annotations: nothing is made of this class."""

    scute: DjangoCurrent
    scute_user: User | None


def request_view(request: HttpRequest) -> RequestView:
    """Copy what the core needs; the path is the one that the URLconf is asked for."""
    meta = request.META
    if isinstance(request, ASGIRequest):
        # Django read the query as UTF-8 already, and answers 400 where it is none.
        headers, encoding = request.scope["headers"], "utf-8"
    else:
        headers, encoding = _headers(meta), "latin-1"
    return RequestView(
        "http",
        request.method or "",
        request.scheme or "",
        request.path_info,
        headers,
        meta["SCRIPT_NAME"].rstrip("/"),
        meta.get("QUERY_STRING", "").encode(encoding),
        meta.get("REMOTE_ADDR"),
    )


def _headers(environ: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    headers = [
        (name[5:].lower().replace("_", "-").encode("latin-1"), value.encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    if kind := environ.get("CONTENT_TYPE"):
        headers.append((b"content-type", kind.encode("latin-1")))
    return headers


def read_body(request: HttpRequest) -> bytes:
    """The body, at most a byte longer than the core takes; servers may hand it over in pieces."""
    body = b""
    while len(body) <= MAX_BODY and (piece := request.read(MAX_BODY + 1 - len(body))):
        body += piece
    return body


def current_of(request: HttpRequest) -> DjangoCurrent:
    """The verdict that the middleware left on this request."""
    found = getattr(request, "scute", None)
    if found is None:
        raise ConfigError(
            "this request did not come through ScuteAuthMiddleware: "
            'add "scute_django.middleware.ScuteAuthMiddleware" to MIDDLEWARE'
        )
    return cast(DjangoCurrent, found)


def current_request() -> HttpRequest:
    """The request that is being handled in this context."""
    return cast(HttpRequest, cast(DjangoCurrent, current()).request)
