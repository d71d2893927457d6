"""The same shop in each framework: places for machines, and places that demand a permission.

`/machine` and `/ping` (which asks Scute) are for machines; `/invoices/<id>` needs the permission
to read that invoice, `/either` takes whoever comes, `/may` says what the user may do.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, ClassVar, TypeAlias

import httpx2
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from fastapi import Depends, FastAPI
from flask import Flask
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import scute_asgi
import scute_django
import scute_fastapi
import scute_flask
import scute_starlette
import scute_wsgi
from scute_auth import Decision, Machine, Permission, Scute, current_machine, optional_machine
from scute_auth.context import current
from scute_auth.http import RequestView
from scute_auth.runtime import MachineRequirement, PermissionRequirement
from scute_emulator import Emulator
from tests.integrations.django_site import opened
from tests.integrations.support import config_of, scute_of

__all__ = ["SHOPS", "Ask"]

Ask: TypeAlias = Callable[..., Awaitable[Any]]
"""`await ask(path, headers)`: a response with `status_code`, `headers` and `json()`."""

READ = ("read", "invoice:{id}")
BOTH = [Permission("void", "invoice:7"), Permission("read", "invoice:7")]


def told(may_read: bool, decisions: Sequence[Decision]) -> dict[str, Any]:
    return {"may_read": may_read, "both": [decision.is_allowed for decision in decisions]}


def starlette_app(emulator: Emulator, **settings: Any) -> Starlette:
    @scute_starlette.require_machine
    async def machine(request: Request) -> Response:
        return JSONResponse({"name": scute_starlette.current_machine().client_name})

    @scute_starlette.require_machine(check="remote")
    def ping(request: Request) -> Response:
        return JSONResponse({"name": current_machine().client_name})

    @scute_starlette.require_permission(*READ)
    async def invoice(request: Request) -> Response:
        return JSONResponse({"id": request.path_params["id"]})

    class Either(HTTPEndpoint):
        async def get(self, request: Request) -> Response:
            found = scute_starlette.optional_machine()
            return JSONResponse({"name": found and found.client_name})

    async def may(request: Request) -> Response:
        return JSONResponse(
            told(
                await scute_starlette.permitted("read", "invoice:7"),
                await scute_starlette.check_permissions(BOTH),
            )
        )

    routes = [
        Route("/may", may),
        Route("/machine", machine),
        Route("/ping", ping),
        Route("/invoices/{id}", invoice),
        Route("/either", Either),
    ]
    app = Starlette(routes=[*routes, *scute_starlette.auth_routes()])
    app.add_middleware(scute_starlette.ScuteAuth, scute=scute_of(emulator, **settings))
    return app


def fastapi_app(emulator: Emulator, **settings: Any) -> FastAPI:
    app = FastAPI()
    app.include_router(scute_fastapi.auth_router())
    app.add_middleware(scute_fastapi.ScuteAuth, scute=scute_of(emulator, **settings))

    @app.get("/machine")
    async def machine(caller: scute_fastapi.CurrentMachine) -> dict[str, str | None]:
        return {"name": caller.client_name}

    @app.get("/ping", dependencies=[Depends(scute_fastapi.require_machine(check="remote"))])
    def ping() -> dict[str, str | None]:
        return {"name": current_machine().client_name}

    @app.get("/invoices/{id}", dependencies=[Depends(scute_fastapi.require_permission(*READ))])
    async def invoice(id: str) -> dict[str, str]:
        return {"id": id}

    @app.get("/may")
    async def may() -> dict[str, Any]:
        may_read = await scute_fastapi.permitted("read", "invoice:7")
        return told(may_read, await scute_fastapi.check_permissions(BOTH))

    @app.get("/either")
    async def either(
        caller: Annotated[Machine | None, Depends(scute_fastapi.optional_machine)],
    ) -> dict[str, str | None]:
        return {"name": None if caller is None else caller.client_name}

    return app


def flask_app(emulator: Emulator, **settings: Any) -> Flask:
    app = Flask(__name__)
    config = config_of(emulator, **settings)
    scute_flask.ScuteAuth(app, scute=Scute(config, transport=emulator.transport))

    @app.get("/machine")
    @scute_flask.require_machine
    def machine() -> ResponseReturnValue:
        return {"name": scute_flask.current_machine().client_name}

    @app.get("/ping")
    @scute_flask.require_machine(check="remote")
    async def ping() -> ResponseReturnValue:
        return {"name": current_machine().client_name}

    class Invoice(MethodView):
        decorators: ClassVar[list[Callable[..., Any]]] = [scute_flask.require_permission(*READ)]

        def get(self, id: str) -> ResponseReturnValue:
            return {"id": id}

    app.add_url_rule("/invoices/<id>", view_func=Invoice.as_view("invoice"))

    @app.get("/may")
    def may() -> ResponseReturnValue:
        may_read = scute_flask.permitted("read", "invoice:7")
        return told(may_read, scute_flask.check_permissions(BOTH))

    @app.get("/either")
    @scute_flask.public
    def either() -> ResponseReturnValue:
        found = scute_flask.optional_machine()
        return {"name": found and found.client_name}

    return app


@scute_django.require_machine
def django_machine(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"name": scute_django.current_machine().client_name})


@scute_django.require_machine(check="remote")
async def django_ping(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"name": scute_django.current_machine().client_name})


@method_decorator(scute_django.require_permission(*READ), "dispatch")
class DjangoInvoice(View):
    def get(self, request: HttpRequest, id: str) -> JsonResponse:
        return JsonResponse({"id": id})


@scute_django.public
def django_either(request: HttpRequest) -> JsonResponse:
    found = scute_django.optional_machine()
    return JsonResponse({"name": found and found.client_name})


def django_may(request: HttpRequest) -> JsonResponse:
    may_read = scute_django.permitted("read", "invoice:7")
    return JsonResponse(told(may_read, scute_django.check_permissions(BOTH)))


async def django_amay(request: HttpRequest) -> JsonResponse:
    may_read = await scute_django.apermitted("read", "invoice:7")
    return JsonResponse(told(may_read, await scute_django.acheck_permissions(BOTH)))


DJANGO_URLS: Any = (
    path("may", django_may),
    path("amay", django_amay),
    path("machine", django_machine),
    path("ping", django_ping),
    path("invoices/<id>", DjangoInvoice.as_view()),
    path("either", django_either),
)


def demanded(view: RequestView) -> tuple[Any, dict[str, Any]]:
    """What a place of the plain apps demands, and what it says."""
    known: dict[str, Any] = {
        "/machine": MachineRequirement(),
        "/ping": MachineRequirement("remote"),
        "/either": None,
    }
    if view.path == "/may":
        return None, {}
    if view.path in known:
        machine = optional_machine()
        return known[view.path], {"name": machine and machine.client_name}
    id = view.path.removeprefix("/invoices/")
    return PermissionRequirement(*READ).at({"id": id}), {"id": id}


async def plain_asgi(scope: Any, receive: Any, send: Any) -> None:
    found = current()
    demand, content = demanded(found.view)
    if found.view.path == "/may":
        may_read = await scute_asgi.permitted("read", "invoice:7")
        content = told(may_read, await scute_asgi.check_permissions(BOTH))
    reply = demand and await found.scute.guard(found.view, found.result, demand)
    if reply is not None:
        await scute_asgi.send_reply(scope, send, reply)
    else:
        await JSONResponse(content)(scope, receive, send)


def plain_wsgi(environ: Any, start_response: Any) -> Any:
    found = current()
    demand, content = demanded(found.view)
    if found.view.path == "/may":
        may_read = scute_wsgi.permitted("read", "invoice:7")
        content = told(may_read, scute_wsgi.check_permissions(BOTH))
    reply = demand and found.scute.guard(found.view, found.result, demand)
    if reply is not None:
        return scute_wsgi.send_reply(environ, start_response, reply)
    start_response("200 OK", [("content-type", "application/json")])
    return [JSONResponse(content).body]


def asgi_ask(app: Any) -> Ask:
    async def ask(path: str, headers: dict[str, str] | None = None) -> Any:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path, headers=headers)

    return ask


def wsgi_ask(app: Any) -> Ask:
    async def ask(path: str, headers: dict[str, str] | None = None) -> Any:
        from anyio.to_thread import run_sync

        def get() -> Any:
            transport = httpx2.WSGITransport(app)
            with httpx2.Client(transport=transport, base_url="http://127.0.0.1") as client:
                return client.get(path, headers=headers)

        return await run_sync(get)

    return ask


def django_ask(mode: str) -> Callable[..., Ask]:
    def made(emulator: Emulator, **settings: Any) -> Ask:
        async def ask(path: str, headers: dict[str, str] | None = None) -> Any:
            with opened(emulator, *DJANGO_URLS, **settings) as project:
                return await project.ask(mode, "GET", path, headers=headers)

        return ask

    return made


def around_asgi(emulator: Emulator, **settings: Any) -> Ask:
    return asgi_ask(scute_asgi.ScuteAuth(plain_asgi, scute=scute_of(emulator, **settings)))


def around_wsgi(emulator: Emulator, **settings: Any) -> Ask:
    scute = Scute(config_of(emulator, **settings), transport=emulator.transport)
    return wsgi_ask(scute_wsgi.ScuteAuth(plain_wsgi, scute=scute))


def with_starlette(emulator: Emulator, **settings: Any) -> Ask:
    return asgi_ask(starlette_app(emulator, **settings))


def with_fastapi(emulator: Emulator, **settings: Any) -> Ask:
    return asgi_ask(fastapi_app(emulator, **settings))


def with_flask(emulator: Emulator, **settings: Any) -> Ask:
    return wsgi_ask(flask_app(emulator, **settings))


SHOPS: dict[str, Callable[..., Ask]] = {
    "starlette": with_starlette,
    "fastapi": with_fastapi,
    "flask": with_flask,
    "django-wsgi": django_ask("wsgi"),
    "django-asgi": django_ask("asgi"),
    "asgi": around_asgi,
    "wsgi": around_wsgi,
}
