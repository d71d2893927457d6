"""How ScuteAuth comes into a Flask app: settings, several apps, routes, templates, proxies."""

import gc
import weakref
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, current_app, g, request, url_for
from flask.cli import routes_command
from jinja2 import TemplateNotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client

from scute_auth import ConfigError, Profile, Scute, ScuteConfig, User
from scute_auth.runtime import Hooks
from scute_auth.sealing import sealer_of
from scute_emulator import Emulator
from scute_flask import ScuteAuth, current_user, require_user, template_renderer
from scute_flask.settings import config_of
from tests.integrations.flask_support import app_of, blocking_scute_of, client_of, user_view
from tests.integrations.support import EMAIL, bearer, session_cookies
from tests.integrations.support import config_of as settings_of

FORWARDED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "app.test",
    "X-Forwarded-Prefix": "/app",
}
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("SCUTE_"):
            monkeypatch.delenv(name)


def app_with(**config: Any) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(config)
    return app


class TestSettings:
    def test_the_apps_config_comes_first_and_the_environment_fills_the_rest(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SCUTE_APP_ID", "app_env")
        monkeypatch.setenv("SCUTE_LEEWAY", "7")

        found = config_of(app_with(SCUTE_APP_ID="app_mine", SCUTE_PUBLIC_PATHS=["/health"]))

        assert found == ScuteConfig(app_id="app_mine", leeway=7, public_paths=("/health",))

    def test_flasks_own_secrets_seal_our_cookies(self) -> None:
        """Also those that are bytes; an older one still opens what it sealed."""
        old, new = "o" * 32, b"\xff" * 32
        before = config_of(app_with(SCUTE_APP_ID="app_demo", SECRET_KEY=old))
        after = config_of(
            app_with(SCUTE_APP_ID="app_demo", SECRET_KEY=new, SECRET_KEY_FALLBACKS=[old])
        )

        sealed = sealer_of(before).seal("binding", {"a": 1}, until=2.0)

        assert sealer_of(after).open("binding", sealed, now=1.0) == {"a": 1}
        assert sealer_of(after).seal("binding", {}, until=2.0)
        assert new.decode("latin-1") not in repr(after)

    @pytest.mark.parametrize(
        ("config", "named"),
        [
            ({"SCUTE_APP_ID": "app_demo", "SCUTE_BASE_URL": "file:///etc/passwd"}, "base_url"),
            ({"SCUTE_LEEWAY": -1}, "leeway"),
            ({"SCUTE_REQUIRE_BY_DEFALT": True}, "did you mean 'require_by_default'"),
        ],
    )
    def test_a_wrong_one_fails_at_once_and_is_named(
        self, config: dict[str, Any], named: str
    ) -> None:
        app = app_with(**config)

        with pytest.raises(ConfigError, match=named):
            ScuteAuth(app)
        assert "scute" not in app.extensions

    def test_the_app_id_may_come_as_late_as_the_first_request(
        self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = app_with(TESTING=True)
        ScuteAuth(app)
        app.add_url_rule("/", view_func=require_user(user_view()))
        with pytest.raises(ConfigError, match="SCUTE_APP_ID"):
            client_of(app).get("/")
        app.testing = False
        assert client_of(app).get("/").status_code == 500

        for name, value in emulator.config_env().items():
            monkeypatch.setenv(name, value)

        assert client_of(app).get("/").status_code == 401

    def test_so_may_any_other(self) -> None:
        """What makes an app private must not be passed over in silence."""
        app = app_with(SCUTE_APP_ID="app_demo")
        app.add_url_rule("/", "home", lambda: "home")
        ScuteAuth(app)
        app.config["SCUTE_REQUIRE_BY_DEFAULT"] = True

        assert client_of(app).get("/").status_code == 401

    def test_the_prefix_may_not_come_late(self, monkeypatch: pytest.MonkeyPatch) -> None:
        app = app_with(TESTING=True)
        ScuteAuth(app)
        monkeypatch.setenv("SCUTE_APP_ID", "app_demo")
        monkeypatch.setenv("SCUTE_AUTH_PREFIX", "/account")

        with pytest.raises(ConfigError, match="set SCUTE_AUTH_PREFIX before init_app"):
            client_of(app).get("/")

    def test_the_config_may_be_an_argument(self, emulator: Emulator) -> None:
        extension = ScuteAuth(config=settings_of(emulator, auth_prefix="/account"))
        app = app_with(SCUTE_APP_ID="app_other", TESTING=True)
        extension.init_app(app)

        assert client_of(app).get("/account/session").get_json()["user_id"] is None

    def test_a_hook_that_must_be_awaited_fails_at_once(self, emulator: Emulator) -> None:
        async def hook(user: User) -> None: ...

        with pytest.raises(ConfigError, match="cannot await"):
            ScuteAuth(Flask(__name__), settings_of(emulator), on_sign_out=hook)


class TestInstalling:
    def test_twice_on_one_app_is_a_mistake(self, emulator: Emulator) -> None:
        app = app_of(emulator)

        with pytest.raises(ConfigError, match="already"):
            ScuteAuth(app)

    def test_a_blueprint_of_the_same_name_is_in_the_way(self, emulator: Emulator) -> None:
        app = Flask(__name__)
        app.register_blueprint(Blueprint("scute", __name__))

        with pytest.raises(ConfigError, match="blueprint 'scute'"):
            ScuteAuth(app, settings_of(emulator))

    def test_a_route_below_the_prefix_is_named(self, emulator: Emulator) -> None:
        """It would answer in our place, and stand open where all is private."""
        app = app_of(emulator)
        app.testing = True
        part = Blueprint("part", __name__, url_prefix="/auth")
        part.add_url_rule("/profile", view_func=user_view())
        app.register_blueprint(part)

        with pytest.raises(ConfigError, match=r"'/auth/profile' \(part.view\) lies below '/auth'"):
            client_of(app).get("/")

    def test_one_extension_serves_several_apps_with_settings_of_their_own(
        self, emulator: Emulator
    ) -> None:
        extension = ScuteAuth()
        environ = emulator.config_env() | {"SCUTE_EMULATOR": True}
        first = app_with(**environ)
        second = app_with(**environ | {"SCUTE_AUTH_PREFIX": "/account"})
        extension.init_app(first)
        extension.init_app(second)

        assert client_of(first).get("/auth/session").status_code == 200
        assert client_of(first).get("/account/session").status_code == 404
        assert client_of(second).get("/account/session").status_code == 200

    def test_the_app_that_is_current_may_be_given(self, emulator: Emulator) -> None:
        app = Flask(__name__)
        app.add_url_rule("/", "home", lambda: "home")
        with app.app_context():
            ScuteAuth(current_app, scute=blocking_scute_of(emulator, require_by_default=True))

        assert client_of(app).get("/").status_code == 401

    def test_two_extensions_for_two_apps_of_scute_know_their_own_users(
        self, emulator: Emulator
    ) -> None:
        other = emulator.create_app()
        mine, theirs = app_of(emulator), Flask(__name__)
        config = replace(settings_of(emulator), app_id=other.id, secret=other.secret)
        ScuteAuth(theirs, scute=Scute(config, transport=emulator.transport))
        for app in (mine, theirs):
            app.add_url_rule("/", view_func=user_view())
        token = emulator.create_session(EMAIL, app_id=other.id)["access"]
        headers = {"Authorization": f"Bearer {token}"}

        assert client_of(theirs).get("/", headers=headers).status_code == 200
        assert client_of(mine).get("/", headers=headers).get_json()["reason"] == "wrong_app"

    def test_an_app_that_is_dropped_is_gone(self, emulator: Emulator) -> None:
        app = app_of(emulator)
        client_of(app).get("/auth/session")
        ref = weakref.ref(app)

        del app
        gc.collect()

        assert ref() is None


class TestRoutes:
    def test_they_have_names(self, emulator: Emulator) -> None:
        app = app_of(emulator)
        app.add_url_rule(
            "/links",
            "links",
            lambda: [url_for("scute.sign_in"), url_for("scute.oauth", provider="google")],
        )

        assert client_of(app).get("/links").get_json() == ["/auth/sign-in", "/auth/oauth/google"]

    def test_flasks_command_line_lists_them(self, emulator: Emulator) -> None:
        result = app_of(emulator).test_cli_runner().invoke(routes_command)

        assert result.exit_code == 0
        assert "scute.sign_out" in result.output

    @pytest.mark.parametrize("path", ["/auth", "/auth/", "/auth/nowhere", "/auth/sign-in/"])
    def test_what_is_no_route_of_ours_is_answered_by_the_core(
        self, emulator: Emulator, path: str
    ) -> None:
        assert client_of(app_of(emulator)).get(path).get_json()["reason"] == "not_found"

    @pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "PROPFIND"])
    def test_the_core_says_which_methods_a_route_takes(
        self, emulator: Emulator, method: str
    ) -> None:
        answer = client_of(app_of(emulator)).open("/auth/session", method=method)

        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")

    def test_a_body_is_read_whatever_flask_is_told_and_others_read(
        self, emulator: Emulator
    ) -> None:
        app = app_of(emulator)
        app.config["MAX_CONTENT_LENGTH"] = 4096
        seen: list[bytes] = []
        app.before_request(lambda: seen.append(request.get_data()))
        client = app.test_client()

        form = {"identifier": EMAIL, "padding": "x" * 2000}
        answer = client.post("/auth/magic-link", data=form, headers=SAME_ORIGIN)
        app.config["MAX_CONTENT_LENGTH"] = 10
        app.before_request_funcs.clear()
        small = client.post("/auth/magic-link", data=form, headers=SAME_ORIGIN)

        assert (answer.status_code, small.status_code) == (303, 303)
        assert seen[0].startswith(f"identifier={EMAIL}".encode())

    def test_a_body_that_is_too_large_is_refused(self, emulator: Emulator) -> None:
        data = b"identifier=" + b"x" * 70_000
        headers = {"Content-Type": "application/x-www-form-urlencoded"}

        answer = client_of(app_of(emulator)).post("/auth/magic-link", data=data, headers=headers)

        assert answer.status_code == 413

    def test_the_body_of_another_route_is_not_touched(self, emulator: Emulator) -> None:
        body = BytesIO(b"a body of its own")
        app = app_of(emulator)
        app.add_url_rule("/", "home", lambda: "home", methods=["POST"])

        answer = client_of(app).post("/", input_stream=body, headers=bearer(emulator))

        assert answer.text == "home"
        assert body.read() == b"a body of its own"

    def test_hooks_at_sign_in_and_sign_out_run_inside_the_request(self, emulator: Emulator) -> None:
        told: list[str] = []

        def on_sign_in(user: User, profile: Profile) -> None:
            told.append(f"{g.db} {profile.email}")

        def on_sign_out(user: User) -> None:
            told.append(f"{g.db} {user.id}")

        hooks = Hooks(on_sign_in, on_sign_out)
        scute = Scute(settings_of(emulator), transport=emulator.transport, hooks=hooks)
        app = Flask(__name__)
        ScuteAuth(app, scute=scute)

        @app.before_request
        def connect() -> None:
            g.db = "database"

        client = app.test_client()
        client.post("/auth/magic-link", data={"identifier": EMAIL}, headers=SAME_ORIGIN)
        link = emulator.messages(EMAIL)[0].link or ""
        landed = client.get("/auth/callback?" + link.partition("?")[2], headers=SAME_ORIGIN)
        client.post("/auth/sign-out", headers=SAME_ORIGIN)

        assert landed.status_code == 303
        user_id = emulator.create_session(EMAIL)["user_id"]
        assert told == [f"database {EMAIL}", f"database {user_id}"]


