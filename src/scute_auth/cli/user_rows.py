"""The users in a file: CSV or JSON to rows, and what is wrong with those that cannot be sent.

Nothing here writes or sends. What a row says is not repeated in what is said about it.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from scute_auth.json_values import as_list, as_object
from scute_auth.signin.identifiers import email_address, phone_number

__all__ = ["COLUMNS", "META", "Row", "read_rows", "shielded"]

META = "meta."
COLUMNS = ("email", "phone", "external_id", "name", "status")
"""What is written; read is more: see `_FIELDS`."""

_FIELDS = frozenset({*COLUMNS, "identifier", "first_name", "middle_name", "last_name", "user_meta"})
_NOT_SENT = frozenset({"id", "created_at", "last_login_at"})
"""Columns of an export that Scute fills in itself."""
_STATUSES = ("active", "inactive")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One user. `place` says where in the file; `fault` what is wrong with it, if anything is."""

    place: str
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    fault: str = ""

    @property
    def key(self) -> str:
        """The address or number by which the user is found again."""
        return str(self.fields.get("email") or self.fields.get("phone"))


def read_rows(text: str, *, is_json: bool) -> list[Row]:
    """All rows, the faulty ones too; `ValueError` where the file as a whole is none of users."""
    seen: set[str] = set()
    return [_checked(row, seen) for row in (_from_json(text) if is_json else _from_csv(text))]


def shielded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; reading takes the apostrophe off again."""
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def _bare(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell


def _from_csv(text: str) -> Iterator[Row]:
    reader = csv.DictReader(StringIO(text, newline=""), restkey="", restval="", strict=True)
    try:
        _check_names(reader.fieldnames or ())
        for cells in reader:
            place = f"line {reader.line_num}"
            if "" in cells:
                yield Row(place, fault="it has more cells than there are columns")
            else:
                yield Row(place, _nested({name: _bare(cell) for name, cell in cells.items()}))
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def _check_names(names: Sequence[str]) -> None:
    if not set(names) & {"identifier", "email", "phone"}:
        raise ValueError("no column is called email, phone or identifier")
    for name in names:
        if name not in _FIELDS | _NOT_SENT and not name.startswith(META):
            raise ValueError(f"column {name!r} is not known; call it {META}{name} to keep it")


def _nested(cells: Mapping[str, str]) -> dict[str, Any]:
    """`meta.team` is the user's metadata; an empty cell says nothing."""
    filled = {name: cell for name, cell in cells.items() if cell}
    meta = {name[len(META) :]: cell for name, cell in filled.items() if name.startswith(META)}
    fields: dict[str, Any] = {name: cell for name, cell in filled.items() if name in _FIELDS}
    return {**fields, "user_meta": meta} if meta else fields


def _from_json(text: str) -> Iterator[Row]:
    """A list of objects, alone or below `users`."""
    document = json.loads(text)
    document = (as_object(document) or {}).get("users", document)
    items = as_list(document)
    if items is None:
        raise ValueError("a list of users is expected, alone or below 'users'")
    for number, item in enumerate(items, 1):
        place, fields = f"item {number}", as_object(item)
        if fields is None:
            yield Row(place, fault="it is no object")
        elif unknown := sorted(set(fields) - _FIELDS - _NOT_SENT):
            yield Row(place, fault=f"{unknown[0]!r} is not known; put it into 'user_meta'")
        else:
            kept = {name: value for name, value in fields.items() if name in _FIELDS}
            yield Row(place, {name: value for name, value in kept.items() if value is not None})


def _checked(row: Row, seen: set[str]) -> Row:
    """The row as it is sent, or with what is wrong with it."""
    if row.fault:
        return row
    fields = dict(row.fields)
    try:
        _normalise(fields)
    except ValueError as error:
        return Row(row.place, fault=str(error))
    keys = {str(fields[name]).lower() for name in ("email", "phone") if name in fields}
    if not keys.isdisjoint(seen):
        return Row(row.place, fault="an earlier row has the same address or number")
    seen |= keys
    return Row(row.place, fields)


def _normalise(fields: dict[str, Any]) -> None:
    meta = fields.pop("user_meta", None)
    if meta is not None and as_object(meta) is None:
        raise ValueError("user_meta is no object")
    for name, value in fields.items():
        if not isinstance(value, str):
            raise ValueError(f"{name} is no text")
    _address(fields)
    if fields.get("status", "active") not in _STATUSES:
        raise ValueError("status is neither active nor inactive")
    if "name" in fields:
        fields.setdefault("first_name", fields.pop("name"))
    if meta:
        fields["user_meta"] = meta


def _address(fields: dict[str, Any]) -> None:
    given = fields.pop("identifier", None)
    if given is not None:
        fields.setdefault("email" if "@" in given else "phone", given)
    for name, normal in (("email", email_address), ("phone", phone_number)):
        if name in fields:
            fields[name] = normal(fields[name])
            if fields[name] is None:
                raise ValueError(f"{name} is not valid")
    if not fields.keys() & {"email", "phone"}:
        raise ValueError("it has neither an e-mail address nor a phone number")
