"""One user of a file, checked before anything is sent: a `Row`, or why it is none."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scute_auth.cli.users.columns import META, STATUSES, TAKEN, unknown
from scute_auth.json_values import is_object, strict_object
from scute_auth.signin.identifiers import email_address, phone_number, same_identifier

__all__ = ["BadRow", "Record", "Row", "checked"]

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PLAIN = ("external_id", "first_name", "middle_name", "last_name", "status")

Record: TypeAlias = "tuple[int, Mapping[str, Any] | str]"
"""A row's number, and what stands in it by column, or why it cannot be read."""


@dataclass(frozen=True, slots=True)
class Row:
    """`fields` is the rest of what is sent. An address is in no `repr`."""

    number: int
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """What no other row of the file may have."""
        email = self.email and self.email.encode().lower().decode()
        external_id = self.fields.get("external_id")
        named = (("email", email), ("phone", self.phone), ("external_id", external_id))
        return tuple((name, value) for name, value in named if value)


@dataclass(frozen=True, slots=True)
class BadRow:
    number: int
    reason: str


def checked(records: Iterable[Record]) -> tuple[list[Row], list[BadRow]]:
    """The rows that can be sent, and those that cannot. The first of two that are alike is good."""
    rows: list[Row] = []
    bad: list[BadRow] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in records:
        try:
            row = _row(number, cells)
            for name, value in row.keys:
                if (name, value) in seen:
                    raise ValueError(f"{name}: {value!r} is in row {seen[name, value]} already")
        except ValueError as error:
            bad.append(BadRow(number, str(error)))
        else:
            rows.append(row)
            seen |= dict.fromkeys(row.keys, number)
    return rows, bad


def _row(number: int, cells: Mapping[str, Any] | str) -> Row:
    if isinstance(cells, str):
        raise ValueError(cells)
    if strange := [name for name in cells if unknown(name)]:
        raise ValueError(f"unknown column {strange[0]!r}")
    texts = {name: _text(name, cells.get(name)) for name in TAKEN if name != META}
    email, phone = _addresses(texts)
    texts["first_name"] = texts["first_name"] or texts["name"]  # Scute takes no whole name
    fields: dict[str, Any] = {name: texts[name] for name in _PLAIN if texts[name]}
    if fields.get("status", STATUSES[0]) not in STATUSES:
        raise ValueError(f"status: {fields['status']!r} is none of {', '.join(STATUSES)}")
    if meta := _meta(cells):
        fields[META] = meta
    return Row(number, email, phone, fields)


def _text(name: str, value: Any) -> str:
    """A number stands for its digits."""
    if value is None or type(value) is int:
        return "" if value is None else str(value)
    if not isinstance(value, str):
        raise ValueError(f"{name}: this is no text")
    return value.strip()


def _addresses(texts: Mapping[str, str]) -> tuple[str | None, str | None]:
    """E-mail address and phone number; `identifier` is either."""
    either = texts["identifier"]
    email = _email("email", texts["email"])
    phone = _phone("phone", texts["phone"])
    if either and "@" in either:
        email = _same("email", email, _email("identifier", either))
    elif either:
        phone = _same("phone", phone, _phone("identifier", either))
    if email is None and phone is None:
        raise ValueError("no email, phone or identifier")
    return email, phone


def _email(name: str, text: str) -> str | None:
    address = email_address(text)
    if text and address is None:
        raise ValueError(f"{name}: {text!r} is no e-mail address")
    return address


def _phone(name: str, text: str) -> str | None:
    number = phone_number(text)
    if text and (number is None or not _E164.fullmatch(number)):
        raise ValueError(f"{name}: {text!r} is no phone number like +4915112345678 (E.164)")
    return number


def _same(name: str, one: str | None, other: str | None) -> str | None:
    if one is not None and not same_identifier(one, other):
        raise ValueError(f"identifier: another than {name}")
    return other


def _meta(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The object in `user_meta`, and the columns `user_meta.<name>`."""
    whole = cells.get(META)
    if isinstance(whole, str) and whole.strip():
        try:
            whole = strict_object(whole.encode())
        except ValueError as error:
            raise ValueError(f"{META}: bad JSON: {error}") from None
    if whole and not is_object(whole):
        raise ValueError(f"{META}: this is no object")
    dotted = {name.partition(".")[2]: value for name, value in cells.items() if "." in name}
    return {**(whole or {}), **{n: v for n, v in dotted.items() if v not in (None, "")}}
