"""`scute-auth api`: every operation of Scute's API that the client has."""

import argparse
import json

from scute_auth.api import ROWS

__all__ = ["HELP", "define", "run"]

HELP = "list the operations of Scute's API"


def define(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="with all that is known of each")


def run(options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps([row.listed() for row in ROWS.values()], indent=2))
        return 0
    width = max(len(name) for name in ROWS)
    for name, row in ROWS.items():
        doubt = "  (experimental)" if row.is_experimental else ""
        print(f"{name:{width}}  {row.method:6} {row.path}{doubt}")
    return 0
