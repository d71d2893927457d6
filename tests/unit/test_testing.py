"""The pytest plugin, used as an app's tests use it."""

import subprocess
import sys
from typing import Any

import httpx2
import pytest
from flask import Flask
from starlette.testclient import TestClient
from werkzeug.test import Client

from scute_asgi import ScuteAuth
from scute_auth import ConfigError, ScuteConfig, current_user, optional_user
from scute_auth.testing import SignIn
from scute_emulator import Emulator
from scute_flask import ScuteAuth as FlaskScuteAuth


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """`/me` for users, anything else for everybody."""
    user = current_user() if scope["path"] == "/me" else optional_user()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": user.id.encode() if user else b"nobody"})


app = ScuteAuth(answer)
"""Made at import, as apps are: it takes its settings with the first request."""


@pytest.fixture
def client() -> TestClient:
    return TestClient(app, follow_redirects=False)


@pytest.mark.parametrize("email", ["ana@example.com", "eve@example.com"])
def test_one_app_serves_every_test(
    scute_emulator: Emulator, sign_in: SignIn, client: TestClient, email: str
) -> None:
    user = sign_in(client, email)

    assert user.email == email
    assert client.get("/me").text == user.id
    assert len(scute_emulator.state.users.of("app_demo")) == 1


def test_nobody_is_signed_in_before(scute_emulator: Emulator, client: TestClient) -> None:
    assert client.get("/me").status_code == 401
    assert client.get("/").text == "nobody"


def test_a_second_sign_in_replaces_the_first(sign_in: SignIn, client: TestClient) -> None:
    sign_in(client, "ana@example.com")
    eve = sign_in(client, "eve@example.com")

    assert client.get("/me").text == eve.id


def test_a_known_user_keeps_what_is_known(
    scute_emulator: Emulator, sign_in: SignIn, client: TestClient
) -> None:
    scute_emulator.create_user("ana@example.com", name="Ana", meta={"first_name": "Ana"})

    user = sign_in(client, "ana@example.com")

    assert (user.name, user.meta, user.email_verified) == ("Ana", {"first_name": "Ana"}, True)


@pytest.mark.parametrize(
    "base_url",
    ["http://testserver", "https://testserver", "http://localhost:8000", "http://app.example"],
)
def test_cookies_that_the_app_sets_later_take_the_place_of_these(
    scute_emulator: Emulator, sign_in: SignIn, base_url: str
) -> None:
    """Else two cookies of one name would be sent, and refused."""
    scute_emulator.settings(rotate_refresh=True, access_lifetime=60)
    client = TestClient(app, base_url=base_url)
    user = sign_in(client, "ana@example.com")
    scute_emulator.settings(access_lifetime=3600)
    for cookie in list(client.cookies.jar):
        if "access" in cookie.name:
            client.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)

    assert client.get("/me").text == user.id
    assert client.get("/me").text == user.id
    assert sorted("access" in name for name in client.cookies) == [False, True]
    assert all(name.startswith("__Host-") for name in client.cookies) is base_url.startswith(
        "https"
    )
    assert [call.count for call in scute_emulator.calls() if "refresh" in call.path] == [1]


def test_signing_out_works_from_there(sign_in: SignIn, client: TestClient) -> None:
    sign_in(client, "ana@example.com")

    assert client.post("/auth/sign-out").json()["ended_at_scute"] is True
    assert client.get("/me").status_code == 401


def test_an_app_with_settings_of_its_own_gives_them(
    scute_emulator: Emulator, sign_in: SignIn
) -> None:
    other = scute_emulator.create_app()
    config = ScuteConfig(
        other.id,
        secret=other.secret,
        base_url=scute_emulator.base_url,
        emulator=True,
        public_origin="https://app.example",
    )
    client = TestClient(ScuteAuth(answer, config), base_url="https://app.example")

    user = sign_in(client, "ana@example.com", config=config)

    assert client.get("/me").text == user.id
    assert all(name.startswith("__Host-") for name in client.cookies)


