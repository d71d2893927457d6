"""The shared app as a Flask one writes it, with plain views."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Flask, Response, jsonify, request
from flask.logging import default_handler
from flask.typing import ResponseReturnValue
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from scute_flask import ScuteAuth, current_user, optional_user, require_user
from tests.conformance.harness import Harness
from tests.conformance.site import Setup
from tests.conformance.wsgi_driver import WsgiDriver

__all__ = ["HARNESS", "Pages", "stream_of", "wsgi_app"]


class Pages:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def home(self) -> ResponseReturnValue:
        return current_user.id if current_user else '<a href="/auth/sign-in">Sign in</a>'

    @require_user
    def me(self) -> ResponseReturnValue:
        self._setup.enter("me", current_user.id)
        return {"user_id": current_user.id}

    def optional(self) -> ResponseReturnValue:
        user = optional_user()
        return jsonify({"user_id": user.id if user else None})

    @require_user
    def private(self) -> ResponseReturnValue:
        self._setup.enter("private", current_user.id)
        return f"<p>{current_user.id}</p>"

    def notes(self) -> ResponseReturnValue:
        """Without a decorator: whoever touches the user demands one."""
        self._setup.enter("notes", current_user.id)
        return {"user_id": current_user.id}, 201

    @require_user
    def stream(self) -> ResponseReturnValue:
        return stream_of(self._setup), {"Content-Type": "text/plain"}

    def boom(self) -> ResponseReturnValue:
        raise RuntimeError("boom")

    def own_response(self) -> ResponseReturnValue:
        return Response("own", headers=list(request.args.items(multi=True)))


def stream_of(setup: Setup) -> Iterator[str]:
    """Runs when Flask has left the request."""
    yield "first\n"
    setup.gate.wait()
    yield current_user.id


def wsgi_app(setup: Setup, pages: Any) -> Callable[..., Iterable[bytes]]:
    """The app, and a second one mounted in it."""
    app, mounted = Flask(__name__), Flask(__name__)
    app.logger.addHandler(default_handler)
    app.add_url_rule("/", view_func=pages.home)
    app.add_url_rule("/me", view_func=pages.me)
    app.add_url_rule("/optional", view_func=pages.optional)
    app.add_url_rule("/private", view_func=pages.private)
    app.add_url_rule("/notes", view_func=pages.notes, methods=["POST"])
    app.add_url_rule("/stream", view_func=pages.stream)
    app.add_url_rule("/boom", view_func=pages.boom)
    app.add_url_rule("/own-response", view_func=pages.own_response)
    mounted.add_url_rule("/me", view_func=pages.me)
    scute = ScuteAuth(app, scute=setup.scute())
    scute.init_app(mounted)
    return DispatcherMiddleware(app, {"/sub": mounted})


class _Started:
    """A server imports the app when it starts, which is where `init_app` may have to complain."""

    def __init__(self, load: Callable[[], Callable[..., Iterable[bytes]]]) -> None:
        self._load = load
        self._app: Callable[..., Iterable[bytes]] | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self._app is None:
            self._app = self._load()
        return self._app(environ, start_response)


def serve(setup: Setup, pages: Callable[[Setup], Any] = Pages) -> WsgiDriver:
    return WsgiDriver(_Started(lambda: wsgi_app(setup, pages(setup))))


HARNESS = Harness("flask", serve, has_websocket=False)
