"""Target 5: what a request costs in Django and Django REST framework, under WSGI.

Django as a project has it: our app, `ScuteBackend`. The API keeps no users, as simplejwt's
`JWTStatelessUserAuthentication` beside it: its users are what the token says.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from benchmarks.report import Row, floors, lighter, reference
from benchmarks.timing import Case, Timings, time_rounds
from benchmarks.visits import Visits
from benchmarks.world import Scale, World
from benchmarks.wsgi import Wsgi
from scute_auth import Scute
from scute_django import require_user
from scute_django.middleware import ScuteAuthMiddleware

__all__ = ["django_middleware"]

_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]


class Middleware(ScuteAuthMiddleware):
    """Asks the `Scute` of the world that is measured."""

    made: ClassVar[Scute]

    def scute(self) -> Scute:
        return self.made


def django_middleware(world: World, scale: Scale, tokens: Sequence[str]) -> list[Row]:
    """`tokens` are enough for one batch a round, so that every cold one is new."""
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="of no use to anybody", USE_TZ=True)
        django.setup()
    visits = Visits(world, scale, tokens)
    return _of_django(visits) + _of_rest_framework(visits)


def _of_django(visits: Visits) -> list[Row]:
    urls = (path("bare", _view), path("ours", require_user(_view)))
    users = ["scute_django.backends.ScuteBackend"]
    with override_settings(
        INSTALLED_APPS=[*_APPS, "scute_django"], AUTHENTICATION_BACKENDS=users, ROOT_URLCONF=urls
    ):
        timings = time_rounds(_cases(visits), visits.scale.rounds)
    return _rows(timings, "Django", 0.5, 2.3)


def _of_rest_framework(visits: Visits) -> list[Row]:
    peer = {
        "ALGORITHM": "RS256",
        "VERIFYING_KEY": visits.world.public_pem(),
        "USER_ID_CLAIM": "uuid",
        # Scute's tokens have neither.
        "JTI_CLAIM": None,
        "TOKEN_TYPE_CLAIM": None,
    }
    with override_settings(INSTALLED_APPS=[*_APPS, "rest_framework"], SIMPLE_JWT=peer):
        # Not before: REST framework and simplejwt read their settings while they are imported.
        from benchmarks.rest_framework import urls

        with override_settings(ROOT_URLCONF=urls()):
            timings = time_rounds(_api_cases(visits), visits.scale.rounds)
    return _rows(timings, "DRF", 0.6) + _peer_rows(timings)


def _rows(timings: Timings, name: str, remembered: float, cold: float | None = None) -> list[Row]:
    def over(case: str) -> float:
        return timings.over(case, "bare")

    what = f"{name} + ScuteAuth, cold: over bare"
    return [
        reference(f"bare {name}", timings.ratio("bare")),
        floors("5", f"{name} + ScuteAuth, remembered: over bare", over("remembered"), remembered),
        reference(what, over("cold")) if cold is None else floors("5", what, over("cold"), cold),
    ]


def _peer_rows(timings: Timings) -> list[Row]:
    def over(case: str) -> float:
        return timings.over(case, "bare")

    peer = over("peer")
    return [
        reference("  simplejwt, JWTStatelessUserAuthentication", peer),
        lighter("6", "DRF, remembered: than simplejwt", peer / over("remembered"), 15),
        lighter("6", "DRF, cold: than simplejwt", peer / over("cold"), 3),
    ]


def _cases(visits: Visits) -> dict[str, Case]:
    bare, ours = replace(visits, path="/bare"), replace(visits, path="/ours")
    Middleware.made = Scute(visits.world.config, transport=visits.world.emulator.transport)
    client = _client(Middleware)
    client.warm_up(ours.known(0))
    return {
        "floor": visits.world.floor(visits.known_tokens),
        "bare": _client().case(bare.known),
        "remembered": client.case(ours.known),
        "cold": client.case(ours.fresh),
    }


def _api_cases(visits: Visits) -> dict[str, Case]:
    peer = replace(visits, path="/peer")
    return {**_cases(visits), "peer": _client().case(peer.known)}


def _view(_: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def _client(*middleware: type) -> Wsgi:
    names = [f"{one.__module__}.{one.__qualname__}" for one in middleware]
    with override_settings(MIDDLEWARE=names):
        return Wsgi(WSGIHandler())
