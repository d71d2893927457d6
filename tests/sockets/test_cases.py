"""Every case of the conformance suite once more, over real sockets."""

import inspect
from importlib import import_module
from pkgutil import iter_modules

import pytest

import tests.conformance

_HARNESSED = {"site", "sites", "harness"}
_Fixture = type(pytest.fixture(lambda: None))


def _cases() -> dict[str, object]:
    """The cases that have a harness, and the fixtures of their modules."""
    found: dict[str, object] = {}
    for module in iter_modules(tests.conformance.__path__):
        if not module.name.startswith("test_"):
            continue
        for name, thing in vars(import_module(f"tests.conformance.{module.name}")).items():
            is_case = inspect.isfunction(thing) and name.startswith("test_")
            if is_case and not _HARNESSED.isdisjoint(inspect.signature(thing).parameters):
                assert name not in found, f"two cases are called {name}"
                found[name] = thing
            elif isinstance(thing, _Fixture):
                found[name] = thing
    return found


globals().update(_cases())
