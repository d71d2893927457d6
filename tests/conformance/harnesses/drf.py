"""The shared app as one with Django REST framework writes it: plain `IsAuthenticated` views."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from scute_auth import SignedIn, current_user
from scute_django.rest_framework import ScuteAuthentication
from tests.conformance.django_app import DjangoSite
from tests.conformance.harness import Harness
from tests.conformance.harnesses.django_wsgi import DjangoWsgiDriver, urls
from tests.conformance.site import Setup

__all__ = ["HARNESS"]


class Pages:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self.home = view(AllowAny, self._home)
        self.optional = view(AllowAny, self._optional)
        self.boom = view(AllowAny, self._boom)
        self.own_response = view(AllowAny, self._own_response)
        self.me = view(IsAuthenticated, self._me)
        self.private = view(IsAuthenticated, self._private)
        self.notes = view(IsAuthenticated, self._notes, "POST")
        self.stream = view(IsAuthenticated, self._stream)

    def _home(self, request: Request) -> HttpResponse:
        if request.user.is_authenticated:
            return HttpResponse(request.user.pk)
        return HttpResponse('<a href="/auth/sign-in">Sign in</a>')

    def _optional(self, request: Request) -> Response:
        signed_in = cast("SignedIn | None", request.auth)
        return Response({"user_id": signed_in.user.id if signed_in else None})

    def _me(self, request: Request) -> Response:
        self._setup.enter("me", request.user.pk)
        return Response({"user_id": request.user.pk})

    def _private(self, request: Request) -> HttpResponse:
        self._setup.enter("private", request.user.pk)
        return HttpResponse(f"<p>{request.user.pk}</p>")

    def _notes(self, request: Request) -> Response:
        self._setup.enter("notes", request.user.pk)
        return Response({"user_id": request.user.pk}, status=201)

    def _stream(self, request: Request) -> StreamingHttpResponse:
        return StreamingHttpResponse(self._chunks())

    def _chunks(self) -> Iterator[str]:
        yield "first\n"
        self._setup.gate.wait()
        yield current_user().id

    def _boom(self, request: Request) -> Response:
        raise RuntimeError("boom")

    def _own_response(self, request: Request) -> HttpResponse:
        return HttpResponse(b"own", headers=request.GET.dict())


class _JsonForAll(BaseContentNegotiation):
    """DRF's own recipe: browsers too get the one format that there is."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def view(permission: type[BasePermission], handler: Callable[..., Any], method: str = "GET") -> Any:
    def handle(self: APIView, request: Request) -> Any:
        return handler(request)

    class View(APIView):
        authentication_classes = (ScuteAuthentication,)
        permission_classes = (permission,)
        renderer_classes = (JSONRenderer,)
        content_negotiation_class = _JsonForAll

    setattr(View, method.lower(), handle)
    return View.as_view()


def serve(setup: Setup) -> DjangoWsgiDriver:
    routes = urls(Pages(setup), setup.auth_prefix or "/auth")
    return DjangoWsgiDriver(DjangoSite(setup, routes))


HARNESS = Harness("drf", serve, has_websocket=False)
