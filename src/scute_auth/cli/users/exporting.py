"""`scute-auth users export FILE`: all users, whole or not at all."""

import argparse
import csv
import json
import os
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from scute_auth.cli.users.columns import META, TOLD, quiet
from scute_auth.cli.users.files import Format, format_of
from scute_auth.client import ScuteClient
from scute_auth.client.models.users import UserRecord

__all__ = ["HELP", "define", "run"]

HELP = "write all users to a CSV or JSON file"

PAGE = 100
_STDOUT = "-"
_COLUMNS = ("email", "phone", "name", "external_id", "status", *TOLD, META)
_TIMES = ("created_at", "last_login_at")


def define(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    add = parser.add_argument
    add("file", metavar="FILE", help="one that is there is replaced; - is standard output")
    add("--format", choices=("csv", "json"), help="json: an object a line")


def run(options: argparse.Namespace) -> int:
    is_stdout = options.file == _STDOUT
    write = _WRITERS[options.format or ("csv" if is_stdout else format_of(options.file, None))]
    with ScuteClient() as client:
        users = _once(client.users.iterate(per_page=PAGE))
        if is_stdout:
            write(sys.stdout, users)
            return 0
        path = Path(options.file)
        is_there = path.exists()
        with _whole(path) as file:
            write(file, users)
    was = "took the place of the file that was there" if is_there else "is written"
    print(f"{path} {was}", file=sys.stderr)
    return 0


def _once(users: Iterable[UserRecord]) -> Iterator[UserRecord]:
    """Pages shift while users come and go."""
    seen: set[str] = set()
    for user in users:
        if user.id not in seen:
            seen.add(user.id)
            yield user


@contextmanager
def _whole(path: Path) -> Generator[TextIO, None, None]:
    """A new file for its owner alone, which takes the place of the old one when it is complete."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _csv(file: TextIO, users: Iterable[UserRecord]) -> None:
    """Each cell in quotes: some spreadsheets part cells at a semicolon else."""
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    for user in users:
        writer.writerow([quiet(_cell(value)) for value in _values(user).values()])


def _json(file: TextIO, users: Iterable[UserRecord]) -> None:
    for user in users:
        print(json.dumps(_values(user)), file=file)


def _values(user: UserRecord) -> dict[str, Any]:
    values = {name: getattr(user, name) for name in _COLUMNS if name != META}
    times = {name: _iso(values[name]) for name in _TIMES}
    return {**values, **times, META: dict(user.meta)}


def _iso(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value in (None, {}) else json.dumps(value)


_WRITERS: dict[Format, Callable[[TextIO, Iterable[UserRecord]], None]] = {
    "csv": _csv,
    "json": _json,
}
