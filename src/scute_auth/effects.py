"""What a flow may ask of the world, and what it is told in return.

A flow is a generator: it yields effects, is sent an `Answer` for each, and returns a result.
`driver.Driver` and `async_driver.AsyncDriver` run any flow. Nothing here does I/O.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypeVar

__all__ = [
    "Answer",
    "Effect",
    "Flow",
    "HttpCall",
    "HttpFailure",
    "HttpOutcome",
    "HttpReply",
    "Log",
    "Shared",
    "Sleep",
    "Spawn",
    "StoreCall",
]

T = TypeVar("T")

CALL_TIMEOUT = 5.0
"""Seconds for a whole call to Scute, from connecting to the last byte of the body."""

MAX_ANSWER_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One request to Scute, redirects not followed. `timeout` bounds it whole, in seconds."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    timeout: float = CALL_TIMEOUT
    max_bytes: int = MAX_ANSWER_BYTES


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back. Header names are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class HttpFailure:
    """No usable answer came back. Whether Scute acted on the call is not known."""

    kind: Literal["timeout", "network", "protocol", "too_large", "encoding"]


HttpOutcome: TypeAlias = HttpReply | HttpFailure


@dataclass(frozen=True, slots=True)
class StoreCall:
    """One call to the store. `ttl` in seconds; `add` writes only where nothing is, and says so."""

    operation: Literal["get", "set", "add", "delete"]
    key: str
    value: bytes = field(default=b"", repr=False)
    ttl: float = 0.0


@dataclass(frozen=True, slots=True)
class Sleep:
    seconds: float


@dataclass(frozen=True, slots=True)
class Shared:
    """Run `flow` once for all who ask under this name at the same time, and give each its result.

    It runs detached: a waiter who goes away does not stop it.
    """

    name: str
    flow: "Flow[Any]" = field(repr=False)


@dataclass(frozen=True, slots=True)
class Spawn:
    """Run `flow` in the background, unless one of this name is running already."""

    name: str
    flow: "Flow[Any]" = field(repr=False)


@dataclass(frozen=True, slots=True)
class Log:
    """A line for the log (a `logging` level and arguments for `%`): never a token or a secret."""

    level: int
    message: str
    arguments: tuple[object, ...] = ()


Effect: TypeAlias = HttpCall | StoreCall | Sleep | Shared | Spawn | Log


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to an effect, with the driver's time (seconds since the epoch)."""

    value: Any
    now: float


Flow: TypeAlias = Generator[Effect, Answer, T]
