"""`scute-auth users import`, as a person runs it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scute_auth.cli import main
from scute_emulator import Emulator
from tests.cli.support import emails, started

CREATE = "/v1/app_demo/users"


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """Three users, the second of whom has no address."""
    path = tmp_path / "users.csv"
    path.write_text("email,first_name\nana@example.com,Ana\nnobody,Bob\ncy@example.com,\n")
    return path


def test_good_rows_arrive_and_bad_ones_are_named(
    emulator: Emulator, users: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.create_user("cy@example.com")

    assert main(["users", "import", str(users)]) == 1

    assert emails(emulator) == ["ana@example.com", "cy@example.com"]
    assert emulator.messages() == []
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "       3 rows",
        "       1 created",
        "       1 there already",
        "       1 bad, never sent",
        "row 3: email: 'nobody' is no e-mail address",
    ]
    assert said.err.splitlines() == ["1 of 2", "2 of 2"]


def test_a_field_that_scute_does_not_know_is_no_silent_loss(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "users.csv"
    path.write_text("email,user_meta.shoe\nana@example.com,42\nbob@example.com,\n")
    reason = "created: without user_meta.shoe, which Scute did not take"

    assert main(["users", "import", str(path)]) == 1
    assert f"row 2: {reason}" in capsys.readouterr().out
    assert main(["users", "import", "--json", str(path)]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["row"] == 2
    assert problem["reason"].startswith(reason)


def test_the_report_as_json(
    emulator: Emulator, users: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.fault(CREATE, status=400, times=2)

    assert main(["users", "import", "--jobs", "1", "--json", str(users)]) == 1

    report = json.loads(capsys.readouterr().out)
    assert report == {
        "rows": 3,
        "created": 1,
        "found": 0,
        "refused": 1,
        "in_doubt": 0,
        "unsent": 0,
        "bad": 1,
        "stopped": "",
        "problems": [
            {"row": 2, "reason": "refused: Scute answered users.create with 400 emulated_fault"},
            {"row": 3, "reason": "email: 'nobody' is no e-mail address"},
        ],
    }


def test_a_second_run_sends_only_what_was_refused(emulator: Emulator, users: Path) -> None:
    emulator.fault(CREATE, status=400, times=2)
    main(["users", "import", "--jobs", "1", str(users)])
    emulator.clear_calls()

    main(["users", "import", "--jobs", "1", str(users)])

    assert [(call.method, call.count) for call in emulator.calls()] == [("POST", 1)]
    assert emails(emulator) == ["ana@example.com", "cy@example.com"]


def test_a_dry_run_sends_nothing(
    emulator: Emulator, users: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["users", "import", "--dry-run", str(users)]) == 1

    assert "2 not sent yet" in capsys.readouterr().out
    assert emulator.calls() == []
    assert [path.name for path in users.parent.iterdir()] == ["users.csv"]


def test_all_good_is_0(emulator: Emulator, tmp_path: Path) -> None:
    path = tmp_path / "users.jsonl"
    path.write_text('{"email": "ana@example.com", "user_meta": {}}\n')

    assert main(["users", "import", "--dry-run", str(path)]) == 0
    assert main(["users", "import", "--invite", str(path)]) == 0
    assert [message.to for message in emulator.messages()] == ["ana@example.com"]


def test_a_changed_file_is_noticed(
    emulator: Emulator, users: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["users", "import", str(users)])
    users.write_text(users.read_text() + "dan@example.com,\n")

    assert main(["users", "import", str(users)]) == 2
    assert "of an import with another file;" in capsys.readouterr().err

    assert main(["users", "import", "--journal", f"{users}.2", str(users)]) == 1
    assert len(emails(emulator)) == 3


def test_what_a_terminal_would_obey_is_escaped(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "users.json"
    meta = {"\x1b[2Jplan": "x"}
    path.write_text(json.dumps([{"email": "\x1b[2J@x"}, {"email": "a@x.com", "user_meta": meta}]))

    main(["users", "import", str(path)])

    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert out.count("\\x1b[2J") == 2


def test_an_outage_stops_it_and_the_next_run_goes_on(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "users.csv"
    path.write_text("email\nana@example.com\n")
    emulator.fault(CREATE, status=401)

    assert main(["users", "import", str(path)]) == 3
    assert "users.create with 401 emulated_fault; run it again" in capsys.readouterr().out

    emulator.clear_faults()
    assert main(["users", "import", str(path)]) == 0
    assert emails(emulator) == ["ana@example.com"]


@pytest.mark.parametrize("jobs", ["0", "11", "x"])
def test_a_number_of_jobs_that_cannot_be(users: Path, jobs: str) -> None:
    with pytest.raises(SystemExit):
        main(["users", "import", "--jobs", jobs, str(users)])


def test_a_terminal_shows_a_bar(
    emulator: Emulator,
    users: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    main(["users", "import", str(users)])

    said = capsys.readouterr()
    assert "100%" in said.err
    assert "2 of 2" not in said.err


def test_without_rich_a_terminal_shows_lines(
    emulator: Emulator,
    users: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setitem(sys.modules, "rich.console", None)

    main(["users", "import", str(users)])

    assert capsys.readouterr().err.splitlines() == ["1 of 2", "2 of 2"]


def test_an_interrupt_ends_a_long_wait_and_the_next_run_goes_on(
    emulator: Emulator, tmp_path: Path
) -> None:
    path = tmp_path / "users.csv"
    people = [f"user{number}@example.com" for number in range(60)]
    path.write_text("\n".join(["email", *people]))

    emulator.fault(CREATE, status=429, headers={"retry-after": "60"})
    emulator.fault(CREATE, times=20)  # so many pass

    with started("import", str(path)) as process:
        reached(process, 3)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    emulator.clear_faults()

    assert process.returncode == 130
    assert "stopped: interrupted; run it again to go on" in out
    assert main(["users", "import", str(path)]) == 0
    assert emails(emulator) == sorted(people)


def test_ten_thousand_with_three_bad_rows_a_429_and_a_crash(
    emulator: Emulator, tmp_path: Path
) -> None:
    """Everyone arrives exactly once, and the report names the three."""
    people = [f"user{number}@example.com" for number in range(9_997)]
    lines = [f"{email},{number}" for number, email in enumerate(people)]
    for number, bad in ((17, "nobody,x"), (5_000, "a@b@c,y"), (9_990, "USER7@example.com,z")):
        lines.insert(number - 2, bad)
    path = tmp_path / "users.csv"
    path.write_text("\n".join(["email,external_id", *lines]))

    with started("import", str(path)) as process:
        reached(process, 2_000)
        emulator.fault(CREATE, times=3, status=429, headers={"retry-after": "1"})
        reached(process, 3_000)
        emulator.fault(CREATE, times=2, drop=True, after=True)
        reached(process, 5_000)
        process.kill()
    arrived = len(emails(emulator))
    with started("import", str(path)) as process:
        out, _ = process.communicate(timeout=120)

    assert 5_000 <= arrived < 9_997
    assert process.returncode == 1
    assert emails(emulator) == sorted(people)
    assert [line for line in out.splitlines() if line.startswith("row ")] == [
        "row 17: email: 'nobody' is no e-mail address",
        "row 5000: email: 'a@b@c' is no e-mail address",
        "row 9990: email: 'user7@example.com' is in row 9 already",
    ]
    # No 409 and no 422: nobody was sent a second time, not even where an answer was lost.
    posts = {call.status: call.count for call in emulator.calls() if call.method == "POST"}
    assert posts == {200: 9_997, 429: 3}


def reached(process: "subprocess.Popen[str]", count: int) -> None:
    """Read until so many rows are done."""
    assert process.stderr is not None
    for line in process.stderr:
        if int(line.split()[0]) >= count:
            return
    raise AssertionError("it ended early")
