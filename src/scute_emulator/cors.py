"""Which pages of other origins may call the API from a browser: those of an app (CORS, Fetch).

Scute's browser SDKs send their cookies along, so an answer names the one origin that may read it,
never `*`.
"""

from dataclasses import replace

from scute_auth.effects import HttpCall, HttpReply
from scute_emulator.api.refusals import Refusal
from scute_emulator.state.state import State

__all__ = ["is_preflight", "preflight", "readable"]

METHODS = "GET, POST, PUT, PATCH, DELETE"
HEADERS = "content-type, x-authorization, x-refresh-token, x-csrf-token, x-fingerprint"
"""What the SDKs send from a browser. No `Authorization`: a page must not hold a secret."""


def is_preflight(call: HttpCall) -> bool:
    return call.method == "OPTIONS" and "access-control-request-method" in dict(call.headers)


def preflight(state: State, call: HttpCall) -> HttpReply:
    """The browser asks before it calls."""
    if not _is_of_an_app(state, _origin(call)):
        text = "No app has this origin: see the settings `origin` and `additional_origins`"
        raise Refusal(403, "forbidden", text)
    headers = (("access-control-allow-methods", METHODS), ("access-control-allow-headers", HEADERS))
    return readable(state, call, HttpReply(204, headers))


def readable(state: State, call: HttpCall, reply: HttpReply) -> HttpReply:
    """The answer, for the page that asked, if that is a page of an app."""
    origin = _origin(call)
    headers = [*reply.headers, ("vary", "Origin")]
    if _is_of_an_app(state, origin):
        headers.append(("access-control-allow-origin", origin))
        headers.append(("access-control-allow-credentials", "true"))
    return replace(reply, headers=tuple(headers))


def _origin(call: HttpCall) -> str:
    """The server gives header names in lower case."""
    return dict(call.headers).get("origin", "")


def _is_of_an_app(state: State, origin: str) -> bool:
    every = (app.settings for app in state.apps.all())
    return any(
        origin == own.rstrip("/")
        for settings in every
        for own in (settings.origin, *settings.additional_origins)
    )
