"""The app under Django's WSGI handler and Werkzeug's server."""

from collections.abc import Generator
from contextlib import contextmanager
from socket import socket

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from scute_django import current_user, optional_user, require_user
from tests.browser.apps.setup import STEP_UP, Setup, home, page_for
from tests.browser.recording import recording_wsgi
from tests.browser.serving import serve_wsgi
from tests.conformance.django_app import DjangoSite, Urls

__all__ = ["with_django"]


def _index(request: HttpRequest) -> HttpResponse:
    return HttpResponse(home(optional_user()))


@require_user
def _private(request: HttpRequest) -> HttpResponse:
    return HttpResponse(page_for(current_user(), "Private"))


@require_user(step_up=STEP_UP)
def _danger(request: HttpRequest) -> HttpResponse:
    return HttpResponse(page_for(current_user(), "Danger"))


@contextmanager
def with_django(setup: Setup, listening: socket) -> Generator[None, None, None]:
    urls: Urls = [
        path("auth/", include("scute_django.urls")),
        path("", _index),
        path("private", _private),
        path("danger", _danger),
    ]
    django = DjangoSite(setup, urls)
    app = django.start(WSGIHandler)
    try:
        with serve_wsgi(recording_wsgi(app, setup.seen), listening):
            yield
    finally:
        django.stop()
