"""`scute-auth users list`."""

import argparse
import json
from collections.abc import Sequence

from scute_auth.cli.users.columns import STATUSES
from scute_auth.cli.users.text import plain
from scute_auth.client import ScuteClient
from scute_auth.client.models.users import UserRecord

__all__ = ["HELP", "define", "run"]

HELP = "show the app's users"

PAGE = 100
_SHOWN = ("id", "status", "email", "phone", "name")


def define(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    add = parser.add_argument
    add("--status", choices=STATUSES)
    add("--search", metavar="WORD", help="a part of a name, an address or a number")
    add("--json", action="store_true", help="an object a line, with all that Scute says")


def run(options: argparse.Namespace) -> int:
    with ScuteClient() as client:
        users = client.users.iterate(per_page=PAGE, status=options.status, q=options.search)
        if options.json:
            for user in users:
                print(json.dumps(dict(user.raw)))
        else:
            print(_table([_SHOWN, *map(_cells, users)]))
    return 0


def _cells(user: UserRecord) -> tuple[str, ...]:
    return tuple(plain(getattr(user, name) or "-") for name in _SHOWN)


def _table(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
    return "\n".join(padded)
