"""The page on workspaces: its files, put side by side, pass; its form fits the route."""

import re
import subprocess
import sys
from pathlib import Path

from scute_auth.endpoints import ENDPOINTS
from scute_auth.signin.workspace import OF_OPERATORS

PAGE = (Path(__file__).parents[2] / "docs" / "workspaces.md").read_text("utf-8")


def test_its_tests_pass(tmp_path: Path) -> None:
    files: list[tuple[str, str]] = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL)
    for name, text in files:
        (tmp_path / name).write_text(text, "utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]

    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert run.stdout.strip().splitlines()[-1].startswith("2 passed"), run.stdout


def test_its_form_leads_to_the_route() -> None:
    (route,) = [each for each in ENDPOINTS if each.name == "workspace"]

    assert f'method="{route.method.lower()}" action="/bills/auth{route.path}"' in PAGE


def test_each_answer_for_operators_stands_there() -> None:
    assert all(f"`{code}`" in PAGE for code in OF_OPERATORS)
