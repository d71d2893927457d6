"""Is this code that awaits, or code that blocks?"""

from typing import Any

from asgiref.sync import iscoroutinefunction

__all__ = ["is_async"]


def is_async(view: Any) -> bool:
    """Does Django await it? It marks some of its functions: `inspect` knows that from 3.12 on."""
    return iscoroutinefunction(view)  # pyright: ignore[reportDeprecated]
