"""What the Django harnesses share: one Django, and in it a handler of its own for each site.

Settings are global in Django; a middleware and a URLconf are not. Each site has its own of these,
and its settings are in force from the site's start to its end.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import cached_property
from typing import Any, Protocol

from django.http import HttpRequest
from django.test import override_settings
from django.urls import URLPattern, URLResolver

import tests.django_setup  # noqa: F401 # pyright: ignore[reportUnusedImport] # sets it up
from scute_auth import AsyncScute, Scute
from scute_django.middleware import ScuteAuthMiddleware

__all__ = ["DjangoSite", "SiteMiddleware", "Urls", "being_built"]

Urls = Sequence[URLPattern | URLResolver]


class Scutes(Protocol):
    """Makes what the middleware runs on; None where it must read its settings itself."""

    def scute(self) -> Scute | None: ...

    def async_scute(self) -> AsyncScute | None: ...


class DjangoSite:
    """One site in the process: what its middleware and its views belong to."""

    def __init__(self, setup: Scutes, urls: Urls) -> None:
        self.urlpatterns = urls
        self._setup = setup
        self._settings = override_settings(
            DEBUG=False,
            MIDDLEWARE=MIDDLEWARE,
            ROOT_URLCONF="tests.django_urls",
            SCUTE={},
        )

    @cached_property
    def scute(self) -> Scute | None:
        return self._setup.scute()

    @cached_property
    def async_scute(self) -> AsyncScute | None:
        return self._setup.async_scute()

    def start(self, handler: Callable[[], Any]) -> Any:
        """The site's handler: what a server loads when it starts."""
        self._settings.enable()
        token = being_built.set(self)
        try:
            return handler()
        except BaseException:
            self._settings.disable()
            raise
        finally:
            being_built.reset(token)

    def stop(self) -> None:
        self._settings.disable()


being_built: ContextVar[DjangoSite] = ContextVar("being_built")


class SiteMiddleware(ScuteAuthMiddleware):
    """The product's own, with the site's `Scute` and the site's URLs."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._site = being_built.get()
        super().__init__(get_response)

    def scute(self) -> Scute:
        return self._site.scute or super().scute()

    def async_scute(self) -> AsyncScute:
        return self._site.async_scute or super().async_scute()

    def __call__(self, request: Any) -> Any:
        request.urlconf = self._site
        return super().__call__(request)


MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tests.conformance.django_app.SiteMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
"""Without `CommonMiddleware`: it answers 400 to the strange hosts that some cases send."""
