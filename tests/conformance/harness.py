"""How a framework joins the suite: a name, and a function that makes the shared app."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from tests.conformance import harnesses
from tests.conformance.client import Driver
from tests.conformance.site import Setup

__all__ = ["Harness", "all_harnesses"]


@dataclass(frozen=True, slots=True)
class Harness:
    """`serve` makes the app with the shared routes and puts it into a driver."""

    name: str
    serve: Callable[[Setup], Driver]
    has_websocket: bool = True


def all_harnesses() -> list[Harness]:
    """What the modules of `harnesses` hold, in the order of their names."""
    names = sorted(module.name for module in iter_modules(harnesses.__path__))
    modules = [import_module(f"{harnesses.__name__}.{name}") for name in names]
    return [module.HARNESS for module in modules]
