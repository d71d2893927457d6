"""`import scute_auth` is cheap: what is heavy or optional is loaded when a `Scute` is made."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = {
    "asyncio",
    "cryptography",
    "django",
    "fastapi",
    "flask",
    "httpx",
    "httpx2",
    "jinja2",
    "jwt",
    "scute_emulator",
    "starlette",
    "uvicorn",
}


def loaded_by(statement: str) -> set[str]:
    """The top-level names of all modules in a fresh interpreter after this statement."""
    return {module.partition(".")[0] for module in modules_after(statement)}


def modules_after(statement: str) -> list[str]:
    program = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    environ = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True
    )
    modules: list[str] = json.loads(done.stdout)
    return modules


@pytest.mark.parametrize("package", ["scute_auth", "scute_asgi", "scute_wsgi"])
def test_importing_it_loads_nothing_heavy(package: str) -> None:
    assert loaded_by(f"import {package}") & HEAVY == set()


def test_the_api_client_is_loaded_for_those_who_ask_for_it() -> None:
    assert "scute_auth.client" not in modules_after("import scute_auth; scute_auth.Scute")
    assert "scute_auth.client" in modules_after("from scute_auth import ScuteClient")


@pytest.mark.parametrize("name", ["asyncio", "jwt", "starlette"])
def test_a_heavy_import_would_be_seen(name: str) -> None:
    assert name in loaded_by(f"import {name}")
