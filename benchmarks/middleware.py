"""Targets 3 and 4: what a request costs with us beyond the same request without us."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import PlainTextResponse
from starlette.applications import Starlette
from starlette.routing import Route

import scute_fastapi
import scute_starlette
from benchmarks.asgi import Asgi
from benchmarks.report import Row, floors, lighter, reference
from benchmarks.timing import Case, Timings, time_rounds
from benchmarks.verifying import py_jwk_client
from benchmarks.visits import Visits
from benchmarks.world import Scale, World
from scute_auth import AsyncScute, User

__all__ = ["middleware", "starlette_app"]


def middleware(world: World, scale: Scale, tokens: Sequence[str]) -> list[Row]:
    """`tokens` are enough for one batch a round, so that every cold one is new."""
    with asyncio.Runner() as runner:
        timings = time_rounds(_cases(world, scale, tokens, runner), scale.rounds)
    return _starlette_rows(timings) + _fastapi_rows(timings)


def _starlette_rows(timings: Timings) -> list[Row]:
    def over(case: str) -> float:
        return timings.over(case, "starlette")

    return [
        reference("bare Starlette", timings.ratio("starlette")),
        floors("3", "Starlette + ScuteAuth, anonymous: over bare", over("anonymous"), 0.2),
        floors("3", "Starlette + ScuteAuth, remembered: over bare", over("remembered"), 0.4),
        floors("3", "Starlette + ScuteAuth, cold: over bare", over("cold"), 2.0),
        reference("  remembered, in a cookie", over("cookie")),
    ]


def _fastapi_rows(timings: Timings) -> list[Row]:
    def over(case: str) -> float:
        return timings.over(case, "fastapi")

    peer = over("pyjwt")
    return [
        reference("bare FastAPI", timings.ratio("fastapi")),
        floors("4", "FastAPI + current_user, remembered: over bare", over("user"), 1.1),
        floors("4", "FastAPI + current_user, cold: over bare", over("user cold"), 2.7),
        reference("  an async dependency that does nothing", over("empty")),
        reference("  PyJWKClient and jwt.decode in an async dependency", peer),
        lighter("6", "FastAPI, remembered: than PyJWKClient", peer / over("user"), 15),
        lighter("6", "FastAPI, cold: than PyJWKClient", peer / over("user cold"), 3),
    ]


def _cases(
    world: World, scale: Scale, tokens: Sequence[str], runner: asyncio.Runner
) -> dict[str, Case]:
    visits = Visits(world, scale, tokens)

    def client(app: Starlette) -> Asgi:
        asgi = Asgi(runner, app)
        asgi.warm_up(visits.known(0))
        return asgi

    starlette, ours = client(Starlette(routes=_ROUTES)), client(starlette_app(world))
    nothing, users = client(_fastapi(None)), client(_fastapi_app(world))
    return {
        "floor": world.floor(visits.known_tokens),
        "starlette": starlette.case(visits.known),
        "anonymous": ours.case(visits.nobody),
        "remembered": ours.case(visits.known),
        "cookie": ours.case(visits.with_cookie),
        "cold": ours.case(visits.fresh),
        "fastapi": nothing.case(visits.known),
        "empty": client(_fastapi(_nothing)).case(visits.known),
        "user": users.case(visits.known),
        "user cold": users.case(visits.fresh),
        "pyjwt": client(_fastapi(_with_pyjwt(world))).case(visits.known),
    }


async def _plain(_: Any) -> PlainTextResponse:
    return PlainTextResponse("ok")


_ROUTES = [Route("/me", _plain)]


def starlette_app(world: World) -> Starlette:
    """One route behind the middleware, verifying against the world's emulator."""
    app = Starlette(routes=_ROUTES)
    app.add_middleware(scute_starlette.ScuteAuth, scute=_scute(world))
    return app


def _fastapi_app(world: World) -> FastAPI:
    app = FastAPI()
    app.add_middleware(scute_fastapi.ScuteAuth, scute=_scute(world))

    @app.get("/me")
    async def me(user: Annotated[User, Depends(scute_fastapi.current_user)]) -> PlainTextResponse:
        return PlainTextResponse("ok")

    return app


def _fastapi(dependency: Callable[..., Any] | None) -> FastAPI:
    app = FastAPI()
    needs = [] if dependency is None else [Depends(dependency)]

    @app.get("/me", dependencies=needs)
    async def me() -> PlainTextResponse:
        return PlainTextResponse("ok")

    return app


async def _nothing() -> None:
    """What any dependency costs in FastAPI."""


def _with_pyjwt(world: World) -> Callable[..., Any]:
    """The dependency that PyJWT's and FastAPI's documentation lead to."""
    verify = py_jwk_client(world)

    async def claims(request: Request) -> Any:
        return verify(request.headers["authorization"].removeprefix("Bearer "))

    return claims


def _scute(world: World) -> AsyncScute:
    return AsyncScute(world.config, transport=world.emulator.transport)
