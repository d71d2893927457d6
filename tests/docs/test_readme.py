"""The README's tutorial, followed to the letter with real servers, and its tables."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest

from scute_auth import Reason, ScuteConfig

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


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

    assert run.stdout.strip().splitlines()[-1].startswith("2 passed"), run.stdout


def test_the_starlette_example_is_a_program() -> None:
    names: dict[str, object] = {}

    exec(compile(code_blocks("python")[1], "README.md", "exec"), names)

    assert callable(names["app"])


def test_every_setting_stands_in_the_table() -> None:
    table = README.partition("## Settings")[2].partition("\n## ")[0]
    named = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }

    assert named == {setting.name for setting in fields(ScuteConfig)}


def test_every_reason_stands_in_the_table() -> None:
    table = README.partition("## Reasons")[2].partition("\n## ")[0]

    named = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) - {"reason"}
    assert named == {str(reason) for reason in Reason}
