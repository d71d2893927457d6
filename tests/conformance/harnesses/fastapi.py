"""The shared app as a FastAPI one writes it: dependencies, async and plain views, a sub-app."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request, Response, WebSocket
from fastapi.responses import HTMLResponse, StreamingResponse

from scute_auth import User
from scute_auth.context import current_user
from scute_fastapi import CurrentUser, ScuteAuth, auth_router, optional_user, require_user
from tests.conformance.asgi_driver import AsgiDriver
from tests.conformance.harness import Harness
from tests.conformance.site import Setup

__all__ = ["HARNESS"]

OptionalUser = Annotated[User | None, Depends(optional_user)]


def make_app(setup: Setup) -> FastAPI:
    app = FastAPI()
    app.include_router(pages_for_all())
    app.include_router(pages_for_users(setup))

    @app.websocket("/ws")
    async def websocket(websocket: WebSocket, user: CurrentUser) -> None:
        setup.enter("ws", user.id)
        await websocket.accept()
        await websocket.send_json({"user_id": user.id})
        await websocket.receive()

    return app


def pages_for_all() -> APIRouter:
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse)
    async def home(user: OptionalUser) -> str:
        return user.id if user else '<a href="/auth/sign-in">Sign in</a>'

    @router.api_route("/optional", methods=["GET", "HEAD"])
    def optional(user: OptionalUser) -> dict[str, str | None]:
        """A plain function: FastAPI runs it in a thread."""
        return {"user_id": user.id if user else None}

    @router.get("/boom")
    async def boom() -> None:
        raise RuntimeError("boom")

    @router.get("/own-response")
    async def own_response(request: Request) -> Response:
        return Response(b"own", headers=dict(request.query_params))

    return router


def pages_for_users(setup: Setup) -> APIRouter:
    router = APIRouter()

    @router.get("/me")
    async def me(user: CurrentUser) -> dict[str, str]:
        setup.enter("me", user.id)
        return {"user_id": user.id}

    @router.get("/private", response_class=HTMLResponse, dependencies=[Depends(require_user())])
    def private() -> str:
        setup.enter("private", current_user().id)
        return f"<p>{current_user().id}</p>"

    @router.post("/notes", status_code=201)
    async def notes(user: CurrentUser) -> dict[str, str]:
        setup.enter("notes", user.id)
        return {"user_id": user.id}

    @router.get("/stream", dependencies=[Depends(require_user())])
    async def stream() -> StreamingResponse:
        return StreamingResponse(_chunks(setup))

    return router


async def _chunks(setup: Setup) -> AsyncIterator[bytes]:
    yield b"first\n"
    await setup.gate.await_open()
    yield current_user().id.encode()


def serve(setup: Setup) -> AsgiDriver:
    app, mounted = make_app(setup), FastAPI()

    mounted.include_router(pages_for_users(setup))
    app.include_router(auth_router(setup.auth_prefix))
    app.mount("/sub", mounted)
    app.add_middleware(ScuteAuth, scute=setup.async_scute())
    return AsgiDriver(app)


HARNESS = Harness("fastapi", serve)
