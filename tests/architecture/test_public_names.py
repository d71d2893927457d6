"""`__all__` of each public module is what the module offers, and the fixed names are there.

Constants and type aliases may stay unlisted; classes and functions may not.
"""

import ast
import importlib
from pathlib import Path

import pytest

import scute_auth
from tests.architecture.sources import public_modules

FIXED_NAMES = {
    "AsyncScute",
    "AsyncScuteClient",
    "Claims",
    "ConfigError",
    "Machine",
    "NotSignedIn",
    "Profile",
    "Reason",
    "RequestView",
    "Scute",
    "ScuteClient",
    "ScuteConfig",
    "ScuteError",
    "ScuteUnavailable",
    "SignedIn",
    "SignedOut",
    "TokenError",
    "Unavailable",
    "User",
    "current_user",
    "optional_user",
    "refusal_of",
}


def listed(source: str) -> list[str] | None:
    """The literal value of `__all__`, or None where there is none."""
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                names: list[str] = ast.literal_eval(value)
                return names
            case _:
                pass
    return None


def defined(source: str) -> set[str]:
    """The public classes and functions that this source defines at its top."""
    return {
        statement.name
        for statement in ast.parse(source).body
        if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not statement.name.startswith("_")
    }


def imports(source: str) -> bool:
    return any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(source).body)


importlib.import_module("tests.django_setup")  # without it no module with models can be imported
MODULES = list(public_modules())


@pytest.mark.parametrize(("name", "file"), MODULES, ids=[name for name, _ in MODULES])
class TestEachModule:
    def test_it_says_what_is_public(self, name: str, file: Path) -> None:
        source = file.read_text("utf-8")

        assert listed(source) is not None or not (defined(source) or imports(source))

    def test_all_it_lists_exists(self, name: str, file: Path) -> None:
        module = importlib.import_module(name)

        for public in listed(file.read_text("utf-8")) or []:
            assert hasattr(module, public), public

    def test_all_it_defines_is_listed(self, name: str, file: Path) -> None:
        source = file.read_text("utf-8")

        assert defined(source) - set(listed(source) or []) == set()

    def test_nothing_is_listed_twice(self, name: str, file: Path) -> None:
        names = listed(file.read_text("utf-8")) or []

        assert len(names) == len(set(names))


def test_what_is_not_there_is_said_so() -> None:
    with pytest.raises(AttributeError, match="'scute_auth' has no attribute 'Clinet'"):
        _ = scute_auth.Clinet


@pytest.mark.parametrize("name", sorted(FIXED_NAMES))
def test_a_fixed_name_is_offered_at_the_top(name: str) -> None:
    assert name in getattr(scute_auth, "__all__", [])
    assert hasattr(scute_auth, name)


def test_the_readers_see_what_a_source_lists_and_defines() -> None:
    source = "__all__ = ['A']\nclass A: ...\ndef b(): ...\nasync def c(): ...\ndef _d(): ...\n"

    assert listed(source) == ["A"]
    assert defined(source) == {"A", "b", "c"}
    assert listed("import os") is None
