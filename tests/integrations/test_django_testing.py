"""`sign_in` with the test clients of Django and Django REST framework."""

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.urls import include, path
from rest_framework.test import APIClient

from scute_auth import ScuteConfig
from scute_auth.testing import SignIn
from scute_django.decorators import require_user
from scute_emulator import Emulator
from tests.integrations.django_database import empty_database, sqlite, using_database
from tests.integrations.django_people import SCUTE_BACKEND, django_project, has_session

ANA, EVE = "ana@example.com", "eve@example.com"
HERE = "tests.integrations.test_django_testing"
Users: Any = get_user_model()


@login_required
def me(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    return HttpResponse(user.email)


@require_user
async def scute_id(request: Any) -> HttpResponse:
    return HttpResponse(request.scute_user.id)


urlpatterns = [
    path("auth/", include("scute_django.urls")),
    path("me", me),
    path("scute-id", scute_id),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with using_database(**sqlite(tmp_path_factory.mktemp("testing"))):
        yield


@pytest.fixture(autouse=True)
def project(database: None, scute_emulator: Emulator) -> Iterator[None]:
    empty_database()
    with django_project(HERE, SCUTE_BACKEND):
        yield


@pytest.mark.parametrize("kind", [Client, APIClient])
def test_a_sign_in_makes_the_projects_user(sign_in: SignIn, kind: type[Client]) -> None:
    client = kind()

    user = sign_in(client, ANA)

    assert client.get("/me").content.decode() == ANA
    assert Users.objects.get().username == user.id
    assert client.get("/scute-id").content.decode() == user.id


def test_a_second_sign_in_replaces_the_first(sign_in: SignIn) -> None:
    client = Client(headers={"accept": "text/html"})
    sign_in(client, ANA)
    sign_in(client, ANA)
    sign_in(client, EVE)

    assert client.get("/me").content.decode() == EVE
    assert Users.objects.count() == 2


def test_no_limit_counts_what_tests_do(sign_in: SignIn) -> None:
    for _ in range(ScuteConfig.from_env().limits.per_identifier + 1):
        sign_in(Client(), ANA)

    assert Users.objects.count() == 1


def test_a_site_on_https_has_its_own_cookies(sign_in: SignIn) -> None:
    client = Client()
    with override_settings(SCUTE={"PUBLIC_ORIGIN": "https://site.example"}):
        config = ScuteConfig.from_mapping({"public_origin": "https://site.example"})
        sign_in(client, ANA, config=config)

        assert client.get("/me", secure=True).content.decode() == ANA
    assert any(name.startswith("__Host-") for name in client.cookies)


def test_a_sign_in_that_the_app_does_not_finish_is_named(
    scute_emulator: Emulator, sign_in: SignIn
) -> None:
    client = Client()
    sign_in(client, ANA)
    scute_emulator.settings(mfa_policy="optional")
    scute_emulator.enrol_totp(ANA)

    with pytest.raises(RuntimeError, match="/auth/callback answered 200, and nobody"):
        sign_in(client, ANA)
    assert not has_session(client)


@pytest.mark.parametrize("kind", [AsyncClient, RequestFactory])
def test_who_cannot_open_a_link_gets_the_cookies(sign_in: SignIn, kind: type[Any]) -> None:
    client = kind()

    sign_in(client, ANA)

    assert has_session(client)
    assert Users.objects.count() == 0


async def test_an_asynchronous_client_is_signed_in(sign_in: SignIn) -> None:
    await sync_to_async(sign_in)(Client(), ANA)
    client = AsyncClient()

    user = sign_in(client, ANA)

    assert (await client.get("/scute-id")).content.decode() == user.id
    assert (await client.get("/me")).content.decode() == ANA
