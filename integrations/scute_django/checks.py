"""System checks: `manage.py check` says what keeps people out, or lets others in."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import import_string

from scute_auth import ConfigError, ScuteConfig
from scute_auth.config import is_loopback
from scute_django.accounts import scute_backend
from scute_django.cache import DjangoCacheStore
from scute_django.conf import EmulatorRefused, config_of_project, own
from scute_django.facades import store_of_project
from scute_django.hooks import hooks
from scute_django.middleware import ScuteAuthMiddleware
from scute_django.url_checks import check_urls

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
    found = [*_middleware(), *_users()]
    try:
        config = config_of_project()
        hooks(config)
        found += _store()
    except EmulatorRefused as error:
        hint = "Unset SCUTE_EMULATOR and SCUTE_BASE_URL (in SCUTE: EMULATOR and BASE_URL)."
        return [*found, Error(f"{error}.", hint=hint, id="scute.E005")]
    except ConfigError as error:
        hint = "Mend it in the SCUTE setting or in the SCUTE_* variables."
        return [*found, Error(f"{error}.", hint=hint, id="scute.E004")]
    return [*found, *_cookies(config), *check_urls(config), *_trusted_origins()]


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


def _users() -> Iterator[CheckMessage]:
    sites = [getattr(known, "default_site", "") for known in apps.get_app_configs()]
    if "scute_django.admin_site.ScuteAdminSite" not in sites:
        return
    if not apps.is_installed("scute_django"):
        hint = 'Add "scute_django" to INSTALLED_APPS.'
        line = "ScuteAdminConfig is installed without scute_django."
        yield Error(line, hint=hint, id="scute.E009")
    elif scute_backend() is None:
        yield Warning(
            "The admin is behind Scute, and nobody who signs in there is a user of this project.",
            hint='Add "scute_django.backends.ScuteBackend" to AUTHENTICATION_BACKENDS.',
            id="scute.W007",
        )


def _cookies(config: ScuteConfig) -> Iterator[CheckMessage]:
    scheme, _, host = (config.public_origin or "").partition("://")
    if scheme == "http" and not config.emulator and not is_loopback(host.partition(":")[0]):
        yield Error(
            f"PUBLIC_ORIGIN is {config.public_origin}: over plain http no cookie is safe, and "
            "nobody can sign in.",
            hint='Set SCUTE["PUBLIC_ORIGIN"] to the https:// address of the site.',
            id="scute.E006",
        )


def _store() -> Iterator[CheckMessage]:
    store = store_of_project(DjangoCacheStore)
    if store is not None and store.is_local:
        yield Warning(
            f"SCUTE['CACHE'] is {own('CACHE')!r}, which lives in one process: others renew "
            "sessions without knowing of it.",
            hint="With several processes, name a cache on Redis or Memcached.",
            id="scute.W006",
        )


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
