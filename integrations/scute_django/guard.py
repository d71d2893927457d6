"""Does this request meet what a view demands? None, or the response to give instead.

Twice, for views that block and views that await. Django may run either kind under either kind of
server, so the `Scute` at hand may be of the other kind; asgiref, Django's own bridge, is used
then, and only where a view demands more than a user.
"""

from dataclasses import dataclass, replace
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from scute_auth import SignedIn
from scute_auth.guards import without_machine
from scute_auth.http import Reply
from scute_auth.identity import machine_of
from scute_auth.runtime import Demand, MachineRequirement, Requirement
from scute_django.modes import is_async
from scute_django.requests import DjangoCurrent, current_of
from scute_django.responses import apply, to_response

__all__ = ["arefusal", "kept_private", "refusal"]

_A_USER = Requirement()


def refusal(request: HttpRequest, demanded: Demand) -> HttpResponse | None:
    """For views that block."""
    current = current_of(request)
    if (known := _known(current, demanded)) is not None:
        return _response(known.reply, current)
    guard = current.scute.guard
    ask = async_to_sync(guard) if is_async(guard) else guard
    return _response(ask(current.view, current.result, demanded), current)


async def arefusal(request: HttpRequest, demanded: Demand) -> HttpResponse | None:
    """For views that await."""
    current = current_of(request)
    if (known := _known(current, demanded)) is not None:
        return _response(known.reply, current)
    guard = current.scute.guard
    ask = guard if is_async(guard) else sync_to_async(guard)
    return _response(await ask(current.view, current.result, demanded), current)


def kept_private(answer: Any, request: HttpRequest) -> Any:
    """What a guarded view answers, marked as one user's where a cache waits for it.

    A cache around the view (`cache_page`) sees it before the middleware does, and must not have
    it for others.
    """
    is_awaited = getattr(request, "_cache_update_cache", False)  # Django's own note of that
    if is_awaited and isinstance(answer, HttpResponseBase):
        apply(replace(current_of(request).result.changes, cookies=()), answer)
    return answer


@dataclass(frozen=True, slots=True)
class _Known:
    """What to answer is known without asking anybody; None lets the request pass."""

    reply: Reply | None


def _known(current: DjangoCurrent, demanded: Demand) -> _Known | None:
    result, scute = current.result, current.scute
    if isinstance(demanded, MachineRequirement):
        if machine_of(result) is None:
            return _Known(scute.refusal(current.view, without_machine(result)))
        return _Known(None) if demanded.check is None else None
    if not isinstance(result, SignedIn):
        return _Known(scute.refusal(current.view, result))
    return _Known(None) if demanded == _A_USER else None


def _response(reply: Reply | None, current: DjangoCurrent) -> HttpResponse | None:
    return None if reply is None else to_response(reply, current.request)
