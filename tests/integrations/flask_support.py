"""A Flask app behind the emulator in memory, for the tests of Flask's adapter."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from scute_auth import Scute
from scute_emulator import Emulator
from scute_flask import ScuteAuth, current_user
from tests.integrations.support import config_of

__all__ = ["PROBLEM", "app_of", "blocking_scute_of", "client_of", "user_view"]

PROBLEM = "application/problem+json"


def blocking_scute_of(emulator: Emulator, **settings: Any) -> Scute:
    return Scute(config_of(emulator, **settings), transport=emulator.transport)


def app_of(emulator: Emulator, **settings: Any) -> Flask:
    """An app that has the extension and no route yet."""
    app = Flask(__name__)
    ScuteAuth(app, scute=blocking_scute_of(emulator, **settings))
    return app


def client_of(app: Flask) -> FlaskClient:
    """A client that sends the `Cookie` header it is told to send, and keeps nothing."""
    return app.test_client(use_cookies=False)


def user_view() -> Callable[[], str]:
    """A view for a user, made anew: whoever touches him demands one."""

    def view() -> str:
        return current_user.id

    return view