class TestTemplates:
    @staticmethod
    def app(emulator: Emulator, folder: Path) -> Flask:
        app = Flask(__name__, template_folder=str(folder))
        hooks = Hooks(renderer=template_renderer)
        scute = Scute(settings_of(emulator), transport=emulator.transport, hooks=hooks)
        ScuteAuth(app, scute=scute)
        return app

    def test_the_apps_own_page_comes_first(self, emulator: Emulator, tmp_path: Path) -> None:
        page = "<p>{{ urls.sign_in }} {{ url_for('scute.sign_out') }} {{ nonce|length }}</p>"
        (tmp_path / "scute").mkdir()
        (tmp_path / "scute" / "sign_in.html").write_text(page, "utf-8")
        client = client_of(self.app(emulator, tmp_path))

        mine = client.get("/auth/sign-in", headers=SAME_ORIGIN)
        ours = client.get("/auth/sign-out", headers=SAME_ORIGIN)

        assert mine.text == "<p>/auth/sign-in /auth/sign-out 32</p>"
        assert "nonce-" in mine.headers["Content-Security-Policy"]
        assert "<!doctype html>" in ours.text

    def test_the_apps_own_page_has_our_texts(self, emulator: Emulator, tmp_path: Path) -> None:
        page = "{{ texts.sign_in }} {{ texts.say('fill_in', fields='<A>') }}"
        (tmp_path / "scute").mkdir()
        (tmp_path / "scute" / "sign_in.html").write_text(page, "utf-8")

        mine = client_of(self.app(emulator, tmp_path)).get("/auth/sign-in", headers=SAME_ORIGIN)

        assert mine.text == "Sign in Fill in: &lt;A&gt;."

    def test_a_page_that_lacks_its_own_parent_is_the_apps_error(
        self, emulator: Emulator, tmp_path: Path
    ) -> None:
        (tmp_path / "scute").mkdir()
        (tmp_path / "scute" / "sign_in.html").write_text("{% extends 'lost.html' %}", "utf-8")
        app = self.app(emulator, tmp_path)
        app.testing = True

        with pytest.raises(TemplateNotFound, match="lost"):
            client_of(app).get("/auth/sign-in", headers=SAME_ORIGIN)

    def test_a_renderer_may_be_given(self, emulator: Emulator) -> None:
        def renderer(name: str, context: Mapping[str, Any]) -> str:
            return f"my {name}"

        app = Flask(__name__)
        ScuteAuth(app, settings_of(emulator), renderer=renderer)

        assert client_of(app).get("/auth/sign-out", headers=SAME_ORIGIN).text == "my sign_out"


