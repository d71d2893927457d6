"""The page on users in and out: what it shows is what happens."""

import re
import shlex
from pathlib import Path

import pytest

from scute_auth.cli import main
from scute_auth.cli.users.columns import META, STATUSES, TAKEN, TOLD
from scute_auth.cli.users.importing import MOST_JOBS
from scute_emulator import Emulator

PAGE = (Path(__file__).parents[2] / "docs" / "users.md").read_text("utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "users.csv").write_text(blocks("csv")[0])


def test_its_file_is_checked_as_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    command, _, printed = blocks("console")[0].partition("\n")

    main(shlex.split(command)[2:])

    assert capsys.readouterr().out == printed


def test_its_commands_run(scute_emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    scute_emulator.create_user("ana@example.com")
    commands = [shlex.split(line)[2:] for line in blocks("console")[1].splitlines()]

    assert [main(command) for command in commands] == [0, 0, 0, 0]
    assert len(re.findall(r"ana@example\.com", capsys.readouterr().out)) == 3
    assert "ana@example.com" in Path("everyone.csv").read_text()


def test_its_program_declares_the_column_of_its_file(scute_emulator: Emulator) -> None:
    (program,) = blocks("python")
    Path("users.csv").write_text("email,user_meta.plan\nana@example.com,pro\n")

    assert main(["users", "import", "users.csv"]) == 1
    exec(compile(program, "declare.py", "exec"), {})
    Path("users.csv").write_text("email,user_meta.plan\nbob@example.com,pro\n")
    Path("users.csv.journal").unlink()

    assert main(["users", "import", "users.csv"]) == 0


def test_each_column_stands_there() -> None:
    table = PAGE.partition("| column |")[2].partition("\n\n")[0]
    cells: list[str] = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}

    assert named == {*TAKEN, *TOLD, f"{META}.<field>"}
    assert all(f"`{status}`" in table for status in STATUSES)


def test_its_figures_are_the_codes() -> None:
    assert f"`--jobs` (4, up to {MOST_JOBS})" in PAGE
