"""How OpenAPI documents describe what we take: a bearer token, or a signed-in browser's cookie."""

from typing import Any

from scute_auth.config import ScuteConfig

__all__ = ["BEARER", "COOKIE", "MACHINE", "bearer_scheme", "cookie_scheme"]

BEARER = "ScuteToken"
COOKIE = "ScuteCookie"
MACHINE = "ScuteMachine"
"""For a machine's token: no cookie does what it does."""


def bearer_scheme() -> dict[str, Any]:
    return {"type": "http", "scheme": "bearer", "description": "A Scute access token."}


def cookie_scheme(config: ScuteConfig) -> dict[str, Any]:
    return {
        "type": "apiKey",
        "in": "cookie",
        "name": config.cookie_names("access", secure=True)[0],
        "description": "A signed-in browser's session; on plain http its name lacks the prefix.",
    }
