"""Read a file of users: CSV with a header, a JSON list, or a JSON object in each line."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from scute_auth.cli.users.columns import bare, unknown
from scute_auth.cli.users.rows import Record
from scute_auth.json_values import is_object, strict_object

__all__ = ["Format", "Source", "format_of", "read"]

Format: TypeAlias = Literal["csv", "json"]
"""`json` is both of its kinds."""

_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}


@dataclass(frozen=True, slots=True)
class Source:
    """`digest` tells whether it is the same file still."""

    digest: str
    records: list[Record]


def format_of(path: str, given: Format | None) -> Format:
    if given is not None:
        return given
    if (known := _SUFFIXES.get(Path(path).suffix.lower())) is None:
        raise ValueError(f"{path}: say what it is with --format csv or --format json")
    return known


def read(path: str, given: Format | None) -> Source:
    """All records, in order. `ValueError` where the file as a whole cannot be read."""
    data = Path(path).read_bytes()
    reader = _csv if format_of(path, given) == "csv" else _json
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: save it as UTF-8 (byte {error.start} is not)") from None
    try:
        records = list(reader(text))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return Source(hashlib.sha256(data).hexdigest(), records)


def _csv(text: str) -> Iterator[Record]:
    """Row 1 is the header, as in a spreadsheet. Commas, or semicolons as some of those write."""
    head = text.partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(lines, list[str]())]
        _check(header)
        for number, cells in enumerate(lines, start=2):
            if cells:
                yield number, _cells(header, cells)
    except csv.Error as error:
        raise ValueError(f"line {lines.line_num}: {error}") from None


def _check(header: list[str]) -> None:
    """A column that means nothing is the whole file's fault."""
    if not header:
        raise ValueError("it is empty")
    for name in header:
        if unknown(name) or header.count(name) > 1:
            what = "unknown column" if unknown(name) else "two columns are named"
            raise ValueError(f"{what} {name!r}")


def _cells(header: list[str], cells: list[str]) -> dict[str, str] | str:
    if len(cells) != len(header):
        return f"{len(cells)} cells, and {len(header)} columns"
    return {name: bare(cell) for name, cell in zip(header, cells, strict=True)}


def _json(text: str) -> Iterator[Record]:
    """Items count from 1, or the lines do."""
    if text.lstrip().startswith("["):
        document = strict_object(b'{"users":%b}' % text.encode())
        for number, item in enumerate(document["users"], start=1):
            yield number, _object(item)
    else:
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield number, _line(line)


def _object(item: Any) -> dict[str, Any] | str:
    return item if is_object(item) else "this is no object"


def _line(line: str) -> dict[str, Any] | str:
    try:
        return strict_object(line.encode())
    except ValueError as error:
        return f"bad JSON: {error}"
