"""The data that an app asks its new users for, as its settings at Scute declare them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scute_auth.json_values import as_list, as_object

__all__ = ["MetaField", "lacking", "meta_fields", "typed"]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_INTEGER = re.compile(r"-?[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class MetaField:
    """`kind` in Scute's words: string, boolean, integer, date, phone, email, text, url."""

    name: str
    label: str
    kind: str
    is_required: bool


def meta_fields(value: Any) -> tuple[MetaField, ...]:
    """Those of a `user_meta_data_schema` that a registration shows.

    One that is malformed spoils no other, and not the rest of the settings.
    """
    entries = (as_object(entry) for entry in as_list(value) or ())
    fields = (_field(entry) for entry in entries if entry is not None)
    return tuple(field for field in fields if field is not None)


def _field(entry: dict[str, Any]) -> MetaField | None:
    name, label = entry.get("field_name"), entry.get("name")
    is_required = entry.get("required") is True
    is_shown = is_required or entry.get("visible_registration") is True
    if not isinstance(name, str) or not _NAME.fullmatch(name) or not is_shown:
        return None
    is_label = isinstance(label, str) and label
    return MetaField(
        name, str(label) if is_label else name, str(entry.get("field_type")), is_required
    )


def typed(fields: tuple[MetaField, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """What a form sent for these fields, as JSON has it; other names stay as they are.

    A form sends nothing for a box without a tick.
    """
    kinds = {field.name: field.kind for field in fields}
    values = {name: _typed(kinds.get(name), value) for name, value in given.items()}
    boxes = {field.name: False for field in fields if field.kind == "boolean"}
    return boxes | {name: value for name, value in values.items() if value != ""}


def _typed(kind: str | None, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = value.strip()
    if kind == "boolean":
        return value != ""
    return int(value) if kind == "integer" and _INTEGER.fullmatch(value) else value


def lacking(fields: tuple[MetaField, ...], meta: Mapping[str, Any]) -> list[MetaField]:
    """The required ones that are not there; a box that is required has a tick."""
    return [field for field in fields if field.is_required and not _is_given(meta.get(field.name))]


def _is_given(value: Any) -> bool:
    return value is not None and value is not False and value != ""
