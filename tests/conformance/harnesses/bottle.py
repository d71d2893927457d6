"""The shared app as a Bottle one writes it: `scute_wsgi` around the app."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from scute_auth import current_user, optional_user
from scute_wsgi import ScuteAuth
from tests.conformance.harness import Harness
from tests.conformance.site import Setup
from tests.conformance.wsgi_driver import WsgiDriver

__all__ = ["HARNESS"]

bottle: Any = import_module("bottle")
"""It has no types of its own."""


class Pages:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def home(self) -> str:
        user = optional_user()
        return user.id if user else '<a href="/auth/sign-in">Sign in</a>'

    def me(self) -> dict[str, str]:
        user = current_user()
        self._setup.enter("me", user.id)
        return {"user_id": user.id}

    def optional(self) -> dict[str, str | None]:
        user = optional_user()
        return {"user_id": user.id if user else None}

    def private(self) -> str:
        user = current_user()
        self._setup.enter("private", user.id)
        return f"<p>{user.id}</p>"

    def notes(self) -> dict[str, str]:
        user = current_user()
        self._setup.enter("notes", user.id)
        bottle.response.status = 201
        return {"user_id": user.id}

    def stream(self) -> Iterator[bytes]:
        current_user()
        return self._chunks()

    def _chunks(self) -> Iterator[bytes]:
        yield b"first\n"
        self._setup.gate.wait()
        yield current_user().id.encode()

    def boom(self) -> None:
        raise RuntimeError("boom")

    def own_response(self) -> Any:
        return bottle.HTTPResponse(b"own", headers=dict(bottle.request.query))


def status_line(error: Any) -> str:
    return str(error.status_line)


def serve(setup: Setup) -> WsgiDriver:
    pages = Pages(setup)
    app, sub = bottle.Bottle(), bottle.Bottle()
    app.route("/", callback=pages.home)
    app.route("/me", callback=pages.me)
    app.route("/optional", callback=pages.optional)
    app.route("/private", callback=pages.private)
    app.route("/notes", "POST", pages.notes)
    app.route("/stream", callback=pages.stream)
    app.route("/boom", callback=pages.boom)
    app.route("/own-response", callback=pages.own_response)
    sub.route("/me", callback=pages.me)
    app.mount("/sub/", sub)
    # Bottle's own error page shows the whole address, and with it what a link carries.
    app.default_error_handler = status_line
    return WsgiDriver(ScuteAuth(app, scute=setup.scute()))


HARNESS = Harness("bottle", serve, has_websocket=False)
