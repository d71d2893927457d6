"""The page on Scute's API: its programs run, against the emulator."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scute_emulator import Emulator

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
PROGRAMS: dict[str, str] = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))


PRINTED = {
    "blocking.py": "ada@example.com",
    "awaiting.py": "bob@example.com",
    "errors.py": "404 not_found",
    "corrected.py": "",
    "changing.py": "inactive",
}


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    emulator = Emulator()
    emulator.create_user("bob@example.com")
    with emulator.serve():
        yield {**os.environ, **emulator.config_env()}


@pytest.mark.parametrize(("name", "printed"), PRINTED.items(), ids=list(PRINTED))
def test_its_programs_run(tmp_path: Path, environ: dict[str, str], name: str, printed: str) -> None:
    (tmp_path / name).write_text(PROGRAMS[name], "utf-8")

    run = subprocess.run(
        [sys.executable, "-W", "error", name],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (run.returncode, run.stderr) == (0, "")
    assert printed in run.stdout


def test_each_program_is_run() -> None:
    assert set(PROGRAMS) == set(PRINTED)
