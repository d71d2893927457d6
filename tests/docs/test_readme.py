"""The README's tutorial, followed to the letter with real servers, and its tables."""

import ast
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from django.test import RequestFactory
from starlette.testclient import TestClient

import tests.django_setup  # noqa: F401 # pyright: ignore[reportUnusedImport] # sets it up
from scute_auth import ConfigError, Reason, ScuteConfig
from scute_auth.settings import Limits
from scute_auth.signin.limits import TIMES, Step
from scute_emulator import Emulator

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def command(start: str) -> list[str]:
    """The README's command line that begins so, for this interpreter."""
    lines = [line[2:] for block in code_blocks("console") for line in block.splitlines()]
    words = next(line for line in lines if line.startswith(start)).split()
    module = {"scute-auth": "scute_auth.cli", "uvicorn": "uvicorn"}[words[0]]
    return [sys.executable, "-m", module, *words[1:]]


@contextmanager
def running(words: list[str], cwd: Path, env: dict[str, str]) -> Generator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        words, cwd=cwd, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            httpx2.get(url)
            return
        except httpx2.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The app's URL and the emulator's, as somebody has them who did what the README says."""
    folder, port, emulator_port = tmp_path_factory.mktemp("tutorial"), free_port(), free_port()
    app, emulator = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{emulator_port}"
    (folder / "app.py").write_text(code_blocks("python")[0], "utf-8")
    env = {key: value for key, value in os.environ.items() if not key.startswith("SCUTE_")}
    env["PYTHONUNBUFFERED"] = "1"
    start_emulator = [word.replace("9000", str(emulator_port)) for word in command("scute-auth")]
    start_app = [word.replace("8000", str(port)) for word in command("uvicorn")]
    with running(start_emulator, folder, env) as process:
        wait_for(f"{emulator}/_emulator")
        assert process.stdout is not None
        exported = dict[str, str]()
        while "SCUTE_EMULATOR" not in exported:
            if match := re.match(r"export (SCUTE_\w+)='?([^'\n]*)'?", process.stdout.readline()):
                exported[match[1]] = match[2]
        login = {"login_url": f"{app}/auth/callback"}
        httpx2.post(f"{emulator}/_emulator/settings", json=login).raise_for_status()
        with running(start_app, folder, env | exported):
            wait_for(app)
            yield app, emulator


def test_the_tutorial_signs_a_person_in_and_out(tutorial: tuple[str, str]) -> None:
    app, emulator = tutorial
    browser = httpx2.Client(
        base_url=app, headers={"accept": "text/html", "origin": app}, follow_redirects=True
    )

    with browser:
        page = browser.get("/me")
        form = {"identifier": "ana@example.com", "next": page.url.params["next"]}
        browser.post("/auth/magic-link", data=form)
        query = urlencode({"to": "ana@example.com"})
        mail = httpx2.get(f"{emulator}/_emulator/messages?{query}").json()[0]
        landed = browser.get(mail["link"])
        signed_in = browser.get("/").json()["user_id"]
        browser.post("/auth/sign-out")
        afterwards = browser.get("/").json()

    assert page.url.path == "/auth/sign-in"
    assert landed.json() == {"user_id": signed_in}
    assert signed_in is not None
    assert afterwards == {"user_id": None}


def test_the_tests_of_the_readme_pass(tmp_path: Path) -> None:
    own_tests = next(block for block in code_blocks("python") if "def test_me(" in block)
    (tmp_path / "app.py").write_text(code_blocks("python")[0], "utf-8")
    (tmp_path / "test_app.py").write_text(own_tests, "utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]

    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert run.stdout.strip().splitlines()[-1].startswith("1 passed"), run.stdout


@pytest.mark.parametrize("framework", ["starlette", "flask"])
def test_the_other_examples_sign_in_too(
    framework: str, scute_emulator: Emulator, sign_in: Any
) -> None:
    """Each in a client of its framework."""
    (block,) = [text for text in code_blocks("python") if f"from scute_{framework} import" in text]
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(block, "README.md", "exec"), names)
    app = names["app"]
    client = app.test_client() if framework == "flask" else TestClient(app)

    assert client.get("/me").status_code == 401
    user = sign_in(client, "ana@example.com")
    answer = client.get("/me")

    assert (answer.json if framework == "flask" else answer.json()) == {"user_id": user.id}


def test_the_django_example_is_a_view() -> None:
    (block,) = [text for text in code_blocks("python") if "from scute_django import" in text]
    names: dict[str, Any] = {"__name__": "readme"}

    exec(compile(block, "README.md", "exec"), names)

    request = RequestFactory().get("/me")
    with pytest.raises(ConfigError, match="ScuteAuthMiddleware"):
        names["me"](request)


def test_what_the_table_of_demands_names_exists() -> None:
    """Each name in a framework's column is one that its package exports, or a setting."""
    table = README.partition("## Ask for a user")[2].split("\n\n")[1]
    rows = [row.split("|")[2:6] for row in table.splitlines() if row.startswith("| ")]
    packages = ["scute_starlette", "scute_fastapi", "scute_flask", "scute_django"]
    settings = {setting.name for setting in fields(ScuteConfig)}
    for row in rows[1:]:
        for cell, package in zip(row, packages, strict=True):
            exported = set(import_module(package).__all__) | settings
            told = set(re.findall(r"\b(\w*(?:require|current|optional|public)\w*)\b", cell))
            assert told - {"current"} <= exported | {"request"}, (package, cell)


