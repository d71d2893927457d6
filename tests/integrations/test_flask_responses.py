"""What Flask's adapter sends: refusals that an app may take over, and cookies on every response."""

import json
from typing import Any

import pytest
from flask import Blueprint, Flask, Response, make_response, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, HTTPException, ServiceUnavailable, Unauthorized

from scute_auth import NotSignedIn, ScuteUnavailable
from scute_auth.cookies import OF_SESSION
from scute_auth.http import Reply, ResponseChanges, SetCookie
from scute_emulator import Emulator
from scute_flask import ScuteAuth, current_user, require_user, to_response
from tests.integrations.flask_support import (
    PROBLEM,
    app_of,
    blocking_scute_of,
    client_of,
    user_view,
)
from tests.integrations.support import bearer, expired_cookies, session_cookies

PERSON = {"Accept": "text/html"}


def private_app(emulator: Emulator, **settings: Any) -> Flask:
    app = app_of(emulator, **settings)
    app.add_url_rule("/me", view_func=require_user(user_view()))
    return app


class TestRefusals:
    @pytest.mark.parametrize("key", [401, Unauthorized, HTTPException, NotSignedIn], ids=str)
    @pytest.mark.parametrize("require_by_default", [True, False])
    def test_the_apps_own_handler_wins(
        self, emulator: Emulator, key: Any, require_by_default: bool
    ) -> None:
        app = private_app(emulator, require_by_default=require_by_default)

        @app.errorhandler(key)
        def handler(error: Exception) -> ResponseReturnValue:
            assert isinstance(error, HTTPException)
            assert isinstance(error, NotSignedIn)
            return f"mine: {error.reason}", error.code or 0, error.get_headers()

        answer = client_of(app).get("/me")

        assert (answer.status_code, answer.text) == (401, "mine: missing")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["Vary"] == "Cookie"

    def test_a_handler_may_start_from_our_answer(self, emulator: Emulator) -> None:
        """As Flask's documents show it for errors in JSON."""
        app = private_app(emulator)

        @app.errorhandler(HTTPException)
        def handler(error: HTTPException) -> Response:
            response = make_response(error.get_response())
            response.data = json.dumps({"code": error.code, "name": error.name})
            response.content_type = "application/json"
            return response

        program = client_of(app).get("/me")
        person = client_of(app).get("/me", headers=PERSON)

        assert program.get_json() == {"code": 401, "name": "Unauthorized"}
        assert program.headers["WWW-Authenticate"] == "Bearer"
        assert person.location == "/auth/sign-in?next=/me"

    def test_a_blueprints_handler_wins_in_the_blueprint_alone(self, emulator: Emulator) -> None:
        outer, inner = Blueprint("outer", __name__), Blueprint("inner", __name__)
        inner.add_url_rule("/inner", "page", user_view())
        outer.register_blueprint(inner)

        @outer.errorhandler(NotSignedIn)
        def handler(error: NotSignedIn) -> ResponseReturnValue:
            return "the blueprint's", 401

        app = private_app(emulator)
        app.register_blueprint(outer)

        assert client_of(app).get("/inner").text == "the blueprint's"
        assert client_of(app).get("/me").content_type == PROBLEM

    def test_a_handler_of_another_status_is_not_asked(self, emulator: Emulator) -> None:
        app = private_app(emulator)
        app.register_error_handler(403, lambda error: ("mine", 403))
        app.register_error_handler(401, lambda error: ("mine", 401))

        assert client_of(app).get("/me", headers=PERSON).status_code == 303

    @pytest.mark.parametrize(
        ("demand", "session", "kind"),
        [
            ({"step_up": 300}, {}, Unauthorized),
            ({"impersonated": False}, {"imp": {"sub": "support"}}, Forbidden),
        ],
    )
    def test_a_demand_that_is_not_met_is_an_exception_too(
        self, emulator: Emulator, demand: Any, session: Any, kind: type[HTTPException]
    ) -> None:
        app = app_of(emulator)
        app.add_url_rule("/", view_func=require_user(**demand)(user_view()))
        headers = bearer(emulator, **session)
        ours = client_of(app).get("/", headers=headers)

        app = app_of(emulator)
        app.add_url_rule("/", view_func=require_user(**demand)(user_view()))
        app.register_error_handler(kind, lambda error: ("mine", error.code, error.get_headers()))
        mine = client_of(app).get("/", headers=headers)

        assert (ours.content_type, mine.text) == (PROBLEM, "mine")
        assert mine.status_code == ours.status_code == kind.code
        assert mine.headers.get("WWW-Authenticate") == ours.headers.get("WWW-Authenticate")

    @pytest.mark.parametrize("key", [503, ServiceUnavailable, ScuteUnavailable], ids=str)
    def test_an_outage_is_one_too(self, emulator: Emulator, key: Any) -> None:
        app = private_app(emulator)

        @app.errorhandler(key)
        def handler(error: Exception) -> ResponseReturnValue:
            assert isinstance(error, HTTPException)
            assert isinstance(error, ScuteUnavailable)
            return f"in {error.retry_after:.0f} s", error.code or 0, error.get_headers()

        emulator.fault("", status=503)
        answer = client_of(app).get("/me", headers=expired_cookies(emulator))

        assert (answer.status_code, answer.text[:3]) == (503, "in ")
        assert answer.headers["Retry-After"].isdigit()

    def test_an_ended_session_loses_its_cookies_under_an_own_handler_too(
        self, emulator: Emulator
    ) -> None:
        app = app_of(emulator)
        app.add_url_rule("/me", view_func=require_user(check="remote")(user_view()))
        app.register_error_handler(401, lambda error: ("mine", 401))
        emulator.fault("/current_user", status=401)

        answer = client_of(app).get("/me", headers=session_cookies(emulator))

        assert (answer.status_code, answer.text) == (401, "mine")
        assert len(answer.headers.getlist("Set-Cookie")) == len(OF_SESSION)
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_whoever_catches_one_goes_on(self, emulator: Emulator) -> None:
        app = app_of(emulator)

        @app.get("/")
        def view() -> str:
            try:
                return current_user.id
            except NotSignedIn as error:
                return error.reason

        assert client_of(app).get("/").text == "missing"

    def test_head_has_the_same_head_and_no_body(self, emulator: Emulator) -> None:
        client = client_of(private_app(emulator))

        get, head = client.get("/me"), client.head("/me")

        assert (head.status_code, head.data) == (401, b"")
        assert head.headers["WWW-Authenticate"] == get.headers["WWW-Authenticate"]


