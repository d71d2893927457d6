"""`scute-auth users export` and `list`: what comes out goes in again, and harms nobody."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from scute_auth.cli import main
from scute_auth.cli.exporting import line
from scute_auth.cli.user_rows import read_rows
from scute_auth.client.models.users import UserRecord
from scute_emulator import Emulator

SCHEMA = [{"id": "1", "field_name": name, "name": name} for name in ("team", "level")]


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    emulator = Emulator()
    emulator.settings(user_meta_data_schema=SCHEMA)
    emulator.create_user("ada@example.com", name="=cmd()", meta={"team": "x", "level": 3})
    emulator.create_user("bob@example.com")
    with emulator.serve():
        for name, value in emulator.config_env().items():
            monkeypatch.setenv(name, value)
        yield emulator


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_what_comes_out_goes_in_again(emulator: Emulator, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"users{suffix}"

    assert main(["users", "export", str(file)]) == 0
    ada, bob = read_rows(file.read_text("utf-8"), is_json=suffix == ".json")
    level = "3" if suffix == ".csv" else 3
    assert ada.fields == {
        "email": "ada@example.com",
        "first_name": "=cmd()",
        "status": "active",
        "user_meta": {"level": level, "team": "x"},
    }
    assert (bob.fault, bob.key) == ("", "bob@example.com")


def test_a_spreadsheet_finds_no_formula(emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    main(["users", "export", str(file)])

    assert ",'=cmd()," in file.read_text("utf-8")


def test_the_file_is_its_owners_and_is_new(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.json"
    main(["users", "export", str(file)])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(json.loads(file.read_text("utf-8"))) == 2

    assert main(["users", "export", str(file)]) == 2
    assert "File exists" in capsys.readouterr().err


def test_users_are_listed(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["users", "list", "--search", "ada", "--status", "active"]) == 0
    [printed] = capsys.readouterr().out.splitlines()

    assert printed.split("  ")[1:] == ["active", "ada@example.com", "=cmd()"]


def test_no_name_speaks_to_the_terminal() -> None:
    user = UserRecord(id="u1", email=None, name="\x1b]0;x\x07Ada\n\u202e")

    assert line(user) == "u1  -  -  ]0;xAda"


def test_without_settings_it_says_which_are_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SCUTE_APP_ID", raising=False)

    assert main(["users", "list"]) == 2
    assert capsys.readouterr().err.startswith("scute-auth: SCUTE_APP_ID is not set")
