"""`scute-auth users export` and `scute-auth users list`."""

import csv
import io
import json
import signal
import stat
from pathlib import Path

import pytest

from scute_auth.cli import main
from scute_emulator import Emulator
from tests.cli.support import emails, started

EVIL = '=HYPERLINK("https://evil.example")'


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_says_all_of_everyone_and_no_formula(
    emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    field = {"field_name": "plan", "name": "Plan", "field_type": "string"}
    emulator.settings(user_meta_data_schema=[field])
    emulator.create_user("ana@example.com", phone="+49151123456", name=EVIL, meta={"plan": "pro"})
    for number in range(120):
        emulator.create_user(f"user{number}@example.com")

    assert main(["users", "export", "-"]) == 0

    out = capsys.readouterr().out
    ana, *others = cells(out)
    assert len(others) == 120
    assert (ana["name"], ana["phone"]) == (f"'{EVIL}", "'+49151123456")
    assert (ana["email"], ana["email_verified"], ana["status"]) == (
        *("ana@example.com", "true", "active"),
    )
    assert ana["created_at"].endswith("+00:00")
    assert (ana["last_login_at"], json.loads(ana["user_meta"])) == ("", {"plan": "pro"})
    assert others[0]["user_meta"] == ""
    assert all(line.startswith('"') for line in out.splitlines())


@pytest.mark.parametrize("name", ["users.csv", "users.jsonl"])
def test_what_was_exported_can_be_imported(emulator: Emulator, tmp_path: Path, name: str) -> None:
    emulator.create_user("ana@example.com", phone="+49151123456", name="=Ana", external_id="7")
    path = tmp_path / name
    assert main(["users", "export", str(path)]) == 0
    (before,) = emulator.state.users.of("app_demo")
    with emulator.host.lock:
        emulator.state.forget_user(before)

    assert main(["users", "import", str(path)]) == 0

    (after,) = emulator.state.users.of("app_demo")
    shown = ("email", "phone", "name", "external_id", "status")
    assert [getattr(after, name) for name in shown] == [getattr(before, name) for name in shown]


def test_a_file_is_its_owners_and_takes_the_place_of_the_old_one(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "users.json"
    emulator.create_user("ana@example.com")

    assert main(["users", "export", str(path)]) == 0
    assert capsys.readouterr().err == f"{path} is written\n"
    path.write_text("old")
    assert main(["users", "export", str(path)]) == 0
    assert capsys.readouterr().err == f"{path} took the place of the file that was there\n"

    assert json.loads(path.read_text())["email"] == "ana@example.com"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_export_that_fails_leaves_the_old_file(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "users.csv"
    path.write_text("old")
    emulator.fault("/users", status=403)

    assert main(["users", "export", str(path)]) == 2

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    assert "users.list with 403" in capsys.readouterr().err


def test_nobody_is_in_an_export_twice(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Someone is deleted while the pages are fetched, or Scute shows one page twice."""
    page = {"users": [{"id": "1", "email": "ana@example.com"}], "total_pages": 2}
    emulator.fault("/users", status=200, body=json.dumps({**page, "current_page": 2}), times=2)
    emulator.fault("/users", status=200, body=json.dumps({**page, "current_page": 1}), times=1)
    path = tmp_path / "users.csv"

    assert main(["users", "export", str(path)]) == 0

    assert len(cells(path.read_text())) == 1


def test_a_list_is_a_table(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.create_user("ana@example.com", name="Ana\x1b[2J\u202e")
    emulator.create_user(phone="+49151123456", status="inactive")

    assert main(["users", "list"]) == 0

    head, ana, other = capsys.readouterr().out.splitlines()
    assert head.split() == ["id", "status", "email", "phone", "name"]
    assert ana.split()[1:] == ["active", "ana@example.com", "-", "Ana\\x1b[2J\\u202e"]
    assert other.split()[1:] == ["inactive", "-", "+49151123456", "-"]
    assert head.index("email") == ana.index("ana@") == other.index("- ")


def test_a_list_can_be_narrowed(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.create_user("ana@example.com")
    emulator.create_user("bob@example.com")
    emulator.create_user("anatol@example.com", status="inactive")

    assert main(["users", "list", "--json", "--status", "active", "--search", "ana"]) == 0

    (user,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert user["email"] == "ana@example.com"
    assert len(emails(emulator)) == 3


@pytest.mark.parametrize("how", [["list"], ["list", "--json"], ["export", "-"]], ids=" ".join)
def test_a_reader_who_leaves_is_no_error(emulator: Emulator, how: list[str]) -> None:
    """`scute-auth users list | head`, with more than a pipe holds."""
    for number in range(600):
        emulator.create_user(f"{number}{'x' * 150}@example.com")

    with started(*how) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        _, said = process.communicate(timeout=30)

    assert said == ""
    assert process.returncode == 128 + signal.SIGPIPE
