"""Every path of the API, once: method, path, what it asks for, and who answers.

`{app}` is an app's public id or its UUID. Where the protocol knows two paths for one thing,
both are here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from scute_auth.effects import HttpReply
from scute_emulator.api import apps, key_sets
from scute_emulator.api.context import Context
from scute_emulator.api.credentials import Credentials

__all__ = ["ROUTES", "Route"]

Handler: TypeAlias = Callable[[Context], HttpReply]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    credentials: Credentials
    handler: Handler


NONE, USER, SECRET = Credentials.NONE, Credentials.USER, Credentials.SECRET
A = "/v1/auth/{app}"

ROUTES = (
    Route("GET", A + "/.well-known/jwks.json", NONE, key_sets.show_jwks),
    Route("GET", A + "/jwks", NONE, key_sets.show_jwks),
    Route("GET", A + "/public_key", NONE, key_sets.public_key),
    Route("GET", "/v1/apps", SECRET, apps.list_apps),
    Route("POST", "/v1/apps", SECRET, apps.create_app),
    Route("GET", "/v1/apps/{app}", NONE, apps.show_app),
    Route("PATCH", "/v1/apps/{app}", SECRET, apps.update_app),
    Route("DELETE", "/v1/apps/{app}", SECRET, apps.delete_app),
)
