"""Somebody who uses a Django project: signs in with a mailed link, or has a session already."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.test import AsyncClient, Client, override_settings

from scute_auth import ScuteConfig
from scute_auth.store import process_store
from scute_emulator import Emulator

__all__ = [
    "MIDDLEWARE",
    "SCUTE_BACKEND",
    "aclick_link",
    "ask_for_link",
    "click_link",
    "django_project",
    "give_session",
    "has_session",
]

SCUTE_BACKEND = "scute_django.backends.ScuteBackend"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "scute_django.middleware.ScuteAuthMiddleware",
]


def ask_for_link(emulator: Emulator, email: str) -> str:
    """The path and query of the newest link that this address got."""
    link = urlsplit(str(emulator.messages(email)[0].link))
    return f"{link.path}?{link.query}"


def click_link(emulator: Emulator, client: Client, email: str) -> Any:
    """Sign in; the answer to the click, not followed."""
    client.post("/auth/magic-link", {"identifier": email}, content_type="application/json")
    return client.get(ask_for_link(emulator, email))


async def aclick_link(emulator: Emulator, client: AsyncClient, email: str) -> Any:
    await client.post("/auth/magic-link", {"identifier": email}, content_type="application/json")
    return await client.get(ask_for_link(emulator, email))


def give_session(
    emulator: Emulator, client: Client | AsyncClient, email: str, **session: Any
) -> dict[str, Any]:
    """The client's browser holds a session that began elsewhere."""
    payload = emulator.create_session(email, **session)
    for purpose in ("access", "refresh"):
        if payload.get(purpose):
            client.cookies[_cookie(purpose)] = payload[purpose]
    return payload


def has_session(client: Client) -> bool:
    cookie = client.cookies.get(_cookie("access"))
    return cookie is not None and cookie.value != ""


def _cookie(purpose: str) -> str:
    return ScuteConfig.from_env().cookie_names(purpose, secure=False)[0]


@contextmanager
def django_project(urlconf: str, *backends: str, **settings: Any) -> Generator[None]:
    """The settings of a project with our middleware; without backends it has no users of ours."""
    # Each test is a process of its own: how many links were asked for counts from nought.
    process_store.cache_clear()
    given: dict[str, Any] = {
        "ROOT_URLCONF": urlconf,
        "MIDDLEWARE": MIDDLEWARE,
        "AUTHENTICATION_BACKENDS": [*backends, "django.contrib.auth.backends.ModelBackend"],
        "SCUTE": {},
        **settings,
    }
    with override_settings(**given):
        yield
