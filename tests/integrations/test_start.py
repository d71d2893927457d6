"""An example under a real uvicorn: what is missing stops the start, and is named in one line."""

import os
import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT

EXAMPLES = pytest.mark.parametrize("example", ["fastapi_app", "starlette_app"])


def start(example: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run the example until it stops; a start that succeeds would run into the timeout."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("SCUTE_")}
    command = [sys.executable, "-m", "uvicorn", f"examples.{example}:app", "--port", "0"]
    return subprocess.run(
        [*command, "--log-level", "warning"],
        cwd=ROOT,
        env=environ | settings,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@EXAMPLES
def test_a_missing_setting_is_named_in_one_line(example: str) -> None:
    done = start(example)

    said = [line for line in done.stderr.splitlines() if "SCUTE_" in line]
    assert done.returncode != 0
    assert len(said) == 1
    assert "SCUTE_APP_ID is not set" in said[0]
    assert "Traceback" not in done.stderr


@EXAMPLES
def test_a_wrong_setting_is_named_too(example: str) -> None:
    done = start(example, SCUTE_APP_ID="app_demo", SCUTE_BASE_URL="http://127.0.0.1:9000")

    assert done.returncode != 0
    assert "SCUTE_EMULATOR=1" in done.stderr
    assert "Traceback" not in done.stderr


@EXAMPLES
def test_routes_elsewhere_than_the_settings_say_are_named_too(example: str) -> None:
    """The routes are made at import, the settings are read at start-up."""
    program = (
        "import os, sys, uvicorn\n"
        f"from examples.{example} import app\n"
        "os.environ['SCUTE_AUTH_PREFIX'] = '/account'\n"
        "uvicorn.run(app, port=0, log_level='warning')\n"
    )
    environ = {name: text for name, text in os.environ.items() if not name.startswith("SCUTE_")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environ | {"SCUTE_APP_ID": "app_demo"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode != 0
    assert "auth_prefix is '/account'" in done.stderr
    assert "Traceback" not in done.stderr
