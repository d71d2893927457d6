"""The app under Flask and Werkzeug's own server."""

from contextlib import AbstractContextManager
from socket import socket

from flask import Flask

from scute_auth import current_user
from scute_flask import ScuteAuth, optional_user, require_user
from tests.browser.apps.setup import STEP_UP, Setup, home, page_for
from tests.browser.recording import recording_wsgi
from tests.browser.serving import serve_wsgi

__all__ = ["with_flask"]


def with_flask(setup: Setup, listening: socket) -> AbstractContextManager[None]:
    app = Flask(__name__)
    ScuteAuth(app, scute=setup.scute())

    @app.get("/")
    def index() -> str:
        return home(optional_user())

    @app.get("/private")
    @require_user
    def private() -> str:
        return page_for(current_user(), "Private")

    @app.get("/danger")
    @require_user(step_up=STEP_UP)
    def danger() -> str:
        return page_for(current_user(), "Danger")

    return serve_wsgi(recording_wsgi(app, setup.seen), listening)
