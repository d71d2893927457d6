"""Read a JSON document strictly, and narrow what it gave.

`Any` comes in, a type or None goes out, or `ValueError`.
"""

import json
from datetime import UTC, datetime
from math import isfinite
from typing import Any, NoReturn, TypeGuard

__all__ = [
    "as_list",
    "as_object",
    "is_object",
    "optional_text",
    "optional_time",
    "required_text",
    "strict_object",
]

_WHITE_SPACE = " \t\r\n"


def strict_object(data: bytes, *, max_brackets: int | None = None) -> dict[str, Any]:
    """Parse a JSON object in UTF-8: no duplicate names, no NaN or infinity, no lone surrogates.

    `max_brackets` keeps the parser from recursing for a stranger.
    """
    text = data.decode("utf-8").strip(_WHITE_SPACE)
    if max_brackets is not None and text.count("{") + text.count("[") > max_brackets:
        raise ValueError("too deep")
    try:
        value, end = _DECODER.raw_decode(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise ValueError("too deep") from None
    if not is_object(value) or end != len(text):
        raise ValueError("not one object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name occurs twice")
    return value


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError("out of range")
    return value


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse)


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return type(value) is dict


def as_object(value: Any) -> dict[str, Any] | None:
    return value if is_object(value) else None


def as_list(value: Any) -> list[Any] | None:
    return value if _is_list(value) else None


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return type(value) is list


def required_text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value


def optional_text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def optional_time(value: Any) -> float | None:
    """Seconds since the epoch: Scute's pages show numbers and ISO 8601, in UTC (protocol D)."""
    if value is None:
        return None
    if isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    seconds = float(value)
    if not isfinite(seconds):
        raise ValueError("not a time")
    return seconds
