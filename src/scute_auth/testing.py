"""Fixtures for the tests of your app: Scute on this machine, and test clients that are signed in.

pytest finds this plugin by itself, so nothing is loaded here but what every run can afford: the
emulator comes with the first test that asks for it (`pip install 'scute-auth[emulator]'`).
"""

import inspect
import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from scute_auth.config import ScuteConfig
from scute_auth.errors import ConfigError
from scute_auth.http import RequestView
from scute_auth.identity import Profile
from scute_auth.origin import cookie_kind

if TYPE_CHECKING:
    from scute_emulator import Emulator
    from scute_emulator.state.users import User
    from scute_emulator.webhooks import SignedWebhook

__all__ = ["SendWebhook", "SignIn", "scute_emulator", "scute_webhook", "sign_in"]

_APP_ID = "SCUTE_APP_ID"


class SignIn(Protocol):
    """The type of the fixture `sign_in`."""

    def __call__(self, client: Any, email: str, *, config: ScuteConfig | None = None) -> Profile:
        """Sign a test client in as this user, who is created if need be."""
        ...


class SendWebhook(Protocol):
    """The type of the fixture `scute_webhook`."""

    def __call__(
        self,
        client: Any,
        event_type: str,
        *,
        user: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        config: ScuteConfig | None = None,
    ) -> Any:
        """Send an event to the app behind a test client; what the client answers."""
        ...


@dataclass(frozen=True, slots=True)
class _Place:
    """What stays the same for a whole run; `arguments` are those of its emulators."""

    listening: socket.socket
    arguments: dict[str, Any] = field(repr=False)


@pytest.fixture(scope="session")
def _scute_place() -> Iterator[_Place]:
    from scute_emulator import Emulator
    from scute_emulator.serving import listen, url_of

    first = Emulator()
    with listen(0) as listening:
        arguments = {
            "secret": first.state.apps.first.secret,
            "workspace_id": first.state.workspace_id,
            "workspace_secret": first.state.workspace_secret,
            "webhook_secret": first.webhooks.secret,
            "signing_key": first.state.keys.current.private,
            "kid": first.state.keys.current.kid,
            "base_url": url_of(listening),
        }
        yield _Place(listening, arguments)


@pytest.fixture
def scute_emulator(_scute_place: _Place, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Emulator]":
    """Scute, emulated on a loopback port, with the `SCUTE_*` variables that lead your app to it.

    Users, sessions, mail, settings, faults and calls are new in each test. Address, app id,
    secret and signing key stay the same for the whole run, so that an app made at import serves
    all of its tests. The fixture's value orders what a test needs:

        def test_a_link_is_mailed(scute_emulator):
            client = TestClient(app)
            client.post("/auth/magic-link", data={"identifier": "ana@example.com"})
            assert scute_emulator.messages("ana@example.com")[0].link

    Also: `settings(access_lifetime=60)`, `create_user(...)`, `create_session(...)`, `calls()`,
    `fault("/tokens/refresh", status=503)`, `rotate_keys()`.
    """
    from scute_emulator import Emulator
    from scute_emulator.serving import serve_in_thread

    emulator = Emulator(**_scute_place.arguments)
    # The port is ours until the run ends: the server of each test gets a handle of its own.
    with serve_in_thread(emulator, _scute_place.listening.dup()):
        for name, value in emulator.config_env().items():
            monkeypatch.setenv(name, value)
        yield emulator


@pytest.fixture
def sign_in(scute_emulator: "Emulator") -> SignIn:
    """Sign a test client in: `sign_in(client, "ana@example.com")`.

        def test_my_page(sign_in):
            client = TestClient(app)
            user = sign_in(client, "ana@example.com")
            assert client.get("/me").json() == {"user_id": user.id}

    Works with Starlette's and FastAPI's `TestClient`, Flask's `test_client()` and the clients of
    httpx2 and httpx: the session's cookies go into the client's jar, named as the app names them,
    for the host of its `base_url` (Flask: `SERVER_NAME`). A client without a cookie jar gets an
    `Authorization` header. Django's `Client` and REST framework's `APIClient` open a link at the
    app itself, which makes the project's user; Django's `AsyncClient` gets the cookies alone. The
    answer is the user as Scute knows him (`id`, `email`). Give `config` if your app does not take
    its settings from the environment; a second call signs the client in as somebody else.
    """

    def sign_in(client: Any, email: str, *, config: ScuteConfig | None = None) -> Profile:
        named = _app_id_of(client) if config is None else config.app_id
        config = config or ScuteConfig.from_env()
        _check_app(scute_emulator, named or config.app_id, config.app_id)
        if _is_djangos(client):
            user = _open_link(client, config, scute_emulator, email)
        else:
            session = scute_emulator.create_session(email, app_id=config.app_id)
            _hand_over(client, config, session)
            user = scute_emulator.state.users.by_id(session["user_id"])
        return Profile(
            id=user.id,
            email=user.email,
            email_verified=user.email_verified,
            phone=user.phone,
            phone_verified=user.phone_verified,
            name=user.name,
            meta=dict(user.meta),
        )

    return sign_in


