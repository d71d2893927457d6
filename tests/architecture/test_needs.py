"""A program that is missing is a skip on a developer's machine and a failure in CI."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.needs import chromedriver, chromium, node, redis_server

NEEDS = pytest.mark.parametrize(
    ("need", "name"),
    [
        (chromium, "chromium"),
        (chromedriver, "chromedriver"),
        (node, "node"),
        (redis_server, "redis-server"),
    ],
)


@NEEDS
def test_a_program_on_the_path_is_found(
    need: Callable[[], str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / name
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert need() == str(program)


@NEEDS
def test_a_missing_program_skips_the_test_and_is_named(
    need: Callable[[], str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("SCUTE_REQUIRE_ALL", raising=False)

    with pytest.raises(pytest.skip.Exception, match=name):
        need()


@NEEDS
def test_a_missing_program_fails_where_everything_is_required(
    need: Callable[[], str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SCUTE_REQUIRE_ALL", "1")

    with pytest.raises(pytest.fail.Exception, match=name):
        need()
