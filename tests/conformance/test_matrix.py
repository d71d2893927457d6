"""The matrix finds what a run of the suite leaves out."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.matrix import Matrix
from tests.conformance.site import NO_WEBSOCKET


def a_matrix() -> Matrix:
    matrix = Matrix()
    for harness in ("asgi", "wsgi"):
        matrix.add(("test_x", "test_one", harness), "passed")
        matrix.add(("test_x", "test_one", harness), "passed")
    matrix.add(("test_x", "test_socket", "asgi"), "passed")
    matrix.add(("test_x", "test_socket", "wsgi"), "no websocket")
    return matrix


def test_a_whole_matrix_has_no_problem() -> None:
    assert a_matrix().problems() == []
    assert "  ++   2 x test_one" in a_matrix().text()
    assert "  +-   1 x test_socket" in a_matrix().text()


def test_a_missing_cell_is_found() -> None:
    matrix = a_matrix()

    matrix.add(("test_x", "test_two", "asgi"), "passed")

    assert matrix.problems() == ["test_two on wsgi: missing"]
    assert "  +?   1 x test_two" in matrix.text()


@pytest.mark.parametrize(("outcome", "sign"), [("skipped", "S"), ("failed", "F")])
def test_whatever_does_not_pass_is_found(outcome: str, sign: str) -> None:
    matrix = a_matrix()

    matrix.add(("test_x", "test_one", "wsgi"), outcome)

    assert matrix.problems() == [f"test_one on wsgi: {outcome}"]
    assert f"  +{sign}   3 x test_one" in matrix.text()


CONFTEST = """
import pytest
from tests.conformance.matrix import MatrixPlugin
def pytest_configure(config):
    config.pluginmanager.register(MatrixPlugin(package=""))
@pytest.fixture(params=[("asgi", "one"), ("wsgi", "two")], ids="@".join)
def harness(request): return request.param
"""
CASE = """
import pytest
def test_one(harness):
    if harness[0] == "wsgi":
        pytest.skip({reason!r})
"""


@pytest.mark.parametrize(
    ("reason", "code"), [(NO_WEBSOCKET, 0), ("not today", 1)], ids=["no websocket", "not today"]
)
def test_a_run_with_any_other_skip_fails(tmp_path: Path, reason: str, code: int) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(CASE.format(reason=reason))
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null"]

    run = subprocess.run(
        [*command, "--rootdir", tmp_path, tmp_path], cwd=root, capture_output=True, text=True
    )

    assert run.returncode == code, run.stdout
    assert ("test_one on wsgi@two: skipped" in run.stdout) == bool(code)