class TestBehindAProxy:
    @staticmethod
    def app(emulator: Emulator, *, trusts: bool) -> Flask:
        """The proxy is told of after the extension; it may sit anywhere."""
        app = app_of(emulator)
        app.add_url_rule("/me", view_func=user_view())
        app.add_url_rule("/notes", "notes", lambda: current_user.id, methods=["POST"])
        if trusts:
            app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1, x_prefix=1)  # type: ignore[method-assign] # as Flask's documents do it
        return app

    def test_the_scheme_says_which_cookies_are_read_and_written(self, emulator: Emulator) -> None:
        tokens = emulator.create_session(EMAIL, access_lifetime=-3600)
        pairs = [f"__Host-scute-{kind}__app_demo={tokens[kind]}" for kind in ("access", "refresh")]
        headers = {"Cookie": "; ".join(pairs)}

        trusting = client_of(self.app(emulator, trusts=True))
        renewed = trusting.get("/me", headers=headers | FORWARDED)
        alone = client_of(self.app(emulator, trusts=False))
        unread = alone.get("/me", headers=headers | FORWARDED)

        assert renewed.status_code == 200
        assert renewed.headers["Set-Cookie"].startswith("__Host-scute-access__app_demo=ey")
        assert "; Secure;" in renewed.headers["Set-Cookie"]
        assert unread.status_code == 401

    def test_links_and_next_have_the_prefix(self, emulator: Emulator) -> None:
        headers = FORWARDED | {"Accept": "text/html"}

        trusting = client_of(self.app(emulator, trusts=True)).get("/me", headers=headers)
        alone = client_of(self.app(emulator, trusts=False)).get("/me", headers=headers)

        assert trusting.location == "/app/auth/sign-in?next=/app/me"
        assert alone.location == "/auth/sign-in?next=/me"

    @pytest.mark.parametrize(
        ("origin", "status"),
        [("https://app.test", 200), ("http://app.test", 403), ("https://evil.example", 403)],
    )
    def test_the_own_origin_is_the_one_outside(
        self, emulator: Emulator, origin: str, status: int
    ) -> None:
        token = emulator.create_session(EMAIL)["access"]
        cookie = {"Cookie": f"__Host-scute-access__app_demo={token}", "Origin": origin}

        client = client_of(self.app(emulator, trusts=True))
        answer = client.post("/notes", headers=FORWARDED | cookie)

        assert answer.status_code == status

    def test_below_another_app_it_serves_its_own_routes_there(self, emulator: Emulator) -> None:
        outer = Flask(__name__)
        mounted = self.app(emulator, trusts=False)
        mounted.add_url_rule("/links", "links", lambda: url_for("scute.sign_in"))
        client = Client(DispatcherMiddleware(outer, {"/app": mounted}), use_cookies=False)

        sent = client.get("/app/me", headers={"Accept": "text/html"})
        page = client.get("/app/auth/sign-in", headers={"Accept": "text/html"})

        assert sent.location == "/app/auth/sign-in?next=/app/me"
        assert 'action="/app/auth/magic-link"' in page.text
        assert client.get("/app/links").text == "/app/auth/sign-in"
        assert client.get("/app/me", headers=session_cookies(emulator)).status_code == 200
        assert client.get("/auth/sign-in").status_code == 404

    def test_a_shared_scute_serves_an_app_and_what_is_mounted_in_it(
        self, emulator: Emulator
    ) -> None:
        extension = ScuteAuth(scute=blocking_scute_of(emulator))
        outer, inner = Flask(__name__), Flask(__name__)
        for app in (outer, inner):
            extension.init_app(app)
            app.add_url_rule("/me", view_func=user_view())
        client = Client(DispatcherMiddleware(outer, {"/sub": inner}), use_cookies=False)
        headers = session_cookies(emulator)

        assert (
            client.get("/me", headers=headers).text == client.get("/sub/me", headers=headers).text
        )
        assert client.get("/sub/me").status_code == 401
