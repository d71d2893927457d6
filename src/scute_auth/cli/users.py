"""`scute-auth users`: bring the users of a file to Scute, take them out, look at them."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from scute_auth.cli import exporting
from scute_auth.cli.importing import Importer
from scute_auth.cli.journal import Journal, Outcome
from scute_auth.cli.user_rows import Row, read_rows
from scute_auth.client import ScuteClient
from scute_auth.errors import ScuteUnavailable

__all__ = ["HELP", "define", "run_export", "run_import", "run_list"]

HELP = "import, export and list the users of the app"

FAULTY = 1
"""The exit status where some rows did not arrive."""
STOPPED = 3
"""... and where the import stopped before its end."""


def define(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="users_command", required=True)
    incoming = commands.add_parser(
        "import", help="create the users of a CSV or JSON file; run it again to resume"
    )
    incoming.set_defaults(run=run_import)
    incoming.add_argument("file", type=Path, help="columns: email, phone, name, meta.<field>, ...")
    incoming.add_argument("--check", action="store_true", help="only say what is wrong with it")
    incoming.add_argument("--invite", action="store_true", help="mail each an invitation")
    outgoing = commands.add_parser("export", help="write all users to a file")
    outgoing.set_defaults(run=run_export)
    outgoing.add_argument("file", type=Path, help="a new file: .csv or .json")
    shown = commands.add_parser("list", help="print users")
    shown.set_defaults(run=run_list)
    shown.add_argument("--status", help="active, pending, inactive or imported")
    shown.add_argument("--search", help="part of a name, address or number")


def run_import(options: argparse.Namespace) -> int:
    """Send what can be sent, and report the rest."""
    content = options.file.read_bytes()
    rows = read_rows(content.decode("utf-8-sig"), is_json=options.file.suffix == ".json")
    good = [row for row in rows if not row.fault]
    faults = [f"{row.place}: {row.fault}" for row in rows if row.fault]
    if options.check:
        return _report(f"{len(good)} of {len(rows)} rows can be sent", faults)
    with ScuteClient() as client:
        path = options.file.with_name(options.file.name + ".import")
        journal = Journal(path, content, client.config.app_id)
        importer = Importer(
            client, journal, time.sleep, _progress(len(good)), options.invite or None
        )
        return _import(importer, good, faults)


def _import(importer: Importer, rows: Sequence[Row], faults: list[str]) -> int:
    journal = importer.journal
    try:
        importer.run(rows)
    except (ScuteUnavailable, KeyboardInterrupt) as error:
        why = str(error) or "interrupted"
        print(f"\nscute-auth: stopped ({why}): run it again to go on", file=sys.stderr)
        return STOPPED
    finally:
        journal.close()
    outcomes = [journal.outcomes[row.place] for row in rows]
    refused = [
        f"{row.place}: Scute refused it: {detail}"
        for row, (outcome, detail) in zip(rows, outcomes, strict=True)
        if outcome is Outcome.REFUSED
    ]
    counts = {each: sum(outcome is each for outcome, _ in outcomes) for each in Outcome}
    journal.remove()
    done = f"{counts[Outcome.DONE]} created, {counts[Outcome.THERE]} were there already"
    return _report(done, [*faults, *refused])


def _report(done: str, faults: Sequence[str]) -> int:
    print(f"{done}, {len(faults)} not sent" if faults else done)
    for fault in faults:
        print(f"  {fault}")
    return FAULTY if faults else 0


def _progress(total: int) -> Callable[[int], None]:
    """A bar on a terminal; nothing in a log."""
    if not sys.stderr.isatty():
        return lambda count: None

    def show(count: int) -> None:
        bar = "#" * (30 * count // total)
        end = "\n" if count == total else ""
        print(f"\r[{bar:30}] {count}/{total}", end=end, file=sys.stderr, flush=True)

    return show


def run_export(options: argparse.Namespace) -> int:
    with ScuteClient() as client:
        users = list(client.users.iterate(per_page=100))
    exporting.write(options.file, users)
    print(f"{len(users)} users")
    return 0


def run_list(options: argparse.Namespace) -> int:
    with ScuteClient() as client:
        for user in client.users.iterate(status=options.status, q=options.search, per_page=100):
            print(exporting.line(user))
    return 0
