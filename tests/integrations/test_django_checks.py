"""System checks: one true line for each misconfiguration, and silence about a good project."""

import subprocess
import sys
from collections.abc import Generator
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path, set_script_prefix

from scute_auth import ConfigError
from scute_django.accounts import scute_backend
from scute_django.checks import check_deployment, check_project, check_table
from scute_django.middleware import ScuteAuthMiddleware

OURS = "scute_django.middleware.ScuteAuthMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
UPDATE_CACHE = "django.middleware.cache.UpdateCacheMiddleware"
BACKEND = "scute_django.backends.ScuteBackend"


class Own(ScuteAuthMiddleware):
    pass


def function(get_response: Any) -> Any:
    return get_response


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class Urls:
    def __init__(self, *urls: Any) -> None:
        self.urlpatterns = urls


GOOD: dict[str, Any] = {
    "SCUTE": {"APP_ID": "app_demo", "SECRET": "s", "PUBLIC_ORIGIN": "https://site.example"},
    "MIDDLEWARE": [UPDATE_CACHE, AUTHENTICATION, f"{__name__}.function", OURS],
    "ROOT_URLCONF": Urls(path("auth/", include("scute_django.urls")), path("", home)),
    "LOGIN_URL": "scute:sign_in",
    "CSRF_TRUSTED_ORIGINS": ["https://other.example"],
    "AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"],
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Generator[None, None, None]:
    for name in ("APP_ID", "BASE_URL", "EMULATOR", "SECRET", "PUBLIC_ORIGIN"):
        monkeypatch.delenv(f"SCUTE_{name}", raising=False)
    with override_settings(**GOOD):
        yield


def test_a_good_project_is_left_alone() -> None:
    assert run_checks(tags=["scute"], include_deployment_checks=True) == []
    with override_settings(MIDDLEWARE=[AUTHENTICATION, f"{__name__}.Own"]):
        assert check_project() == []


def test_a_middleware_that_is_not_there_is_djangos_to_name() -> None:
    with override_settings(MIDDLEWARE=["nowhere.Middleware", OURS]):
        assert check_project() == []


CONTRIB = ["django.contrib.contenttypes", "django.contrib.auth"]
ADMIN = "scute_django.admin_site.ScuteAdminConfig"
CACHE = "django.core.cache.backends"
ON_DATABASE = {"default": {"BACKEND": f"{CACHE}.db.DatabaseCache", "LOCATION": "cache"}}
IN_MEMORY = {"default": {"BACKEND": f"{CACHE}.locmem.LocMemCache"}}

