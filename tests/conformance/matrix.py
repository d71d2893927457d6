"""The matrix of cases and harnesses, printed after a run: every cell passes, or the run fails.

"Does not apply" is left to WebSockets on WSGI: no other skip passes, and no cell may be missing.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import cast

import pytest

__all__ = ["Matrix", "MatrixPlugin"]

Cell = tuple[str, str, str]
"""File, case, harness."""

CELL = "conformance cell"
NO_WEBSOCKET = "does not apply: WSGI has no WebSocket"
"""The one reason for which a cell may be skipped."""

SIGNS = {"passed": "+", "known": "k", "no websocket": "-", "failed": "F", "skipped": "S"}
_GOOD = {"passed", "known", "no websocket"}


@dataclass
class Matrix:
    """How the parametrisations of each case ended on each harness."""

    cells: dict[Cell, Counter[str]] = field(default_factory=dict[Cell, Counter[str]])

    def add(self, cell: Cell, outcome: str) -> None:
        self.cells.setdefault(cell, Counter())[outcome] += 1

    @property
    def harnesses(self) -> list[str]:
        return list(dict.fromkeys(harness for _, _, harness in self.cells))

    @property
    def cases(self) -> list[tuple[str, str]]:
        return list(dict.fromkeys((file, case) for file, case, _ in self.cells))

    def problems(self) -> list[str]:
        return [
            f"{case} on {harness}: {what}"
            for file, case in self.cases
            for harness in self.harnesses
            if (what := self._fault((file, case, harness)))
        ]

    def text(self) -> str:
        """A line a case; a column a harness, numbered below."""
        lines: list[str] = []
        shown = ""
        for file, case in self.cases:
            if file != shown:
                shown = file
                lines.append(file)
            signs = [self._sign((file, case, harness)) for harness in self.harnesses]
            times = max(self._times((file, case, harness)) for harness in self.harnesses)
            lines.append(f"  {''.join(signs)} {times:3} x {case}")
        columns = [f"{number} {name}" for number, name in enumerate(self.harnesses, 1)]
        lines.append(f"Columns: {', '.join(columns)}")
        lines.append("+ passes, - WebSocket on WSGI, k a server's known limit, F fails, ? missing")
        return "\n".join(lines)

    def _fault(self, cell: Cell) -> str:
        outcomes = self.cells.get(cell)
        if outcomes is None:
            return "missing"
        return ", ".join(outcome for outcome in outcomes if outcome not in _GOOD)

    def _sign(self, cell: Cell) -> str:
        outcomes = self.cells.get(cell, Counter())
        worst = [SIGNS[outcome] for outcome in reversed(SIGNS) if outcome in outcomes]
        return "?" if not worst else "+" if outcomes["passed"] and worst[0] in "-k" else worst[0]

    def _times(self, cell: Cell) -> int:
        return self.cells.get(cell, Counter()).total()


class MatrixPlugin:
    """Fills the matrix from the reports of a run; a part of the suite is not judged.

    A case's cell travels in its report, so that a run in several processes has a matrix too.
    """

    def __init__(self, package: str = "tests.conformance") -> None:
        self.matrix = Matrix()
        self._package = package
        self._outcomes: dict[str, tuple[Cell, str]] = {}
        self._is_part = False

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        harness = _name(parameters.get("harness"))
        if isinstance(item, pytest.Function) and harness is not None:
            package, _, file = str(item.obj.__module__).rpartition(".")
            if package == self._package:
                item.user_properties.append((CELL, (file, item.originalname, harness)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        cell = next((value for name, value in report.user_properties if name == CELL), None)
        if cell is not None and (report.when == "call" or not report.passed):
            file, case, harness = cast(Cell, cell)
            self._outcomes[report.nodeid] = (file, case, harness), _outcome(report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        chosen = session.config.option
        self._is_part = bool(chosen.keyword or chosen.markexpr or chosen.deselect)
        for cell, outcome in self._outcomes.values():
            self.matrix.add(cell, outcome)
        is_judged = not self._is_part and session.exitstatus == pytest.ExitCode.OK
        if is_judged and self.matrix.problems() and not hasattr(session.config, "workerinput"):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._is_part or not self.matrix.cells or terminalreporter.verbosity < 0:
            return
        terminalreporter.section("conformance")
        terminalreporter.write_line(self.matrix.text())
        for problem in self.matrix.problems():
            terminalreporter.write_line(problem, red=True)


def _name(harness: object) -> str | None:
    """A harness's name, also where it is a pair of harness and server."""
    if isinstance(harness, tuple):
        return "@".join(cast("tuple[str, str]", harness))
    return getattr(harness, "name", None)


def _outcome(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail") and report.skipped:
        return "known"
    if report.skipped and NO_WEBSOCKET in str(report.longrepr):
        return "no websocket"
    return report.outcome
