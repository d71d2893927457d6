"""What a half-done sign-in leaves in the browser: sealed cookies, each for one purpose."""

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, TypeVar

from scute_auth.cookies import MAX_COOKIE, clear, small_cookie
from scute_auth.credentials import read_cookie
from scute_auth.http import ResponseChanges
from scute_auth.signin.visit import Visit

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["forget", "keep", "kept"]

T = TypeVar("T", bound="DataclassInstance")

_MAX_SEALED = MAX_COOKIE - 256
"""Leaves room for the name: a browser drops a cookie that is too large without a word."""


def keep(
    visit: Visit, purpose: str, value: "DataclassInstance", *, until: float
) -> ResponseChanges:
    """Leave this in the browser until then (seconds since the epoch).

    Where its `next` is so long that no browser would take it, only where to go is forgotten.
    """
    content: dict[str, Any] = asdict(value)
    sealed = visit.auth.sealer.seal(purpose, content, until=until)
    if len(sealed) > _MAX_SEALED:
        content["next"] = visit.auth.config.after_sign_in
        sealed = visit.auth.sealer.seal(purpose, content, until=until)
    lifetime = int(until - visit.now)
    return ResponseChanges(small_cookie(visit.view, visit.auth.config, purpose, sealed, lifetime))


def kept(visit: Visit, purpose: str, kind: type[T]) -> T | None:
    """What was left, if it is ours, of this app, in time, and not of another release."""
    sealed = read_cookie(visit.view, visit.auth.config, purpose)
    content = visit.auth.sealer.open(purpose, sealed, now=visit.now)
    if content is None or content.keys() != {field.name for field in fields(kind)}:
        return None
    return kind(**content)


def forget(visit: Visit, purpose: str) -> ResponseChanges:
    return ResponseChanges(clear(visit.view, visit.auth.config, purpose))
