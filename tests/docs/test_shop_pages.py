"""The pages on machines and on permissions: the files of each, put side by side, pass."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["machines", "permissions"])
def test_its_tests_pass(tmp_path: Path, page: str) -> None:
    text = (DOCS / f"{page}.md").read_text("utf-8")
    files: list[tuple[str, str]] = re.findall(r"```python\n# (\S+)\n(.*?)```", text, re.DOTALL)
    for name, content in files:
        (tmp_path / name).write_text(content, "utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]

    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert run.stdout.strip().splitlines()[-1].startswith("4 passed"), run.stdout
