"""Programs that a test needs and a machine may lack: without one the test is skipped.

With `SCUTE_REQUIRE_ALL=1`, as in continuous integration, it fails instead.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

__all__ = [
    "axe",
    "chromedriver",
    "chromium",
    "needs_fork",
    "node",
    "npm_packages",
    "postgres",
    "redis_server",
]

TESTS = Path(__file__).parent

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork")
"""No program, so nothing that could be installed: Windows has none."""


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


def node() -> str:
    """The path of Node.js, or skip this test."""
    return _program("Node.js", "node")


def axe(folder: Path) -> Path:
    """The script of axe-core, put into an empty folder, or skip."""
    return npm_packages(TESTS / "browser" / "axe", folder) / "axe-core" / "axe.min.js"


def npm_packages(source: Path, folder: Path) -> Path:
    """The packages of the lock file in `source`, put into an empty folder, or skip."""
    npm = _program("npm", "npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, folder)
    # `ci` compares hashes with the lock file; what npm has in its cache needs no network.
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        _do_without(f"needs packages that npm could not get: {done.stderr.strip()[-500:]}")
    return folder / "node_modules"


def _program(what: str, *names: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    _do_without(f"needs {what} ({' or '.join(names)}), which is not installed here")


def _do_without(why: str) -> NoReturn:
    if os.environ.get("SCUTE_REQUIRE_ALL") == "1":
        pytest.fail(why)
    pytest.skip(why)
