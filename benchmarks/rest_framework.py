"""The same view in Django REST framework: for everybody, behind ScuteAuth, behind simplejwt."""

from collections.abc import Callable
from typing import TypeAlias

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication

from scute_django.rest_framework import ScuteAuthentication

__all__ = ["urls"]

View: TypeAlias = Callable[..., HttpResponseBase]


def urls() -> tuple[URLPattern, ...]:
    return (
        path("bare", _view(AllowAny)),
        path("ours", _view(IsAuthenticated, ScuteAuthentication)),
        path("peer", _view(IsAuthenticated, JWTStatelessUserAuthentication)),
    )


def _view(permission: type[BasePermission], *authentication: type[BaseAuthentication]) -> View:
    class OneView(APIView):
        authentication_classes = authentication
        permission_classes = (permission,)

        def get(self, _: Request) -> Response:
            return Response({"user_id": "somebody"})

    return OneView.as_view()
