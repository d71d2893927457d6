"""The page on tests of one's own app: its files, put side by side, pass."""

import re
import subprocess
import sys
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text("utf-8")


def test_its_tests_pass(tmp_path: Path) -> None:
    files: list[tuple[str, str]] = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL)
    for name, text in files:
        (tmp_path / name).write_text(text, "utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]

    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert run.stdout.strip().splitlines()[-1].startswith("4 passed"), run.stdout
