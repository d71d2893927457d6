"""The journal of an import: what it keeps, and whom it turns away."""

import resource
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from scute_auth.cli.users.journal import Fate, Journal, Outcome

ABOUT = {"file": "abc", "app": "app_demo"}


def test_what_was_written_is_there_for_the_next(tmp_path: Path) -> None:
    path = str(tmp_path / "j")
    with closing(Journal(path, ABOUT)) as journal:
        journal.keep({}, [2, 3])
        journal.keep({2: Outcome(Fate.CREATED, "x")}, [4])

    with closing(Journal(path, ABOUT)) as journal:
        assert journal.outcomes() == {
            2: Outcome(Fate.CREATED, "x"),
            3: Outcome(Fate.SENDING),
            4: Outcome(Fate.SENDING),
        }


def test_it_is_its_owners_alone(tmp_path: Path) -> None:
    Journal(str(tmp_path / "j"), ABOUT).close()

    assert stat.S_IMODE((tmp_path / "j").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ABOUT)
def test_a_journal_of_another_import_is_refused(tmp_path: Path, name: str) -> None:
    path = str(tmp_path / "j")
    Journal(path, ABOUT).close()

    with pytest.raises(ValueError, match=f"of an import with another {name};"):
        Journal(path, {**ABOUT, name: "other"})


def test_a_second_import_at_once_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "j")
    with closing(Journal(path, ABOUT)) as journal:
        with pytest.raises(ValueError, match="another import is at work"):
            Journal(path, ABOUT)
        journal.keep({}, [2])
        with pytest.raises(ValueError, match="another import is at work"):
            Journal(path, ABOUT)


def test_a_file_that_is_none_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_text("email\nana@example.com\n" * 100)

    with pytest.raises(ValueError, match="no journal of an import"):
        Journal(str(path), ABOUT)
    assert path.read_text().startswith("email\n")


def test_another_database_is_no_journal(tmp_path: Path) -> None:
    path = str(tmp_path / "j")
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE about (x)")

    with pytest.raises(ValueError, match=r"no journal of an import \(no such column"):
        Journal(path, ABOUT)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Journal(str(tmp_path / "none" / "j"), ABOUT)


def test_a_disk_that_takes_no_more_is_said(tmp_path: Path) -> None:
    path = tmp_path / "j"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with closing(Journal(str(path), ABOUT)) as journal:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, before[1]))
        try:
            with pytest.raises(OSError, match="j: "):
                journal.keep({}, range(100_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

        assert journal.outcomes() == {}
