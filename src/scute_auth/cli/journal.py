"""What became of each row of an import, kept beside the file, so that it may stop at any moment.

A line is written before a row is sent, and one after: a row with the first and not the second is
in doubt. A line counts only with its end.
"""

from enum import StrEnum
from hashlib import sha256
from pathlib import Path

__all__ = ["Journal", "Outcome"]


class Outcome(StrEnum):
    SENT = "sent"
    DONE = "done"
    THERE = "there"
    REFUSED = "refused"


class Journal:
    """`outcomes` by the place of a row; the newest counts.

    `ValueError` where the file at `path` is the journal of another import.
    """

    def __init__(self, path: Path, content: bytes, app_id: str) -> None:
        head = f"scute-auth users import {app_id} {sha256(content).hexdigest()}"
        self.path = path
        self.outcomes: dict[str, tuple[Outcome, str]] = {}
        self._file = path.open("ab+")
        self._file.seek(0)
        whole, end, _ = self._file.read().rpartition(b"\n")
        self._file.truncate(len(whole + end))
        first, *lines = whole.decode("utf-8").split("\n")
        if first not in ("", head):
            self.close()
            raise ValueError(
                f"{path} is of an import of another file or app: delete it to begin anew"
            )
        for line in lines:
            outcome, place, detail = line.split("\t")
            self.outcomes[place] = Outcome(outcome), detail
        if not first:
            self._append(head)

    def write(self, outcome: Outcome, place: str, detail: str = "") -> None:
        self._append(f"{outcome}\t{place}\t{detail}")
        self.outcomes[place] = outcome, detail

    def _append(self, line: str) -> None:
        """Before this returns the line is the operating system's: a crash of ours keeps it."""
        self._file.write(f"{line}\n".encode())
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def remove(self) -> None:
        """All is settled: nothing is left to resume."""
        self.close()
        self.path.unlink()
