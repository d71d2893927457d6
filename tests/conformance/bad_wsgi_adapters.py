"""The faults of `bad_adapters` as WSGI has them, and one that only WSGI can have."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextvars import Token
from dataclasses import dataclass
from typing import Any, cast

from scute_auth import RequestView, Scute
from scute_auth.context import Current, variable
from scute_auth.identity import AuthResult
from scute_wsgi import ScuteAuth, current_of
from scute_wsgi.types import Environ, StartResponse, WSGIApp
from tests.conformance.bad_adapters import believed, cleared
from tests.conformance.harness import Harness
from tests.conformance.harnesses.wsgi import PlainApp
from tests.conformance.site import Setup
from tests.conformance.wsgi_driver import WsgiDriver

__all__ = ["BAD_WSGI", "GOOD_WSGI", "LOGS_ENVIRON"]

Lines = list[tuple[str, str]]


@dataclass
class DropsCookies:
    """Sends the app's own headers and forgets the verdict's cookies."""

    app: WSGIApp

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        def dropping(status: str, headers: Lines, exc_info: Any = None) -> Any:
            kept = [line for line in headers if line[0] != "set-cookie"]
            return start_response(status, kept, exc_info)

        return self.app(environ, dropping)


@dataclass
class BuffersAnswers:
    """Joins the whole body, as a middleware does that wants to know its length."""

    app: WSGIApp

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return [b"".join(self.app(environ, start_response))]


@dataclass
class ParsesCookies:
    """Lets a framework's parser read the cookies, which strips what it takes for white space."""

    app: WSGIApp

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        pairs = (pair.partition("=") for pair in environ.get("HTTP_COOKIE", "").split(";"))
        cookies = {name.strip(): content.strip() for name, _, content in pairs}
        environ["HTTP_COOKIE"] = "; ".join(f"{name}={text}" for name, text in cookies.items())
        return self.app(environ, start_response)


@dataclass
class HidesTheOrigin:
    """Copies only the headers that it knows into the view: every cross-site POST passes."""

    app: WSGIApp

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        for name in [key for key in environ if key.startswith(("HTTP_ORIGIN", "HTTP_SEC_"))]:
            del environ[name]
        return self.app(environ, start_response)


@dataclass
class TrustsTheHost:
    """Makes redirects absolute with the Host that the visitor sent."""

    app: WSGIApp

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        host = environ["HTTP_HOST"]

        def rewriting(status: str, headers: Lines, exc_info: Any = None) -> Any:
            lines = [(n, f"https://{host}{v}" if n == "location" else v) for n, v in headers]
            return start_response(status, lines, exc_info)

        return self.app(environ, rewriting)


@dataclass
class KeepsTheContext:
    """Never resets the context variable."""

    app: WSGIApp

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = self.app(environ, start_response)
        variable.set(current_of(environ))
        return body


@dataclass
class KeepsTheThread:
    """Resets the context variable when the body is closed, and has the thread till then."""

    app: WSGIApp

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = self.app(environ, start_response)
        return _Held(body, variable.set(current_of(environ)))


@dataclass
class _Held:
    body: Iterable[bytes]
    token: Token[Current | None]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.body)

    def close(self) -> None:
        variable.reset(self.token)


@dataclass
class LogsEnviron:
    """Writes the environ into the debug log."""

    app: WSGIApp

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        logging.getLogger("bad.adapter").debug("request: %r", environ)
        return self.app(environ, start_response)


@dataclass
class SharesTheContext:
    """Stands inside and keeps the current request on itself: two at once see the later one."""

    app: WSGIApp
    latest: Current | None = None

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.latest = current_of(environ)
        variable.set(cast(Current, _Latest(self)))
        return self.app(environ, start_response)


@dataclass(frozen=True)
class _Latest:
    adapter: SharesTheContext

    def __getattr__(self, name: str) -> Any:
        return getattr(self.adapter.latest, name)


class IgnoresTheVerdict(Scute):
    """Believes a token that was refused, for it looks so well-formed."""

    def authenticate(self, view: RequestView) -> AuthResult:
        return believed(view, self.config, super().authenticate(view))


class ClearsInAnOutage(Scute):
    """Takes "cannot tell" for "no"."""

    def authenticate(self, view: RequestView) -> AuthResult:
        return cleared(view, self.config, super().authenticate(view))


def _as_it_is(app: WSGIApp) -> WSGIApp:
    return app


def _served(
    adapter: Callable[[WSGIApp], WSGIApp] = _as_it_is,
    *,
    inside: Callable[[WSGIApp], WSGIApp] = _as_it_is,
    scute: type[Scute] = Scute,
) -> Harness:
    """The plain app behind an adapter, in a server that loses its patience soon."""

    def serve(setup: Setup) -> WsgiDriver:
        app = ScuteAuth(inside(PlainApp(setup)), scute=setup.made(scute))
        return WsgiDriver(adapter(app), patience=1.0)

    return Harness("wsgi", serve, has_websocket=False)


GOOD_WSGI = _served()

BAD_WSGI = {
    "drops the cookies": _served(DropsCookies),
    "ignores the verdict": _served(scute=IgnoresTheVerdict),
    "shares the context": _served(inside=SharesTheContext),
    "keeps the context": _served(KeepsTheContext),
    "keeps the thread": _served(KeepsTheThread),
    "lets a framework parse the cookies": _served(ParsesCookies),
    "clears cookies in an outage": _served(scute=ClearsInAnOutage),
    "lets a cross-site post pass": _served(HidesTheOrigin),
    "swallows the laziness of streams": _served(BuffersAnswers),
    "trusts the host for links": _served(TrustsTheHost),
}

LOGS_ENVIRON = _served(LogsEnviron)
