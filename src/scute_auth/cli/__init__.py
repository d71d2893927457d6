"""The command line `scute-auth`: each command is a module."""

import argparse
import sys
from collections.abc import Callable, Sequence

from scute_auth.cli import api, emulator, users
from scute_auth.errors import ScuteError

__all__ = ["main"]

COMMANDS = {"emulator": emulator, "api": api, "users": users}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the answer is the exit status."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except (OSError, ValueError, ScuteError) as error:
        print(f"scute-auth: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scute-auth", description="Tools for scute-auth.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        command.define(commands.add_parser(name, help=command.HELP))
    return parser
