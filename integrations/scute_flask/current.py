"""The request's verdict: found when it starts, sent with its response, then forgotten.

Flask's request carries it, so it is right wherever that is: in async views, in copied contexts,
in preserved ones. The core's variable is set beside it, for code that knows no Flask.
"""

from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, has_request_context, request
from werkzeug.datastructures import Headers
from werkzeug.local import LocalProxy

from scute_auth import SignedIn, User, context
from scute_auth.context import Current, demand, variable
from scute_auth.http import Reply
from scute_flask.bodies import in_context
from scute_flask.installed import installed_on
from scute_flask.refusals import refuse, response_of
from scute_flask.views import is_public
from scute_wsgi import read_body, request_view

__all__ = [
    "current_of",
    "current_user",
    "finish",
    "forget",
    "optional_user",
    "start",
    "to_response",
]

_KEY = "scute_auth"


@dataclass(slots=True)
class _Kept:
    """What a request holds of us; `outer` is what the variable held before."""

    current: Current
    outer: Current | None = None


def _kept() -> _Kept | None:
    return vars(request).get(_KEY)


def current_of() -> Current:
    """The request that is being handled, or whose body is being streamed."""
    if not has_request_context():
        return context.current()
    return (_kept() or _ask(current_app)).current


def optional_user() -> User | None:
    """The signed-in user, or None."""
    result = current_of().result
    return result.user if isinstance(result, SignedIn) else None


def to_response(reply: Reply) -> Response:
    """A rendered reply as Flask's response; its cookies join it when it is sent."""
    return response_of(current_of(), reply)


def start(app: Flask, **_: Any) -> None:
    """When a request starts, before anybody else's hooks: who is it, and may he go on?"""
    kept = _kept() or _ask(app)
    current, kept.outer = kept.current, variable.get()
    variable.set(current)
    rule = request.url_rule
    view = app.view_functions.get(rule.endpoint) if rule else None
    reply = current.scute.gate(current.view, current.result, is_public=is_public(view))
    if reply is not None:
        raise refuse(current, reply)


def finish(_: Flask, response: Response, **__: Any) -> None:
    """When the response is finished, after everybody else's hooks: what the verdict adds to it."""
    kept = _kept()
    if kept is None:
        return  # the request failed before anything was known of it
    current = kept.current
    # Not latin-1: werkzeug makes ASCII of a `Location` later than this.
    raw = [(name.encode(), value.encode()) for name, value in response.headers]
    merged = current.result.changes.merge(raw)
    response.headers = Headers((name.decode(), value.decode()) for name, value in merged)
    if not response.is_sequence:
        response.response = in_context(response.response, current, request.environ)
    forget()


def forget(_: object = None) -> None:
    """When the request is over: nobody else's code in this thread may see its user."""
    kept = _kept()
    if kept is not None and variable.get() is kept.current:
        variable.set(kept.outer)


def _ask(app: Flask) -> _Kept:
    scute = installed_on(app).ready(app)
    environ = request.environ
    view = request_view(environ)
    if scute.is_auth_path(view.path):
        body = read_body(environ)
        environ["wsgi.input"] = BytesIO(body)  # others may look at it, before or after us
        view = replace(view, body=body)
    kept = _Kept(Current(view, scute.authenticate(view), scute, refuse))
    vars(request)[_KEY] = kept
    return kept


class _Nobody:
    """What `current_user` is where nobody is signed in: false, and no user in any other way."""

    is_authenticated = False

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "<nobody is signed in>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # Python, Jinja and copy ask for those
        return getattr(demand(current_of()).user, name)


_NOBODY = _Nobody()

if TYPE_CHECKING:

    class CurrentUser(User):
        """The user whom the current request has, or nothing at all: look before you use it."""

        def __bool__(self) -> bool: ...


current_user: "CurrentUser" = LocalProxy(lambda: optional_user() or _NOBODY)  # type: ignore[assignment] # a proxy stands for what it finds
"""The signed-in user. False where nobody is signed in; then every attribute but
`is_authenticated` raises `NotSignedIn`: left alone, that becomes the right answer."""
