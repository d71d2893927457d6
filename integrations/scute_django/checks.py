"""System checks: `manage.py check` says what keeps people out, or lets others in."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse
from django.utils.module_loading import import_string

from scute_auth import ConfigError, ScuteConfig
from scute_auth.config import is_loopback
from scute_django.accounts import scute_backend
from scute_django.conf import EmulatorRefused, config_of_project
from scute_django.middleware import ScuteAuthMiddleware

__all__ = ["check_deployment", "check_project", "check_table"]

_OURS = "scute_django.middleware.ScuteAuthMiddleware"
_ABOVE = {
    "django.middleware.cache.UpdateCacheMiddleware": "it would give one visitor's pages to another",
    "django.contrib.sessions.middleware.SessionMiddleware": "a sign-in changes the session",
    "django.middleware.csrf.CsrfViewMiddleware": "a sign-in changes the CSRF token",
    "django.contrib.auth.middleware.AuthenticationMiddleware": "it would overwrite request.user",
    "django.contrib.messages.middleware.MessageMiddleware": "what follows a sign-in may use it",
}
"""What stands above our middleware, and why."""


@register("scute")
def check_project(**_: Any) -> list[CheckMessage]:
    """Settings, middleware and URLs."""
    found = list(_middleware())
    try:
        config = config_of_project()
    except EmulatorRefused as error:
        hint = "Unset SCUTE_EMULATOR and SCUTE_BASE_URL (in SCUTE: EMULATOR and BASE_URL)."
        return [*found, Error(f"{error}.", hint=hint, id="scute.E005")]
    except ConfigError as error:
        hint = "Mend it in the SCUTE setting or in the SCUTE_* variables."
        return [*found, Error(f"{error}.", hint=hint, id="scute.E004")]
    return [*found, *_cookies(config), *_urls(config), *_login_url(), *_trusted_origins()]


@register("scute", Tags.security, deploy=True)
def check_deployment(**_: Any) -> list[CheckMessage]:
    """What matters once the site is public."""
    try:
        config = config_of_project()
    except ConfigError:
        return []  # said by the other check
    if config.public_origin is not None or settings.SECURE_PROXY_SSL_HEADER is not None:
        return []
    return [
        Warning(
            "PUBLIC_ORIGIN is not set: behind a proxy that ends TLS nobody could sign in.",
            hint='Set SCUTE["PUBLIC_ORIGIN"] to "https://<your host>".',
            id="scute.W004",
        )
    ]


@register("scute", Tags.database)
def check_table(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Is the table of accounts there, where the project's users are Scute's?"""
    if scute_backend() is None:
        return []
    return [
        Warning(
            f"ScuteBackend is used, and the database {alias!r} has no table of Scute accounts.",
            hint="Run: python manage.py migrate scute",
            id="scute.W005",
        )
        for alias in databases or ()
        if not _is_migrated(alias)
    ]


def _middleware() -> Iterator[CheckMessage]:
    places = [number for number, name in enumerate(settings.MIDDLEWARE) if _is_ours(name)]
    if not places:
        hint = f'Add "{_OURS}" to MIDDLEWARE, below Django\'s own.'
        yield Error("ScuteAuthMiddleware is not installed.", hint=hint, id="scute.E001")
        return
    if len(places) > 1:
        hint = "Keep one of them in MIDDLEWARE."
        yield Error("ScuteAuthMiddleware is installed twice.", hint=hint, id="scute.E002")
    for below in settings.MIDDLEWARE[places[0] :]:
        if below in _ABOVE:
            name = below.rpartition(".")[2]
            yield Error(
                f"ScuteAuthMiddleware stands above {name}: {_ABOVE[below]}.",
                hint=f'In MIDDLEWARE, move "{settings.MIDDLEWARE[places[0]]}" below "{below}".',
                id="scute.E003",
            )


def _is_ours(name: str) -> bool:
    try:
        found = import_string(name)
    except ImportError:
        return False  # Django names it when it loads the middleware
    return isinstance(found, type) and issubclass(found, ScuteAuthMiddleware)


def _cookies(config: ScuteConfig) -> Iterator[CheckMessage]:
    scheme, _, host = (config.public_origin or "").partition("://")
    if scheme == "http" and not config.emulator and not is_loopback(host.partition(":")[0]):
        yield Error(
            f"PUBLIC_ORIGIN is {config.public_origin}: over plain http no cookie is safe, and "
            "nobody can sign in.",
            hint='Set SCUTE["PUBLIC_ORIGIN"] to the https:// address of the site.',
            id="scute.E006",
        )


def _urls(config: ScuteConfig) -> Iterator[CheckMessage]:
    prefix = config.auth_prefix
    line = f'path("{prefix[1:]}/", include("scute_django.urls"))'
    try:
        path = _without_script_name(reverse("scute:sign_in"))
    except NoReverseMatch:
        hint = f"Add {line} to the URLs of the project."
        yield Warning("scute_django.urls is not included.", hint=hint, id="scute.W001")
        return
    if path != f"{prefix}/sign-in":
        yield Error(
            f"The sign-in page is included as {path}, and AUTH_PREFIX is {prefix}: it is not "
            "found there, nor is the callback URL.",
            hint=f"Write {line}, or set SCUTE['AUTH_PREFIX'].",
            id="scute.E007",
        )


def _login_url() -> Iterator[CheckMessage]:
    if not apps.is_installed("django.contrib.auth"):
        return
    path = _without_script_name(resolve_url(settings.LOGIN_URL))
    try:
        if path.startswith("/"):
            resolve(path)
    except Resolver404:
        yield Warning(
            f"LOGIN_URL is {settings.LOGIN_URL!r}, where this project has no page.",
            hint='Set LOGIN_URL = "scute:sign_in".',
            id="scute.W003",
        )


def _without_script_name(path: str) -> str:
    return path.removeprefix(get_script_prefix().rstrip("/"))


def _trusted_origins() -> Iterator[CheckMessage]:
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if "*" in origin:
            yield Warning(
                f"CSRF_TRUSTED_ORIGINS has {origin!r}, which trusts nobody to use Scute's cookies.",
                hint='List each origin, there or in SCUTE["TRUSTED_ORIGINS"].',
                id="scute.W002",
            )


def _is_migrated(alias: str) -> bool:
    """True also where nothing was ever migrated: Django says that itself."""
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    return not applied or any(app == "scute" for app, _ in applied)
