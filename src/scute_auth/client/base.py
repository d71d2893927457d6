"""What both clients are made of, but for the sending."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from scute_auth.api import ROWS
from scute_auth.api.row import Credential, Row
from scute_auth.client.request import Request
from scute_auth.client.sending import send
from scute_auth.config import ScuteConfig
from scute_auth.errors import ConfigError

if TYPE_CHECKING:
    from scute_auth.effects import Flow

__all__ = ["DEFAULT_TIMEOUT", "Settings"]

T = TypeVar("T")

_NAME = re.compile(r"\{(\w+)\}")
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))(?:[A-Za-z0-9_.~-]+|\{\w+\}))+")
_OURS = frozenset({"app_id", "workspace_id"})

DEFAULT_TIMEOUT = 30.0
"""Seconds for a whole call, with the waits between its tries."""


class Settings:
    """Whose calls, against which rows, in what time."""

    def __init__(
        self,
        config: ScuteConfig | None,
        clock: Callable[[], float],
        timeout: float,
        paths: Mapping[str, str],
        credentials: Mapping[str, Sequence[str]],
    ) -> None:
        self.config = ScuteConfig.from_env() if config is None else config
        self._clock = clock
        self._timeout = _checked(timeout)
        self._paths = {name: _path(_row(name), path) for name, path in paths.items()}
        self._credentials = {name: _kinds(_row(name), each) for name, each in credentials.items()}

    def flow(self, request: Request[T], timeout: float | None) -> "Flow[T]":
        """The flow that makes a call."""
        seconds = self._timeout if timeout is None else _checked(timeout)
        row = self._corrected(request.row)
        return send(self.config, replace(request, row=row), now=self._clock(), timeout=seconds)

    def _corrected(self, row: Row) -> Row:
        return replace(
            row,
            path=self._paths.get(row.name, row.path),
            credentials=self._credentials.get(row.name, row.credentials),
        )


def _checked(timeout: float) -> float:
    if not timeout > 0:
        raise ValueError("timeout: give seconds, more than 0")
    return timeout


def _row(name: str) -> Row:
    if (row := ROWS.get(name)) is not None:
        return row
    near = get_close_matches(name, ROWS, n=1)
    hint = f": did you mean {near[0]!r}?" if near else ""
    raise ConfigError(f"{name!r} is no operation of the client's{hint}")


def _path(row: Row, path: str) -> str:
    """Its names are all those of the row's own path, so that each is filled, and safely."""
    names, own = (frozenset(_NAME.findall(text)) - _OURS for text in (path, row.path))
    if not _PATH.fullmatch(path) or names != own:
        raise ConfigError(f"paths: {row.name!r} needs a path like {row.path}")
    return path


def _kinds(row: Row, kinds: Sequence[str]) -> tuple[Credential, ...]:
    try:
        return tuple(Credential(kind) for kind in kinds)
    except ValueError:
        every = ", ".join(repr(str(kind)) for kind in Credential)
        raise ConfigError(f"credentials: give {row.name!r} a list of these: {every}") from None