SEEDED: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "no middleware": (
        {"MIDDLEWARE": [AUTHENTICATION]},
        "scute.E001",
        "ScuteAuthMiddleware is not installed.",
        f'Add "{OURS}" to MIDDLEWARE',
    ),
    "twice": (
        {"MIDDLEWARE": [OURS, OURS]},
        "scute.E002",
        "ScuteAuthMiddleware is installed twice.",
        "Keep one",
    ),
    "too early": (
        {"MIDDLEWARE": [OURS, AUTHENTICATION]},
        "scute.E003",
        "ScuteAuthMiddleware stands above AuthenticationMiddleware: it would overwrite",
        f'move "{OURS}" below "{AUTHENTICATION}"',
    ),
    "above the cache": (
        {"MIDDLEWARE": [OURS, UPDATE_CACHE]},
        "scute.E003",
        "above UpdateCacheMiddleware: it would give one visitor's pages to another.",
        f'below "{UPDATE_CACHE}"',
    ),
    "no app id": (
        {"SCUTE": {}},
        "scute.E004",
        "SCUTE_APP_ID is not set",
        "SCUTE setting",
    ),
    "unknown setting": (
        {"SCUTE": {"APP_ID": "app_demo", "SECRETS": "s"}},
        "scute.E004",
        "SCUTE: 'SECRETS' is no setting: did you mean 'SECRET'?.",
        "SCUTE setting",
    ),
    "emulator in production": (
        {
            "DEBUG": False,
            "SCUTE": {"APP_ID": "a", "BASE_URL": "http://localhost:9000", "EMULATOR": True},
        },
        "scute.E005",
        "the Scute emulator is for development: DEBUG=False refuses it.",
        "Unset SCUTE_EMULATOR",
    ),
    "insecure cookies": (
        {"SCUTE": {"APP_ID": "app_demo", "PUBLIC_ORIGIN": "http://site.example"}},
        "scute.E006",
        "PUBLIC_ORIGIN is http://site.example: over plain http no cookie is safe",
        "https://",
    ),
    "routes elsewhere": (
        {"ROOT_URLCONF": Urls(path("accounts/", include("scute_django.urls")))},
        "scute.E007",
        "The sign-in page is included as /accounts/sign-in, and AUTH_PREFIX is /auth",
        'path("auth/", include("scute_django.urls"))',
    ),
    "no routes": (
        {"ROOT_URLCONF": Urls(path("", home)), "LOGIN_URL": "/"},
        "scute.W001",
        "scute_django.urls is not included.",
        'path("auth/", include("scute_django.urls"))',
    ),
    "origins with a star": (
        {"CSRF_TRUSTED_ORIGINS": ["https://*.site.example"]},
        "scute.W002",
        "'https://*.site.example', which trusts nobody",
        "List each origin",
    ),
    "no routes for the page to log in": (
        {"ROOT_URLCONF": Urls(path("", home))},
        "scute.E008",
        "LOGIN_URL is a name that leads nowhere: 'scute' is not a registered namespace",
        'path("auth/", include("scute_django.urls"))',
    ),
    "a page to log in that has another name": (
        {"LOGIN_URL": "scute:login"},
        "scute.E008",
        "LOGIN_URL is a name that leads nowhere: Reverse for 'login' not found.",
        'LOGIN_URL = "scute:sign_in"',
    ),
    "no such cache": (
        {"SCUTE": {"APP_ID": "app_demo", "CACHE": "nope"}},
        "scute.E004",
        "CACHES['nope'] cannot be used",
        "SCUTE setting",
    ),
    "a cache that is not atomic": (
        {"SCUTE": {"APP_ID": "app_demo", "CACHE": "default"}, "CACHES": ON_DATABASE},
        "scute.E004",
        "CACHES['default'] cannot be shared by processes that renew sessions",
        "SCUTE setting",
    ),
    "a cache in one process": (
        {"SCUTE": {"APP_ID": "app_demo", "CACHE": "default"}, "CACHES": IN_MEMORY},
        "scute.W006",
        "SCUTE['CACHE'] is 'default', which lives in one process",
        "Redis or Memcached",
    ),
    "no such hook": (
        {"SCUTE": {"APP_ID": "app_demo", "ON_SIGN_IN": "nowhere.hook"}},
        "scute.E004",
        "SCUTE['ON_SIGN_IN']: No module named 'nowhere'",
        "SCUTE setting",
    ),
    "a renderer that is no function": (
        {"SCUTE": {"APP_ID": "app_demo", "RENDERER": 3}},
        "scute.E004",
        "SCUTE['RENDERER']: use a function or its dotted path, not 3",
        "SCUTE setting",
    ),
    "an admin for nobody": (
        {"INSTALLED_APPS": [*CONTRIB, ADMIN, "scute_django"]},
        "scute.W007",
        "The admin is behind Scute, and nobody who signs in there is a user of this project.",
        BACKEND,
    ),
    "an admin without our app": (
        {"INSTALLED_APPS": [*CONTRIB, ADMIN]},
        "scute.E009",
        "ScuteAdminConfig is installed without scute_django.",
        'Add "scute_django"',
    ),
    "no page to log in": (
        {"LOGIN_URL": "/accounts/login/"},
        "scute.W003",
        "LOGIN_URL is '/accounts/login/', where this project has no page.",
        'LOGIN_URL = "scute:sign_in"',
    ),
}


@pytest.mark.parametrize(("settings", "name", "line", "fix"), SEEDED.values(), ids=SEEDED)
def test_a_misconfiguration_is_named_in_one_line(
    settings: dict[str, Any], name: str, line: str, fix: str
) -> None:
    with override_settings(**settings):
        found = check_project()

    assert [message.id for message in found] == [name]
    assert line in found[0].msg
    assert "\n" not in found[0].msg
    assert fix in (found[0].hint or "")


