"""One call of the client's, not made yet: which row of the table, with what in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from scute_auth.api.row import Row

__all__ = ["Request", "asked", "given"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """`path` fills the names in the row's path, `token` goes where its credential belongs."""

    row: Row
    parse: Callable[[Any], T] = field(repr=False)
    path: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    token: str = field(default="", repr=False)
    is_redirect: bool = False
    """The answer sends a browser on: `parse` is given `{"url": ...}`, as where Scute answers so."""


def given(**values: Any) -> dict[str, Any]:
    """What the caller gave; None is what was left out."""
    return {name: value for name, value in values.items() if value is not None}


def asked(**values: Any) -> dict[str, str]:
    """The same for a query."""
    return {name: _text(value) for name, value in given(**values).items()}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
