"""What a half-done sign-in leaves in the browser: sealed cookies, each for one purpose.

A header credential never sets a cookie: who comes with one is handed the sealed value instead.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from scute_auth.cookies import MAX_COOKIE, clear, small_cookie
from scute_auth.credentials import read_cookie
from scute_auth.http import ResponseChanges
from scute_auth.signin.visit import Visit

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["HALF_DONE", "forget", "forget_half_done", "keep", "kept", "seal"]

T = TypeVar("T", bound="DataclassInstance")

HALF_DONE = (
    "magic",
    "oauth",
    "otp",
    "landing",
    "mfa",
    "step_up",
    "sso",
    "enrol",
    "passkey",
    "new_passkey",
)
"""Cookies of sign-ins that did not come to an end."""

_MAX_SEALED = MAX_COOKIE - 256
"""Leaves room for the name: a browser drops a cookie that is too large without a word."""


def keep(
    visit: Visit, purpose: str, value: "DataclassInstance", *, until: float
) -> ResponseChanges:
    """Leave this in the browser until then (seconds since the epoch).

    Where its `next` is so long that no browser would take it, only where to go is forgotten.
    """
    if visit.by_header:
        return ResponseChanges()
    content: dict[str, Any] = asdict(value)
    sealed = seal(visit, purpose, value, until=until)
    if len(sealed) > _MAX_SEALED:
        content["next"] = visit.auth.config.after_sign_in
        sealed = visit.auth.sealer.seal(purpose, content, until=until)
    lifetime = int(until - visit.now)
    return ResponseChanges(small_cookie(visit.view, visit.auth.config, purpose, sealed, lifetime))


def seal(visit: Visit, purpose: str, value: "DataclassInstance", *, until: float) -> str:
    return visit.auth.sealer.seal(purpose, asdict(value), until=until)


def kept(visit: Visit, purpose: str, kind: type[T], state: str = "") -> T | None:
    """What was left, if it is ours, of this app, in time, and not of another release.

    A caller with a token in a header brings it back as `state`.
    """
    sealed: str | None = state
    if not visit.by_header:
        sealed = read_cookie(visit.view, visit.auth.config, purpose)
    return visit.auth.sealer.open_as(kind, purpose, sealed, now=visit.now)


def forget(visit: Visit, purpose: str) -> ResponseChanges:
    if visit.by_header:
        return ResponseChanges()
    return ResponseChanges(clear(visit.view, visit.auth.config, purpose))


def forget_half_done(visit: Visit) -> ResponseChanges:
    """Once somebody is signed in, no sign-in of before may go on: it may be another's, planted."""
    changes = ResponseChanges()
    for purpose in HALF_DONE:
        if read_cookie(visit.view, visit.auth.config, purpose) is not None:
            changes = changes + forget(visit, purpose)
    return changes
