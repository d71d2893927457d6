"""What Flask's adapter adds to the conformance suite: the user, and who may enter a view."""

import asyncio
from functools import wraps
from typing import Any

import pytest
from flask import Blueprint, Flask, render_template_string, request
from flask.views import MethodView, View

from scute_auth import ConfigError, ScuteUnavailable, User
from scute_auth.cookies import OF_SESSION
from scute_emulator import Emulator
from scute_flask import (
    ScuteAuth,
    current_profile,
    current_user,
    optional_user,
    public,
    require_user,
)
from tests.integrations.flask_support import (
    PROBLEM,
    app_of,
    blocking_scute_of,
    client_of,
    user_view,
)
from tests.integrations.support import EMAIL, bearer, session_cookies


class TestTheUser:
    def test_he_is_what_the_proxy_stands_for(self, emulator: Emulator) -> None:
        app = app_of(emulator)
        session = emulator.create_session(EMAIL)

        with app.test_request_context(headers={"X-Authorization": session["access"]}):
            assert current_user
            assert current_user.is_authenticated
            assert current_user.id == session["user_id"]
            assert current_user == optional_user()
            assert isinstance(current_user, User)

    def test_a_stranger_is_nobody(self, emulator: Emulator) -> None:
        with app_of(emulator).test_request_context():
            assert not current_user
            assert not current_user.is_authenticated
            assert repr(current_user) == "<nobody is signed in>"
            assert not hasattr(current_user, "__html__")
            assert optional_user() is None

    def test_touching_nobody_gets_the_right_answer(self, emulator: Emulator) -> None:
        app = app_of(emulator)
        app.add_url_rule("/me", view_func=user_view())

        program = client_of(app).get("/me")
        person = client_of(app).get("/me", headers={"Accept": "text/html"})

        assert (program.status_code, program.content_type) == (401, PROBLEM)
        assert program.headers["WWW-Authenticate"] == "Bearer"
        assert (person.status_code, person.location) == (303, "/auth/sign-in?next=/me")

    def test_an_outage_is_neither(self, emulator: Emulator) -> None:
        app = app_of(emulator)
        app.add_url_rule("/", view_func=user_view())
        app.add_url_rule("/optional", "optional", lambda: f"{optional_user()}")
        emulator.fault("", status=503)

        headers = session_cookies(emulator, access_lifetime=-3600)
        answer = client_of(app).get("/", headers=headers)

        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
        assert "Set-Cookie" not in answer.headers
        assert client_of(app).get("/optional", headers=headers).text == "None"

    def test_templates_know_him(self, emulator: Emulator) -> None:
        app = app_of(emulator)
        app.add_url_rule(
            "/",
            "greeting",
            lambda: render_template_string("{{ current_user.id if current_user else 'nobody' }}"),
        )
        app.add_url_rule("/id", "id", lambda: render_template_string("{{ current_user.id }}"))
        session = emulator.create_session(EMAIL)
        client = client_of(app)

        known = client.get("/", headers={"X-Authorization": session["access"]})

        assert known.text == session["user_id"]
        assert client.get("/").text == "nobody"
        assert client.get("/id").status_code == 401

    def test_every_hook_of_the_app_knows_him(self, emulator: Emulator) -> None:
        """Also one that was registered before the extension, and one of a blueprint."""
        seen: list[str] = []

        def note(where: str) -> None:
            seen.append(f"{where} {bool(current_user)}")

        def values(endpoint: str | None, values: dict[str, Any] | None) -> None:
            note("values")

        def teardown(error: BaseException | None) -> None:
            note("teardown")

        app, part = Flask(__name__), Blueprint("part", __name__)
        app.before_request(lambda: note("early"))
        app.url_value_preprocessor(values)
        ScuteAuth(app, scute=blocking_scute_of(emulator))
        app.teardown_request(teardown)
        part.before_request(lambda: note("part"))
        part.add_url_rule("/", view_func=user_view())
        app.register_blueprint(part)

        client_of(app).get("/", headers=bearer(emulator))

        assert seen == ["values True", "early True", "part True", "teardown True"]

    def test_without_the_extension_nobody_enters(self) -> None:
        app = Flask(__name__)
        app.add_url_rule("/", view_func=require_user(user_view()))
        app.add_url_rule("/touch", "touch", user_view())
        app.testing = True

        for path in ("/", "/touch"):
            with pytest.raises(ConfigError, match=r"ScuteAuth\(app\)"):
                client_of(app).get(path)

    def test_outside_of_a_request_there_is_no_question(self) -> None:
        with pytest.raises(ConfigError, match="no request is being handled"):
            _ = current_user.id


