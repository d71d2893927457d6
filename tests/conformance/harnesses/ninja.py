"""The shared app as one with Django Ninja writes it: `auth=ScuteAuth()` on the API."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path
from ninja import NinjaAPI, Router

from scute_auth import current_user, optional_user
from scute_django.ninja import ScuteAuth
from tests.conformance.django_app import DjangoSite, Urls
from tests.conformance.harness import Harness
from tests.conformance.harnesses.django_wsgi import DjangoWsgiDriver
from tests.conformance.site import Setup

__all__ = ["HARNESS"]

_number = count()


def make_api(setup: Setup) -> NinjaAPI:
    # Ninja wants a name of its own for each.
    api = NinjaAPI(urls_namespace=f"conformance-{next(_number)}", docs_url=None)
    api.add_router("", pages_for_all())
    api.add_router("", pages_for_users(setup), auth=ScuteAuth())
    api.add_router("/sub", pages_for_users(setup), auth=ScuteAuth())
    return api


def pages_for_all() -> Router:
    router = Router()

    @router.get("/")
    def home(request: HttpRequest) -> HttpResponse:
        user = optional_user()
        return HttpResponse(user.id if user else '<a href="/auth/sign-in">Sign in</a>')

    @router.api_operation(["GET", "HEAD"], "/optional")
    def optional(request: HttpRequest) -> Any:
        user = optional_user()
        return JsonResponse({"user_id": user.id if user else None})

    @router.get("/boom")
    def boom(request: HttpRequest) -> HttpResponse:
        raise RuntimeError("boom")

    @router.get("/own-response")
    def own_response(request: HttpRequest) -> HttpResponse:
        return HttpResponse(b"own", headers=request.GET.dict())

    return router


def pages_for_users(setup: Setup) -> Router:
    router = Router()

    @router.get("/me")
    def me(request: Any) -> dict[str, str]:
        setup.enter("me", request.auth.user.id)
        return {"user_id": request.auth.user.id}

    @router.get("/private")
    def private(request: Any) -> HttpResponse:
        setup.enter("private", request.auth.user.id)
        return HttpResponse(f"<p>{request.auth.user.id}</p>")

    @router.post("/notes", response={201: dict[str, str]})
    def notes(request: Any) -> dict[str, str]:
        setup.enter("notes", request.auth.user.id)
        return {"user_id": request.auth.user.id}

    @router.get("/stream")
    def stream(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(_chunks(setup))

    return router


def _chunks(setup: Setup) -> Iterator[str]:
    yield "first\n"
    setup.gate.wait()
    yield current_user().id


def serve(setup: Setup) -> DjangoWsgiDriver:
    prefix = (setup.auth_prefix or "/auth").lstrip("/")
    urls: Urls = [
        path(f"{prefix}/", include("scute_django.urls")),
        path("", make_api(setup).urls),
    ]
    return DjangoWsgiDriver(DjangoSite(setup, urls))


HARNESS = Harness("ninja", serve, has_websocket=False)
