"""What a type checker sees of machines and permissions: mypy and pyright read this file."""

from typing import Annotated, assert_type

import flask
from django.http import HttpRequest, HttpResponse
from fastapi import Depends, FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

import scute_django
import scute_fastapi
import scute_flask
import scute_starlette
from scute_auth import (
    AsyncScute,
    Decision,
    Machine,
    Permission,
    Scute,
    SignedIn,
    User,
    current_machine,
    optional_machine,
)


@scute_starlette.require_machine
async def ping(request: Request) -> Response:
    assert_type(current_machine(), Machine)
    assert_type(optional_machine(), Machine | None)
    assert_type(current_machine().client_name, str | None)
    return PlainTextResponse("x")


@scute_starlette.require_machine(check="remote")
def remote(request: Request) -> PlainTextResponse:
    return PlainTextResponse("x")


@scute_starlette.require_permission("read", "invoice:{id}")
async def invoice(request: Request) -> PlainTextResponse:
    return PlainTextResponse("x")


async def of_starlette(request: Request) -> None:
    assert_type(await ping(request), Response)
    assert_type(await remote(request), Response)
    assert_type(await invoice(request), PlainTextResponse)


async def depends(
    machine: scute_fastapi.CurrentMachine,
    maybe: Annotated[Machine | None, Depends(scute_fastapi.optional_machine)],
    checked: Annotated[Machine, Depends(scute_fastapi.require_machine(check="remote"))],
    user: Annotated[User, Depends(scute_fastapi.require_permission("read"))],
    request: Request,
) -> str | None:
    assert_type(machine, Machine)
    assert_type(await scute_fastapi.current_machine(request), Machine)
    return machine.client_name


@scute_flask.require_permission("read", "invoice:{number}")
def flask_invoice(number: int) -> str:
    assert_type(scute_flask.current_machine(), Machine)
    assert_type(scute_flask.optional_machine(), Machine | None)
    return "x"


@scute_flask.require_machine
async def flask_ping() -> str:
    return "x"


@scute_django.require_permission("read", "invoice:{number}")
def django_invoice(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse("x")


@scute_django.require_machine(check="remote")
async def django_ping(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x")


def of_the_others(request: HttpRequest) -> None:
    assert_type(flask_invoice(7), str)
    assert_type(django_invoice(request, 7), HttpResponse)


def several(scute: Scute, signed_in: SignedIn) -> None:
    wanted = [Permission("read", "invoice:7"), Permission("invite")]
    assert_type(scute.check_permissions(signed_in, wanted), tuple[Decision, ...])


async def awaited(scute: AsyncScute, signed_in: SignedIn) -> None:
    decisions = await scute.check_permissions(signed_in, [Permission("read", "invoice:7")])
    assert_type(decisions, tuple[Decision, ...])


def test_it_is_well_typed() -> None:
    FastAPI().get("/depends")(depends)
    flask.Flask(__name__).add_url_rule("/invoices/<int:number>", view_func=flask_invoice)