@pytest.fixture
def scute_webhook(scute_emulator: "Emulator") -> SendWebhook:
    """Send an event as Scute does, signed: `scute_webhook(client, "user.created")`.

        def test_a_new_user_is_welcomed(scute_webhook):
            client = TestClient(app)
            answer = scute_webhook(client, "user.created", user={"id": "1", "email": "a@b.c"})
            assert answer.status_code == 200

    The clients are those of `sign_in`, Django's among them; an async client's answer is to be
    awaited. Each call is another delivery.
    """

    def scute_webhook(
        client: Any, event_type: str, *, config: ScuteConfig | None = None, **what: Any
    ) -> Any:
        config = config or ScuteConfig.from_env()
        sent = scute_emulator.webhooks.sign(event_type, app_id=config.app_id, **what)
        return _post(client, f"{config.auth_prefix}/webhook", sent)

    return scute_webhook


def _post(client: Any, path: str, sent: "SignedWebhook") -> Any:
    """Each kind of client takes raw bytes in a way of its own."""
    if hasattr(client, "force_login"):
        return client.post(path, sent.body, content_type="application/json", headers=sent.headers)
    raw = {"data" if hasattr(client, "open") else "content": sent.body}
    headers = {**sent.headers, "content-type": "application/json"}
    return client.post(path, headers=headers, **raw)


def _app_id_of(client: Any) -> str | None:
    """The app that a Flask app's own settings name: they go before the environment."""
    app_id: str | None = getattr(getattr(client, "application", None), "config", {}).get(_APP_ID)
    return app_id


def _check_app(emulator: "Emulator", wanted: str, signed_in_at: str) -> None:
    """Tokens of another app would be a 401 that nobody understands."""
    if wanted != signed_in_at or emulator.state.apps.find(wanted) is None:
        raise ConfigError(
            f"sign_in: the app's settings name {wanted!r}, the emulator's app is "
            f"{emulator.state.apps.first.id!r}: in tests leave app_id, secret and base_url to the "
            "fixture scute_emulator"
        )


def _is_djangos(client: Any) -> bool:
    """Does it ask a whole Django project, and answer without being awaited?"""
    return hasattr(client, "force_login") and not inspect.iscoroutinefunction(client.get)


def _open_link(client: Any, config: ScuteConfig, emulator: "Emulator", email: str) -> "User":
    """Land with a link that nobody has asked for here, so that no limit on asking counts it."""
    from scute_emulator import people

    with emulator.host.lock:
        app = people.app_named(emulator.state, config.app_id)
        user = people.any_user(emulator.state, app, email)
        token = emulator.state.new_link(app, user, "magic").token
    secure = (config.public_origin or "").startswith("https:")
    for purpose in ("access", "refresh"):
        client.cookies.pop(config.cookie_names(purpose, secure=secure)[0], None)
    callback = f"{config.auth_prefix}/callback"
    client.get(f"{callback}?sct_magic={token}", secure=secure)
    # The button of the page that asks whether this link is one's own.
    button = json.dumps({"shown": sha256(token.encode("ascii")).hexdigest()})
    answer = client.post(callback, button, content_type="application/json", secure=secure)
    if config.cookie_names("access", secure=secure)[0] not in client.cookies:
        raise RuntimeError(
            f"sign_in: {callback} answered {answer.status_code}, and nobody is signed in: is "
            "ScuteAuthMiddleware in MIDDLEWARE, and does this user need nothing more?"
        )
    return user


def _hand_over(client: Any, config: ScuteConfig, session: dict[str, Any]) -> None:
    """Give the client the session's tokens, in cookies if it keeps any."""
    if isinstance(getattr(client, "cookies", None), SimpleCookie):
        for name, value in _cookies(config, session, "http", ""):
            client.cookies[name] = value
    elif hasattr(getattr(client, "cookies", None), "set"):
        url = getattr(client, "base_url", None)
        scheme, host = getattr(url, "scheme", "http"), getattr(url, "host", "")
        for name, value in _cookies(config, session, scheme, host):
            client.cookies.set(name, value, domain=_cookie_domain(host))
    elif hasattr(client, "set_cookie"):
        scheme, host = _place_of_werkzeugs(client)
        for name, value in _cookies(config, session, scheme, host):
            client.set_cookie(name, value, domain=host)
    elif hasattr(client, "headers"):
        client.headers["Authorization"] = f"Bearer {session['access']}"
    else:
        raise TypeError("sign_in: this client has neither a cookie jar nor headers")


def _cookies(
    config: ScuteConfig, session: dict[str, Any], scheme: str, host: str
) -> list[tuple[str, str]]:
    """Names and values, as the app reads them there."""
    view = RequestView("http", "GET", scheme, "/", ((b"host", host.encode("ascii")),))
    secure = cookie_kind(view, config) == "secure"
    return [
        (config.cookie_names(purpose, secure=secure)[0], session[purpose])
        for purpose in ("access", "refresh")
    ]


def _place_of_werkzeugs(client: Any) -> tuple[str, str]:
    """Scheme and host of werkzeug's client, which Flask's takes from the app's settings."""
    settings = getattr(client.application, "config", {})
    host = str(settings.get("SERVER_NAME") or "localhost").partition(":")[0]
    return settings.get("PREFERRED_URL_SCHEME", "http"), host


def _cookie_domain(host: str) -> str:
    """The domain under which Python's cookie jar files what the app itself sets later.

    A host without a dot gets one (`http.cookiejar.eff_request_host`). Under another domain the
    app's own cookies would stand beside these, not in their place.
    """
    return f"{host}.local" if host and "." not in host else host
