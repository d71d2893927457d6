"""The catalogue is whole: what a visitor can read stands there, and nowhere else.

Templates are walked text by text, the code of the flows literal by literal.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from jinja2 import Environment, nodes

from scute_auth.messages import ENGLISH
from scute_auth.texts import TEXTS
from tests.architecture.sources import ROOT

CORE = ROOT / "src" / "scute_auth"
TEMPLATES = sorted((CORE / "templates").glob("*.html"))
FOR_THE_SDK = ("browser_sdk", "double_submit")
"""Nobody but Scute's browser SDK reads what these answer."""
FLOWS = [
    *(one for one in sorted((CORE / "signin").glob("*.py")) if one.stem not in FOR_THE_SDK),
    *(CORE / f"{name}.py" for name in ("endpoints", "guards", "pages", "refusals")),
]
METHODS = ("say", "text", "counted", "moment")

WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]|^[A-Z][a-z]+[.:!?]?$")
"""Two words, or one that begins like a label."""

FOR_PROGRAMS = re.compile(r"^Bearer\b|^Refused$")
SILENT = {"__all__", "_DETAILS", "_SEND_MACHINE", "_TITLES"}
"""Names, and tables of what only programs read."""


def name_of(file: Path) -> str:
    return file.relative_to(CORE).as_posix()


class Visible(HTMLParser):
    """What a person reads of a page, scripts' texts too."""

    SHOWN = ("alt", "aria-label", "placeholder", "title")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in ("script", "style") else ""
        shown = (text or "" for name, text in attrs if name in self.SHOWN)
        self.found += [text for text in shown if _has_letters(text)]

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.found += [text for text in _script_texts(data) if " " in text]
        elif self._inside != "style" and _has_letters(data):
            self.found.append(data.strip())


def _has_letters(text: str) -> bool:
    return re.search("[A-Za-z]", text) is not None


def _script_texts(script: str) -> list[str]:
    code = re.sub(r"(?m)//.*$", "", script)
    return [one or other for one, other in re.findall(r"\"([^\"\n]*)\"|`([^`]*)`", code)]


@cache
def parsed(source: str) -> nodes.Template:
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).parse(source)


def texts_of_template(source: str) -> list[str]:
    """What a template says in words of its own."""
    tree = parsed(source)
    written = "".join(
        part.data if isinstance(part, nodes.TemplateData) else "…"
        for output in tree.find_all(nodes.Output)
        for part in output.nodes
    )
    literals = [node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)]
    return Visible(written).found + [text for text in literals if WORDS.search(text)]


def texts_of_code(source: str) -> list[str]:
    """The sentences and labels in a module, but for docstrings, errors, log lines and keys."""
    tree = ast.parse(source)
    silent = {id(text) for node in _silent(tree) for text in ast.walk(node)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in silent and WORDS.search(node.value)
        if not FOR_PROGRAMS.search(node.value)
    ]


def _silent(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if _is_silent(node):
            yield node
        if isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield node.returns


def _is_silent(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Raise():
            return True
        case ast.Call(func=ast.Name(id="Log" | "ConfigError" | "ScuteUnavailable")):
            return True
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name in SILENT
        case ast.FunctionDef(name="_obstacle"):
            return True  # for the log: nobody who visits the site can mend it
        case _:
            return False


@pytest.mark.parametrize("file", TEMPLATES, ids=name_of)
def test_a_template_says_nothing_of_its_own(file: Path) -> None:
    assert texts_of_template(file.read_text("utf-8")) == []


@pytest.mark.parametrize("file", FLOWS, ids=name_of)
def test_a_flow_says_nothing_of_its_own(file: Path) -> None:
    assert texts_of_code(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        "<h1>{{ a }}, you</h1>",
        '<img alt="A logo">',
        '<a aria-label="End it: {{ name }}"></a>',
        '{{ "Sign in" if a else b }}',
        '{% set names = {"totp": "Use an app"} %}',
        '<script>tell("There is none.");</script>',
        "<script>tell(`In ${n} minutes`);</script>",
    ],
)
def test_a_text_in_a_template_is_found(source: str) -> None:
    assert len(texts_of_template(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        'message(visit, 400, "gone", title="Gone")',
        'return Outcome(page(visit, "Enter the code."))',
        'hint = f"Fill in: {fields} here."',
        '_LABELS = {"email": "E-mail address"}',
    ],
)
def test_a_text_in_a_flow_is_found(source: str) -> None:
    assert len(texts_of_code(source)) >= 1


def spoken(source: str) -> Iterator[tuple[str, set[str] | None]]:
    """The texts that a template uses: each key with what it fills in; None where it stands bare."""
    tree = parsed(source)
    for call in tree.find_all(nodes.Call):
        match call.node:
            case nodes.Getattr(node=nodes.Name(name="texts"), attr="say" | "counted" as method):
                key = call.args[0]
                assert isinstance(key, nodes.Const), "a key is written out"
                filled = {argument.key for argument in call.kwargs}
                if method == "say":
                    yield key.value, filled
                else:
                    yield from ((f"{key.value}_{number}", {"count"}) for number in ("one", "many"))
            case _:
                pass
    for used in tree.find_all(nodes.Getattr):
        is_text = isinstance(used.node, nodes.Name) and used.node.name == "texts"
        if is_text and used.attr not in METHODS:
            yield used.attr, None


def placeholders(key: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(TEXTS[key]) if name}


BY_SCRIPT = {"minutes_left_one", "minutes_left_many", "problem"}
"""Filled in by the pages' own scripts."""


@pytest.mark.parametrize("file", TEMPLATES, ids=name_of)
def test_a_template_uses_texts_that_are_there_and_fills_them_in(file: Path) -> None:
    for key, filled in spoken(file.read_text("utf-8")):
        assert key in TEXTS
        assert placeholders(key) == (filled or set()) or key in BY_SCRIPT


@pytest.mark.parametrize("file", FLOWS, ids=name_of)
def test_a_flow_uses_texts_that_are_there_and_fills_them_in(file: Path) -> None:
    for call in ast.walk(ast.parse(file.read_text("utf-8"))):
        match call:
            case ast.Call(func=ast.Attribute(attr="say"), args=[ast.Constant(value=str() as key)]):
                assert key in TEXTS
                assert placeholders(key) == {str(one.arg) for one in call.keywords}
            case _:
                pass


def literals(files: list[Path]) -> set[str]:
    """The texts in these modules' code."""
    found: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_each_text_is_used() -> None:
    in_code = literals([file for file in CORE.rglob("*.py") if file.name != "texts.py"])
    in_code |= literals(list((ROOT / "integrations" / "scute_django").rglob("*.py")))
    in_templates = {key for file in TEMPLATES for key, _ in spoken(file.read_text("utf-8"))}
    in_code |= {f"{name}_{part}" for name in in_code for part in ("title", "text")}
    in_code |= {f"{name}_{number}" for name in in_code for number in ("one", "many")}

    assert set(TEXTS) - in_code - in_templates == set()


def test_no_key_is_hidden_by_a_method() -> None:
    """Jinja takes `texts.name` for an attribute first."""
    found: list[Any] = [key for key in TEXTS if hasattr(ENGLISH, key)]

    assert found == []
