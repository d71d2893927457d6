"""`scute-auth users`: the users of an app, listed, brought along from elsewhere, taken away."""

import argparse

from scute_auth.cli.users import exporting, importing, listing

__all__ = ["HELP", "define"]

HELP = "list, import and export an app's users"

ACTIONS = {"list": listing, "import": importing, "export": exporting}


def define(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    for name, action in ACTIONS.items():
        action.define(actions.add_parser(name, help=action.HELP))
