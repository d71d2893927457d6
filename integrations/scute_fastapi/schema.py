"""OpenAPI: a session cookie does what a bearer token does, wherever one is asked for.

FastAPI knows one scheme for each dependency, and a second dependency would cost each request as
much as a signature. So the second scheme is written into the finished document.
"""

from typing import Any

from fastapi import FastAPI

from scute_auth import ScuteConfig
from scute_auth.openapi import BEARER, COOKIE, cookie_scheme

__all__ = ["describe"]


def describe(app: FastAPI, config: ScuteConfig) -> None:
    """Name the session cookie in `app.openapi()`, beside the bearer token.

    `ScuteAuth` does this before the first request; call it yourself where you write the document
    without starting the app.
    """
    if getattr(app.openapi, "names_cookie", False):
        return
    original = app.openapi

    def openapi() -> dict[str, Any]:
        document = original()
        schemes = document.get("components", {}).get("securitySchemes", {})
        if BEARER in schemes:
            schemes[COOKIE] = cookie_scheme(config)
            for operation in _operations(document):
                _add_cookie(operation)
        return document

    openapi.names_cookie = True  # type: ignore[attr-defined] # so that it is done once
    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's own way to extend the document


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    items = [*document.get("paths", {}).values(), *document.get("webhooks", {}).values()]
    return [operation for item in items for operation in item.values() if "security" in operation]


def _add_cookie(operation: dict[str, Any]) -> None:
    security = operation["security"]
    if {BEARER: []} in security and {COOKIE: []} not in security:
        security.append({COOKIE: []})
