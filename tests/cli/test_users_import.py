"""`scute-auth users import`: each user arrives exactly once, whatever happens on the way."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scute_auth import ScuteClient, ScuteConfig, ScuteUnavailable
from scute_auth.cli import main
from scute_auth.cli.importing import WAITS, Importer
from scute_auth.cli.journal import Journal, Outcome
from scute_auth.cli.user_rows import Row, read_rows
from scute_auth.effects import HttpCall, HttpFailure, HttpOutcome
from scute_auth.errors import Forbidden
from scute_emulator import Emulator

USERS = "/v1/app_demo/users"


class Killed(BaseException):
    """The process is gone from one moment to the next."""


@dataclass
class Stage:
    """An emulator with a file of users; `before` and `after` see each call on its way."""

    folder: Path
    emulator: Emulator = field(default_factory=lambda: Emulator(secret="emulated_secret"))
    before: Callable[[int, HttpCall], object] = lambda number, call: None
    after: Callable[[int, HttpCall], object] = lambda number, call: None
    waits: list[float] = field(default_factory=list[float])
    posts: int = 0
    is_down: bool = False

    def send(self, call: HttpCall) -> HttpOutcome:
        self.posts += call.method == "POST"
        if self.is_down and call.method == "POST":
            return HttpFailure("network")
        self.before(self.posts, call)
        outcome = self.emulator.transport.send(call)
        self.after(self.posts, call)
        return outcome

    def run(self, content: str) -> Journal:
        """As the command does it, without its clock."""
        rows = [row for row in read_rows(content, is_json=False) if not row.fault]
        path = self.folder / "users.csv.import"
        journal = Journal(path, content.encode(), "app_demo")
        config = ScuteConfig(
            "app_demo", secret="emulated_secret", base_url="http://127.0.0.1:9000", emulator=True
        )
        client = ScuteClient(config, transport=self)
        try:
            Importer(client, journal, self.waits.append, lambda count: None).run(rows)
        finally:
            journal.close()
        return journal

    def arrived(self) -> Counter[str | None]:
        app = self.emulator.state.apps.first.id
        return Counter(user.email for user in self.emulator.state.users.of(app))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def people(count: int) -> list[str]:
    return [f"p{number}@example.com" for number in range(count)]


def as_csv(*emails: str) -> str:
    return "\n".join(["email", *emails])


def once(number: int, what: Callable[[], object]) -> Callable[[int, HttpCall], object]:
    """Do it at this POST, and never again."""
    left = [what]

    def at(count: int, call: HttpCall) -> object:
        return left.pop()() if left and count == number and call.method == "POST" else None

    return at


def killed() -> object:
    raise Killed


def test_everyone_arrives(stage: Stage) -> None:
    journal = stage.run(as_csv(*people(5)))

    assert stage.arrived() == Counter(people(5))
    assert {outcome for outcome, _ in journal.outcomes.values()} == {Outcome.DONE}
    assert stage.waits == []


def test_who_was_there_already_is_left_alone(stage: Stage) -> None:
    stage.emulator.create_user("p1@example.com")
    journal = stage.run(as_csv(*people(3)))

    assert stage.arrived() == Counter(people(3))
    assert journal.outcomes["line 3"] == (Outcome.THERE, "")


def test_a_row_that_scute_refuses_is_told_with_its_reason(stage: Stage) -> None:
    content = "email,status\np0@example.com,active\n"
    stage.emulator.fault(
        USERS, times=1, status=422, body='{"error":"no","error_code":"quota_exceeded"}'
    )

    assert stage.run(content).outcomes == {"line 2": (Outcome.REFUSED, "quota_exceeded")}
    assert stage.arrived() == Counter()


def test_a_429_is_waited_for(stage: Stage) -> None:
    stage.emulator.fault(USERS, times=1, status=429, headers={"retry-after": "7"})
    stage.run(as_csv(*people(3)))

    assert stage.arrived() == Counter(people(3))
    assert stage.waits == [7]


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 502, "body": "<html>"}])
def test_a_lost_answer_makes_no_second_user(stage: Stage, fault: dict[str, Any]) -> None:
    stage.emulator.fault(USERS, times=1, after=True, **fault)
    journal = stage.run(as_csv(*people(3)))

    assert stage.arrived() == Counter(people(3))
    assert stage.posts == 3
    assert {outcome for outcome, _ in journal.outcomes.values()} == {Outcome.DONE}


def test_a_lost_question_is_asked_again(stage: Stage) -> None:
    stage.emulator.fault(USERS, times=1, drop=True)
    stage.run(as_csv(*people(3)))

    assert stage.arrived() == Counter(people(3))
    assert stage.posts == 4


def test_a_proxys_page_is_no_answer(stage: Stage) -> None:
    stage.emulator.fault(USERS, times=1, status=404, body="<html>")
    stage.run(as_csv(*people(2)))

    assert stage.arrived() == Counter(people(2))


def test_a_user_who_arrived_while_he_was_looked_up_is_ours(stage: Stage) -> None:
    """The answer was lost, the look-up came too early, and the second try says that he is there."""
    stage.emulator.fault(USERS, times=1, drop=True)
    stage.before = once(2, lambda: stage.emulator.create_user("p0@example.com"))
    journal = stage.run(as_csv(*people(1)))

    assert journal.outcomes == {"line 2": (Outcome.DONE, "")}
    assert stage.arrived() == Counter(people(1))


def test_only_the_very_address_counts_as_found(stage: Stage) -> None:
    stage.emulator.create_user("xp0@example.com")
    stage.emulator.fault(USERS, times=1, drop=True)
    stage.run(as_csv("p0@example.com"))

    assert stage.arrived() == Counter(["xp0@example.com", "p0@example.com"])


def test_an_outage_that_does_not_end_stops_it(stage: Stage) -> None:
    stage.is_down = True
    with pytest.raises(ScuteUnavailable):
        stage.run(as_csv(*people(3)))
    assert stage.waits == [*WAITS]

    stage.is_down = False
    stage.run(as_csv(*people(3)))

    assert stage.arrived() == Counter(people(3))


def test_a_wrong_secret_stops_it_at_once(stage: Stage) -> None:
    stage.emulator.fault(USERS, status=403, body='{"error":"no","error_code":"forbidden"}')

    with pytest.raises(Forbidden):
        stage.run(as_csv(*people(3)))
    assert (stage.posts, stage.waits) == (1, [])


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_is_resumed_and_the_row_in_doubt_is_looked_up(stage: Stage, when: str) -> None:
    setattr(stage, when, once(3, killed))
    with pytest.raises(Killed):
        stage.run(as_csv(*people(5)))

    stage.run(as_csv(*people(5)))

    assert stage.arrived() == Counter(people(5))
    assert stage.posts == (5 if when == "after" else 6)


def test_ten_thousand_three_of_them_bad_a_429_and_a_crash(stage: Stage) -> None:
    emails = people(10_000)
    for place, bad in ((17, "nobody"), (5_000, "a@b@c"), (9_998, "p1@example.com")):
        emails[place] = bad
    content = as_csv(*emails)
    stage.emulator.fault(USERS, times=1, status=429, headers={"retry-after": "2"})
    stage.after = once(6_001, killed)

    with pytest.raises(Killed):
        stage.run(content)
    stage.run(content)

    rows = read_rows(content, is_json=False)
    assert [row.place for row in rows if row.fault] == ["line 19", "line 5002", "line 10000"]
    good = [row.key for row in rows if not row.fault]
    assert (len(good), stage.arrived()) == (9_997, Counter(good))
    assert stage.waits == [2]


@contextmanager
def served(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> Generator[None, None, None]:
    with emulator.serve():
        for name, value in emulator.config_env().items():
            monkeypatch.setenv(name, value)
        yield


class TestTheCommand:
    @pytest.fixture
    def emulator(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
        emulator = Emulator()
        with served(monkeypatch, emulator):
            yield emulator

    def test_it_reports_what_arrived_and_what_did_not(
        self, emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        emulator.create_user("there@example.com")
        file = tmp_path / "users.csv"
        file.write_text("\ufeffemail\nada@example.com\nthere@example.com\nnobody\n", "utf-8")

        assert main(["users", "import", str(file)]) == 1
        printed = capsys.readouterr()
        assert printed.out == (
            "1 created, 1 were there already, 1 not sent\n  line 4: email is not valid\n"
        )
        assert printed.err == ""
        assert [path.name for path in tmp_path.iterdir()] == ["users.csv"]
        assert {user.email for user in emulator.state.users.of("app_demo")} == {
            *("ada@example.com", "there@example.com"),
        }

    def test_all_went_well(self, emulator: Emulator, tmp_path: Path) -> None:
        file = tmp_path / "users.json"
        file.write_text('[{"email": "ada@example.com"}]', "utf-8")

        assert main(["users", "import", "--invite", str(file)]) == 0
        assert emulator.messages("ada@example.com")[0].link is not None

    def test_what_scute_refused_is_reported(
        self, emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        emulator.fault(USERS, times=1, status=422, body='{"error":"no","error_code":"quota"}')
        file = tmp_path / "users.csv"
        file.write_text("email\nada@example.com\n", "utf-8")

        assert main(["users", "import", str(file)]) == 1
        assert "  line 2: Scute refused it: quota\n" in capsys.readouterr().out

    def test_a_check_sends_nothing(
        self, emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "users.csv"
        file.write_text("email\nada@example.com\nnobody\n", "utf-8")

        assert main(["users", "import", "--check", str(file)]) == 1
        assert capsys.readouterr().out.startswith("1 of 2 rows can be sent, 1 not sent\n")
        assert emulator.calls() == []

    def test_a_file_that_is_none_of_users_is_refused_in_one_line(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "users.csv"
        file.write_text("name\nAda\n", "utf-8")

        assert main(["users", "import", str(file)]) == 2
        assert capsys.readouterr().err.count("\n") == 1

    def test_a_stop_says_how_to_go_on(
        self,
        emulator: Emulator,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Importer, "run", interrupted)
        file = tmp_path / "users.csv"
        file.write_text("email\nada@example.com\n", "utf-8")

        assert main(["users", "import", str(file)]) == 3
        assert capsys.readouterr().err == (
            "\nscute-auth: stopped (interrupted): run it again to go on\n"
        )
        monkeypatch.undo()

    def test_a_terminal_sees_how_far_it_is(
        self,
        emulator: Emulator,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        file = tmp_path / "users.csv"
        file.write_text(as_csv(*people(2)), "utf-8")

        assert main(["users", "import", str(file)]) == 0
        assert capsys.readouterr().err == (f"\r[{'#' * 15}{' ' * 15}] 1/2\r[{'#' * 30}] 2/2\n")

    def test_a_killed_process_is_resumed(self, emulator: Emulator, tmp_path: Path) -> None:
        file = tmp_path / "users.csv"
        file.write_text(as_csv(*people(100)), "utf-8")
        command = [sys.executable, "-m", "scute_auth.cli", "users", "import", str(file)]

        process = subprocess.Popen(command)
        while len(emulator.state.users.of("app_demo")) < 20:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.01)
        process.kill()
        process.wait()
        reached = len(emulator.state.users.of("app_demo"))
        subprocess.run(command, check=True)

        found = [user.email for user in emulator.state.users.of("app_demo")]
        assert sorted(found, key=str) == sorted(people(100))
        assert 20 <= reached < 100


def test_a_row_has_a_key_to_be_found_by() -> None:
    assert Row("line 2", {"phone": "+49151"}).key == "+49151"