class TestTheProfile:
    @staticmethod
    def app(emulator: Emulator) -> Flask:
        app = app_of(emulator)

        @app.get("/")
        def address() -> str:
            return current_profile().email or ""

        @app.get("/forgiving")
        def forgiving() -> str:
            try:
                return current_profile().email or ""
            except ScuteUnavailable:
                return "later"

        return app

    def test_it_has_the_address(self, emulator: Emulator) -> None:
        client = client_of(self.app(emulator))

        assert client.get("/", headers=bearer(emulator)).text == EMAIL
        assert client.get("/").status_code == 401

    def test_an_ended_session_is_refused_and_its_cookies_go(self, emulator: Emulator) -> None:
        emulator.fault("/current_user", status=401)

        answer = client_of(self.app(emulator)).get("/", headers=session_cookies(emulator))

        assert (answer.status_code, answer.get_json()["reason"]) == (401, "revoked")
        cleared = answer.headers.getlist("Set-Cookie")
        assert [line.partition("=")[2].startswith(";") for line in cleared] == [True] * len(
            OF_SESSION
        )

    def test_an_outage_can_be_done_without(self, emulator: Emulator) -> None:
        client = client_of(self.app(emulator))
        emulator.fault("/current_user", status=503)

        assert client.get("/", headers=bearer(emulator)).status_code == 503
        assert client.get("/forgiving", headers=bearer(emulator)).text == "later"


class TestRequireUser:
    def test_on_plain_and_async_views(self, emulator: Emulator) -> None:
        app = app_of(emulator)

        @app.get("/plain/<int:number>")
        @require_user
        def plain(number: int) -> str:
            return f"{current_user.id} {number}"

        @app.get("/async/<int:number>")
        @require_user()
        async def later(number: int) -> str:
            """Shows a number."""
            await asyncio.sleep(0)
            return f"{current_user.id} {number}"

        client = client_of(app)
        session = emulator.create_session(EMAIL)
        headers = {"X-Authorization": session["access"]}

        for path in ("/plain/7", "/async/7"):
            assert client.get(path).status_code == 401
            assert client.get(path, headers=headers).text == f"{session['user_id']} 7"
        assert (later.__name__, later.__doc__) == ("later", "Shows a number.")

    def test_on_classes_and_their_methods(self, emulator: Emulator) -> None:
        class Page(View):
            decorators = [require_user]  # noqa: RUF012 - as Flask's documents write it

            def dispatch_request(self) -> str:
                return current_user.id

        class Notes(MethodView):
            def get(self) -> str:
                return "all"

            @require_user
            def post(self) -> str:
                return current_user.id

            @require_user
            async def put(self) -> str:
                return current_user.id

        app = app_of(emulator)
        app.add_url_rule("/page", view_func=Page.as_view("page"))
        app.add_url_rule("/notes", view_func=Notes.as_view("notes"))
        client, headers = client_of(app), bearer(emulator)

        assert client.get("/page").status_code == 401
        assert client.get("/page", headers=headers).status_code == 200
        assert client.get("/notes").text == "all"
        for method in ("POST", "PUT"):
            assert client.open("/notes", method=method).status_code == 401
            assert client.open("/notes", method=method, headers=headers).status_code == 200

    def test_on_a_hook_of_a_blueprint(self, emulator: Emulator) -> None:
        part = Blueprint("part", __name__)

        @part.before_request
        @require_user
        def users_only() -> None: ...

        part.add_url_rule("/part", "part", lambda: "in")
        app = app_of(emulator)
        app.register_blueprint(part)

        assert client_of(app).get("/part").status_code == 401
        assert client_of(app).get("/part", headers=bearer(emulator)).text == "in"

    @pytest.mark.parametrize(
        ("demand", "session", "status", "reason"),
        [
            ({"impersonated": False}, {"imp": {"sub": "support"}}, 403, "forbidden"),
            ({"impersonated": False}, {}, 200, None),
            ({"step_up": 300}, {}, 401, "step_up_required"),
            ({"check": "remote"}, {}, 200, None),
        ],
    )
    def test_a_demand_beside_the_user(
        self,
        emulator: Emulator,
        demand: dict[str, Any],
        session: dict[str, Any],
        status: int,
        reason: str | None,
    ) -> None:
        app = app_of(emulator)
        app.add_url_rule("/", "view", require_user(**demand)(lambda: {"user": current_user.id}))

        answer = client_of(app).get("/", headers=bearer(emulator, **session))

        assert answer.status_code == status
        assert answer.get_json().get("reason") == reason

    def test_an_ended_session_is_asked_about(self, emulator: Emulator) -> None:
        app = app_of(emulator)
        app.add_url_rule("/", view_func=require_user(check="remote")(user_view()))
        emulator.fault("/current_user", status=401)

        answer = client_of(app).get("/", headers=session_cookies(emulator))

        assert (answer.status_code, answer.get_json()["reason"]) == (401, "revoked")
        assert len(answer.headers.getlist("Set-Cookie")) == len(OF_SESSION)


