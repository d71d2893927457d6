"""A module with one check taken out, to prove that the check is what refuses a token."""

import inspect
import sys
from types import ModuleType
from typing import Any

__all__ = ["without"]


def without(module: ModuleType, check: str, instead: str) -> Any:
    """The module as it would be if `check`, which stands in its source once, read `instead`."""
    source = inspect.getsource(module)
    assert source.count(check) == 1, f"{check!r} stands {source.count(check)} times in {module}"
    mutant = ModuleType(module.__name__)
    # Dataclasses look their module up by name; the real one serves, for it has the same names.
    assert module.__name__ in sys.modules
    exec(compile(source.replace(check, instead), "<mutant>", "exec"), mutant.__dict__)
    return mutant
