"""A Django project for one test: its own URLs and settings, and the emulator in memory."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.test import AsyncClient, Client, override_settings
from django.urls import URLPattern, URLResolver

from scute_auth import AsyncScute, Scute
from scute_auth.context import variable
from scute_django.hooks import async_hooks, hooks
from scute_django.middleware import ScuteAuthMiddleware
from scute_emulator import Emulator
from tests.integrations.support import config_of

__all__ = ["ABOVE", "OURS", "EmulatedMiddleware", "Project", "opened"]

Urls = Sequence[URLPattern | URLResolver]

ABOVE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
OURS = "tests.integrations.django_site.EmulatedMiddleware"


@dataclass(eq=False)
class Project:
    """`get` asks as a WSGI server would, `aget` as an ASGI server would."""

    urlpatterns: Urls
    emulator: Emulator
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    @cached_property
    def scute(self) -> Scute:
        config = config_of(self.emulator, **self.settings)
        return Scute(config, transport=self.emulator.transport, hooks=hooks(config))

    @cached_property
    def async_scute(self) -> AsyncScute:
        config = config_of(self.emulator, **self.settings)
        return AsyncScute(config, transport=self.emulator.transport, hooks=async_hooks(config))

    def forget(self) -> None:
        """Make a new `Scute` at the next request, of the settings as they are then."""
        for made in ("scute", "async_scute"):
            vars(self).pop(made, None)

    def client(self, **options: Any) -> Client:
        return Client(raise_request_exception=False, **options)

    def aclient(self, **options: Any) -> AsyncClient:
        return AsyncClient(raise_request_exception=False, **options)

    async def ask(self, mode: str, method: str, path: str, **request: Any) -> Any:
        """The same request in one of the two modes, "wsgi" or "asgi"."""
        if mode == "wsgi":
            answer = await _in_a_thread(lambda: self.client().generic(method, path, **request))
        else:
            answer = await self.aclient().generic(method, path, **request)
        assert variable.get() is None
        return answer


async def _in_a_thread(call: Callable[[], Any]) -> Any:
    """WSGI servers have no event loop."""
    from anyio.to_thread import run_sync

    return await run_sync(call)


_open: list[Project] = []


class EmulatedMiddleware(ScuteAuthMiddleware):
    """The product's own, with the `Scute` of the project that is open."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._project = _open[-1]
        super().__init__(get_response)

    def scute(self) -> Scute:
        return self._project.scute

    def async_scute(self) -> AsyncScute:
        return self._project.async_scute


@contextmanager
def opened(
    emulator: Emulator,
    *urls: URLPattern | URLResolver,
    above: Sequence[str] = ABOVE,
    below: Sequence[str] = (),
    django: dict[str, Any] | None = None,
    **settings: Any,
) -> Generator[Project, None, None]:
    """A project with these URLs; `django` are settings of Django, the others our own."""
    project = Project(urls, emulator, settings)
    _open.append(project)
    given = {"MIDDLEWARE": [*above, OURS, *below], "ROOT_URLCONF": project} | (django or {})
    try:
        with override_settings(**given):
            yield project
    finally:
        _open.pop()
