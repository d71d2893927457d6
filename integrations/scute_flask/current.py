"""The request's verdict: found when it starts, sent with its response, then forgotten.

Flask's request carries it, so it is right wherever that is: in async views, in copied contexts,
in preserved ones. The core's variable is set beside it, for code that knows no Flask.
"""

from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, cast

from flask import Flask, Request, Response, current_app, has_request_context, request
from werkzeug.local import LocalProxy

from scute_auth import context
from scute_auth.context import Current, variable
from scute_auth.http import Reply
from scute_flask.installed import installed_on
from scute_flask.refusals import refuse, response_of
from scute_flask.sending import change, in_context
from scute_flask.views import is_public
from scute_wsgi import read_body, request_view

__all__ = ["current_of", "finish", "forget", "start", "to_response"]

_KEY = "scute_auth"


@dataclass(slots=True)
class _Kept:
    """What a request holds of us; `outer` is what the variable held before."""

    current: Current
    outer: Current | None = None


def current_of() -> Current:
    """The request that is being handled, or whose body is being streamed."""
    if not has_request_context():
        return context.current()
    found = _request()
    return (_kept(found) or _ask(current_app, found)).current


def to_response(reply: Reply) -> Response:
    """A rendered reply as Flask's response; its cookies join it when it is sent."""
    return response_of(current_of(), reply)


def start(app: Flask, **_: Any) -> None:
    """When a request starts, before anybody else's hooks: who is it, and may he go on?"""
    found = _request()
    kept = _kept(found) or _ask(app, found)
    current, kept.outer = kept.current, variable.get()
    variable.set(current)
    rule = found.url_rule
    view = app.view_functions.get(rule.endpoint) if rule else None
    reply = current.scute.gate(current.view, current.result, is_public=is_public(view))
    if reply is not None:
        raise refuse(current, reply)


def finish(_: Flask, response: Response, **__: Any) -> None:
    """When the response is finished, after everybody else's hooks: what the verdict adds to it."""
    found = _request()
    kept = _kept(found)
    if kept is None:
        return  # the request failed before anything was known of it
    change(response, kept.current.result.changes)
    if not response.is_sequence:
        response.response = in_context(response.response, kept.current, found.environ)
    forget()


def forget(_: object = None) -> None:
    """When the request is over: nobody else's code in this thread may see its user."""
    kept = _kept(_request())
    if kept is not None and variable.get() is kept.current:
        variable.set(kept.outer)


def _request() -> Request:
    """Flask's request itself: every look through its proxy costs as much as the whole lookup."""
    proxy = cast("LocalProxy[Request]", request)
    return proxy._get_current_object()  # pyright: ignore[reportPrivateUsage] # werkzeug's own way


def _kept(found: Request) -> _Kept | None:
    return found.__dict__.get(_KEY)


def _ask(app: Flask, found: Request) -> _Kept:
    scute = installed_on(app).ready(app)
    environ = found.environ
    view = request_view(environ)
    if scute.is_auth_path(view.path):
        body = read_body(environ, scute.max_body(view.path))
        environ["wsgi.input"] = BytesIO(body)  # others may look at it, before or after us
        view = replace(view, body=body)
    kept = _Kept(Current(view, scute.authenticate(view), scute, refuse))
    found.__dict__[_KEY] = kept
    return kept
