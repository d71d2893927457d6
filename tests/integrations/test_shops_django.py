"""The decorators in Django REST framework and in Ninja: they stand on views as elsewhere."""

from typing import Any, cast

import pytest
from django.http import HttpRequest
from django.urls import path
from django.utils.decorators import method_decorator
from ninja import NinjaAPI
from rest_framework.request import Request
from rest_framework.response import Response

from scute_django import current_machine, require_machine, require_permission
from scute_emulator import Emulator
from tests.integrations.django_site import opened
from tests.integrations.support import EMAIL, bearer

route = cast(Any, path)
READ = ("read", "invoice:{id}")
POLICY = {"roles": {"billing": {"permissions": ["invoice:read"]}}}


@pytest.fixture(autouse=True)
def policy(emulator: Emulator) -> None:
    emulator.set_policy(POLICY)
    emulator.grant_role(EMAIL, "billing", resource="invoice:7")


def rest_urls() -> list[Any]:
    # Its views read the settings when they are loaded.
    from rest_framework.views import APIView

    from scute_django.rest_framework import ScuteAuthentication

    class Ping(APIView):
        permission_classes = ()

        def get(self, request: Request) -> Response:
            return Response({"name": current_machine().client_name})

    class Invoice(APIView):
        authentication_classes = (ScuteAuthentication,)

        @require_permission(*READ)
        def get(self, request: Request, id: str) -> Response:
            return Response({"id": id})

    machines: Any = method_decorator(require_machine, "dispatch")(Ping)
    return [route("ping", machines.as_view()), route("invoices/<id>", Invoice.as_view())]


def ninja_urls(mode: str) -> list[Any]:
    api = NinjaAPI(urls_namespace=f"shop-{mode}")

    @api.get("/ping")
    @require_machine
    def ping(request: HttpRequest) -> Any:
        return {"name": current_machine().client_name}

    @api.get("/invoices/{id}")
    @require_permission(*READ)
    async def invoice(request: HttpRequest, id: str) -> Any:
        return {"id": id}

    return [route("", api.urls)]


@pytest.mark.parametrize("mode", ["wsgi", "asgi"])
@pytest.mark.parametrize("framework", ["rest", "ninja"])
async def test_they_let_in_whom_they_should(emulator: Emulator, mode: str, framework: str) -> None:
    urls = rest_urls() if framework == "rest" else ninja_urls(mode)
    token = emulator.create_machine("billing")["access"]
    with opened(emulator, *urls) as project:
        machine = {"Authorization": f"Bearer {token}"}
        ping = await project.ask(mode, "GET", "/ping", headers=machine)
        user = await project.ask(mode, "GET", "/ping", headers=bearer(emulator))
        seven = await project.ask(mode, "GET", "/invoices/7", headers=bearer(emulator))
        eight = await project.ask(mode, "GET", "/invoices/8", headers=bearer(emulator))
        nobody = await project.ask(mode, "GET", "/invoices/7")

    assert (ping.status_code, ping.json()) == (200, {"name": "billing"})
    assert (user.status_code, user.json()["reason"]) == (401, "not_a_machine")
    assert (seven.status_code, seven.json()) == (200, {"id": "7"})
    assert (eight.status_code, eight.json()["reason"]) == (403, "forbidden")
    assert (nobody.status_code, nobody.json()["reason"]) == (401, "missing")
