"""`require_machine`, `require_permission` misused: an error at import or start, never a way in."""

from collections.abc import Callable
from typing import Annotated, Any, cast

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views import View
from fastapi import APIRouter, Depends, FastAPI
from flask import Flask
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

import scute_django
import scute_fastapi
import scute_flask
import scute_starlette
from scute_auth import ConfigError, Scute
from scute_emulator import Emulator
from tests.integrations.django_site import opened
from tests.integrations.support import bearer, config_of, scute_of

READ = ("read", "invoice:{id}")


async def endpoint(request: Request) -> Response:
    raise AssertionError("entered")


def started(emulator: Emulator, *routes: BaseRoute) -> TestClient:
    app = Starlette(routes=[*routes, *scute_starlette.auth_routes()])
    app.add_middleware(scute_starlette.ScuteAuth, scute=scute_of(emulator))
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    "module", [scute_starlette, scute_flask, scute_django], ids=lambda module: module.__name__
)
@pytest.mark.parametrize(
    "place", [endpoint, None, 7, "re fund"], ids=["view", "none", "number", "text"]
)
def test_require_permission_without_its_action_fails_at_once(module: Any, place: Any) -> None:
    with pytest.raises(ConfigError, match="is no action"):
        module.require_permission(place)


@pytest.mark.parametrize(
    "module", [scute_starlette, scute_flask, scute_django], ids=lambda module: module.__name__
)
@pytest.mark.parametrize("name", ["require_machine", "require_permission"])
def test_on_what_is_no_view_it_fails_at_once(module: Any, name: str) -> None:
    decorate = getattr(module, name)(*(READ if name == "require_permission" else ()))

    for place in (Flask, 7, "view"):
        with pytest.raises(ConfigError, match=f"@{name}"):
            decorate(place)


class TestStarlette:
    def refuses_to_start(self, emulator: Emulator, *routes: BaseRoute) -> str:
        with pytest.raises(ConfigError) as caught, started(emulator, *routes):
            raise AssertionError("started")
        return str(caught.value)

    def test_a_name_that_the_route_lacks_stops_the_start(self, emulator: Emulator) -> None:
        protected = scute_starlette.require_permission(*READ)(endpoint)

        told = self.refuses_to_start(emulator, Route("/invoices/{number}", protected))

        assert told == (
            "require_permission('read', 'invoice:{id}'): the route '/invoices/{number}' has no 'id'"
        )

    def test_so_it_does_in_a_class_and_in_a_mount(self, emulator: Emulator) -> None:
        class Invoice(HTTPEndpoint):
            @scute_starlette.require_permission(*READ)
            async def get(self, request: Request) -> Response:
                raise AssertionError("entered")

        mounted = Mount("/shops/{shop}", routes=[Route("/invoices/{number}", Invoice)])

        assert "has no 'id'" in self.refuses_to_start(emulator, mounted)

    def test_a_name_of_the_mount_will_do(self, emulator: Emulator) -> None:
        protected = scute_starlette.require_permission("read", "shop:{shop}/{id}")(endpoint)
        mounted = Mount("/shops/{shop}", routes=[Route("/invoices/{id:int}", protected)])

        with started(emulator, mounted) as client:
            answer = client.get("/shops/a/invoices/7", headers=bearer(emulator))

        assert answer.status_code == 403

    def test_without_a_start_nobody_gets_in(self, emulator: Emulator) -> None:
        protected = scute_starlette.require_permission(*READ)(endpoint)
        client = started(emulator, Route("/invoices/{number}", protected))

        assert client.get("/invoices/7", headers=bearer(emulator)).status_code == 500

    @pytest.mark.parametrize("name", ["require_machine", "require_permission"])
    def test_above_the_route_it_stops_the_start(self, emulator: Emulator, name: str) -> None:
        async def open_to_all(request: Request) -> Response:
            raise AssertionError("entered")

        decorate = getattr(scute_starlette, name)
        (decorate if name == "require_machine" else decorate(*READ))(open_to_all)

        told = self.refuses_to_start(emulator, Route("/x/{id}", open_to_all))

        assert told.startswith(f"@{name} does not protect")


