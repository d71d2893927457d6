"""The shared app as a Falcon one writes it, behind the adapter of integrations/README.md."""

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

import falcon
from falcon.asgi import App, Request, Response, WebSocket

from scute_asgi import ScuteAuth
from scute_asgi.types import ASGIApp, Receive, Scope, Send
from scute_auth import current_user
from tests.conformance.asgi_driver import AsgiDriver
from tests.conformance.harness import Harness
from tests.conformance.readme_code import adapter
from tests.conformance.site import Setup

__all__ = ["HARNESS"]

scute_falcon = adapter("scute_falcon")


class Home:
    async def on_get(self, req: Request, resp: Response) -> None:
        user = req.context.user
        resp.content_type = falcon.MEDIA_HTML
        resp.text = user.id if user else '<a href="/auth/sign-in">Sign in</a>'


class Optional:
    async def on_get(self, req: Request, resp: Response) -> None:
        user = req.context.user
        resp.media = {"user_id": user.id if user else None}

    on_head = on_get


class ForUsers:
    """A page that only a user sees; it tells who that is."""

    def __init__(self, setup: Setup, route: str) -> None:
        self._setup = setup
        self._route = route

    @falcon.before(scute_falcon.require_user())
    async def on_get(self, req: Request, resp: Response) -> None:
        self._setup.enter(self._route, req.context.user.id)
        if self._route == "private":
            resp.content_type, resp.text = falcon.MEDIA_HTML, f"<p>{current_user().id}</p>"
        else:
            resp.media = {"user_id": req.context.user.id}


class Notes:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    async def on_post(self, req: Request, resp: Response) -> None:
        user = current_user()
        self._setup.enter("notes", user.id)
        resp.status, resp.media = falcon.HTTP_CREATED, {"user_id": user.id}


class Stream:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    async def on_get(self, req: Request, resp: Response) -> None:
        current_user()
        resp.stream = self._chunks()

    async def _chunks(self) -> AsyncIterator[bytes]:
        yield b"first\n"
        await self._setup.gate.await_open()
        yield current_user().id.encode()


class Boom:
    async def on_get(self, req: Request, resp: Response) -> None:
        raise RuntimeError("boom")


class OwnResponse:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.data = b"own"
        for name, value in parse_qsl(req.query_string):
            resp.append_header(name, value)


class WhoAmI:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        user = current_user()
        self._setup.enter("ws", user.id)
        await ws.accept()
        await ws.send_text(json.dumps({"user_id": user.id}))
        await ws.receive_text()


class Mounts:
    """Falcon mounts nothing itself: one app below `/sub`, the other one everywhere else."""

    def __init__(self, app: ASGIApp, below: ASGIApp) -> None:
        self._app = app
        self._below = below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        path = scope.get("path", "").removeprefix(root)
        if scope["type"] != "http" or not path.startswith("/sub/"):
            return await self._app({**scope, "path": path}, receive, send)
        path = path.removeprefix("/sub")
        await self._below({**scope, "root_path": f"{root}/sub", "path": path}, receive, send)


def serve(setup: Setup) -> AsgiDriver:
    app, mounted = App(), App()
    app.add_route("/", Home())
    app.add_route("/me", ForUsers(setup, "me"))
    app.add_route("/optional", Optional())
    app.add_route("/private", ForUsers(setup, "private"))
    app.add_route("/notes", Notes(setup))
    app.add_route("/stream", Stream(setup))
    app.add_route("/boom", Boom())
    app.add_route("/own-response", OwnResponse())
    app.add_route("/ws", WhoAmI(setup))
    mounted.add_route("/me", ForUsers(setup, "me"))
    site = Mounts(scute_falcon.prepare(app), scute_falcon.prepare(mounted))
    return AsgiDriver(ScuteAuth(site, scute=setup.async_scute()))


HARNESS = Harness("readme-falcon", serve)
