"""Refusals as werkzeug's own exceptions: an app's error handlers win, else the core's reply goes.

For a status that werkzeug knows, such an exception is of werkzeug's class too, so that the
handler of that status finds it; and of our own, for `@app.errorhandler(NotSignedIn)`.
"""

from dataclasses import replace
from functools import cache
from typing import Any, cast

from flask import Response
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, default_exceptions

from scute_auth import NotSignedIn, ScuteError, ScuteUnavailable, SignedIn
from scute_auth.context import Current, error_of
from scute_auth.http import Reply
from scute_auth.identity import machine_of
from scute_auth.runtime import essential_headers, verdict_of

__all__ = ["Refusal", "refuse", "response_of"]


class Refusal(HTTPException):
    """The core said no: `get_response()` is the answer that it wants given."""

    def __init__(self, reply: Reply, response: Response) -> None:
        HTTPException.__init__(self, response=response)
        self.reply = reply

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """For a handler that writes the answer itself."""
        return [*HTTPException.get_headers(self), *essential_headers(self.reply).items()]


def refuse(current: Current, why: NotSignedIn | ScuteUnavailable | Reply) -> Exception:
    """Our error, or a reply of the core, as an exception that Flask's error handlers know."""
    if isinstance(why, Reply):
        reply, result = why, current.result
        if isinstance(result, SignedIn) or machine_of(result):
            error = ScuteError()
        else:
            error = error_of(result)
    else:
        reply = current.scute.refusal(current.view, verdict_of(why, current.result))
        error = why
    kind = _kind(reply.status, type(error))  # type: ignore[arg-type] # classes can be hashed
    refusal = kind(reply, response_of(current, reply))
    vars(refusal).update(vars(error))
    return refusal


def response_of(current: Current, reply: Reply) -> Response:
    """The reply as Flask's response; its cookies go out at the end, with the request's own."""
    changes = current.result.changes + reply.changes
    current.result = replace(current.result, changes=changes)
    response = Response(reply.body, reply.status)
    response.headers = Headers(reply.headers)
    return response


@cache
def _kind(status: int, ours: type[ScuteError]) -> type[Refusal]:
    bases: tuple[type, ...] = (Refusal, ours, default_exceptions.get(status, HTTPException))
    return cast("type[Refusal]", type("Refusal", bases, {"code": status}))
