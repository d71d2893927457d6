"""What the pages tell to ask the emulator by hand is answered."""

import re
import shlex
from pathlib import Path

import httpx2
import pytest

from scute_emulator import Emulator
from scute_emulator.control import HANDLERS

ROOT = Path(__file__).parents[2]
EMULATOR = "http://127.0.0.1:9000"
TEXTS = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}
TEXTS["README.md"] = (ROOT / "README.md").read_text("utf-8")
COMMANDS = sorted(
    {
        line
        for text in TEXTS.values()
        for line in re.findall(r"^\$ (curl .*)$", text, re.MULTILINE)
        if f"{EMULATOR}/_emulator" in line
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_curl_command_is_answered(command: str) -> None:
    *options, url = shlex.split(command)[1:]
    body = options[options.index("-d") + 1] if "-d" in options else None
    with Emulator().serve() as base_url:
        answer = httpx2.request(
            "GET" if body is None else "POST", url.replace(EMULATOR, base_url), content=body
        )

    assert answer.status_code == 200


def test_there_are_such_commands() -> None:
    told = {command.rpartition("/")[2] for command in COMMANDS}
    assert told >= {"sessions", "users", "machines", "webhooks"}


def test_the_calls_of_the_readmes_table_exist() -> None:
    table = TEXTS["README.md"].partition("| call | what |")[2].partition("\n\n")[0]
    calls = re.findall(r"(GET|POST|DELETE) ([\w/-]+)", table)

    assert len(calls) > 10
    assert set(calls) <= HANDLERS.keys()
