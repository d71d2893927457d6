"""Settings: checked when they are made, each error naming the setting and what to do."""

import dataclasses
from typing import Any

import pytest

from scute_auth.config import ScuteConfig, is_loopback
from scute_auth.errors import ConfigError
from scute_auth.settings import CookieProfile, Limits
from tests.unit.support import config

WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "no app id": ("app_id", {"app_id": ""}),
    "an app id of another type": ("app_id", {"app_id": 7}),
    "an app id with a slash": ("app_id", {"app_id": "app/../other"}),
    "an app id without end": ("app_id", {"app_id": "a" * 65}),
    "plain http": ("base_url", {"base_url": "http://api.scute.io"}),
    "this machine": ("emulator", {"base_url": "http://127.0.0.1:9000"}),
    "this machine over https": ("emulator", {"base_url": "https://localhost"}),
    "an emulator elsewhere": ("emulator", {"emulator": True}),
    "a path": ("base_url", {"base_url": "https://api.scute.io/v1"}),
    "a fragment": ("base_url", {"base_url": "https://api.scute.io#x"}),
    "a password": ("base_url", {"base_url": "https://u:p@api.scute.io"}),
    "no host": ("base_url", {"base_url": "https:///"}),
    "a port that is none": ("base_url", {"base_url": "https://api.scute.io:99999"}),
    "another alphabet": ("base_url", {"base_url": "https://api.scut\u0435.io"}),
    "an origin with a path": ("public_origin", {"public_origin": "https://app.example/"}),
    "an origin in upper case": ("public_origin", {"public_origin": "https://App.example"}),
    "an origin that is a star": ("trusted_origins", {"trusted_origins": ("*",)}),
    "an origin that is null": ("trusted_origins", {"trusted_origins": ("null",)}),
    "a header in upper case": ("token_headers", {"token_headers": ("Authorization",)}),
    "a check of another kind": ("check", {"check": "never"}),
    "a short cookie key": ("cookie_keys", {"cookie_keys": ("secret",)}),
    "a short webhook secret": ("webhook_secrets", {"webhook_secrets": ("whsec_",)}),
    "an empty webhook secret": ("webhook_secrets", {"webhook_secrets": ("w" * 16, "")}),
    "a text for webhook secrets": ("webhook_secrets", {"webhook_secrets": "w" * 16}),
    "another app by its uuid": ("workspace_apps", {"workspace_apps": ("7f1b",)}),
    "another app of a wrong form": ("app_id", {"workspace_apps": ("app_a b",)}),
    "the app itself as another": ("workspace_apps", {"workspace_apps": ("app_demo",)}),
    "other apps without a workspace": ("SCUTE_WORKSPACE_ID", {"workspace_apps": ("app_other",)}),
    "other apps whose tokens scripts can read": (
        "browser_sdk",
        {"workspace_apps": ("app_other",), "browser_sdk": True},
    ),
    "other apps without its secret": (
        "SCUTE_WORKSPACE_SECRET",
        {"workspace_apps": ("app_other",), "workspace_id": "w"},
    ),
    "a cookie prefix with a space": ("cookies.prefix", {"cookies": "x"}),
    "a negative time": ("keys_lifetime", {"keys_lifetime": -1}),
    "a boolean for a time": ("refresh_margin", {"refresh_margin": True}),
    "a text for a time": ("keys_cooldown", {"keys_cooldown": "30"}),
    "a leeway of an hour": ("leeway", {"leeway": 3600}),
    "a lifetime that is too short": ("access_lifetime", {"access_lifetime": 59}),
    "a lifetime that is too long": ("access_lifetime", {"access_lifetime": 604_801}),
    "a prefix without a slash": ("auth_prefix", {"auth_prefix": "auth"}),
    "a prefix with a slash at its end": ("auth_prefix", {"auth_prefix": "/auth/"}),
    "a prefix that is the root": ("auth_prefix", {"auth_prefix": "/"}),
    "a public path without a slash": ("public_paths", {"public_paths": ("health",)}),
    "an exempt path with a space": ("exempt_paths", {"exempt_paths": ("/a b",)}),
    "a landing elsewhere": ("after_sign_in", {"after_sign_in": "https://evil.example"}),
    "a landing that leaves": ("after_sign_out", {"after_sign_out": "//evil.example"}),
    "a landing that leaves with a backslash": (
        "after_sign_in",
        {"after_sign_in": "/\\evil.example"},
    ),
    "a backslash anywhere": ("after_sign_out", {"after_sign_out": "/a\\b"}),
    "a prefix of dots": ("auth_prefix", {"auth_prefix": "/.."}),
    "a prefix with a dot": ("auth_prefix", {"auth_prefix": "/auth/."}),
    "a prefix through dots": ("auth_prefix", {"auth_prefix": "/a/../b"}),
    "a text for headers": ("token_headers", {"token_headers": "authorization"}),
    "a list of headers": ("token_headers", {"token_headers": ["authorization"]}),
    "a text for paths": ("public_paths", {"public_paths": "/"}),
    "a list of paths": ("exempt_paths", {"exempt_paths": ["/health"]}),
    "a text for keys": ("cookie_keys", {"cookie_keys": "k" * 32}),
    "a text for yes": ("emulator", {"emulator": "1"}),
    "a text for no": ("emulator", {"emulator": "0"}),
    "a number for no": ("require_by_default", {"require_by_default": 0}),
    "another text for no": ("browser_sdk", {"browser_sdk": "false"}),
    "an id that no SDK's cookie ends with": (
        "browser_sdk: app_id",
        {"browser_sdk": True, "app_id": "3f2504e0-4f89-11d3-9a0c-0305e82c3301"},
    ),
}


