"""The shared app as a Django one writes it, with views that block, behind WSGI."""

from collections.abc import Iterator
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from scute_django import ScuteRequest, current_user, optional_user, require_user
from tests.conformance.django_app import DjangoSite, Urls
from tests.conformance.harness import Harness
from tests.conformance.site import Setup
from tests.conformance.wsgi_driver import WsgiDriver

__all__ = ["HARNESS", "DjangoWsgiDriver"]


class Pages:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def home(self, request: ScuteRequest) -> HttpResponse:
        user = request.scute_user
        return HttpResponse(user.id if user else '<a href="/auth/sign-in">Sign in</a>')

    @require_user
    def me(self, request: HttpRequest) -> HttpResponse:
        user = current_user()
        self._setup.enter("me", user.id)
        return JsonResponse({"user_id": user.id})

    def optional(self, request: HttpRequest) -> HttpResponse:
        user = optional_user()
        return JsonResponse({"user_id": user.id if user else None})

    def private(self, request: HttpRequest) -> HttpResponse:
        user = current_user()
        self._setup.enter("private", user.id)
        return HttpResponse(f"<p>{user.id}</p>")

    @require_user
    def notes(self, request: HttpRequest) -> HttpResponse:
        user = current_user()
        self._setup.enter("notes", user.id)
        return JsonResponse({"user_id": user.id}, status=201)

    @require_user
    def stream(self, request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(self._chunks())

    def _chunks(self) -> Iterator[str]:
        yield "first\n"
        self._setup.gate.wait()
        yield current_user().id

    def boom(self, request: HttpRequest) -> HttpResponse:
        raise RuntimeError("boom")

    def own_response(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(b"own", headers=request.GET.dict())


def urls(pages: Any, auth_prefix: str) -> Urls:
    routes: list[URLPattern | URLResolver] = [
        path(f"{auth_prefix.lstrip('/')}/", include("scute_django.urls")),
        path("", require_safe(pages.home)),
        path("me", require_safe(pages.me)),
        path("optional", require_safe(pages.optional)),
        path("private", require_safe(pages.private)),
        path("notes", csrf_exempt(require_POST(pages.notes))),
        path("stream", require_safe(pages.stream)),
        path("boom", pages.boom),
        path("own-response", pages.own_response),
        path("sub/", include([path("me", require_safe(pages.me))])),
    ]
    return routes


class DjangoWsgiDriver(WsgiDriver):
    """Loads the app when it is started, as a server does."""

    def __init__(self, site: DjangoSite) -> None:
        super().__init__(self._load)
        self._site = site

    def _load(self, environ: Any, start_response: Any) -> Any:
        self.app = self._site.start(WSGIHandler)
        return self.app(environ, start_response)

    async def stop(self) -> None:
        await super().stop()
        self._site.stop()


def serve(setup: Setup) -> WsgiDriver:
    return DjangoWsgiDriver(DjangoSite(setup, urls(Pages(setup), setup.auth_prefix or "/auth")))


HARNESS = Harness("django-wsgi", serve, has_websocket=False)
