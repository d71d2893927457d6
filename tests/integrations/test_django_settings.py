"""The `SCUTE` setting: where values come from, what is refused, hooks."""

from collections.abc import Generator
from functools import partial
from typing import Any

import pytest
from anyio.to_thread import run_sync
from django.core import mail
from django.test import override_settings
from django.urls import include, path

from scute_auth import ConfigError, Profile, ScuteConfig, User
from scute_django import facades
from scute_django.cache import AsyncDjangoCacheStore, DjangoCacheStore
from scute_django.conf import config_of_project
from scute_django.hooks import async_hooks, hooks
from scute_emulator import Emulator
from tests.integrations.django_site import opened
from tests.integrations.support import EMAIL, bearer

MODES = pytest.mark.parametrize("mode", ["wsgi", "asgi"])


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("SCUTE_APP_ID", "app_environment")
    monkeypatch.setenv("SCUTE_LEEWAY", "7")
    return monkeypatch


@pytest.fixture(autouse=True)
def others() -> Generator[None, None, None]:
    yield
    heard.clear()


def test_the_dictionary_wins_over_the_environment() -> None:
    with override_settings(SCUTE={"APP_ID": "app_a", "TOKEN_HEADERS": ["x-token"]}):
        config = config_of_project()

    assert (config.app_id, config.leeway) == ("app_a", 7)
    assert config.token_headers == ("x-token",)


def test_without_the_dictionary_the_environment_is_enough() -> None:
    assert config_of_project().app_id == "app_environment"


def test_djangos_secrets_seal_our_cookies_the_newest_first() -> None:
    secrets = {"SECRET_KEY": "n" * 50, "SECRET_KEY_FALLBACKS": ["o" * 50]}
    with override_settings(**secrets):
        assert config_of_project().cookie_keys == ("n" * 50, "o" * 50)
        with override_settings(SCUTE={"COOKIE_KEYS": ["k" * 50]}):
            assert config_of_project().cookie_keys == ("k" * 50,)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"APP_ID": "app_a", "SECRETS": "s"}, "'SECRETS' is no setting: did you mean 'SECRET'"),
        ({"app_id": "app_a"}, "'app_id' is no setting: did you mean 'APP_ID'"),
        ({"ON_SIGNIN": None}, "did you mean 'ON_SIGN_IN'"),
        ({"COLOUR_OF_HAIR": "red"}, "'COLOUR_OF_HAIR' is no setting$"),
        ({"APP_ID": "app/a"}, "app_id"),
        ([("APP_ID", "app_a")], "use a dictionary"),
    ],
    ids=str,
)
def test_what_means_nothing_is_refused_with_the_nearest_name(values: Any, message: str) -> None:
    with override_settings(SCUTE=values), pytest.raises(ConfigError, match=message):
        config_of_project()


EMULATED = {"SCUTE": {"APP_ID": "a", "BASE_URL": "http://127.0.0.1:9000", "EMULATOR": True}}


class TestTheEmulator:
    def test_it_serves_developers(self) -> None:
        with override_settings(DEBUG=True, **EMULATED):
            assert config_of_project().emulator

    def test_it_never_serves_the_public(self) -> None:
        with (
            override_settings(DEBUG=False, **EMULATED),
            pytest.raises(ConfigError, match="DEBUG=False refuses it"),
        ):
            config_of_project()

    def test_it_serves_tests_which_run_without_debug(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mail, "outbox", [], raising=False)  # as Django's test runner does
        with override_settings(DEBUG=False, **EMULATED):
            assert config_of_project().emulator


@pytest.mark.parametrize("facade", [facades.scute, facades.async_scute], ids=["sync", "async"])
def test_tests_may_change_settings(facade: Any) -> None:
    before = facade()
    with override_settings(SCUTE={"APP_ID": "app_other"}):
        changed = facade()
        assert facade() is changed
    with override_settings(ALLOWED_HOSTS=["example.com"]):
        after = facade()
        assert facade() is after

    assert changed.config.app_id == "app_other"
    assert before.config == after.config
    assert before is not changed is not after


