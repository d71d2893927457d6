"""Programs that a test needs and a machine may lack: without one the test is skipped.

With `SCUTE_REQUIRE_ALL=1`, as in continuous integration, it fails instead.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

__all__ = ["chromedriver", "chromium", "postgres", "redis_server"]


def chromium() -> str:
    """The path of a Chromium (or Chrome), or skip this test."""
    return _program("a browser", "chromium", "chromium-browser", "google-chrome")


def chromedriver() -> str:
    """The path of the WebDriver server for that browser, or skip this test."""
    return _program("a WebDriver server", "chromedriver")


def redis_server() -> str:
    """The path of a Redis server, or skip this test."""
    return _program("a Redis server", "redis-server")


def postgres() -> Path:
    """The folder of PostgreSQL's programs, or skip this test."""
    if path := shutil.which("initdb"):
        return Path(path).parent
    # Debian keeps them off the path, one folder for each version.
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return found.parent
    _do_without("needs PostgreSQL (initdb), which is not installed here")


def _program(what: str, *names: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    _do_without(f"needs {what} ({' or '.join(names)}), which is not installed here")


def _do_without(why: str) -> NoReturn:
    if os.environ.get("SCUTE_REQUIRE_ALL") == "1":
        pytest.fail(why)
    pytest.skip(why)
