"""What would leave a view open is found when the app starts (the lifespan), mounted or included."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

import scute_fastapi
import scute_starlette
from scute_auth import AsyncScute, ConfigError, ScuteConfig, User
from scute_emulator import Emulator
from scute_fastapi import current_user, require_user


@pytest.fixture(scope="module")
def scute() -> AsyncScute:
    emulator = Emulator()
    return AsyncScute(ScuteConfig.from_env(emulator.config_env()), transport=emulator.transport)


REQUIRED = require_user()


def with_start(app: Any) -> None:
    with TestClient(app):
        """Started, and stopped again."""


def default_user(app: FastAPI | APIRouter) -> None:
    @app.get("/me")
    async def me(user: Any = current_user) -> str:
        return "entered"


def default_require(app: FastAPI | APIRouter) -> None:
    @app.get("/me")
    async def me(*, user: Any = REQUIRED) -> str:
        return "entered"


def default_factory(app: FastAPI | APIRouter) -> None:
    @app.get("/me")
    async def me(user: Any = require_user) -> str:
        return "entered"


def decorator_above(app: FastAPI | APIRouter) -> None:
    @scute_starlette.require_user
    @app.get("/me")
    async def me(request: Request) -> str:
        return "entered"


@pytest.mark.parametrize(
    "mistake", [default_user, default_require, default_factory, decorator_above]
)
@pytest.mark.parametrize("place", ["app", "router", "mount"])
def test_a_view_left_open_by_mistake_stops_the_start(
    scute: AsyncScute, mistake: Callable[[Any], None], place: str
) -> None:
    app, inner = FastAPI(), FastAPI() if place == "mount" else APIRouter()
    mistake(app if place == "app" else inner)
    if isinstance(inner, APIRouter):
        app.include_router(inner, prefix="/in")
    else:
        app.mount("/in", inner)
    app.add_middleware(scute_fastapi.ScuteAuth, scute=scute)

    with pytest.raises(ConfigError, match=r"me: a dependency stands|does not protect"):
        with_start(app)


@pytest.mark.parametrize("mistake", [default_user, default_require])
def test_without_a_start_it_is_refused_at_the_request(
    scute: AsyncScute, mistake: Callable[[Any], None]
) -> None:
    app = FastAPI()
    mistake(app)
    app.add_middleware(scute_fastapi.ScuteAuth, scute=scute)

    with pytest.raises(ConfigError, match="Depends"):
        TestClient(app).get("/me")


def test_an_unprotected_original_in_a_starlette_route_stops_the_start(scute: AsyncScute) -> None:
    async def me(request: Request) -> PlainTextResponse:
        return PlainTextResponse("entered")

    scute_starlette.require_user(me)
    app = Starlette(routes=[Mount("/in", routes=[Route("/me", me)])])
    app.add_middleware(scute_starlette.ScuteAuth, scute=scute)

    with pytest.raises(ConfigError, match="stands above the route decorator"):
        with_start(app)


def test_what_is_written_as_it_should_be_starts(scute: AsyncScute) -> None:
    app, router = FastAPI(), APIRouter()

    @router.get("/me", dependencies=[Depends(require_user())])
    async def me(user: Annotated[User, Depends(current_user)]) -> str:
        return "entered"

    app.include_router(router)
    app.mount("/static", lambda scope, receive, send: None)  # type: ignore[arg-type,return-value] # any ASGI app
    app.add_middleware(scute_fastapi.ScuteAuth, scute=scute)

    with TestClient(app) as client:
        assert client.get("/me").status_code == 401
