"""One row of the API's table: method, path, what it asks for, and who answers.

In a path each `{name}` is one segment. `{app}` is an app's public id or its UUID.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context
from scute_emulator.api.credentials import Credentials

__all__ = [
    "MACHINE",
    "NONE",
    "PARTY",
    "REFRESH",
    "SECRET",
    "USER",
    "VERIFIER",
    "WORKSPACE",
    "A",
    "Handler",
    "Route",
]

Handler: TypeAlias = Callable[[Context], HttpReply]

NONE = Credentials.NONE
USER = Credentials.USER
REFRESH = Credentials.REFRESH
SECRET = Credentials.SECRET
WORKSPACE = Credentials.WORKSPACE
MACHINE = Credentials.MACHINE
VERIFIER = Credentials.VERIFIER
PARTY = Credentials.PARTY
A = "/v1/auth/{app}"


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    credentials: Credentials
    handler: Handler