def test_the_calls_of_the_table_take_what_is_shown() -> None:
    """As they are written there: `current_profile()`, `require_user(check="remote")`."""
    table = README.partition("## Ask for a user")[2].split("\n\n")[1]
    packages = ["scute_starlette", "scute_fastapi", "scute_flask", "scute_django"]
    bound = 0
    for row in [row.split("|")[2:6] for row in table.splitlines() if row.startswith("| ")][1:]:
        for cell, package in zip(row, packages, strict=True):
            for call in [
                node for quoted in re.findall(r"`([^`]*)`", cell) for node in calls(quoted)
            ]:
                function = getattr(import_module(package), call.func.id)
                given = {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}
                if call.func.id.startswith("require_"):
                    function(*map(ast.literal_eval, call.args), **given)
                else:
                    signature(function).bind(*call.args, **given)
                bound += 1

    assert bound >= 10


def calls(code: str) -> list[Any]:
    """Calls of our own names in a line of code; a decorator is an expression too."""
    if "(" not in code:
        return []
    found = ast.walk(ast.parse(f"async def _():\n    {code.removeprefix('@')}"))
    ours = re.compile("(a?current|optional|require)_")
    return [
        node
        for node in found
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and ours.match(node.func.id)
    ]


def test_every_setting_stands_in_the_table() -> None:
    table = README.partition("## Settings")[2].partition("\n## ")[0]
    named = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }

    assert named == {setting.name for setting in fields(ScuteConfig)}


def test_every_extra_is_named() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (line,) = [each for each in README.splitlines() if each.startswith("The extras: ")]

    assert set(re.findall(r"`(\w+)`", line)) == extras["optional-dependencies"].keys()


def test_every_reason_stands_in_the_table() -> None:
    table = README.partition("## Reasons")[2].partition("\n## ")[0]

    named = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) - {"reason"}
    assert named == {str(reason) for reason in Reason}


def test_the_limits_are_those_that_stand_there() -> None:
    limits = Limits()
    row = f"| `limits` | {limits.window}, {limits.per_identifier}, {limits.per_address} |"
    table = README.partition("\n## Limits\n")[2].partition("\n\n|")[2].partition("\n\n")[0]
    cells = [[cell.strip() for cell in line.split("|")[1:]] for line in table.splitlines()[2:]]
    figures: Mapping[str, tuple[Step, bool]] = {
        "a link or a code is sent": ("send", True),
        "a code or a second factor is tried": ("verify", True),
        "another second factor is chosen": ("switch", True),
        "a passkey is tried at the sign-in": ("passkey", False),
        "a passkey is added": ("passkey", True),
        "a link is opened, an invitation looked at": ("land", False),
        "one's own pages: sessions, second factors, passkeys, step-up": ("look", True),
    }
    apart: tuple[Step, ...] = ("led", "change")

    assert row in README
    assert {what for what, *_ in cells} == figures.keys()
    assert {TIMES[step] for step in apart} == {TIMES["look"]}
    for what, for_who, for_network, _ in cells:
        step, by_identifier = figures[what]
        times = TIMES.get(step, 1)
        assert for_who == (str(limits.per_identifier * times) if by_identifier else "")
        assert for_network == str(limits.per_address * times)


@pytest.mark.parametrize("given", ["600,10,60", [600, 10, 60], (600, 10, 60)], ids=str)
def test_limits_are_given_as_it_says(given: object) -> None:
    config = ScuteConfig.from_mapping({"app_id": "app_demo", "limits": given}, environ={})

    assert config.limits == Limits(600, 10, 60) == Limits()