def test_processes_may_share_djangos_cache() -> None:
    with override_settings(SCUTE={"CACHE": "default"}):
        made: list[Any] = [facades.scute(), facades.async_scute()]
        stores = [facade._driver._store for facade in made]

    assert [type(store) for store in stores] == [DjangoCacheStore, AsyncDjangoCacheStore]


heard: list[Any] = []


def hear(*what: Any) -> None:
    heard.append(what)


async def hear_later(*what: Any) -> None:
    heard.append(what)


@MODES
@pytest.mark.parametrize(
    "hook", [hear, hear_later, f"{__name__}.hear"], ids=["now", "later", "by name"]
)
async def test_the_app_is_told_who_signed_in_and_out(
    emulator: Emulator, mode: str, hook: Any
) -> None:
    given = {"SCUTE": {"ON_SIGN_IN": hook, "ON_SIGN_OUT": hook}}
    form = "application/x-www-form-urlencoded"
    urls = path("auth/", include("scute_django.urls"))
    with opened(emulator, urls, django=given) as project:
        client: Any = project.client() if mode == "wsgi" else project.aclient()

        async def ask(method: str, where: str, *data: Any) -> Any:
            send = partial(getattr(client, method), where, *data)
            return await run_sync(send) if mode == "wsgi" else await send()

        await ask("post", "/auth/magic-link", f"identifier={EMAIL}", form)
        link = emulator.messages(EMAIL)[0].link or ""
        await ask("get", "/auth/callback?" + link.partition("?")[2])
        await ask("post", "/auth/sign-out")

    (user, profile), (left,) = heard
    assert isinstance(user, User)
    assert isinstance(profile, Profile)
    assert profile.email == EMAIL
    assert left == user


CONFIG = ScuteConfig("app_demo")


@pytest.mark.parametrize("make", [hooks, async_hooks], ids=["sync", "async"])
@pytest.mark.parametrize("name", ["ON_SIGN_IN", "ON_SIGN_OUT", "RENDERER"])
def test_a_path_that_leads_nowhere_is_found_at_start(make: Any, name: str) -> None:
    given = {"SCUTE": {name: "no.such.function"}}
    with override_settings(**given), pytest.raises(ConfigError, match=rf"SCUTE\['{name}'\]"):
        make(CONFIG)


@pytest.mark.parametrize("value", [3, "scute_django.conf.OWN"])
@pytest.mark.parametrize("name", ["ON_SIGN_IN", "ON_SIGN_OUT", "RENDERER"])
def test_what_is_no_function_is_found_at_start(name: str, value: Any) -> None:
    given = {"SCUTE": {name: value}}
    with override_settings(**given), pytest.raises(ConfigError, match="use a function or its"):
        hooks(CONFIG)


def test_none_counts_as_not_set() -> None:
    with override_settings(SCUTE={"RENDERER": None, "ON_SIGN_IN": None}):
        assert callable(hooks(CONFIG).renderer)


def test_what_renders_our_pages_may_be_the_apps_own(emulator: Emulator) -> None:
    def page(name: str, context: Any) -> str:
        return f"{name} with {context['urls']['magic_link']}"

    with opened(emulator, django={"SCUTE": {"RENDERER": page}}) as project:
        answer = project.client().get("/auth/sign-in")

    assert answer.content == b"sign_in with /auth/magic-link"


def test_the_project_is_served_as_the_settings_say(emulator: Emulator) -> None:
    """Nothing of the tests' own in between: Django, the middleware and Scute over HTTP."""
    from tests.integrations.test_django import optional

    middleware = ["scute_django.middleware.ScuteAuthMiddleware"]
    with emulator.serve() as url:
        environ = emulator.config_env() | {"SCUTE_BASE_URL": url}
        values = {name.removeprefix("SCUTE_"): text for name, text in environ.items()}
        django = {"SCUTE": values, "MIDDLEWARE": middleware}
        with opened(emulator, path("optional", optional), django=django) as project:
            answer = project.client().get("/optional", headers=bearer(emulator))

    assert answer.json()["user_id"]
