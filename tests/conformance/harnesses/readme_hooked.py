"""The shared app on a framework of hooks, behind the adapter of integrations/README.md."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl

from scute_auth import current_user, optional_user
from tests.conformance.harness import Harness
from tests.conformance.hooked import App, Environ, Handler, Request, Response
from tests.conformance.readme_code import adapter
from tests.conformance.site import Setup
from tests.conformance.wsgi_driver import WsgiDriver

__all__ = ["HARNESS"]

scute_hooked = adapter("scute_hooked")


def page(text: str) -> Response:
    return Response("200 OK", [("content-type", "text/html")], [text.encode()])


def as_json(content: Any, status: str = "200 OK") -> Response:
    headers = [("content-type", "application/json")]
    return Response(status, headers, [json.dumps(content).encode()])


def home(_: Request) -> Response:
    user = optional_user()
    return page(user.id if user else '<a href="/auth/sign-in">Sign in</a>')


def optional(_: Request) -> Response:
    user = optional_user()
    return as_json({"user_id": user.id if user else None})


def boom(_: Request) -> Response:
    raise RuntimeError("boom")


def own_response(request: Request) -> Response:
    return Response("200 OK", parse_qsl(request.environ["QUERY_STRING"]), [b"own"])


class ForUsers:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def me(self, _: Request) -> Response:
        return as_json({"user_id": self._enter("me")})

    def private(self, _: Request) -> Response:
        return page(f"<p>{self._enter('private')}</p>")

    def notes(self, _: Request) -> Response:
        return as_json({"user_id": self._enter("notes")}, "201 Created")

    def stream(self, _: Request) -> Response:
        current_user()
        return Response("200 OK", [], self._chunks())

    def _chunks(self) -> Iterator[bytes]:
        yield b"first\n"
        self._setup.gate.wait()
        yield current_user().id.encode()

    def _enter(self, route: str) -> str:
        user = current_user()
        self._setup.enter(route, user.id)
        return user.id


class Mounts:
    """One app below `/sub`, the other one everywhere else."""

    def __init__(self, app: App, below: App) -> None:
        self._app = app
        self._below = below

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if not path.startswith("/sub/"):
            return self._app(environ, start_response)
        moved = {"SCRIPT_NAME": f"{environ['SCRIPT_NAME']}/sub", "PATH_INFO": path[4:]}
        return self._below(environ | moved, start_response)


def serve(setup: Setup) -> WsgiDriver:
    for_users = ForUsers(setup)
    routes: dict[tuple[str, str], Handler] = {
        ("GET", "/"): home,
        ("GET", "/me"): for_users.me,
        ("GET", "/optional"): optional,
        ("GET", "/private"): for_users.private,
        ("POST", "/notes"): for_users.notes,
        ("GET", "/stream"): for_users.stream,
        ("GET", "/boom"): boom,
        ("GET", "/own-response"): own_response,
    }
    app, mounted = App(routes), App({("GET", "/me"): for_users.me})
    scute = setup.scute()
    for one in (app, mounted):
        scute_hooked.ScuteAuth(one, scute=scute)
    return WsgiDriver(Mounts(app, mounted))


HARNESS = Harness("readme-hooked", serve, has_websocket=False)
