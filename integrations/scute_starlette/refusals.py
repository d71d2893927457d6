"""Refusals as Starlette's own exceptions, so that they work wherever an endpoint is mounted.

Starlette's default answer to one of them is replaced by the core's reply; an app that handles
`HTTPException` itself keeps what it says.
"""

import json

from starlette.exceptions import HTTPException
from starlette.responses import Response

from scute_asgi.sending import MARKER
from scute_auth import NotSignedIn, ScuteUnavailable
from scute_auth.context import Current, Rendered
from scute_auth.http import Reply
from scute_auth.runtime import essential_headers, verdict_of

__all__ = ["NoUser", "Refusal", "TryLater", "refuse", "to_response"]


class Refusal(HTTPException):
    """The core said no: `reply` is the answer that it wants given."""

    def __init__(self, current: Current, reply: Reply) -> None:
        mark = {MARKER.decode("ascii"): str(len(current.refusals))}
        HTTPException.__init__(self, reply.status, headers=essential_headers(reply) | mark)
        as_json = json.dumps({"detail": self.detail}, separators=(",", ":"))
        defaults = (self.detail.encode("utf-8"), as_json.encode("utf-8"))
        current.refusals.append(Rendered(reply, defaults))
        self.reply = reply


class NoUser(NotSignedIn, Refusal):
    def __init__(self, current: Current, error: NotSignedIn) -> None:
        Refusal.__init__(self, current, _reply(current, error))
        self.reason, self.wanted = error.reason, error.wanted


class TryLater(ScuteUnavailable, Refusal):
    def __init__(self, current: Current, error: ScuteUnavailable) -> None:
        Refusal.__init__(self, current, _reply(current, error))
        self.retry_after = error.retry_after


def refuse(current: Current, why: NotSignedIn | ScuteUnavailable | Reply) -> Exception:
    """Our error, or the guard's reply, as an exception that Starlette's handlers know."""
    if isinstance(why, NotSignedIn):
        return NoUser(current, why)
    if isinstance(why, ScuteUnavailable):
        return TryLater(current, why)
    return Refusal(current, why)


def to_response(reply: Reply) -> Response:
    """A rendered reply as Starlette's response."""
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    response = Response(reply.body, reply.status)
    response.raw_headers = reply.changes.merge(response.raw_headers + raw)
    return response


def _reply(current: Current, error: NotSignedIn | ScuteUnavailable) -> Reply:
    reply: Reply = current.scute.refusal(current.view, verdict_of(error, current.result))
    return reply
