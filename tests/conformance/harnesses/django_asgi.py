"""The shared app as a Django one writes it for ASGI: most views await, one blocks.

Django has no WebSocket: that route is served beside it, as projects do with Channels.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse

from scute_asgi import ScuteAuth
from scute_asgi.types import Message, Send
from scute_auth import ConfigError
from scute_django import ScuteRequest, current_user, optional_user, require_user
from tests.conformance.asgi_driver import AsgiDriver
from tests.conformance.django_app import DjangoSite
from tests.conformance.harness import Harness
from tests.conformance.harnesses.asgi import PlainApp
from tests.conformance.harnesses.django_wsgi import urls
from tests.conformance.site import Setup

__all__ = ["HARNESS"]


class Pages:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    async def home(self, request: ScuteRequest) -> HttpResponse:
        user = request.scute_user
        return HttpResponse(user.id if user else '<a href="/auth/sign-in">Sign in</a>')

    @require_user
    async def me(self, request: HttpRequest) -> HttpResponse:
        user = current_user()
        self._setup.enter("me", user.id)
        return JsonResponse({"user_id": user.id})

    def optional(self, request: HttpRequest) -> HttpResponse:
        """A plain function: Django runs it in a thread."""
        user = optional_user()
        return JsonResponse({"user_id": user.id if user else None})

    async def private(self, request: HttpRequest) -> HttpResponse:
        user = current_user()
        self._setup.enter("private", user.id)
        return HttpResponse(f"<p>{user.id}</p>")

    @require_user
    async def notes(self, request: HttpRequest) -> HttpResponse:
        user = current_user()
        self._setup.enter("notes", user.id)
        return JsonResponse({"user_id": user.id}, status=201)

    @require_user
    async def stream(self, request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(self._chunks())

    async def _chunks(self) -> AsyncIterator[str]:
        yield "first\n"
        await self._setup.gate.await_open()
        yield current_user().id

    async def boom(self, request: HttpRequest) -> HttpResponse:
        raise RuntimeError("boom")

    async def own_response(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(b"own", headers=request.GET.dict())


class DjangoAsgiDriver(AsgiDriver):
    """Loads the app when it is started, as a server does; says so where that fails."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(self._call)
        self._site = DjangoSite(setup, urls(Pages(setup), setup.auth_prefix or "/auth"))
        self._others = ScuteAuth(PlainApp(setup), scute=self._site.async_scute)
        self._django: _Handler | None = None

    async def stop(self) -> None:
        await super().stop()
        if self._django is not None:
            self._django.close_bodies()
        self._site.stop()

    async def _call(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            try:
                self._django = self._site.start(_Handler)
            except ConfigError as error:
                await receive()
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
        if scope["type"] == "http":
            assert self._django is not None
            await self._django(_readable(scope), receive, _lower(send))
        else:
            await self._others(scope, receive, send)


class _Handler(ASGIHandler):
    """Django leaves the body of a request open whose task is cancelled; nobody else may notice."""

    def __init__(self) -> None:
        super().__init__()
        self._bodies: list[Any] = []

    async def read_body(self, receive: Any) -> Any:
        body = await super().read_body(receive)
        self._bodies.append(body)
        return body

    def close_bodies(self) -> None:
        for body in self._bodies:
            body.close()


def _readable(scope: Any) -> Any:
    """As servers pass a path on that is no UTF-8; Django's own page for a 404 needs that."""
    raw: bytes = scope["path"].encode("utf-8", "surrogateescape")
    return {**scope, "path": raw.decode("utf-8", "replace")}


def _lower(send: Send) -> Callable[[Any], Awaitable[None]]:
    """Django keeps the case of header names, against the ASGI specification; servers mend it."""

    async def forward(message: Message) -> None:
        lines = [(name.lower(), value) for name, value in message.get("headers", ())]
        await send({**message, "headers": lines} if lines else message)

    return forward


HARNESS = Harness("django-asgi", DjangoAsgiDriver)
