"""`scute-auth users import FILE`: each user exactly once, also after a crash."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing

from scute_auth.cli.users.files import read
from scute_auth.cli.users.journal import Fate, Journal, Outcome
from scute_auth.cli.users.progress import progress
from scute_auth.cli.users.report import Report
from scute_auth.cli.users.rows import Row, checked
from scute_auth.cli.users.sender import Sender
from scute_auth.client import ScuteClient
from scute_auth.errors import ScuteError

__all__ = ["HELP", "define", "run"]

HELP = "create the users of a CSV or JSON file"

MOST_JOBS = 10
"""As many connections as the client keeps."""
BATCH = 25
"""Rows that are begun together: at most so many are looked up after a crash."""


def define(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    add = parser.add_argument
    add("file", metavar="FILE", help="CSV with a header, a JSON list, or a JSON object a line")
    add("--format", choices=("csv", "json"), help="where the name does not tell")
    add("--dry-run", action="store_true", help="check the file, send nothing")
    add("--invite", action="store_true", help="mail each new user; else nobody is mailed")
    add("--jobs", type=_jobs, default=4, metavar="N", help=f"calls at once: 4, up to {MOST_JOBS}")
    add("--journal", metavar="FILE", help="what became of each row: FILE.journal")
    add("--json", action="store_true", help="the report as JSON")


def run(options: argparse.Namespace) -> int:
    """The report goes to standard output, its verdict is the exit status."""
    source = read(options.file, options.format)
    rows, bad = checked(source.records)
    if options.dry_run:
        report = Report(rows, bad, {})
        _print(report, as_json=options.json)
        return 1 if bad else 0
    with ScuteClient() as client:
        about = {
            "file": source.digest,
            "app": client.config.app_id,
            "base URL": client.config.base_url,
            "--invite": str(options.invite),
        }
        journal = Journal(options.journal or f"{options.file}.journal", about)
        sender = Sender(client, invite=options.invite)
        with closing(journal):
            stopped, status = _stopped(lambda: _send(rows, sender, journal, options.jobs))
            report = Report(rows, bad, journal.outcomes(), stopped)
    _print(report, as_json=options.json)
    return status or report.status


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"give a number from 1 to {MOST_JOBS}")
    return int(text)


def _stopped(send: Callable[[], None]) -> tuple[str, int]:
    """Why it ended early, and the exit status of that."""
    try:
        send()
    except ScuteError as error:
        return f"{error}; run it again to go on", 0
    except KeyboardInterrupt:
        return "interrupted; run it again to go on", 130
    return "", 0


def _send(rows: Sequence[Row], sender: Sender, journal: Journal, jobs: int) -> None:
    """What a batch came to is on the disk together with the beginning of the next."""
    known = journal.outcomes()
    todo = [row for row in rows if row.number not in known or not known[row.number].fate.is_final]
    came: dict[int, Outcome] = {}
    pool = ThreadPoolExecutor(jobs)
    try:
        with progress(len(rows), len(rows) - len(todo)) as advance:
            for start in range(0, len(todo), BATCH):
                batch = todo[start : start + BATCH]
                journal.keep(came, (row.number for row in batch))
                came.clear()
                for number, outcome in _batch(pool, batch, sender, known):
                    came[number] = outcome
                    advance()
    finally:
        sender.stop()
        pool.shutdown(cancel_futures=True)
        journal.keep(came)


def _batch(
    pool: ThreadPoolExecutor, batch: Sequence[Row], sender: Sender, known: Mapping[int, Outcome]
) -> Iterator[tuple[int, Outcome]]:
    futures = {
        pool.submit(sender.send, row, in_doubt=_is_in_doubt(known.get(row.number))): row.number
        for row in batch
    }
    for future in as_completed(futures):
        yield futures[future], future.result()


def _is_in_doubt(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.fate is Fate.SENDING


def _print(report: Report, *, as_json: bool) -> None:
    print(report.as_json() if as_json else report.as_text())
