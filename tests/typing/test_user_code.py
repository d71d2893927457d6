"""What a type checker sees of the adapters: users' code, never a surprise in it.

mypy and pyright read this file; pytest only imports what it shows.
"""

from typing import Annotated, assert_type

from fastapi import APIRouter, Depends, FastAPI
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.websockets import WebSocket

import scute_fastapi
import scute_starlette
from scute_asgi import ScuteAuth as AsgiScuteAuth
from scute_auth import Profile, ScuteConfig, User, current_user, optional_user
from scute_auth.http import Reply


async def welcome(user: User, profile: Profile) -> None: ...


def goodbye(user: User) -> None: ...


@scute_starlette.require_user
async def bare(request: Request) -> Response:
    assert_type(current_user(), User)
    assert_type(optional_user(), User | None)
    assert_type(await scute_starlette.current_profile(request), Profile)
    return PlainTextResponse("x")


@scute_starlette.require_user(step_up=300, impersonated=False, check="remote")
def demanding(request: Request) -> Response:
    return scute_starlette.to_response(Reply(204))


async def calls(request: Request) -> None:
    assert_type(await bare(request), Response)
    assert_type(await demanding(request), Response)


class Notes(HTTPEndpoint):
    @scute_starlette.require_user
    async def get(self, request: Request) -> Response:
        return PlainTextResponse("x")


class Chat(WebSocketEndpoint):
    @scute_starlette.require_user(check="remote")
    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()


async def depends(
    user: scute_fastapi.CurrentUser,
    other: Annotated[User, Depends(scute_fastapi.current_user)],
    maybe: Annotated[User | None, Depends(scute_fastapi.optional_user)],
    profile: Annotated[Profile, Depends(scute_fastapi.current_profile)],
    checked: Annotated[User, Depends(scute_fastapi.require_user(step_up=300))],
    request: Request,
) -> str:
    assert_type(user, User)
    assert_type(await scute_fastapi.current_user(request), User)
    assert_type(await scute_fastapi.optional_user(request), User | None)
    assert_type(await scute_fastapi.current_profile(request), Profile)
    return user.id


def test_starlette_code_is_well_typed() -> None:
    routes = scute_starlette.auth_routes(prefix="/auth")
    assert_type(routes, list[BaseRoute])
    app = Starlette(
        routes=[Route("/bare", bare), Route("/notes", Notes), *routes],
        middleware=[Middleware(scute_starlette.ScuteAuth, on_sign_in=welcome)],
    )
    app.add_middleware(scute_starlette.ScuteAuth, on_sign_out=goodbye)

    assert len(app.routes) == len(routes) + 2


def test_fastapi_code_is_well_typed() -> None:
    app = FastAPI()
    router = scute_fastapi.auth_router()
    assert_type(router, APIRouter)
    config = ScuteConfig(app_id="app_demo")
    app.add_middleware(scute_fastapi.ScuteAuth, config, on_sign_in=welcome, on_sign_out=goodbye)
    app.include_router(router)
    app.get("/depends")(depends)
    scute_fastapi.describe(app, config)

    assert "ScuteCookie" in app.openapi()["components"]["securitySchemes"]


def test_plain_asgi_code_is_well_typed() -> None:
    app = AsgiScuteAuth(Starlette(), ScuteConfig(app_id="app_demo"), serve_auth=False)

    assert app.app is not None
