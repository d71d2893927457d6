"""The base WSGI middleware: copies the request, asks the core, applies what it says."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import replace

from scute_auth import ConfigError, Hooks, NotSignedIn, Scute, ScuteConfig, ScuteUnavailable
from scute_auth.context import Current, plain_refusal, variable
from scute_auth.pages import Renderer, default_renderer
from scute_auth.runtime import (
    SignInHook,
    SignOutHook,
    WebhookHandler,
    failure,
    refusal_of,
)
from scute_wsgi.request import read_body, request_view
from scute_wsgi.sending import BodyInContext, Starter, send_reply
from scute_wsgi.types import Environ, StartResponse, WSGIApp

__all__ = ["ScuteAuth", "current_of", "respond"]

logger = logging.getLogger("scute_auth")

_KEY = "scute_auth.current"


class ScuteAuth:
    """Puts a WSGI app behind Scute, and serves `/auth/*` itself unless `serve_auth` is false.

    `config` defaults to the `SCUTE_*` variables; a missing one fails the first request. The hooks
    are plain functions. `renderer` turns a page's name and context into HTML, `webhooks` has a
    function for each event of Scute's by its name. `scute` takes a `Scute` of your own, with its
    store, transport and hooks.
    """

    refuse: Callable[[Current, NotSignedIn | ScuteUnavailable], Exception] = staticmethod(
        plain_refusal
    )

    def __init__(
        self,
        app: WSGIApp,
        config: ScuteConfig | None = None,
        *,
        on_sign_in: SignInHook | None = None,
        on_sign_out: SignOutHook | None = None,
        renderer: Renderer = default_renderer,
        webhooks: Mapping[str, WebhookHandler] | None = None,
        scute: Scute | None = None,
        serve_auth: bool = True,
    ) -> None:
        self.app = app
        self._config = config
        self._hooks = Hooks(on_sign_in, on_sign_out, renderer, webhooks=webhooks)
        self._scute = scute
        self._serve_auth = serve_auth
        if scute is None:
            # Now, for it takes its time; what is missing is said by the first request.
            with suppress(ConfigError):
                self._begin()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        scute = self._scute or self._begin()
        view = request_view(environ)
        outer = environ.get(_KEY)
        if outer is not None and outer.scute.config == scute.config:
            # The same app again, inside a mount: one request has one verdict, and one refresh.
            result = outer.result
        else:
            result = scute.authenticate(view)
        current = environ[_KEY] = Current(view, result, scute, self.refuse)
        context = copy_context()
        context.run(variable.set, current)
        starter = Starter(start_response, current)
        return context.run(self._answer, environ, starter, current, context)

    def _answer(
        self, environ: Environ, starter: Starter, current: Current, context: Context
    ) -> Iterable[bytes]:
        """Let the app answer, unless this is our own route or nobody may pass."""
        try:
            refused = current.scute.gate(current.view, current.result)
            if refused is not None:
                return send_reply(environ, starter, refused)
            if self._serve_auth and current.scute.is_auth_path(current.view.path):
                return respond(environ, starter)
            return self._call_app(environ, starter, context)
        except (NotSignedIn, ScuteUnavailable) as error:
            if starter.has_written:
                raise
            return send_reply(environ, starter, refusal_of(error), replaces=starter.has_started)
        except Exception:
            # The server would answer with a bare error and lose the cookies of a refresh.
            if starter.has_written or not current.result.changes.cookies:
                raise
            logger.exception("the app raised")
            reply = failure(current.result.changes)
            return send_reply(environ, starter, reply, replaces=starter.has_started)

    def _call_app(self, environ: Environ, starter: Starter, context: Context) -> Iterable[bytes]:
        body = self.app(environ, starter)
        if type(body) in (list, tuple) or _is_file(environ, body):
            return body  # no code of the app is left in it, and servers know how to send it fast
        return BodyInContext(body, context).begin()

    def _begin(self) -> Scute:
        self._scute = Scute(self._config, hooks=self._hooks)
        return self._scute


def current_of(environ: Environ) -> Current:
    """The verdict that the middleware left for this request."""
    current = environ.get(_KEY)
    if current is None:
        raise ConfigError("ScuteAuth is not installed: wrap the app, app = ScuteAuth(app)")
    return current  # type: ignore[no-any-return] # an environ's values are untyped


def respond(environ: Environ, start_response: StartResponse) -> list[bytes]:
    """Answer one of the `/auth/*` routes."""
    current = current_of(environ)
    view = replace(current.view, body=read_body(environ, current.scute.max_body(current.view.path)))
    return send_reply(environ, start_response, current.scute.respond(view, current.result))


def _is_file(environ: Environ, body: Iterable[bytes]) -> bool:
    """Is it a file in the server's own wrapper?"""
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(body, wrapper)
