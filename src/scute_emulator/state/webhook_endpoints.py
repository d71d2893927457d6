"""Where an app's events go, and which values say so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, cast
from urllib.parse import urlsplit

from scute_auth.config import is_loopback
from scute_emulator.state.chance import Randomness, new_token

__all__ = ["Endpoint", "checked", "new_secret"]

MOST_RETRIES = 10


@dataclass(frozen=True, slots=True)
class Endpoint:
    id: str
    app_id: str
    secret: str = field(repr=False)
    created_at: float
    updated_at: float
    url: str = ""
    event_types: tuple[str, ...] = ("*",)
    retry_limit: int = 3
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    enabled: bool = True
    last_ping_at: float | None = None

    def wants(self, kind: str) -> bool:
        return self.enabled and any(fnmatchcase(kind, each) for each in self.event_types)


def new_secret(random: Randomness) -> str:
    return f"whsec_{new_token(random)}"


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that an endpoint has; ValueError names the first that is none."""
    given = {name: values[name] for name in _CHECKS if name in values}
    for name, value in given.items():
        is_good, wanted = _CHECKS[name]
        if not is_good(value):
            raise ValueError(f"{name}: {wanted}")
    if "event_types" in given:
        given["event_types"] = tuple(given["event_types"])
    return given


def _is_here(url: object) -> bool:
    """Scute takes https; the emulator calls nobody but this very machine."""
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        parts.port  # noqa: B018 - raises ValueError where it is no number
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and is_loopback(parts.hostname or "")


def _are_texts(value: object) -> bool:
    if not isinstance(value, list | tuple):
        return False
    each = cast("list[object]", value)
    return bool(each) and all(isinstance(text, str) for text in each)


_CHECKS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "url": (_is_here, "the emulator delivers to this machine only, like http://127.0.0.1:8000/"),
    "event_types": (_are_texts, "use a list of texts"),
    "retry_limit": (
        lambda value: type(value) is int and 0 <= value <= MOST_RETRIES,
        f"use a number from 0 to {MOST_RETRIES}",
    ),
    "description": (lambda value: value is None or isinstance(value, str), "use a text"),
    "metadata": (lambda value: isinstance(value, dict), "use an object"),
    "enabled": (lambda value: isinstance(value, bool), "use true or false"),
}
