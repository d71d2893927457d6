"""Target 5: what a request costs in Flask and under plain WSGI, beyond the same one without us."""

from collections.abc import Iterable, Sequence

import flask_jwt_extended
from flask import Flask

import scute_flask
import scute_wsgi
from benchmarks.report import Row, floors, lighter, reference
from benchmarks.timing import Case, Timings, time_rounds
from benchmarks.visits import Visits
from benchmarks.world import Scale, World
from benchmarks.wsgi import App, Environ, StartResponse, Wsgi
from scute_auth import Scute

__all__ = ["flask_app", "wsgi_middleware"]


def wsgi_middleware(world: World, scale: Scale, tokens: Sequence[str]) -> list[Row]:
    """`tokens` are enough for one batch a round, so that every cold one is new."""
    timings = time_rounds(_cases(world, Visits(world, scale, tokens)), scale.rounds)
    return _flask_rows(timings) + _wsgi_rows(timings)


def _flask_rows(timings: Timings) -> list[Row]:
    def over(case: str) -> float:
        return timings.over(case, "flask")

    peer = over("peer")
    return [
        reference("bare Flask", timings.ratio("flask")),
        reference("  Flask + ScuteAuth, anonymous: over bare", over("anonymous")),
        floors("5", "Flask + ScuteAuth, remembered: over bare", over("remembered"), 0.5),
        floors("5", "Flask + ScuteAuth, cold: over bare", over("cold"), 2.3),
        reference("  remembered, in a cookie", over("cookie")),
        reference("  flask-jwt-extended, @jwt_required", peer),
        lighter("6", "Flask, remembered: than flask-jwt-extended", peer / over("remembered"), 15),
        lighter("6", "Flask, cold: than flask-jwt-extended", peer / over("cold"), 3),
    ]


def _wsgi_rows(timings: Timings) -> list[Row]:
    def over(case: str) -> float:
        return timings.over(case, "wsgi")

    return [
        reference("plain WSGI + ScuteAuth, remembered: over bare", over("wsgi remembered")),
        reference("plain WSGI + ScuteAuth, cold: over bare", over("wsgi cold")),
    ]


def _cases(world: World, visits: Visits) -> dict[str, Case]:
    def client(app: App) -> Wsgi:
        wsgi = Wsgi(app)
        wsgi.warm_up(visits.known(0))
        return wsgi

    bare, ours = client(flask_app(None)), client(flask_app(_scute(world)))
    nothing, wsgi = client(_plain), client(scute_wsgi.ScuteAuth(_plain, scute=_scute(world)))
    return {
        "floor": world.floor(visits.known_tokens),
        "flask": bare.case(visits.known),
        "anonymous": ours.case(visits.nobody),
        "remembered": client(flask_app(_scute(world), private=True)).case(visits.known),
        "cookie": ours.case(visits.with_cookie),
        "cold": ours.case(visits.fresh),
        "peer": client(_flask_jwt_extended(world)).case(visits.known),
        "wsgi": nothing.case(visits.known),
        "wsgi remembered": wsgi.case(visits.known),
        "wsgi cold": wsgi.case(visits.fresh),
    }


def flask_app(scute: Scute | None, *, private: bool = False) -> Flask:
    """One route, behind ScuteAuth or bare; a private one is under `@require_user` too."""
    app = Flask("bench")
    app.add_url_rule("/me", view_func=scute_flask.require_user(_me) if private else _me)
    if scute is not None:
        scute_flask.ScuteAuth(app, scute=scute)
    return app


def _me() -> str:
    return "ok"


def _flask_jwt_extended(world: World) -> Flask:
    """As its documentation shows it, told which claim names the user."""
    app = Flask("peer")
    app.config.from_mapping(
        JWT_ALGORITHM="RS256", JWT_PUBLIC_KEY=world.public_pem(), JWT_IDENTITY_CLAIM="uuid"
    )
    flask_jwt_extended.JWTManager(app)
    required = flask_jwt_extended.jwt_required()  # pyright: ignore[reportUnknownMemberType]
    app.add_url_rule("/me", view_func=required(_me))
    return app


def _plain(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


def _scute(world: World) -> Scute:
    return Scute(world.config, transport=world.emulator.transport)
