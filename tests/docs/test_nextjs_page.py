"""The page for those who come from Scute's Next.js handlers. In a browser: `tests/vendor`."""

import re

import pytest
from django.test import override_settings
from flask import Flask

import tests.django_setup  # noqa: F401 # pyright: ignore[reportUnusedImport] # sets it up
from scute_auth.endpoints import ENDPOINTS
from scute_django.conf import config_of_project
from scute_flask import ScuteAuth
from scute_flask.settings import config_of
from tests.nextjs_page import PAGE


def test_every_route_that_the_client_calls_stands_there() -> None:
    table = PAGE.partition("## What each route does")[2].partition("\n## ")[0]
    told = re.findall(r"`(GET|POST) /auth(/[\w-]+)`", table)
    ours = {(each.method, each.path) for each in ENDPOINTS if each.needs == "browser_sdk"}

    assert set(told) == ours | {("POST", "/sign-out")}


def test_flask_takes_the_setting() -> None:
    app = Flask(__name__)
    app.config["SCUTE_APP_ID"] = "app_demo"
    exec(_quoted("app.config"), {"app": app})
    ScuteAuth(app)

    assert config_of(app).browser_sdk


def test_flask_takes_it_before_it_knows_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCUTE_APP_ID", raising=False)
    app = Flask(__name__)
    exec(_quoted("app.config"), {"app": app})

    ScuteAuth(app)

    assert "scute.sdk_refresh" in app.view_functions


def test_django_takes_the_setting() -> None:
    given: dict[str, dict[str, object]] = {}
    exec(_quoted("SCUTE ="), given)

    with override_settings(SCUTE={"APP_ID": "app_demo", **given["SCUTE"]}):
        assert config_of_project().browser_sdk


def _quoted(start: str) -> str:
    quoted: list[str] = re.findall(r"`([^`\n]+)`", PAGE)
    return next(code for code in quoted if code.startswith(start))
