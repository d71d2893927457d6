"""The shared app as a Litestar one writes it: `scute_asgi` around the app."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Litestar, Request, Response, WebSocket, asgi, get, post, websocket
from litestar.response import Stream
from litestar.types import ASGIApp, ControllerRouterHandler

from scute_asgi import ScuteAuth
from scute_auth import NotSignedIn, ScuteUnavailable, current_user, optional_user, refusal_of
from tests.conformance.asgi_driver import AsgiDriver
from tests.conformance.harness import Harness
from tests.conformance.site import Setup

__all__ = ["HARNESS"]

AnyRequest = Request[Any, Any, Any]
AnyWebSocket = WebSocket[Any, Any, Any]


def refused(_: AnyRequest, error: NotSignedIn | ScuteUnavailable) -> Response[bytes]:
    reply = refusal_of(error)
    return Response(reply.body, status_code=reply.status, headers=dict(reply.headers))


def make_app(*handlers: ControllerRouterHandler) -> Litestar:
    return Litestar(
        handlers,
        exception_handlers={NotSignedIn: refused, ScuteUnavailable: refused},
        logging_config=None,
        openapi_config=None,
    )


def pages_for_all() -> list[ControllerRouterHandler]:
    @get("/", media_type="text/html")
    async def home() -> str:
        user = optional_user()
        return user.id if user else '<a href="/auth/sign-in">Sign in</a>'

    @get("/optional", sync_to_thread=True)
    def optional() -> dict[str, str | None]:
        """A plain function: Litestar runs it in a thread."""
        user = optional_user()
        return {"user_id": user.id if user else None}

    @get("/boom")
    async def boom() -> None:
        raise RuntimeError("boom")

    @get("/own-response")
    async def own_response(request: AnyRequest) -> Response[bytes]:
        return Response(b"own", headers=dict(request.query_params))

    return [home, optional, boom, own_response]


def me_for(setup: Setup) -> ControllerRouterHandler:
    @get("/me")
    async def me() -> dict[str, str]:
        user = current_user()
        setup.enter("me", user.id)
        return {"user_id": user.id}

    return me


def pages_for_users(setup: Setup) -> list[ControllerRouterHandler]:
    @get("/private", media_type="text/html", sync_to_thread=True)
    def private() -> str:
        user = current_user()
        setup.enter("private", user.id)
        return f"<p>{user.id}</p>"

    @post("/notes")
    async def notes() -> dict[str, str]:
        user = current_user()
        setup.enter("notes", user.id)
        return {"user_id": user.id}

    @get("/stream")
    async def stream() -> Stream:
        current_user()
        return Stream(_chunks(setup))

    @websocket("/ws")
    async def who_am_i(socket: AnyWebSocket) -> None:
        user = current_user()
        setup.enter("ws", user.id)
        await socket.accept()
        await socket.send_json({"user_id": user.id})
        await socket.receive()

    return [private, notes, stream, who_am_i]


async def _chunks(setup: Setup) -> AsyncIterator[bytes]:
    yield b"first\n"
    await setup.gate.await_open()
    yield current_user().id.encode()


def serve(setup: Setup) -> AsgiDriver:
    mounted: ASGIApp = make_app(me_for(setup))
    sub = asgi("/sub", is_mount=True, copy_scope=True)(mounted)
    app = make_app(*pages_for_all(), me_for(setup), *pages_for_users(setup), sub)
    return AsgiDriver(ScuteAuth(app, scute=setup.async_scute()))


HARNESS = Harness("litestar", serve)