@pytest.mark.parametrize("origin", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_a_site_on_this_machine_may_be_without_tls(origin: str) -> None:
    with override_settings(SCUTE={"APP_ID": "app_demo", "PUBLIC_ORIGIN": origin}):
        assert check_project() == []


def test_a_project_below_a_script_name_is_a_good_one() -> None:
    set_script_prefix("/app/")
    try:
        assert check_project() == []
    finally:
        set_script_prefix("/")


@pytest.mark.parametrize("url", ["https://login.example/", "/"])
def test_a_login_url_of_ones_own_is_fine(url: str) -> None:
    with override_settings(LOGIN_URL=url):
        assert check_project() == []


def test_without_djangos_users_nobody_logs_in() -> None:
    from django.conf import settings

    apps = [name for name in settings.INSTALLED_APPS if name.startswith("django.contrib.content")]
    with override_settings(INSTALLED_APPS=apps, LOGIN_URL="/accounts/login/"):
        assert check_project() == []


def test_the_app_needs_no_other_package() -> None:
    with override_settings(INSTALLED_APPS=[*CONTRIB, "scute_django"]):
        assert check_project() == []


def test_an_admin_for_the_projects_users_is_fine() -> None:
    apps = [*CONTRIB, ADMIN, "scute_django"]
    with override_settings(INSTALLED_APPS=apps, AUTHENTICATION_BACKENDS=[BACKEND]):
        assert check_project() == []


def test_the_backend_without_our_app_fails_at_start() -> None:
    with override_settings(INSTALLED_APPS=CONTRIB, AUTHENTICATION_BACKENDS=[BACKEND]):
        with pytest.raises(ConfigError, match='add "scute_django" to INSTALLED_APPS'):
            ScuteAuthMiddleware(home)
        with pytest.raises(ConfigError, match='add "scute_django" to INSTALLED_APPS'):
            scute_backend()


FORGETFUL = """
import django
from django.conf import settings
from django.core.management import call_command

settings.configure(
    SECRET_KEY="for this test only",
    INSTALLED_APPS={apps},
    AUTHENTICATION_BACKENDS={backends},
    ROOT_URLCONF="tests.integrations.django_forgotten",
    SCUTE={{"APP_ID": "app_demo"}},
)
django.setup()
call_command("check")
"""


@pytest.mark.parametrize(
    ("apps", "backends", "line"),
    [
        ([*CONTRIB, ADMIN], [], "ScuteAdminConfig is installed without scute_django."),
        (CONTRIB, [BACKEND], 'ScuteBackend needs its table: add "scute_django" to INSTALLED_APPS'),
    ],
    ids=["admin", "backend"],
)
def test_our_app_is_missed_by_manage_py_check(
    apps: list[str], backends: list[str], line: str
) -> None:
    program = FORGETFUL.format(apps=apps, backends=backends)

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert run.returncode == 1
    assert line in run.stderr


class TestBeforeDeployment:
    def test_a_site_whose_address_is_not_said_is_named(self) -> None:
        with override_settings(SCUTE={"APP_ID": "app_demo"}):
            found = check_deployment()

        assert [message.id for message in found] == ["scute.W004"]
        assert "PUBLIC_ORIGIN" in (found[0].hint or "")

    def test_a_proxy_that_says_it_is_enough(self) -> None:
        header = ("HTTP_X_FORWARDED_PROTO", "https")
        with override_settings(SCUTE={"APP_ID": "app_demo"}, SECURE_PROXY_SSL_HEADER=header):
            assert check_deployment() == []

    def test_wrong_settings_are_said_once(self) -> None:
        with override_settings(SCUTE={}):
            assert check_deployment() == []


class TestTheTable:
    @pytest.fixture(autouse=True)
    def database(self) -> Generator[None, None, None]:
        """As after `migrate`, with another app's migrations only."""
        from django.db.migrations.recorder import MigrationRecorder

        self.recorder = MigrationRecorder(connection)
        before = self.recorder.applied_migrations()
        self.recorder.ensure_schema()
        self.recorder.flush()
        self.recorder.record_applied("auth", "0001_initial")
        yield
        self.recorder.flush()
        for app, name in before:
            self.recorder.record_applied(app, name)

    def test_a_missing_table_is_named(self) -> None:
        with override_settings(AUTHENTICATION_BACKENDS=[BACKEND]):
            found = check_table(databases=["default"])

        assert [message.id for message in found] == ["scute.W005"]
        assert "'default' has no table of Scute accounts" in found[0].msg
        assert found[0].hint == "Run: python manage.py migrate scute"

    def test_a_migrated_database_is_fine(self) -> None:
        self.recorder.record_applied("scute", "0001_initial")

        with override_settings(AUTHENTICATION_BACKENDS=[BACKEND]):
            assert check_table(databases=["default"]) == []

    def test_an_empty_database_is_djangos_to_name(self) -> None:
        self.recorder.flush()

        with override_settings(AUTHENTICATION_BACKENDS=[BACKEND]):
            assert check_table(databases=["default"]) == []

    def test_no_database_is_asked_unless_django_says_so(self) -> None:
        with override_settings(AUTHENTICATION_BACKENDS=[BACKEND]):
            assert check_table(databases=None) == []

    def test_who_keeps_no_users_needs_no_table(self) -> None:
        assert check_table(databases=["default"]) == []