@pytest.mark.parametrize(("named", "values"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_named_at_construction(named: str, values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=named):
        made(values)


def made(values: dict[str, Any]) -> ScuteConfig:
    if "cookies" in values:
        values = {"cookies": CookieProfile("a b")}
    return config(**values)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"base_url": "https://scute.example:8443/"},
        {"base_url": "http://127.0.0.1:9000", "emulator": True},
        {"base_url": "http://[::1]:9000", "emulator": True},
        {"base_url": "http://scute.localhost:9000", "emulator": True},
        {"public_origin": "http://localhost:8000"},
        {"trusted_origins": ("https://a.example", "https://b.example:8443")},
        {"access_lifetime": 60, "leeway": 0, "keys_cooldown": 0},
        {"auth_prefix": "/account/auth"},
        {"auth_prefix": "/.well-known/auth"},
        {"auth_prefix": "/auth...x/~me"},
        {"after_sign_in": "/", "after_sign_out": "/bye?from=app#top"},
        {"cookie_keys": ("k" * 16, "l" * 32)},
    ],
    ids=str,
)
def test_right_settings_are_taken(values: dict[str, Any]) -> None:
    made = config(**values)

    assert all(getattr(made, name) == value for name, value in values.items())


def test_a_repr_shows_no_secret() -> None:
    keys = ("s3" * 8,)
    made = config(
        secret="scapp_s3", workspace_secret="scwor_s3", cookie_keys=keys, webhook_secrets=keys
    )

    assert "s3" not in repr(made)


def test_a_config_is_a_value() -> None:
    assert config() == config()
    assert dataclasses.replace(config(), leeway=5) != config()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config().leeway = 5  # type: ignore[misc] # frozen is what is tested


@pytest.mark.parametrize(
    ("settings", "purpose", "secure", "names"),
    [
        ({}, "access", True, ("__Host-scute-access__app_demo",)),
        ({}, "access", False, ("scute-access__app_demo",)),
        ({"cookies": CookieProfile("my")}, "pending", True, ("__Host-my-pending__app_demo",)),
        (
            {"browser_sdk": True},
            "refresh",
            True,
            ("sc-refresh-token__app_demo", "sc-refresh-token"),
        ),
        ({"browser_sdk": True}, "binding", True, ("__Host-scute-binding__app_demo",)),
        ({"browser_sdk": True}, "csrf", True, ("__Host-X-CSRF-Token__app_demo",)),
        ({"browser_sdk": True}, "csrf", False, ("X-CSRF-Token__app_demo",)),
    ],
)
def test_cookies_have_their_names(
    settings: dict[str, Any], purpose: str, secure: bool, names: tuple[str, ...]
) -> None:
    assert config(**settings).cookie_names(purpose, secure=secure) == names


def test_every_setting_comes_from_the_environment() -> None:
    made = ScuteConfig.from_env(
        {
            "SCUTE_APP_ID": " app_demo ",
            "SCUTE_SECRET": "scapp_1",
            "SCUTE_LEEWAY": "5",
            "SCUTE_ACCESS_LIFETIME": "900",
            "SCUTE_BROWSER_SDK": "Yes",
            "SCUTE_REQUIRE_BY_DEFAULT": "off",
            "SCUTE_COOKIES": "my",
            "SCUTE_CHECK": "remote",
            "SCUTE_PUBLIC_PATHS": "/, /health ,",
            "SCUTE_PUBLIC_ORIGIN": "",
            "UNRELATED": "x",
        }
    )

    assert made == config(
        secret="scapp_1",
        leeway=5,
        access_lifetime=900,
        browser_sdk=True,
        cookies=CookieProfile("my"),
        check="remote",
        public_paths=("/", "/health"),
    )