def boom() -> str:
    raise RuntimeError("boom")


class TestCookies:
    @staticmethod
    def renewed(answer: Any) -> bool:
        lines = [line for line in answer.headers.getlist("Set-Cookie") if "=ey" in line]
        assert len(lines) < 2
        if lines:
            assert answer.headers["Cache-Control"] == "private, no-store"
        return bool(lines)

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/plain", 200),
            ("/redirect", 302),
            ("/stream", 200),
            ("/static/flask_support.py", 200),
            ("/nowhere", 404),
            ("/boom", 500),
            ("/hook", 200),
            ("/cached", 200),
        ],
    )
    def test_they_are_on_every_response(self, emulator: Emulator, path: str, status: int) -> None:
        app = Flask(__name__, static_folder=".", static_url_path="/static")
        ScuteAuth(app, scute=blocking_scute_of(emulator))
        app.add_url_rule("/plain", "plain", lambda: "plain")
        app.add_url_rule("/redirect", "redirect", lambda: redirect("/тест"))
        app.add_url_rule("/stream", "stream", lambda: Response(iter(["a", "b"])))
        app.add_url_rule("/boom", view_func=boom)
        app.add_url_rule("/hook", view_func=boom)
        app.add_url_rule("/cached", "cached", lambda: ("x", {"Cache-Control": "public"}))

        @app.before_request
        def hook() -> str | None:
            return "answered early" if request.path == "/hook" else None

        with client_of(app).get(path, headers=expired_cookies(emulator)) as answer:
            assert answer.status_code == status
            assert self.renewed(answer)
            assert answer.headers.getlist("Vary") == ["Cookie"]

    def test_the_apps_own_error_page_carries_them(self, emulator: Emulator) -> None:
        app = app_of(emulator)
        app.add_url_rule("/boom", view_func=boom)
        app.register_error_handler(500, lambda error: ("my own page", 500))

        answer = client_of(app).get("/boom", headers=expired_cookies(emulator))

        assert (answer.status_code, answer.text) == (500, "my own page")
        assert self.renewed(answer)

    def test_what_hooks_of_the_app_do_to_the_response_comes_first(self, emulator: Emulator) -> None:
        app = app_of(emulator)
        app.add_url_rule("/", "home", lambda: "home")

        @app.after_request
        def cache(response: Response) -> Response:
            response.headers["Cache-Control"] = "public, max-age=60"
            return response

        client = client_of(app)

        assert self.renewed(client.get("/", headers=expired_cookies(emulator)))
        assert client.get("/").headers["Cache-Control"] == "public, max-age=60"

    def test_flasks_own_session_lives_beside_them(self, emulator: Emulator) -> None:
        app = app_of(emulator)
        app.secret_key = "s" * 32

        @app.get("/")
        def view() -> str:
            session["seen"] = True
            return "seen"

        answer = client_of(app).get("/", headers=expired_cookies(emulator))

        names = [line.partition("=")[0] for line in answer.headers.getlist("Set-Cookie")]
        assert sorted(names) == ["scute-access__app_demo", "session"]
        assert answer.headers.getlist("Vary") == ["Cookie"]

    def test_the_views_own_clearing_wins(self, emulator: Emulator) -> None:
        app = app_of(emulator)

        @app.get("/")
        def view() -> Response:
            response = make_response("bye")
            response.delete_cookie("scute-access__app_demo")
            return response

        answer = client_of(app).get("/", headers=expired_cookies(emulator))

        (line,) = answer.headers.getlist("Set-Cookie")
        assert line.startswith("scute-access__app_demo=;")

    def test_an_error_that_flask_passes_on_costs_nobody_his_session(
        self, emulator: Emulator
    ) -> None:
        """In debug and test mode the server or the debugger answers, and knows no cookies."""
        app = private_app(emulator)
        app.add_url_rule("/boom", view_func=boom)
        app.config["PROPAGATE_EXCEPTIONS"] = True
        client, headers = client_of(app), expired_cookies(emulator)

        with pytest.raises(RuntimeError, match="boom"):
            client.get("/boom", headers=headers)

        assert self.renewed(client.get("/me", headers=headers))
        calls = [call for call in emulator.calls() if call.path.endswith("/tokens/refresh")]
        assert sum(call.count for call in calls) == 1

    def test_a_reply_becomes_a_response(self, emulator: Emulator) -> None:
        cookie = SetCookie("a", "b", 5, secure=True)
        reply = Reply(418, (("x-a", "b"),), b"tea", changes=ResponseChanges((cookie,)))
        app = app_of(emulator)
        app.add_url_rule("/", "tea", lambda: to_response(reply))

        answer = client_of(app).get("/")

        assert (answer.status_code, answer.data, answer.headers["x-a"]) == (418, b"tea", "b")
        assert answer.headers["Set-Cookie"] == cookie.header()
