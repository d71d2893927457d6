"""Django Ninja: `NinjaAPI(auth=ScuteAuth())`; `request.auth` is then our `SignedIn`."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

from django.http import HttpRequest
from ninja.errors import AuthorizationError, HttpError
from ninja.security.base import AuthBase, SecuritySchema

from scute_auth import NotSignedIn, ScuteUnavailable, SignedIn, refusal_of
from scute_auth.context import Current, Rendered, error_of
from scute_auth.openapi import bearer_scheme
from scute_django.accounts import scute_backend
from scute_django.requests import current_of

__all__ = ["NoUser", "ScuteAuth", "TryLater"]


class NoUser(NotSignedIn, HttpError):
    """Nobody is signed in; `reason` says why."""

    def __init__(self, error: NotSignedIn, status: int) -> None:
        HttpError.__init__(self, status, str(error))
        self.reason = error.reason


class TryLater(ScuteUnavailable, HttpError):
    """Scute cannot be asked now; `retry_after` is in seconds."""

    def __init__(self, error: ScuteUnavailable, status: int) -> None:
        HttpError.__init__(self, status, str(error))
        self.retry_after = error.retry_after


class ScuteAuth(AuthBase):
    """Demands a signed-in user, in synchronous and asynchronous operations alike.

    Its refusals are the core's answers, unless the API has an exception handler of its own for
    `NotSignedIn`, `ScuteUnavailable` or `HttpError`. It lets no other authentication have a try
    after it, so in a list it stands last. With `ScuteBackend` the project's user must exist and
    be active: one query.
    """

    openapi_type = "http"

    def __init__(self) -> None:
        super().__init__()
        # Ninja would need a thread for a plain function in an asynchronous operation.
        self.is_async = True
        self.openapi_security_schema = SecuritySchema(**bearer_scheme())

    def __call__(self, request: HttpRequest) -> SignedIn | Coroutine[Any, Any, SignedIn]:
        if _is_in_event_loop():
            return self._acheck(request)
        signed_in = _demand(current_of(request))
        if scute_backend() is not None:
            _check(request.user)
        return signed_in

    async def _acheck(self, request: HttpRequest) -> SignedIn:
        signed_in = _demand(current_of(request))
        if scute_backend() is not None:
            _check(await request.auser())
        return signed_in


def _demand(current: Current) -> SignedIn:
    """The verdict, or an error that Ninja's own handlers know.

    Ninja lets no exception out while `DEBUG` is on, so its default answer to ours is noted, and
    replaced by the core's on the way out.
    """
    if isinstance(current.result, SignedIn):
        return current.result
    error = error_of(current.result)
    reply = refusal_of(error)
    content = {"detail": str(error)}
    bodies = (json.dumps(content), json.dumps(content, separators=(",", ":")))
    current.refusals.append(Rendered(reply, tuple(body.encode("utf-8") for body in bodies)))
    if isinstance(error, NotSignedIn):
        raise NoUser(error, reply.status)
    raise TryLater(error, reply.status)


def _check(user: Any) -> None:
    if not user.is_authenticated:
        raise AuthorizationError


def _is_in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
