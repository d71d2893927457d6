"""The WSGI types, as PEP 3333 has them."""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, TypeAlias

__all__ = ["Environ", "ExcInfo", "StartResponse", "WSGIApp"]

Environ: TypeAlias = dict[str, Any]
ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]
StartResponse: TypeAlias = Callable[..., Any]
WSGIApp: TypeAlias = Callable[[Any, Any], Iterable[bytes]]
"""Each framework has types of its own for what these two are."""
