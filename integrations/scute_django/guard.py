"""Does this request meet what a view demands? None, or the response to give instead.

Twice, for views that block and views that await. Django may run either kind under either kind of
server, so the `Scute` at hand may be of the other kind; asgiref, Django's own bridge, is used
then, and only where a view demands more than a user.
"""

from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpRequest, HttpResponse

from scute_auth import SignedIn
from scute_auth.http import Reply
from scute_auth.runtime import Requirement
from scute_django.modes import is_async
from scute_django.requests import DjangoCurrent, current_of
from scute_django.responses import to_response

__all__ = ["arefusal", "refusal"]

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


def _without_asking(current: DjangoCurrent) -> HttpResponse | None:
    if isinstance(current.result, SignedIn):
        return None
    return _response(current.scute.refusal(current.view, current.result), current)


def _response(reply: Reply | None, current: DjangoCurrent) -> HttpResponse | None:
    return None if reply is None else to_response(reply, current.request)
