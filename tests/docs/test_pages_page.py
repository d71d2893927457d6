"""The page of all routes, pages and answers: its tables are complete."""

import ast
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from starlette.applications import Starlette
from starlette.testclient import TestClient

from scute_auth.endpoints import ENDPOINTS
from scute_auth.pages import PAGES
from scute_emulator import Emulator
from scute_flask import ScuteAuth
from scute_starlette import ScuteAuth as StarletteAuth
from scute_starlette import auth_routes
from tests.unit.test_pages import CONTEXTS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "pages.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
SOURCES = ROOT / "src" / "scute_auth"


def rows(title: str, text: str = PAGE) -> list[list[str]]:
    """The rows below a heading, each as its cells."""
    section = text.partition(f"{title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_route_stands_there() -> None:
    told = [
        (*names(name), *names(route)[0].split()) for name, route, _ in rows("# Pages and routes")
    ]

    assert told == [(each.name, each.method, each.path) for each in ENDPOINTS]


def test_names_lead_to_their_routes() -> None:
    flask, starlette = Flask(__name__), Starlette(routes=auth_routes())
    flask.config["SCUTE_APP_ID"] = "app_demo"
    ScuteAuth(flask)
    first: dict[str, str] = {}

    for each in ENDPOINTS:
        parameters: dict[str, Any] = dict.fromkeys(re.findall(r"{(\w+)}", each.path), "x")
        path = "/auth" + re.sub(r"{\w+}", "x", each.path)
        with flask.test_request_context():
            assert flask.url_for(f"scute.{each.name}", **parameters) == path
        if first.setdefault(each.path, each.name) == each.name:
            assert starlette.url_path_for(f"scute:{each.name}", **parameters) == path


def test_every_page_stands_there_with_all_that_it_is_given() -> None:
    told = {names(page)[0]: names(given) for page, given in rows("## Pages of your own")}

    assert tuple(told) == PAGES
    assert {page: sorted(given) for page, given in told.items()} == {
        page: sorted(context) for page, context in CONTEXTS.items()
    }


def shown(app: Any) -> str:
    with TestClient(app) as client:
        return client.get("/auth/sign-in", headers={"accept": "text/html"}).text


def test_texts_and_colour_are_replaced_in_code(scute_emulator: Emulator) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(block, "app.py", "exec"), names)

    page = shown(names["app"])

    assert '<html lang="de"' in page
    assert "Anmelden" in page
    assert "#d6246e" in page


def test_texts_and_colour_are_replaced_by_the_environment(
    scute_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for line in re.findall(r"^\$ export (.*)$", PAGE, re.MULTILINE):
        monkeypatch.setenv(*shlex.split(line)[0].split("=", 1))
    app = Starlette(routes=auth_routes())
    app.add_middleware(StarletteAuth)

    page = shown(app)

    assert "Anmelden" in page
    assert "#d6246e" in page


def answered() -> set[str]:
    """Every reason that the code itself gives a script: not Scute's own codes."""
    found: set[str] = set()
    for source in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = {"message": 2, "problem": 1}.get(node.func.id)
                is_told = all(keyword.arg != "content" for keyword in node.keywords)
                if place is not None and is_told and len(node.args) > place:
                    found |= {
                        each.value
                        for each in ast.walk(node.args[place])
                        if isinstance(each, ast.Constant) and isinstance(each.value, str)
                    }
    return found


def test_every_reason_that_a_route_gives_stands_there_or_in_the_readme() -> None:
    told = {name for row in rows("## What else an answer may say") for name in names(row[0])}
    known = {name for row in rows("## Reasons for a refusal", README) for name in names(row[0])}

    assert answered() <= told | known
    assert {"too_often", "invalid_code", "not_found", "unavailable"} <= answered()
    assert not told & known
