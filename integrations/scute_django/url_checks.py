"""System checks of the URLs: are the sign-in pages where the core and `LOGIN_URL` look for them?"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse

from scute_auth import ScuteConfig

__all__ = ["check_urls"]


def check_urls(config: ScuteConfig) -> Iterator[CheckMessage]:
    """A name in `LOGIN_URL` that leads nowhere says it all: each view that needs a user fails."""
    prefix = config.auth_prefix
    line = f'path("{prefix[1:]}/", include("scute_django.urls"))'
    try:
        login_path = _login_path()
    except NoReverseMatch as error:
        yield Error(
            f"LOGIN_URL is a name that leads nowhere: {error}",
            hint=f'Set LOGIN_URL = "scute:sign_in", and add {line} to the URLs of the project.',
            id="scute.E008",
        )
    else:
        yield from _included(prefix, line)
        yield from _login(login_path)


def _included(prefix: str, line: str) -> Iterator[CheckMessage]:
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


def _login(path: str) -> Iterator[CheckMessage]:
    try:
        if path.startswith("/"):
            resolve(path)
    except Resolver404:
        yield Warning(
            f"LOGIN_URL is {settings.LOGIN_URL!r}, where this project has no page.",
            hint='Set LOGIN_URL = "scute:sign_in".',
            id="scute.W003",
        )


def _login_path() -> str:
    """Empty where the project has no users of Django's, and nobody asks for it."""
    if not apps.is_installed("django.contrib.auth"):
        return ""
    return _without_script_name(resolve_url(settings.LOGIN_URL))


def _without_script_name(path: str) -> str:
    return path.removeprefix(get_script_prefix().rstrip("/"))
