"""How an answer becomes a model: its fields say what they take.

Tolerant: what is missing, null or of another type than expected is the field's default, and the
whole object stays in `raw`. Only a field without a default must be there. Times come as numbers
and as ISO 8601, and are seconds since the epoch here, as everywhere in this package.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from scute_auth.json_values import as_list, as_object, optional_time
from scute_auth.risk import Risk, read_risk

__all__ = [
    "Model",
    "also",
    "anything",
    "entries",
    "hidden",
    "inside",
    "many",
    "mapping",
    "nothing",
    "read",
    "reading",
    "whole",
]

M = TypeVar("M", bound="Model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What Scute answered, as a value; `raw` is all of it, unknown fields too."""

    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)


def also(*names: str, default: Any = MISSING) -> Any:
    """A field that some answers of Scute's hold under other names."""
    return field(default=default, metadata={"also": names})


def hidden(default: Any = MISSING) -> Any:
    """A field that is shown nowhere."""
    return field(default=default, repr=False)


def mapping(*names: str) -> Any:
    """A field for an object of any keys, which is no part of a model's hash."""
    return field(default_factory=dict[str, Any], hash=False, metadata={"also": names})


def anything(default: Any = MISSING) -> Any:
    """A field for JSON of any shape, which is no part of a model's hash either."""
    return field(default=default, hash=False)


def read(kind: type[M], value: Any) -> M:
    """One model of an object; `ValueError` where that is no such thing."""
    given = as_object(value)
    if given is None:
        raise ValueError("not an object")
    values: dict[str, Any] = {"raw": given}
    plan: Any = kind  # mypy takes the `__hash__` of a model for that of its class
    for name, names, take, is_required in _plan(plan):
        found = take(next((given[key] for key in names if given.get(key) is not None), None))
        if found is not None:
            values[name] = found
        elif is_required:
            raise ValueError(f"{name} is missing")
    return kind(**values)


def reading(kind: type[M]) -> Callable[[Any], M]:
    """Reads a model that stands alone."""
    return partial(read, kind)


def inside(key: str, kind: type[M]) -> Callable[[Any], M]:
    """Reads a model that stands below a key, or alone: Scute's pages show both.

    What stands beside the key belongs to the model too.
    """

    def parse(value: Any) -> M:
        beside = {name: other for name, other in value.items() if name != key}
        return read(kind, {**beside, **value[key]} if key in value else value)

    return parse


def many(key: str, kind: type[M]) -> Callable[[Any], tuple[M, ...]]:
    """Reads a list that stands below a key, or alone."""

    def parse(value: Any) -> tuple[M, ...]:
        return tuple(read(kind, each) for each in entries(value, key))

    return parse


def entries(value: Any, key: str) -> list[Any]:
    found = as_list(value)
    return found if found is not None else list(value[key])


def whole(value: Any) -> dict[str, Any]:
    """An object of which no more is known than that it is one."""
    return dict(value)


def nothing(value: Any) -> None:
    """For answers that say no more than their status (204, or `{"message": "ok"}`)."""


_Take = Callable[[Any], Any]


@cache
def _plan(kind: Any) -> tuple[tuple[str, tuple[str, ...], _Take, bool], ...]:
    hints = get_type_hints(kind)
    return tuple(
        (
            each.name,
            (each.name, *each.metadata.get("also", ())),
            _taker(hints[each.name]),
            _must(each),
        )
        for each in fields(kind)
        if each.name != "raw"
    )


def _must(each: "Field[Any]") -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _taker(hint: Any) -> _Take:
    """What takes a value of this type; None is its word for "not of this type"."""
    if get_origin(hint) is UnionType:
        kinds = [part for part in get_args(hint) if part is not NoneType]
        return _taker(kinds[0]) if len(kinds) == 1 else lambda value: value
    if get_origin(hint) is tuple:
        return _list_of(_taker(get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, Model):
        return partial(_nested, hint)
    return _PLAIN.get(get_origin(hint) or hint, lambda value: value)


def _nested(kind: type[M], value: Any) -> M | None:
    try:
        return read(kind, value)
    except ValueError:
        return None


def _list_of(take: _Take) -> _Take:
    def taken(value: Any) -> tuple[Any, ...] | None:
        found = as_list(value)
        if found is None:
            return None
        return tuple(each for each in map(take, found) if each is not None)

    return taken


def _text(value: Any) -> str | None:
    """Ids come as numbers too."""
    if type(value) is int:
        return str(value)
    return value if isinstance(value, str) and value else None


def _flag(value: Any) -> bool | None:
    return value if type(value) is bool else None


def _count(value: Any) -> int | None:
    return value if type(value) is int else None


def _seconds(value: Any) -> float | None:
    try:
        return optional_time(value)
    except (TypeError, ValueError, OverflowError):
        return None


_PLAIN: Mapping[Any, _Take] = {
    str: _text,
    bool: _flag,
    int: _count,
    float: _seconds,
    Mapping: as_object,
    Risk: read_risk,
}
