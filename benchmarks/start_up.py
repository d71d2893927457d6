"""Target 12: what `import scute_auth` costs over bare Python, in processes of their own."""

import os
import subprocess
import sys
import tempfile
from statistics import median
from time import perf_counter

from benchmarks.report import Row, at_most
from benchmarks.timing import Case, time_rounds
from benchmarks.world import Scale

__all__ = ["start_up"]

_LINES = {"bare": "pass", "ours": "import scute_auth", "jwt": "import jwt"}
_PEAK = "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"


def start_up(scale: Scale) -> list[Row]:
    with tempfile.TemporaryDirectory() as compiled:
        python = _Python(compiled)
        for line in _LINES.values():
            python.run(line)
        seconds = time_rounds({name: python.case(_LINES[name]) for name in _LINES}, scale.processes)
        peaks = {name: python.peak(_LINES[name], scale.processes) for name in ("bare", "ours")}

    def over(name: str) -> float:
        return (seconds.microseconds(name) - seconds.microseconds("bare")) / 1e3

    rows = [
        at_most("12", "import scute_auth, over bare Python", over("ours"), 45, "ms"),
        Row("", "  import jwt", f"{over('jwt'):.4g} ms"),
    ]
    if sys.platform == "linux":
        more = peaks["ours"] - peaks["bare"]
        rows.append(at_most("12", "import scute_auth, over bare Python", more, 12, "MiB"))
    return rows


class _Python:
    """Starts processes that find everything compiled, as an installed package is."""

    def __init__(self, compiled: str) -> None:
        self._environ = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        self._environ.pop("PYTHONDONTWRITEBYTECODE", None)

    def run(self, code: str) -> str:
        command = [sys.executable, "-c", code]
        return subprocess.check_output(command, env=self._environ, text=True)

    def case(self, code: str) -> Case:
        def timed(_: int) -> float:
            started = perf_counter()
            self.run(code)
            return perf_counter() - started

        return timed

    def peak(self, code: str, times: int) -> float:
        """The most memory that a process used, in MiB, as the kernel has it; 0 elsewhere."""
        if sys.platform != "linux":
            return 0.0
        answers = [self.run(f"{code}\n{_PEAK}") for _ in range(times)]
        return median(int(answer.split()[1]) for answer in answers) / 1024