class TestFastAPI:
    @pytest.fixture
    def app(self, emulator: Emulator) -> FastAPI:
        app = FastAPI()
        app.include_router(scute_fastapi.auth_router())
        app.add_middleware(scute_fastapi.ScuteAuth, scute=scute_of(emulator))
        return app

    @pytest.mark.parametrize(
        "factory", [scute_fastapi.require_machine, scute_fastapi.require_permission], ids=["m", "p"]
    )
    def test_without_parentheses_no_route_can_be_defined(self, app: FastAPI, factory: Any) -> None:
        with pytest.raises(ConfigError, match="lacks parentheses"):

            @app.get("/", dependencies=[Depends(factory)])
            async def view() -> None: ...

    @pytest.mark.parametrize(
        "factory", [scute_fastapi.require_machine, scute_fastapi.require_permission], ids=["m", "p"]
    )
    def test_it_is_no_decorator(self, factory: Any) -> None:
        with pytest.raises(ConfigError, match="no decorator"):
            factory(endpoint)

    def test_a_name_that_the_route_lacks_stops_the_start(self, app: FastAPI) -> None:
        needed = Depends(scute_fastapi.require_permission(*READ))

        async def inner(user: Annotated[Any, needed]) -> None: ...

        @app.get("/invoices/{number}", dependencies=[Depends(inner)])
        async def view(number: str) -> None: ...

        with pytest.raises(ConfigError, match="has no 'id'"), TestClient(app):
            raise AssertionError("started")

    def test_a_name_in_the_prefix_of_a_router_will_do(
        self, app: FastAPI, emulator: Emulator
    ) -> None:
        needed = Depends(scute_fastapi.require_permission("read", "shop:{shop}"))
        router = APIRouter()

        @router.get("/invoices", dependencies=[needed])
        async def view() -> None: ...

        app.include_router(router, prefix="/shops/{shop}")
        with TestClient(app) as client:
            answer = client.get("/shops/a/invoices", headers=bearer(emulator))

        assert (answer.status_code, answer.json()["reason"]) == (403, "forbidden")

    def test_its_document_names_no_cookie_for_a_machine(self, app: FastAPI) -> None:
        @app.get("/machine")
        async def machine(caller: scute_fastapi.CurrentMachine) -> None: ...

        @app.get("/user")
        async def user(caller: scute_fastapi.CurrentUser) -> None: ...

        with TestClient(app) as client:
            paths = client.get("/openapi.json").json()["paths"]

        assert paths["/machine"]["get"]["security"] == [{"ScuteMachine": []}]
        assert paths["/user"]["get"]["security"] == [{"ScuteToken": []}, {"ScuteCookie": []}]

    def test_as_a_default_it_stops_the_start(self, app: FastAPI) -> None:
        @app.get("/")
        async def view(caller: Any = scute_fastapi.require_machine) -> None: ...

        with pytest.raises(ConfigError), TestClient(app):
            raise AssertionError("started")


class TestFlask:
    def test_a_name_that_the_view_lacks_fails_at_once(self) -> None:
        def view(number: str) -> str:
            return number

        with pytest.raises(ConfigError, match="view has no 'id'"):
            scute_flask.require_permission(*READ)(view)

    def test_a_view_that_takes_anything_is_asked_when_it_is_called(
        self, emulator: Emulator
    ) -> None:
        app = Flask(__name__)
        config = config_of(emulator)
        scute_flask.ScuteAuth(app, scute=Scute(config, transport=emulator.transport))

        @app.get("/invoices/<number>")
        @scute_flask.require_permission(*READ)
        def view(**_: Any) -> str:
            raise AssertionError("entered")

        answer = app.test_client().get("/invoices/7", headers=bearer(emulator))

        assert answer.status_code == 500

    def test_above_the_route_it_is_an_error_at_the_first_request(self, emulator: Emulator) -> None:
        app = Flask(__name__)
        app.testing = True
        scute_flask.ScuteAuth(app, scute=Scute(config_of(emulator), transport=emulator.transport))

        @scute_flask.require_machine
        @app.get("/")
        def view() -> str:
            raise AssertionError("entered")

        with pytest.raises(ConfigError, match="@require_machine does not protect"):
            app.test_client().get("/")


def test_an_app_of_flask_can_handle_the_refusal_of_a_machine(emulator: Emulator) -> None:
    app = Flask(__name__)
    scute_flask.ScuteAuth(app, scute=Scute(config_of(emulator), transport=emulator.transport))

    @app.get("/")
    @scute_flask.require_machine(check="remote")
    def view() -> str:
        raise AssertionError("entered")

    @app.errorhandler(401)
    def handled(error: Any) -> tuple[str, int]:
        return f"no: {getattr(error, 'wanted', 'revoked')}", 401

    token = emulator.create_machine("billing")["access"]
    emulator.revoke_machines("billing")

    assert app.test_client().get("/").text == "no: machine"
    revoked = app.test_client().get("/", headers={"Authorization": f"Bearer {token}"})
    assert revoked.text == "no: revoked"


class TestDjango:
    def test_a_name_that_the_view_lacks_fails_at_once(self) -> None:
        def view(request: HttpRequest, number: str) -> HttpResponse:
            raise AssertionError("entered")

        with pytest.raises(ConfigError, match="view has no 'id'"):
            scute_django.require_permission(*READ)(view)

    @pytest.mark.parametrize("mode", ["wsgi", "asgi"])
    async def test_a_name_that_the_url_lacks_never_passes(
        self, emulator: Emulator, mode: str
    ) -> None:
        @scute_django.require_permission(*READ)
        def view(request: HttpRequest, **_: Any) -> HttpResponse:
            raise AssertionError("entered")

        made: Callable[..., Any] = cast(Any, path)
        with opened(emulator, made("invoices/<number>", view)) as project:
            answer = await project.ask(mode, "GET", "/invoices/7", headers=bearer(emulator))

        assert answer.status_code == 500

    @pytest.mark.parametrize("name", ["require_machine", "require_permission"])
    def test_on_a_class_it_says_how(self, name: str) -> None:
        decorate = getattr(scute_django, name)(*(READ if name == "require_permission" else ()))

        with pytest.raises(ConfigError, match=f"method_decorator.{name}"):
            decorate(View)
