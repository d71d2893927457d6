"""The single page of the examples, served by one of its backends as its README says."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from scute_emulator import Emulator
from tests.browser.browser import Browser

__all__ = ["BACKENDS", "README", "Backend", "backend", "command"]

README = (Path(__file__).parents[2] / "examples" / "spa" / "README.md").read_text("utf-8")
BACKENDS = {"fastapi": "uvicorn", "flask": "flask"}


@dataclass
class Backend:
    """The page in a person's browser, and the emulator that both talk to."""

    browser: Browser
    origin: str
    emulator: Emulator

    def cookies(self) -> dict[str, dict[str, Any]]:
        return self.browser.cookies(self.origin)

    def token(self, kind: str) -> str:
        """The `access` or `refresh` token in the cookie that the backend wrote."""
        return str(self.cookies()[f"sc-{kind}-token__{self.app_id}"]["value"])

    def forget(self, name: str) -> None:
        """As when its time is up."""
        self.browser.command("Network.deleteCookies", name=name, url=self.origin)

    @property
    def app_id(self) -> str:
        return self.emulator.state.apps.first.id

    def calls(self, end_of_path: str) -> int:
        """How often Scute was called there, by whomever."""
        counts = self.emulator.calls()
        return sum(call.count for call in counts if call.path.endswith(end_of_path))

    def is_live(self, access: str) -> bool:
        """Does Scute still take this token?"""
        url = f"{self.emulator.base_url}/v1/auth/{self.app_id}/current_user"
        return httpx2.get(url, headers={"x-authorization": access}).status_code == 200

    def code_to(self, address: str) -> str:
        return self.emulator.messages(address)[0].code or ""

    def link_to(self, address: str) -> str:
        return self.emulator.messages(address)[0].link or ""


def command(program: str, port: int) -> list[str]:
    """The README's command line for this program, with the page on a port of ours."""
    (line,) = re.findall(rf"^\$ {program} (.*)$", README, re.MULTILINE)
    module = {"scute-auth": "scute_auth.cli"}.get(program, program)
    return [sys.executable, "-m", module, *line.replace("8000", str(port)).split()]


@contextmanager
def backend(folder: Path, name: str, browser: Browser) -> Generator[Backend]:
    """Serve the page that was built in `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    origin = f"http://127.0.0.1:{port}"
    emulator = Emulator(login_url=f"{origin}/")
    with emulator.serve():
        env = {key: value for key, value in os.environ.items() if not key.startswith("SCUTE_")}
        words = command(BACKENDS[name], port)
        with subprocess.Popen(words, cwd=folder, env=env | emulator.config_env()) as process:
            try:
                _wait_for(origin)
                yield Backend(browser, origin, emulator)
            finally:
                process.terminate()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx2.get(url)
            return
        except httpx2.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
