"""Who is signed in at Scute and has no account in the project: told why, and shown a way out."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import include, path

from scute_emulator import Emulator
from tests.integrations.django_database import empty_database, sqlite, using_database
from tests.integrations.django_people import (
    SCUTE_BACKEND,
    aclick_link,
    click_link,
    django_project,
    give_session,
    has_session,
)

ANA = "ana@example.com"
HERE = "tests.integrations.test_django_turned_away"
PERSON = {"accept": "text/html"}
Users: Any = get_user_model()


@login_required
def me(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.get_username())


urlpatterns = [path("auth/", include("scute_django.urls")), path("me", me)]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with using_database(**sqlite(tmp_path_factory.mktemp("turned_away"))):
        yield


@pytest.fixture(autouse=True)
def project(database: None, scute_emulator: Emulator) -> Iterator[None]:
    empty_database()
    with django_project(HERE, SCUTE_BACKEND, LOGIN_URL="scute:sign_in"):
        yield


@pytest.fixture
def client(scute_emulator: Emulator) -> Client:
    """Ana's browser, signed in."""
    client = Client(headers=PERSON)
    click_link(scute_emulator, client, ANA)
    return client


GONE: dict[str, Callable[[], object]] = {
    "deleted": lambda: Users.objects.all().delete(),
    "deactivated": lambda: Users.objects.update(is_active=False),
}


@pytest.mark.parametrize("goes", GONE.values(), ids=GONE)
def test_who_lost_his_account_does_not_go_in_circles(
    client: Client, goes: Callable[[], object]
) -> None:
    goes()

    page = client.get("/me", follow=True)
    text = page.content.decode()

    assert page.redirect_chain[-1][0] == "/auth/sign-in?next=/me"
    assert "this site has no active account for you" in text
    assert 'href="/auth/sign-out"' in text
    assert "Continue</a>" not in text


def test_who_has_an_account_may_go_on(client: Client) -> None:
    page = client.get("/auth/sign-in?next=/me").content.decode()

    assert '<a href="/me">Continue</a>' in page
    assert "no active account" not in page


def test_a_project_that_keeps_no_users_asks_for_none(client: Client) -> None:
    Users.objects.all().delete()
    with override_settings(AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"]):
        page = client.get("/auth/sign-in?next=/me").content.decode()

    assert '<a href="/me">Continue</a>' in page


async def test_under_asgi_too(scute_emulator: Emulator) -> None:
    client = AsyncClient(headers=PERSON)
    give_session(scute_emulator, client, ANA)

    page = (await client.get("/auth/sign-in")).content.decode()

    assert "this site has no active account for you" in page


SWITCHED_OFF = "Your account on this site is switched off."


def test_a_sign_in_that_is_refused_says_why(
    scute_emulator: Emulator, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    Users.objects.update(is_active=False)
    other = Client(headers=PERSON)

    answer = click_link(scute_emulator, other, ANA)
    page = answer.content.decode()

    assert answer.status_code == 403
    assert SWITCHED_OFF in page
    assert 'href="/auth/sign-in">Sign in as somebody else<' in page
    assert "Sign out" not in page, "nobody is signed in there"
    assert not has_session(other)
    assert "a sign-in was refused: the project's user is not active" in caplog.text


def test_a_script_is_told_in_json(scute_emulator: Emulator, client: Client) -> None:
    Users.objects.update(is_active=False)

    answer = click_link(scute_emulator, Client(), ANA)

    assert (answer.status_code, answer.json()["reason"]) == (403, "forbidden")
    assert answer.json()["detail"].startswith(SWITCHED_OFF)


async def test_under_asgi_a_refused_sign_in_says_why(scute_emulator: Emulator) -> None:
    await sync_to_async(click_link)(scute_emulator, Client(), ANA)
    await Users.objects.aupdate(is_active=False)

    answer = await aclick_link(scute_emulator, AsyncClient(headers=PERSON), ANA)

    assert answer.status_code == 403
    assert SWITCHED_OFF in answer.content.decode()
