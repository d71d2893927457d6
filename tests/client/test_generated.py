"""Both clients are made of the same functions, and nobody has edited what was made."""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scute_auth.api import ROWS
from scute_auth.client import AsyncScuteClient, ScuteClient
from scute_auth.client.calling import AsyncCalls, Calls
from tests.client.support import CONFIG
from tools.make_clients import KINDS, Kind, source

BLOCKING = ScuteClient(CONFIG)
AWAITING = AsyncScuteClient(CONFIG)


def groups(client: object, kind: type[object]) -> dict[str, object]:
    return {name: each for name, each in vars(client).items() if isinstance(each, kind)}


def methods(group: object) -> dict[str, Callable[..., Any]]:
    found = inspect.getmembers(type(group), inspect.isfunction)
    return {name: method for name, method in found if not name.startswith("_")}


def pairs() -> Iterator[tuple[str, Callable[..., Any], Callable[..., Any]]]:
    awaiting = groups(AWAITING, AsyncCalls)
    for group, held in groups(BLOCKING, Calls).items():
        for name, method in methods(held).items():
            yield f"{group}.{name}", method, methods(awaiting[group])[name]


PAIRS = list(pairs())


@pytest.mark.parametrize("kind", KINDS, ids=[kind.file for kind in KINDS])
def test_what_was_made_is_up_to_date(kind: Kind) -> None:
    written = ast.parse(kind.path.read_text("utf-8"))

    assert _comparable(written) == _comparable(ast.parse(source(kind)))


def _comparable(tree: ast.Module) -> tuple[list[str], list[str]]:
    """Imports in any order; the rest as it stands. Docstrings lose what indents them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            text = ast.get_docstring(node)
            assert text is not None or node.name == "__init__"  # type: ignore[union-attr]
            if text is not None:
                node.body[0] = ast.Expr(ast.Constant(text.strip()))
    imports = [
        f"{node.module} {alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    rest = [ast.unparse(node) for node in tree.body if not isinstance(node, ast.ImportFrom)]
    return sorted(imports), rest


def test_the_clients_have_the_same_groups_and_methods() -> None:
    blocking, awaiting = groups(BLOCKING, Calls), groups(AWAITING, AsyncCalls)

    assert {name: set(methods(each)) for name, each in blocking.items()} == {
        name: set(methods(each)) for name, each in awaiting.items()
    }


def test_every_row_is_a_method_and_every_method_a_row() -> None:
    iterations = {name for name, *_ in PAIRS if ".iterate" in name}

    assert {name for name, *_ in PAIRS} - iterations == set(ROWS)


@pytest.mark.parametrize(("name", "blocking", "awaiting"), PAIRS, ids=[name for name, *_ in PAIRS])
class TestEachPair:
    def test_its_signatures_are_the_same(
        self, name: str, blocking: Callable[..., Any], awaiting: Callable[..., Any]
    ) -> None:
        one, other = inspect.signature(blocking), inspect.signature(awaiting)

        assert one.parameters == other.parameters
        assert _plain(one.return_annotation) == _plain(other.return_annotation)
        assert one.return_annotation is not inspect.Signature.empty

    def test_its_docstrings_are_the_same(
        self, name: str, blocking: Callable[..., Any], awaiting: Callable[..., Any]
    ) -> None:
        assert inspect.getdoc(blocking) == inspect.getdoc(awaiting)
        assert (inspect.getdoc(blocking) or "").partition("\n")[0].endswith((".", "?"))

    def test_only_one_of_them_is_awaited(
        self, name: str, blocking: Callable[..., Any], awaiting: Callable[..., Any]
    ) -> None:
        assert not inspect.iscoroutinefunction(blocking)
        assert inspect.iscoroutinefunction(awaiting) is (".iterate" not in name)


def _plain(annotation: object) -> str:
    return str(annotation).replace("AsyncIterator", "Iterator")


@pytest.mark.parametrize("name", [name for name, *_ in PAIRS if name in ROWS])
def test_what_is_only_inferred_says_so(name: str) -> None:
    method = next(blocking for each, blocking, _ in PAIRS if each == name)
    told = inspect.getdoc(method) or ""

    assert ("Experimental: " in told) is ROWS[name].is_experimental
    assert f"`{ROWS[name].method} {ROWS[name].path}`" in told


def test_a_function_of_another_kind_cannot_become_a_method() -> None:
    module = importlib.import_module("tools.make_clients")
    node = ast.parse("def show() -> str: ...").body[0]

    with pytest.raises(SystemExit, match=r"users\.show does not return a Request"):
        _ = module.Function("users", node).result
