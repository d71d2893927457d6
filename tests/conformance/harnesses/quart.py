"""The shared app as a Quart one writes it: `scute_asgi` in front of `app.asgi_app`."""

from collections.abc import AsyncIterator

from quart import Blueprint, Quart, Response, request, websocket
from quart.typing import ResponseReturnValue

from scute_asgi import ScuteAuth
from scute_auth import NotSignedIn, ScuteUnavailable, current_user, optional_user, refusal_of
from tests.conformance.asgi_driver import AsgiDriver
from tests.conformance.harness import Harness
from tests.conformance.site import Setup

__all__ = ["HARNESS"]


async def refused(error: NotSignedIn | ScuteUnavailable) -> ResponseReturnValue:
    reply = refusal_of(error)
    return reply.body, reply.status, dict(reply.headers)


def pages_for_all() -> Blueprint:
    pages = Blueprint("for_all", __name__)

    @pages.get("/")
    async def home() -> str:
        user = optional_user()
        return user.id if user else '<a href="/auth/sign-in">Sign in</a>'

    @pages.get("/optional")
    def optional() -> ResponseReturnValue:
        """A plain function: Quart runs it in a thread."""
        user = optional_user()
        return {"user_id": user.id if user else None}

    @pages.get("/boom")
    async def boom() -> str:
        raise RuntimeError("boom")

    @pages.get("/own-response")
    async def own_response() -> Response:
        return Response(b"own", headers=dict(request.args))

    return pages


def me_for(setup: Setup) -> Blueprint:
    pages = Blueprint("me", __name__)

    @pages.get("/me")
    async def me() -> ResponseReturnValue:
        user = current_user()
        setup.enter("me", user.id)
        return {"user_id": user.id}

    return pages


def pages_for_users(setup: Setup) -> Blueprint:
    pages = Blueprint("for_users", __name__)

    @pages.get("/private")
    def private() -> str:
        user = current_user()
        setup.enter("private", user.id)
        return f"<p>{user.id}</p>"

    @pages.post("/notes")
    async def notes() -> ResponseReturnValue:
        user = current_user()
        setup.enter("notes", user.id)
        return {"user_id": user.id}, 201

    @pages.get("/stream")
    async def stream() -> Response:
        current_user()
        return Response(_chunks(setup))

    @pages.websocket("/ws")
    async def who_am_i() -> None:
        user = current_user()
        setup.enter("ws", user.id)
        await websocket.send_json({"user_id": user.id})
        await websocket.receive()

    return pages


async def _chunks(setup: Setup) -> AsyncIterator[bytes]:
    yield b"first\n"
    await setup.gate.await_open()
    yield current_user().id.encode()


def serve(setup: Setup) -> AsgiDriver:
    app = Quart(__name__)
    app.register_error_handler(NotSignedIn, refused)
    app.register_error_handler(ScuteUnavailable, refused)
    app.register_blueprint(pages_for_all())
    app.register_blueprint(pages_for_users(setup))
    app.register_blueprint(me_for(setup))
    app.register_blueprint(me_for(setup), url_prefix="/sub", name="mounted")
    app.asgi_app = ScuteAuth(app.asgi_app, scute=setup.async_scute())  # type: ignore[method-assign] # as Quart's documentation adds middleware
    return AsgiDriver(app)


HARNESS = Harness("quart", serve)
