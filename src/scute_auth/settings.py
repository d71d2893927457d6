"""Settings as people write them: texts of the environment, and values of a framework's settings.

What a setting is comes from its type; whether it may be so is `ScuteConfig`'s to say.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin

from scute_auth.errors import ConfigError
from scute_auth.messages import Messages

__all__ = ["CookieProfile", "Limits", "read_settings"]

_COOKIE_PREFIX = re.compile(r"[A-Za-z0-9_-]{1,32}")
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class CookieProfile:
    """How our cookies are named: `<prefix>-<purpose>__<app id>`, behind `__Host-` on https."""

    prefix: str = "scute"

    def __post_init__(self) -> None:
        if not _COOKIE_PREFIX.fullmatch(self.prefix):
            raise ConfigError("cookies.prefix: use 1 to 32 letters, digits, '-' and '_'")


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a code or link may be asked for, and a code be tried, in `window` seconds.

    For each e-mail address or phone number, and for each public network address that asks; 0 is
    no limit.
    """

    window: int = 600
    per_identifier: int = 10
    per_address: int = 60

    def __post_init__(self) -> None:
        if self.window == 0 or any(
            type(n) is not int or not 0 <= n <= 86_400 for n in astuple(self)
        ):
            raise ConfigError("limits: use whole numbers up to 86400, 0 for no limit")


def read_settings(
    kinds: Mapping[str, Any], values: Mapping[str, Any], environ: Mapping[str, str]
) -> dict[str, Any]:
    """The settings that are set, each as its kind wants it: `values` before the environment."""
    for name in values:
        if name not in kinds:
            near = get_close_matches(name, kinds, n=1)
            hint = f": did you mean {near[0]!r}?" if near else ""
            raise ConfigError(f"{name!r} is no setting of scute-auth{hint}")
    return _from_environment(environ, kinds) | {
        name: _read(name, value, kinds[name])
        for name, value in values.items()
        if value is not None and value != ""
    }


def _from_environment(environ: Mapping[str, str], hints: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for setting, kind in hints.items():
        name = f"SCUTE_{setting.upper()}"
        if text := environ.get(name, "").strip():
            values[setting] = _parse(name, text, kind)
    return values


def _read(name: str, value: Any, kind: Any) -> Any:
    """A value as a person writes it in Python; what it must not be is refused with the others."""
    if isinstance(value, str):
        return _parse(name, value, kind)
    if kind is bool and type(value) is int and value in (0, 1):
        return value == 1
    if kind is Limits and isinstance(value, int):
        return _limits(name, [str(value)])
    if kind is Messages and isinstance(value, Mapping):
        return Messages(cast("Mapping[str, str]", value))
    if kind is Limits and isinstance(value, list | tuple):
        return _limits(name, [str(part) for part in cast("Sequence[object]", value)])
    return (*value,) if isinstance(value, list) else value


def _limits(name: str, parts: Sequence[str]) -> Limits:
    if len(parts) == 1 and parts[0].lower() in _FALSE:
        return Limits(per_identifier=0, per_address=0)
    try:
        window, per_identifier, per_address = (int(part) for part in parts)
    except ValueError:
        raise ConfigError(
            f"{name}: use 0 for none, or seconds,per identifier,per address, like 600,10,60"
        ) from None
    return Limits(window, per_identifier, per_address)


def _messages(name: str, text: str) -> Messages:
    try:
        texts = json.loads(text)
    except ValueError:
        texts = None
    if not isinstance(texts, dict):
        raise ConfigError(f'{name}: use a JSON object of texts, like {{"sign_in": "Anmelden"}}')
    return Messages(cast("dict[str, str]", texts))


def _parse(name: str, text: str, kind: Any) -> Any:
    if get_origin(kind) is UnionType:
        kind = next(option for option in get_args(kind) if option is not NoneType)
    if kind is bool:
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        raise ConfigError(f"{name}: use 1 or 0, not {text!r}")
    if kind is int:
        if text.isascii() and text.isdigit():
            return int(text)
        raise ConfigError(f"{name}: use a whole number of seconds, not {text!r}")
    if kind is CookieProfile:
        return CookieProfile(prefix=text)
    if kind is Limits:
        return _limits(name, text.split(","))
    if kind is Messages:
        return _messages(name, text)
    if get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text
