"""Users as a file that `scute-auth users import` reads, and as lines for people."""

import csv
import json
import os
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from scute_auth.cli.user_rows import COLUMNS, META, shielded
from scute_auth.client.models.users import UserRecord

__all__ = ["line", "write"]


def write(path: Path, users: Sequence[UserRecord]) -> None:
    """Make a new file, for its owner's eyes only; one that is there stays as it is."""
    text = _json(users) if path.suffix == ".json" else _csv(users)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text.encode("utf-8"))


def line(user: UserRecord) -> str:
    """What matters of a user, and nothing that a terminal would obey."""
    shown = (user.id, user.status, user.email or user.phone, user.name)
    return "  ".join("".join(filter(str.isprintable, text or "-")) for text in shown)


def _csv(users: Sequence[UserRecord]) -> str:
    names = sorted({name for user in users for name in user.meta})
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", *COLUMNS, *(META + name for name in names)])
    for user in users:
        meta = [user.meta.get(name) for name in names]
        writer.writerow(
            [user.id, *(_cell(getattr(user, name)) for name in COLUMNS), *map(_cell, meta)]
        )
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return shielded(value if isinstance(value, str) else json.dumps(value))


def _json(users: Sequence[UserRecord]) -> str:
    return json.dumps([_object(user) for user in users], indent=1, ensure_ascii=False)


def _object(user: UserRecord) -> dict[str, Any]:
    values = {name: getattr(user, name) for name in ("id", *COLUMNS)}
    kept = {name: value for name, value in values.items() if value is not None}
    return {**kept, "user_meta": dict(user.meta)} if user.meta else kept
