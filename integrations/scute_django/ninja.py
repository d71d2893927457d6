"""Django Ninja: `NinjaAPI(auth=ScuteAuth())`; `request.auth` is then our `SignedIn`."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from django.http import HttpRequest
from ninja.errors import AuthorizationError
from ninja.security.base import AuthBase, SecuritySchema

from scute_auth import SignedIn
from scute_auth.context import demand
from scute_django.accounts import scute_backend
from scute_django.requests import current_of
from scute_django.schemes import bearer_scheme

__all__ = ["ScuteAuth"]


class ScuteAuth(AuthBase):
    """Demands a signed-in user, in synchronous and asynchronous operations alike.

    Its refusals are the core's answers; `@api.exception_handler(NotSignedIn)` gives others. It
    lets no other authentication have a try after it, so in a list it stands last. With
    `ScuteBackend` the project's user must exist and be active: one query.
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
        signed_in = demand(current_of(request))
        if scute_backend() is not None:
            _check(request.user)
        return signed_in

    async def _acheck(self, request: HttpRequest) -> SignedIn:
        signed_in = demand(current_of(request))
        if scute_backend() is not None:
            _check(await request.auser())
        return signed_in


def _check(user: Any) -> None:
    if not user.is_authenticated:
        raise AuthorizationError


def _is_in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
