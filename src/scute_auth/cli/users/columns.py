"""The columns of a file of users, and how a cell of CSV keeps quiet in a spreadsheet."""

import re

__all__ = ["META", "STATUSES", "TAKEN", "TOLD", "bare", "quiet", "unknown"]

META = "user_meta"
"""An object; `user_meta.plan` is one field of it."""

TAKEN = (
    "email",
    "phone",
    "identifier",
    "external_id",
    "name",
    "first_name",
    "middle_name",
    "last_name",
    "status",
    META,
)
"""What an import sends."""

TOLD = ("id", "email_verified", "phone_verified", "created_at", "last_login_at")
"""What only Scute can say: an export has it, an import passes over it."""

STATUSES = ("active", "pending", "inactive", "imported")

_FORMULA = re.compile(r"['\s]*[=+\-@＝＋－＠]|[\t\r\n]")  # noqa: RUF001 - a spreadsheet takes these too
_QUIETED = re.compile(r"'(?=['\s]*[=+\-@＝＋－＠]|[\t\r\n])")  # noqa: RUF001


def unknown(name: str) -> bool:
    return name not in (*TAKEN, *TOLD) and not name.startswith(f"{META}.")


def quiet(cell: str) -> str:
    """A spreadsheet computes what begins like a formula: a `'` before it makes it text.

    Whoever chooses his own name must not run something on the machine of who opens the list.
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def bare(cell: str) -> str:
    """The cell as it was before `quiet`."""
    return cell[1:] if _QUIETED.match(cell) else cell
