"""What became of each row, kept through crashes."""

from pathlib import Path

import pytest

from scute_auth.cli.journal import Journal, Outcome


def journal(path: Path, content: bytes = b"x", app_id: str = "app_demo") -> Journal:
    return Journal(path / "users.csv.import", content, app_id)


def test_it_is_read_again(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.write(Outcome.SENT, "line 2")
    first.write(Outcome.DONE, "line 2")
    first.write(Outcome.REFUSED, "line 3", "invalid_identifier")
    first.write(Outcome.SENT, "line 4")
    first.close()

    again = journal(tmp_path)
    again.close()

    assert again.outcomes == first.outcomes
    assert again.outcomes == {
        "line 2": (Outcome.DONE, ""),
        "line 3": (Outcome.REFUSED, "invalid_identifier"),
        "line 4": (Outcome.SENT, ""),
    }


def test_a_line_is_there_before_the_writer_goes_on(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.write(Outcome.SENT, "line 2")

    assert first.path.read_text("utf-8").endswith("sent\tline 2\t\n")
    first.close()


@pytest.mark.parametrize("torn", [b"don", b"done\tline 1", b"done\tline 12\t", b"\xc3"])
def test_a_line_without_its_end_does_not_count(tmp_path: Path, torn: bytes) -> None:
    first = journal(tmp_path)
    first.write(Outcome.SENT, "line 12")
    first.close()
    with first.path.open("ab") as file:
        file.write(torn)

    again = journal(tmp_path)
    again.write(Outcome.DONE, "line 12")
    again.close()

    assert again.outcomes == {"line 12": (Outcome.DONE, "")}
    last = journal(tmp_path)
    last.close()
    assert last.outcomes == again.outcomes


@pytest.mark.parametrize(("content", "app_id"), [(b"y", "app_demo"), (b"x", "app_other")])
def test_that_of_another_import_is_refused(tmp_path: Path, content: bytes, app_id: str) -> None:
    first = journal(tmp_path)
    first.write(Outcome.DONE, "line 2")
    first.close()
    before = first.path.read_bytes()

    with pytest.raises(ValueError, match="of another file or app: delete it to begin anew"):
        journal(tmp_path, content, app_id)
    assert first.path.read_bytes() == before


def test_nothing_is_left_where_all_is_settled(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.remove()

    assert list(tmp_path.iterdir()) == []
