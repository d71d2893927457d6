"""Make the list of operations in `docs/api.md` out of the API's table.

`python -m tools.api_page` writes it, with `--check` it only says whether it is up to date.
"""

import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from scute_auth.api import ROWS
from scute_auth.api.row import Row

__all__ = ["PAGE", "listing", "main", "put"]

PAGE = Path(__file__).parent.parent / "docs" / "api.md"
BEGIN, END = "<!-- made by tools/api_page.py -->\n", "<!-- end -->\n"
REFERENCE = "https://docs.scute.io/api-reference/"


def main(arguments: Sequence[str]) -> int:
    page = PAGE.read_text("utf-8")
    if (wanted := put(page)) == page:
        return 0
    if "--check" in arguments:
        print(f"{PAGE.name} is not up to date: run `make format`", file=sys.stderr)
        return 1
    PAGE.write_text(wanted, "utf-8")
    return 0


def put(page: str) -> str:
    """The page with the listing as it is now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{listing()}{END}{after}"


def listing() -> str:
    rows = sorted(ROWS.values(), key=_group)
    return "".join(_table(group, list(found)) for group, found in groupby(rows, key=_group))


def _group(row: Row) -> str:
    return row.name.partition(".")[0]


def _table(group: str, rows: Sequence[Row]) -> str:
    head = f"\n### {group}\n\n| method | call | credentials | how sure |\n|---|---|---|---|\n"
    return head + "".join(_line(row) for row in rows)


def _line(row: Row) -> str:
    name = row.name.partition(".")[2]
    shown = f"[`{name}`]({REFERENCE}{row.page})" if row.page else f"`{name}`"
    credentials = " + ".join(row.credentials) or "none"
    certainty = ", ".join(row.certainty)
    return f"| {shown} | `{row.method} {row.path}` | {credentials} | {certainty} |\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
