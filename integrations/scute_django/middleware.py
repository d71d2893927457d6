"""The middleware: asks the core who is there, answers `/auth/*`, and merges what the core changes.

One class for WSGI and ASGI; Django decides which it is by the handler below it. Neither way
does it touch the session or the database.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from scute_auth import AsyncScute, NotSignedIn, Scute, ScuteUnavailable, SignedIn, refusal_of
from scute_auth.context import Rendered
from scute_auth.http import RequestView
from scute_auth.identity import AuthResult
from scute_django import accounts, facades
from scute_django.decorators import is_public
from scute_django.modes import is_async
from scute_django.reports import hide_cookies
from scute_django.requests import DjangoCurrent, current_of, read_body, request_view
from scute_django.responses import active, apply, keep_context, to_response

__all__ = ["ScuteAuthMiddleware"]


class ScuteAuthMiddleware:
    """Puts the project behind Scute; settings come from `SCUTE`, else from `SCUTE_*` variables.

    It belongs below Django's own middleware for sessions, CSRF, users and messages: the sign-in
    routes are answered here, and what happens there may need them. Middleware below it asks
    `request.scute_user`: what `current_user()` raises is answered for views only.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = is_async(get_response)
        if self._is_async:
            markcoroutinefunction(self)
        # Made now: what is slow to load must not be loaded by the first request.
        accounts.require_app()
        scute = self.async_scute() if self._is_async else self.scute()
        if scute.config.require_by_default:
            # Only then, for Django may need a thread to call it.
            self.process_view = self._aprocess_view if self._is_async else self._process_view

    def scute(self) -> Scute:
        """The `Scute` of this middleware: override it to serve several apps in one process."""
        return facades.scute()

    def async_scute(self) -> AsyncScute:
        """The same for ASGI."""
        return facades.async_scute()

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self._acall(request)
        scute, view = self.scute(), request_view(request)
        current = _begin(request, view, scute, scute.authenticate(view))
        with active(current):
            if (response := self._gate(current)) is None:
                if scute.is_auth_path(view.path):
                    reply = scute.respond(_with_body(current), current.result)
                    response = to_response(reply, request)
                else:
                    response = self.get_response(request)
                    if current.left:
                        apply(scute.sign_out(view, current.result), response)
        return _finish(response, current)

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        scute, view = self.async_scute(), request_view(request)
        current = _begin(request, view, scute, await scute.authenticate(view))
        with active(current):
            if (response := self._gate(current)) is None:
                if scute.is_auth_path(view.path):
                    reply = await scute.respond(_with_body(current), current.result)
                    response = to_response(reply, request)
                else:
                    response = await self.get_response(request)
                    if current.left:
                        apply(await scute.sign_out(view, current.result), response)
        return _finish(response, current)

    def _gate(self, current: DjangoCurrent) -> HttpResponseBase | None:
        """With `require_by_default`, ask the view whether it is public, if it can be asked."""
        current.refused = current.scute.gate(current.view, current.result)
        if current.refused is None or hasattr(self, "process_view"):
            return None
        return to_response(current.refused, current.request)

    def _process_view(self, request: HttpRequest, view: object, *_: object) -> HttpResponse | None:
        current = current_of(request)
        refused, current.refused = current.refused, None
        return None if refused is None or is_public(view) else to_response(refused, request)

    async def _aprocess_view(
        self, request: HttpRequest, view: object, *_: object
    ) -> HttpResponse | None:
        return self._process_view(request, view)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What `current_user()` raises in a view becomes the right answer."""
        if isinstance(error, NotSignedIn | ScuteUnavailable):
            return to_response(refusal_of(error), request)
        return None


def _begin(request: Any, view: RequestView, scute: Any, result: AuthResult) -> DjangoCurrent:
    current = DjangoCurrent(view, result, scute, request=request)
    request.scute = current
    request.scute_user = result.user if isinstance(result, SignedIn) else None
    accounts.attach(request, result)
    hide_cookies(request, scute.config.app_id)
    return current


def _with_body(current: DjangoCurrent) -> RequestView:
    longest = current.scute.max_body(current.view.path)
    return replace(current.view, body=read_body(current.request, longest))


def _finish(response: HttpResponseBase, current: DjangoCurrent) -> HttpResponseBase:
    if current.refused is not None:
        # No view was reached that could have been public: a stranger learns nothing of the rest.
        response = to_response(current.refused, current.request)
    for rendered in current.refusals:
        if response.status_code == rendered.reply.status and _is_default(response, rendered):
            response = to_response(rendered.reply, current.request)
    apply(current.result.changes, response)
    if isinstance(response, StreamingHttpResponse):
        keep_context(response, current)
    return response


def _is_default(response: HttpResponseBase, rendered: Rendered) -> bool:
    """Is this what a framework on top of Django makes of our refusal if nobody handles it?"""
    return isinstance(response, HttpResponse) and response.content in rendered.defaults
