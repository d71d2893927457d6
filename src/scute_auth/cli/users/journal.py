"""What became of each row, so that an import that was stopped goes on where it was.

A row is `sending` in the file before it is sent, on the disk and not only on its way there: after
any crash, what has no fate yet and may have arrived is known. No address and no secret is in it.
"""

import os
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Fate", "Journal", "Outcome"]


class Fate(StrEnum):
    SENDING = "sending"
    """Nobody knows whether it arrived."""
    CREATED = "created"
    FOUND = "found"
    """A user with this address was there, before the import or since a call without an answer."""
    REFUSED = "refused"

    @property
    def is_final(self) -> bool:
        """Nothing is left to do. What was refused may be sent again: it did nothing."""
        return self in (Fate.CREATED, Fate.FOUND)


@dataclass(frozen=True, slots=True)
class Outcome:
    fate: Fate
    note: str = ""


_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rows (number INTEGER PRIMARY KEY, fate TEXT NOT NULL, note TEXT NOT NULL)
"""


class Journal:
    """SQLite, which keeps what it has written through any crash, and a second process out."""

    def __init__(self, path: str, about: Mapping[str, str]) -> None:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._path = path
        self._database = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            self._open(about)
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        self._database.close()

    def outcomes(self) -> dict[int, Outcome]:
        """What is known, by the rows' numbers."""
        found = self._database.execute("SELECT number, fate, note FROM rows")
        return {number: Outcome(Fate(fate), note) for number, fate, note in found}

    def keep(self, outcomes: Mapping[int, Outcome], sending: Iterable[int] = ()) -> None:
        """Write what became of some, and that others are about to be sent."""
        kept = [(number, each.fate, each.note) for number, each in outcomes.items()]
        kept += [(number, Fate.SENDING, "") for number in sending]
        try:
            with self._database:
                self._database.execute("BEGIN")
                self._database.executemany("REPLACE INTO rows VALUES (?, ?, ?)", kept)
        except sqlite3.Error as error:
            raise OSError(f"{self._path}: {error}") from None

    def _open(self, about: Mapping[str, str]) -> None:
        try:
            # The lock is held until the process ends, in whatever way.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA synchronous = EXTRA")
            self._database.execute("BEGIN EXCLUSIVE")
            for statement in _TABLES.split(";"):
                self._database.execute(statement)
            self._agree(about)
            self._database.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            is_busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            why = "another import is at work with it" if is_busy else "no journal of an import"
            raise ValueError(f"{self._path}: {why} ({error})") from None

    def _agree(self, about: Mapping[str, str]) -> None:
        """It must be of this import, and no other."""
        known = dict(self._database.execute("SELECT name, value FROM about"))
        if not known:
            self._database.executemany("INSERT INTO about VALUES (?, ?)", about.items())
            return
        for name, value in about.items():
            if known.get(name) != value:
                raise ValueError(
                    f"{self._path}: this journal is of an import with another {name};"
                    " go on as you began, or name a new one with --journal"
                )
