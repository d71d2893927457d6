"""Django's request as the core sees it, and what it carries for views.

Headers are taken as the server passed them on: Django's own parsing of cookies plays no part.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

import scute_asgi
from scute_auth import ConfigError, User
from scute_auth.context import Current, current
from scute_auth.http import Reply, RequestView
from scute_wsgi.request import request_view as environ_view

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
    """Copy what the core needs; scheme and path are what Django makes of them.

    So a proxy's `SECURE_PROXY_SSL_HEADER` counts, and the path is what the URLconf is asked for.
    """
    if isinstance(request, ASGIRequest):
        view = scute_asgi.request_view(cast("dict[str, Any]", request.scope))
        # Test clients pass it as text; Django answered 400 already where it is no UTF-8.
        query = request.META["QUERY_STRING"].encode("utf-8")
    else:
        view = environ_view(request.META)
        query = view.query
    # Not `replace`, which takes twice as long: this is done for every request.
    return RequestView(
        view.kind,
        request.method or "",
        request.scheme or "",
        request.path_info,
        view.headers,
        request.META["SCRIPT_NAME"].rstrip("/"),
        query,
        view.client,
    )


def read_body(request: HttpRequest, longest: int) -> bytes:
    """The body, at most a byte longer than the core takes; servers may hand it over in pieces."""
    body = b""
    while len(body) <= longest and (piece := request.read(longest + 1 - len(body))):
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
