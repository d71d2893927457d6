"""The refusals as FastAPI's `HTTPException`, for apps that handle that one and not Starlette's."""

from fastapi import HTTPException

from scute_auth import NotSignedIn, ScuteUnavailable
from scute_auth.context import Current
from scute_auth.http import Reply
from scute_starlette import refusals

__all__ = ["NoUser", "Refusal", "TryLater", "refuse"]


class Refusal(refusals.Refusal, HTTPException):
    """The core said no: `reply` is the answer that it wants given."""


class NoUser(refusals.NoUser, Refusal):
    """Nobody is signed in; `reason` says why."""


class TryLater(refusals.TryLater, Refusal):
    """Scute cannot be asked now; `retry_after` is in seconds."""


def refuse(current: Current, why: NotSignedIn | ScuteUnavailable | Reply) -> Exception:
    """Our error, or the guard's reply, as an exception that FastAPI's handlers know."""
    if isinstance(why, NotSignedIn):
        return NoUser(current, why)
    if isinstance(why, ScuteUnavailable):
        return TryLater(current, why)
    return Refusal(current, why)
