"""Django behind Scute, in one file. Settings come from SCUTE_*: see `scute-auth emulator`.

gunicorn examples.django_app:application        uvicorn examples.django_app:asgi
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from examples import pages
from scute_auth import ScuteUnavailable
from scute_django import ScuteRequest, current_profile, current_user, require_user

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    DEBUG=True,
    INSTALLED_APPS=[],  # without a database: see examples/django_project for users
    LOGIN_URL="scute:sign_in",
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "scute_django.middleware.ScuteAuthMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="django-insecure: known to all who read this example",
)


def home(request: ScuteRequest) -> HttpResponse:
    user = request.scute_user
    if user is None:
        return HttpResponse(pages.home(None))
    try:
        profile = current_profile()
    except ScuteUnavailable:
        return HttpResponse(pages.home(user.id))
    return HttpResponse(pages.home(profile.email or user.id))


@require_user
def me(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"user_id": current_user().id})


def optional(request: ScuteRequest) -> HttpResponse:
    user = request.scute_user
    return JsonResponse({"user_id": user.id if user else None})


@require_user
def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse(pages.private(current_user().id))


# The middleware has refused what comes from another site, so no token is needed in the form.
@csrf_exempt
@require_POST
@require_user
def add_note(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"user_id": current_user().id, "note": "saved"}, status=201)


@require_user
def stream(request: HttpRequest) -> StreamingHttpResponse:
    is_asgi = hasattr(request, "scope")
    return StreamingHttpResponse(achunks() if is_asgi else chunks(), content_type="text/plain")


def chunks() -> Iterator[str]:
    for number in range(4):
        yield f"{number}\n"
        time.sleep(0.25)
    yield current_user().id


async def achunks() -> AsyncIterator[str]:
    for number in range(4):
        yield f"{number}\n"
        await asyncio.sleep(0.25)
    yield current_user().id


def boom(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("this view always fails")


def own_response(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a response of my own", headers={"X-Own": "yes"})


urlpatterns = [
    path("auth/", include("scute_django.urls")),
    path("", home),
    path("me", me),
    path("optional", optional),
    path("private", private),
    path("notes", add_note),
    path("stream", stream),
    path("boom", boom),
    path("own-response", own_response),
]

application = get_wsgi_application()
asgi = get_asgi_application()
