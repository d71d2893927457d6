"""Does this request meet what a view demands? None, or the response to give instead.

Twice, for views that block and views that await. Django may run either kind under either kind of
server, so the `Scute` at hand may be of the other kind; asgiref, Django's own bridge, is used
then, and only where a view demands more than a user.
"""

from dataclasses import replace
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from scute_auth import SignedIn
from scute_auth.http import Reply
from scute_auth.runtime import Requirement
from scute_django.modes import is_async
from scute_django.requests import DjangoCurrent, current_of
from scute_django.responses import apply, to_response

__all__ = ["arefusal", "kept_private", "refusal"]

_A_USER = Requirement()


def refusal(request: HttpRequest, requirement: Requirement) -> HttpResponse | None:
    """For views that block."""
    current = current_of(request)
    if not isinstance(current.result, SignedIn) or requirement == _A_USER:
        return _without_asking(current)
    guard = current.scute.guard
    ask = async_to_sync(guard) if is_async(guard) else guard
    return _response(ask(current.view, current.result, requirement), current)


async def arefusal(request: HttpRequest, requirement: Requirement) -> HttpResponse | None:
    """For views that await."""
    current = current_of(request)
    if not isinstance(current.result, SignedIn) or requirement == _A_USER:
        return _without_asking(current)
    guard = current.scute.guard
    ask = guard if is_async(guard) else sync_to_async(guard)
    return _response(await ask(current.view, current.result, requirement), current)


def kept_private(answer: Any, request: HttpRequest) -> Any:
    """What a guarded view answers, marked as one user's where a cache waits for it.

    A cache around the view (`cache_page`) sees it before the middleware does, and must not have
    it for others.
    """
    is_awaited = getattr(request, "_cache_update_cache", False)  # Django's own note of that
    if is_awaited and isinstance(answer, HttpResponseBase):
        apply(replace(current_of(request).result.changes, cookies=()), answer)
    return answer


def _without_asking(current: DjangoCurrent) -> HttpResponse | None:
    if isinstance(current.result, SignedIn):
        return None
    return _response(current.scute.refusal(current.view, current.result), current)


def _response(reply: Reply | None, current: DjangoCurrent) -> HttpResponse | None:
    return None if reply is None else to_response(reply, current.request)
