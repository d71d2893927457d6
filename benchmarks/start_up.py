"""Target 12: what `import scute_auth` costs over bare Python, in processes of their own."""

import subprocess
import sys
from collections.abc import Mapping
from statistics import median
from time import perf_counter

from benchmarks.report import Row, at_most
from benchmarks.timing import Case, time_rounds
from benchmarks.world import Scale

__all__ = ["start_up"]

_PEAK = "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"


def start_up(scale: Scale) -> list[Row]:
    code = {"python": "pass", "ours": "import scute_auth", "jwt": "import jwt"}
    cases: Mapping[str, Case] = {name: _process(line) for name, line in code.items()}
    seconds = time_rounds(cases, scale.processes)

    def over(name: str) -> float:
        return seconds.microseconds(name) / 1e3 - seconds.microseconds("python") / 1e3

    rows = [
        at_most("12", "import scute_auth, over bare Python", over("ours"), 45, "ms"),
        Row("", "  import jwt", f"{over('jwt'):.4g} ms"),
    ]
    if sys.platform == "linux":
        more = _peak("import scute_auth", scale) - _peak("pass", scale)
        rows.append(at_most("12", "import scute_auth, over bare Python", more, 12, "MiB"))
    return rows


def _process(code: str) -> Case:
    def run(_: int) -> float:
        started = perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return perf_counter() - started

    return run


def _peak(code: str, scale: Scale) -> float:
    """The most memory that a process used, in MiB, as the kernel has it."""
    command = [sys.executable, "-c", f"{code}\n{_PEAK}"]
    answers = [subprocess.check_output(command, text=True) for _ in range(scale.processes)]
    return median(int(answer.split()[1]) for answer in answers) / 1024
