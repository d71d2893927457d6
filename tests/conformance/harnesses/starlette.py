"""The shared app as a Starlette one writes it."""

from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from scute_starlette import ScuteAuth, auth_routes, current_user, optional_user, require_user
from tests.conformance.asgi_driver import AsgiDriver
from tests.conformance.harness import Harness
from tests.conformance.site import Setup

__all__ = ["HARNESS"]


class Pages:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    async def home(self, request: Request) -> Response:
        if request.user.is_authenticated:
            return HTMLResponse(request.user.id)
        return HTMLResponse('<a href="/auth/sign-in">Sign in</a>')

    @require_user
    async def me(self, request: Request) -> Response:
        user = current_user()
        self._setup.enter("me", user.id)
        return JSONResponse({"user_id": user.id})

    def optional(self, request: Request) -> Response:
        """A plain function: Starlette runs it in a thread."""
        user = optional_user()
        return JSONResponse({"user_id": user.id if user else None})

    @require_user
    def private(self, request: Request) -> Response:
        self._setup.enter("private", request.user.id)
        return HTMLResponse(f"<p>{current_user().id}</p>")

    @require_user
    async def notes(self, request: Request) -> Response:
        self._setup.enter("notes", request.user.id)
        return JSONResponse({"user_id": request.user.id}, status_code=201)

    @require_user
    async def stream(self, request: Request) -> Response:
        return StreamingResponse(self._chunks())

    async def _chunks(self) -> AsyncIterator[bytes]:
        yield b"first\n"
        await self._setup.gate.await_open()
        yield current_user().id.encode()

    async def boom(self, request: Request) -> Response:
        raise RuntimeError("boom")

    async def own_response(self, request: Request) -> Response:
        return Response(b"own", headers=dict(request.query_params))

    @require_user
    async def websocket(self, websocket: WebSocket) -> None:
        self._setup.enter("ws", websocket.user.id)
        await websocket.accept()
        await websocket.send_json({"user_id": current_user().id})
        await websocket.receive()


def serve(setup: Setup) -> AsgiDriver:
    pages = Pages(setup)
    app = Starlette(
        routes=[
            *auth_routes(setup.auth_prefix),
            Route("/", pages.home),
            Route("/me", pages.me),
            Route("/optional", pages.optional),
            Route("/private", pages.private),
            Route("/notes", pages.notes, methods=["POST"]),
            Route("/stream", pages.stream),
            Route("/boom", pages.boom),
            Route("/own-response", pages.own_response),
            WebSocketRoute("/ws", pages.websocket),
            Mount("/sub", Starlette(routes=[Route("/me", pages.me)])),
        ]
    )
    app.add_middleware(ScuteAuth, scute=setup.async_scute())
    return AsgiDriver(app)


HARNESS = Harness("starlette", serve)
