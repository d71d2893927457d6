"""The command line `scute-auth`: each command is a module."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from scute_auth.cli import api, emulator, users
from scute_auth.errors import ScuteError

__all__ = ["main"]

COMMANDS = {"emulator": emulator, "api": api, "users": users}

UNHEARD = 141
"""As a shell says it of a program that ended because nobody read on (128 + SIGPIPE)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the answer is the exit status."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        status = run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        return _unheard()
    except (OSError, ValueError, ScuteError) as error:
        print(f"scute-auth: {error}", file=sys.stderr)
        return 2


def _unheard() -> int:
    """Whoever read it has seen enough (`| head`). Python writes what is left at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return UNHEARD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scute-auth", description="Tools for scute-auth.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        command.define(commands.add_parser(name, help=command.HELP))
    return parser
