"""The shared app as plain WSGI, written by hand: `scute_wsgi` and nothing else."""

import json
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import parse_qsl

from scute_auth import current_user, optional_user
from scute_wsgi import ScuteAuth
from scute_wsgi.types import Environ, StartResponse, WSGIApp
from tests.conformance.harness import Harness
from tests.conformance.site import Setup
from tests.conformance.wsgi_driver import WsgiDriver

__all__ = ["HARNESS", "PlainApp"]

Handler = Callable[[Environ, StartResponse], Iterable[bytes]]


class PlainApp:
    """Routes on `PATH_INFO`, and moves what it has routed on to `SCRIPT_NAME`."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._routes: dict[tuple[str, str], Handler] = {
            ("GET", "/"): self.home,
            ("GET", "/me"): self.me,
            ("GET", "/optional"): self.optional,
            ("GET", "/private"): self.private,
            ("POST", "/notes"): self.notes,
            ("GET", "/stream"): self.stream,
            ("GET", "/boom"): self.boom,
            ("GET", "/own-response"): self.own_response,
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith("/sub/"):
            root_path = environ["SCRIPT_NAME"] + "/sub"
            mounted = {**environ, "SCRIPT_NAME": root_path, "PATH_INFO": path[4:]}
            return self(mounted, start_response)
        method = environ["REQUEST_METHOD"]
        method = "GET" if method == "HEAD" else method
        return self._routes.get((method, path), _not_found)(environ, start_response)

    def home(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        user = optional_user()
        page = user.id if user else '<a href="/auth/sign-in">Sign in</a>'
        return _answer(start_response, "text/html", page)

    def me(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        user = current_user()
        self._setup.enter("me", user.id)
        return _answer(start_response, "application/json", json.dumps({"user_id": user.id}))

    def optional(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        user = optional_user()
        content = {"user_id": user.id if user else None}
        return _answer(start_response, "application/json", json.dumps(content))

    def private(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        user = current_user()
        self._setup.enter("private", user.id)
        return _answer(start_response, "text/html", f"<p>{user.id}</p>")

    def notes(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        user = current_user()
        self._setup.enter("notes", user.id)
        content = json.dumps({"user_id": user.id})
        return _answer(start_response, "application/json", content, status="201 Created")

    def stream(self, environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
        """A generator: nothing of it runs before the first piece is asked for."""
        current_user()
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"first\n"
        self._setup.gate.wait()
        yield current_user().id.encode()

    def boom(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        raise RuntimeError("boom")

    def own_response(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", parse_qsl(environ["QUERY_STRING"]))
        return [b"own"]


def _answer(
    start_response: StartResponse, kind: str, text: str, *, status: str = "200 OK"
) -> Iterable[bytes]:
    start_response(status, [("Content-Type", kind)])
    return [text.encode()]


def _not_found(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    return _answer(start_response, "text/plain", "not found", status="404 Not Found")


def serve_with(middleware: Callable[..., WSGIApp], setup: Setup) -> WsgiDriver:
    return WsgiDriver(middleware(PlainApp(setup), scute=setup.scute()))


HARNESS = Harness("wsgi", lambda setup: serve_with(ScuteAuth, setup), has_websocket=False)
