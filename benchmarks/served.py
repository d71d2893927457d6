"""The apps that target 8 asks for over sockets: bare, with one bare verification, and ours.

Each has `/me`, and `/seconds`: how much processor time its process has used. Those of Starlette
are served by `python -m benchmarks.served NAME DESCRIPTOR`, those of Flask are gunicorn's.
"""

import logging
import socket
import sys
import time
from binascii import a2b_base64
from collections.abc import Callable
from typing import Any

import httpx2
import uvicorn
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from jwt import PyJWK
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

import scute_flask
import scute_starlette
from scute_auth import ScuteConfig

__all__ = ["flask_bare", "flask_ours"]


def flask_bare() -> Flask:
    app = Flask("bench")
    app.add_url_rule("/me", view_func=_me)
    app.add_url_rule("/seconds", view_func=_seconds)
    return app


def flask_ours() -> Flask:
    app = flask_bare()
    scute_flask.ScuteAuth(app)
    app.view_functions["_me"] = scute_flask.require_user(_me)
    return app


def _me() -> str:
    return "ok"


def _seconds() -> str:
    return str(time.process_time())


def starlette_bare(endpoint: Callable[[Request], Any] | None = None) -> Starlette:
    return Starlette(routes=[Route("/me", endpoint or _ame), Route("/seconds", _aseconds)])


def starlette_ours() -> Starlette:
    app = starlette_bare(scute_starlette.require_user(_ame))
    app.add_middleware(scute_starlette.ScuteAuth)
    return app


def starlette_floor() -> Starlette:
    """Verifies each token's signature, and does nothing else."""
    config = ScuteConfig.from_env()
    url = f"{config.base_url}/v1/auth/{config.app_id}/.well-known/jwks.json"
    (jwk,) = httpx2.get(url).raise_for_status().json()["keys"]
    verify = PyJWK(jwk).key.verify

    async def endpoint(request: Request) -> Response:
        token = request.headers["authorization"].removeprefix("Bearer ").encode("ascii")
        signed, _, signature = token.rpartition(b".")
        verify(a2b_base64(signature.translate(_TO_BASE64) + b"=="), signed, PKCS1v15(), SHA256())
        return await _ame(request)

    return starlette_bare(endpoint)


_TO_BASE64 = bytes.maketrans(b"-_", b"+/")


async def _ame(_: Request) -> Response:
    return PlainTextResponse("ok")


async def _aseconds(_: Request) -> Response:
    return PlainTextResponse(_seconds())


# The emulator is no news here.
logging.getLogger("scute_auth").setLevel(logging.CRITICAL)

_APPS = {"bare": starlette_bare, "floor": starlette_floor, "ours": starlette_ours}

if __name__ == "__main__":
    # On a socket that listens already: who started us may ask at once.
    listening = socket.socket(fileno=int(sys.argv[2]))
    config = uvicorn.Config(
        _APPS[sys.argv[1]](), log_level="critical", access_log=False, timeout_keep_alive=60
    )
    uvicorn.Server(config).run(sockets=[listening])