class Closed(View):
    def dispatch_request(self) -> str:
        raise AssertionError("entered")


class TestMisuse:
    @pytest.mark.parametrize(
        "thing",
        [Flask(__name__), Blueprint("x", __name__), "text", Closed()],
        ids=["app", "blueprint", "text", "closed"],
    )
    @pytest.mark.parametrize("decorate", [require_user, require_user(step_up=60), public])
    def test_on_what_is_no_view_it_fails_at_import(self, decorate: Any, thing: Any) -> None:
        with pytest.raises(ConfigError, match="goes directly on a view function"):
            decorate(thing)

    @pytest.mark.parametrize("decorate", [require_user, require_user(), public])
    def test_on_a_class_it_fails_at_import_and_says_what_to_write(self, decorate: Any) -> None:
        with pytest.raises(ConfigError, match=r"Closed is a class; write `decorators = \["):
            decorate(Closed)

    @pytest.mark.parametrize("wrong", [{"step_up": 0}, {"check": "never"}, {"impersonated": "no"}])
    def test_an_impossible_demand_fails_at_import(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ConfigError, match="require_user"):
            require_user(**wrong)

    def test_above_the_route_it_protects_nothing_and_nobody_enters(
        self, emulator: Emulator
    ) -> None:
        app = app_of(emulator)
        app.testing = True
        app.add_url_rule("/open", "open", lambda: "open")

        @require_user
        @app.get("/")
        def secrets() -> str:
            raise AssertionError("entered")

        for path in ("/", "/open", "/auth/sign-in"):
            with pytest.raises(ConfigError, match=r"does not protect 'secrets'.*above the route"):
                client_of(app).get(path, headers=bearer(emulator))

    def test_without_its_view_it_lets_nobody_pass(self, emulator: Emulator) -> None:
        """As in `before_request(require_user)`, which Flask calls with nothing at all."""
        app = app_of(emulator)
        app.before_request(require_user)  # type: ignore[type-var] # the misuse
        app.add_url_rule("/", view_func=user_view())

        assert client_of(app).get("/", headers=bearer(emulator)).status_code == 500


class TestPublic:
    @staticmethod
    def app(emulator: Emulator) -> Flask:
        app = app_of(emulator, require_by_default=True, public_paths=("/health",))
        for path in ("/health", "/closed"):
            app.add_url_rule(path, path.strip("/"), lambda: request.path)
        app.add_url_rule("/open", "open", public(lambda: "open"))
        return app

    def test_a_marked_view_is_open_where_all_others_are_closed(self, emulator: Emulator) -> None:
        client = client_of(self.app(emulator))

        assert client.get("/open").text == "open"
        assert client.get("/health").text == "/health"
        assert client.get("/closed").status_code == 401
        assert client.get("/nowhere").status_code == 401
        assert client.get("/closed", headers=bearer(emulator)).text == "/closed"

    def test_the_mark_is_seen_through_what_stands_above(self, emulator: Emulator) -> None:
        @public
        def inner() -> str:
            return "inner"

        @wraps(inner)
        def outer() -> str:
            return f"outer {inner()}"

        app = self.app(emulator)
        app.add_url_rule("/wrapped", "wrapped", outer)

        assert client_of(app).get("/wrapped").text == "outer inner"

    def test_a_class_takes_it_in_its_decorators(self, emulator: Emulator) -> None:
        class Page(MethodView):
            decorators = [public]  # noqa: RUF012 - as Flask's documents write it

            def get(self) -> str:
                return "page"

        app = self.app(emulator)
        app.add_url_rule("/page", view_func=Page.as_view("page"))

        assert client_of(app).get("/page").text == "page"

    def test_a_hook_of_the_app_never_comes_before_the_gate(self, emulator: Emulator) -> None:
        """Whatever it answers: it was not asked."""
        app = Flask(__name__)
        app.before_request(lambda: "everybody's")
        ScuteAuth(app, scute=blocking_scute_of(emulator, require_by_default=True))

        assert client_of(app).get("/").status_code == 401
        assert client_of(app).get("/", headers=bearer(emulator)).text == "everybody's"

    def test_it_opens_no_view_that_demands_a_user(self, emulator: Emulator) -> None:
        app = self.app(emulator)
        app.add_url_rule("/both", "both", public(require_user(user_view())))

        assert client_of(app).get("/both").status_code == 401