def test_the_process_environment_is_read_when_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCUTE_APP_ID", "app_env")

    assert ScuteConfig.from_env().app_id == "app_env"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, "SCUTE_APP_ID is not set"),
        ({"SCUTE_APP_ID": " "}, "SCUTE_APP_ID is not set"),
        ({"SCUTE_APP_ID": "app_demo", "SCUTE_LEEWAY": "-5"}, "SCUTE_LEEWAY"),
        ({"SCUTE_APP_ID": "app_demo", "SCUTE_LEEWAY": "\u0665"}, "SCUTE_LEEWAY"),
        ({"SCUTE_APP_ID": "app_demo", "SCUTE_EMULATOR": "maybe"}, "SCUTE_EMULATOR"),
        ({"SCUTE_APP_ID": "app_demo", "SCUTE_CHECK": "never"}, "check"),
    ],
)
def test_a_wrong_environment_is_named(environ: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        ScuteConfig.from_env(environ)


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("app.localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_this_machine_is_known_by_its_names(host: str, is_here: bool) -> None:
    assert is_loopback(host) is is_here


def test_a_frameworks_settings_win_over_the_environment() -> None:
    environ = {"SCUTE_APP_ID": "app_env", "SCUTE_LEEWAY": "7", "SCUTE_AFTER_SIGN_IN": "/env"}

    found = ScuteConfig.from_mapping(
        {
            "app_id": "app_mine",
            "require_by_default": "1",
            "emulator": False,
            "public_paths": ["/health"],
            "trusted_origins": "https://a.example, https://b.example",
            "after_sign_in": None,
        },
        environ=environ,
    )

    assert found == ScuteConfig(
        app_id="app_mine",
        leeway=7,
        require_by_default=True,
        public_paths=("/health",),
        trusted_origins=("https://a.example", "https://b.example"),
        after_sign_in="/env",
    )


NONE = Limits(per_identifier=0, per_address=0)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (0, NONE),
        (False, NONE),
        ("0", NONE),
        ([60, 1, 2], Limits(60, 1, 2)),
        ((60, 1, 2), Limits(60, 1, 2)),
        ("60, 1, 2", Limits(60, 1, 2)),
        (Limits(60, 1, 2), Limits(60, 1, 2)),
    ],
    ids=repr,
)
def test_limits_are_taken_as_a_person_writes_them(written: Any, meant: Limits) -> None:
    values = {"app_id": "app_demo", "limits": written}

    assert ScuteConfig.from_mapping(values, environ={}).limits == meant


@pytest.mark.parametrize(
    "written", [1, True, [], [60, 1], [60, 1, "x"], [60.0, 1, 2], "60"], ids=repr
)
def test_limits_that_say_something_else_are_refused(written: Any) -> None:
    with pytest.raises(ConfigError, match=r"^limits: use 0 for none, or seconds"):
        ScuteConfig.from_mapping({"app_id": "app_demo", "limits": written}, environ={})


@pytest.mark.parametrize(("written", "meant"), [(1, True), (0, False), (True, True)])
def test_one_and_nought_are_true_and_false(written: Any, meant: bool) -> None:
    values = {"app_id": "app_demo", "require_by_default": written}

    assert ScuteConfig.from_mapping(values, environ={}).require_by_default is meant


def test_other_numbers_are_neither() -> None:
    with pytest.raises(ConfigError, match="require_by_default: use True or False, not int"):
        ScuteConfig.from_mapping({"app_id": "app_demo", "require_by_default": 2}, environ={})


@pytest.mark.parametrize(
    ("name", "hint"), [("app_ids", "did you mean 'app_id'"), ("zzz", "no setting of scute-auth$")]
)
def test_an_unknown_setting_of_a_framework_is_named(name: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=hint):
        ScuteConfig.from_mapping({name: "x"}, environ={})


def test_a_frameworks_secrets_seal_cookies_unless_there_are_cookie_keys() -> None:
    new, old = "n" * 32, "o" * 32

    def keys(**values: Any) -> tuple[str, ...]:
        values = {"app_id": "app_demo", **values}
        found = ScuteConfig.from_mapping(values, environ={}, framework_keys=(new, "dev", old))
        return found.cookie_keys

    assert keys() == (new, old)
    assert keys(cookie_keys=["k" * 16]) == ("k" * 16,)
    assert ScuteConfig.from_mapping(
        {"app_id": "app_demo"}, environ={}, framework_keys=("dev",)
    ) == ScuteConfig("app_demo")


@pytest.mark.parametrize(
    "wrong", [{"window": 0}, {"per_identifier": -1}, {"per_address": 86_401}, {"window": True}]
)
def test_limits_that_are_none_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="limits"):
        Limits(**wrong)