@pytest.mark.parametrize(
    "settings",
    [{}, {"SERVER_NAME": "app.example:8000", "PREFERRED_URL_SCHEME": "https"}],
    ids=["localhost", "a name of its own"],
)
def test_flasks_client_is_signed_in(
    scute_emulator: Emulator, sign_in: SignIn, settings: dict[str, str]
) -> None:
    flask_app = Flask(__name__)
    flask_app.config.from_mapping(settings)
    FlaskScuteAuth(flask_app)
    flask_app.add_url_rule("/me", "me", lambda: current_user().id)
    client = flask_app.test_client()

    sign_in(client, "ana@example.com")
    eve = sign_in(client, "eve@example.com")

    assert client.get("/me").text == eve.id
    assert client.post("/auth/sign-out").get_json()["ended_at_scute"] is True
    assert client.get("/me").status_code == 401


def test_a_flask_app_that_names_another_app_is_told_so(sign_in: SignIn) -> None:
    flask_app = Flask(__name__)
    flask_app.config["SCUTE_APP_ID"] = "app_live"
    FlaskScuteAuth(flask_app)

    with pytest.raises(ConfigError, match="'app_live', the emulator's app is 'app_demo'"):
        sign_in(flask_app.test_client(), "ana@example.com")


def test_settings_that_name_another_app_are_told_so(sign_in: SignIn, client: TestClient) -> None:
    with pytest.raises(ConfigError, match="leave app_id, secret and base_url to the fixture"):
        sign_in(client, "ana@example.com", config=ScuteConfig("app_live"))


def test_werkzeugs_client_is_signed_in(scute_emulator: Emulator, sign_in: SignIn) -> None:
    flask_app = Flask(__name__)
    FlaskScuteAuth(flask_app)
    flask_app.add_url_rule("/me", "me", lambda: current_user().id)
    client = Client(flask_app.wsgi_app)

    ana = sign_in(client, "ana@example.com")

    assert client.get("/me").text == ana.id


def test_a_client_without_a_cookie_jar_gets_a_header(sign_in: SignIn) -> None:
    class Bare:
        def __init__(self) -> None:
            self.headers: dict[str, str] = {}

    bare = Bare()
    user = sign_in(bare, "ana@example.com")

    answered = TestClient(app).get("/me", headers=bare.headers)
    assert answered.text == user.id


def test_a_client_of_an_unknown_kind_is_refused(sign_in: SignIn) -> None:
    with pytest.raises(TypeError, match="neither"):
        sign_in(object(), "ana@example.com")


def test_the_emulator_answers_on_loopback_and_is_the_one_of_this_test(
    scute_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    scute_emulator.create_session("ana@example.com")
    config = ScuteConfig.from_env()

    answered = httpx2.get(f"{config.base_url}/v1/apps/{config.app_id}", trust_env=False)

    assert config.base_url.startswith("http://127.0.0.1:")
    assert config.emulator
    assert answered.json()["id"] == "app_demo"
    assert [call.path for call in scute_emulator.calls()] == ["/v1/apps/app_demo"]


def test_faults_of_one_test_are_gone_in_the_next(
    scute_emulator: Emulator, sign_in: SignIn, client: TestClient
) -> None:
    scute_emulator.fault("/tokens/refresh", status=503)
    user = sign_in(client, "ana@example.com")

    assert client.get("/me").text == user.id


def test_the_plugin_is_found_and_costs_no_run_an_emulator() -> None:
    program = (
        "import sys, pytest\n"
        "class Look:\n"
        "    def pytest_configure(self, config):\n"
        "        assert config.pluginmanager.hasplugin('scute_auth')\n"
        "        heavy = {'scute_emulator', 'jwt', 'cryptography', 'httpx2', 'uvicorn', 'jinja2'}\n"
        "        print('loaded:', sorted(heavy & set(sys.modules)))\n"
        "        pytest.exit('seen', returncode=0)\n"
        "pytest.main(['-p', 'no:cacheprovider', '-q', '.'], plugins=[Look()])\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert "loaded: []" in done.stdout, done.stdout + done.stderr
