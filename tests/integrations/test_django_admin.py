"""The admin behind Scute: who gets in, where everybody else ends, and how one leaves."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin import autodiscover
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User as AuthUser
from django.test import Client
from django.urls import include, path

from scute_django.admin import ScuteAccountAdmin
from scute_django.admin_site import ScuteAdminConfig, ScuteAdminSite
from scute_django.models import ScuteAccount
from scute_emulator import Emulator
from tests.integrations.django_database import empty_database, sqlite, using_database
from tests.integrations.django_people import (
    SCUTE_BACKEND,
    click_link,
    django_project,
    give_session,
    has_session,
)

ANA = "ana@example.com"
HERE = "tests.integrations.test_django_admin"
PERSON = {"accept": "text/html"}
Users: Any = get_user_model()

autodiscover()
site = ScuteAdminSite()
site.register(ScuteAccount, ScuteAccountAdmin)
site.register(AuthUser)

urlpatterns = [
    path("auth/", include("scute_django.urls")),
    path("admin/", site.urls),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with using_database(**sqlite(tmp_path_factory.mktemp("admin"))):
        yield


@pytest.fixture(autouse=True)
def project(database: None, scute_emulator: Emulator) -> Iterator[None]:
    empty_database()
    with django_project(HERE, SCUTE_BACKEND):
        yield


@pytest.fixture
def client() -> Client:
    return Client(headers=PERSON)


@pytest.fixture
def staff(scute_emulator: Emulator, client: Client) -> Client:
    """Ana's browser; she may do everything."""
    click_link(scute_emulator, client, ANA)
    Users.objects.update(is_staff=True, is_superuser=True)
    return client


@pytest.mark.parametrize("url", ["/admin/", "/admin/auth/user/?q=x", "/admin/login/"])
def test_a_stranger_is_sent_to_sign_in_and_back(client: Client, url: str) -> None:
    answer = client.get(url)

    assert answer.status_code == 303
    assert answer["location"].startswith("/auth/sign-in?next=/admin/")


def test_staff_gets_in(staff: Client) -> None:
    assert staff.get("/admin/").status_code == 200
    assert staff.get("/admin/login/").headers["location"] == "/admin/"
    assert Users.objects.get().username in staff.get("/admin/auth/user/").content.decode()


@pytest.mark.parametrize("url", ["/admin/", "/admin/login/"])
def test_who_is_no_staff_is_told_so_and_how_to_leave(
    scute_emulator: Emulator, client: Client, url: str
) -> None:
    click_link(scute_emulator, client, ANA)

    answer = client.get(url)

    assert answer.status_code == 403
    assert "This part of the site is for its staff." in answer.content.decode()
    assert 'href="/auth/sign-out">Sign out<' in answer.content.decode()
    assert "location" not in answer


def test_with_djangos_own_session_there_is_nothing_to_leave_at_scute(client: Client) -> None:
    client.force_login(Users.objects.create_user("ana"))

    answer = client.get("/admin/")

    assert answer.status_code == 403
    assert "/auth/sign-out" not in answer.content.decode()
    assert 'href="/auth/sign-in">Sign in as somebody else<' in answer.content.decode()


def test_an_inactive_one_too(staff: Client) -> None:
    Users.objects.update(is_active=False)

    assert staff.get("/admin/").status_code == 403


def test_support_access_opens_no_admin(scute_emulator: Emulator, staff: Client) -> None:
    other = Client(headers=PERSON)
    give_session(scute_emulator, other, ANA, imp={"sub": "support", "kind": "user"})

    assert other.get("/admin/").status_code == 403


def test_a_superuser_with_a_password_session_gets_in(client: Client) -> None:
    client.force_login(Users.objects.create_superuser("root"))

    assert client.get("/admin/").status_code == 200


def test_no_password_is_taken(client: Client) -> None:
    Users.objects.create_superuser("root", password="secret")

    answer = client.post("/admin/login/", {"username": "root", "password": "secret"})

    assert answer.status_code == 303
    assert "sessionid" not in client.cookies


def test_an_outage_is_said(scute_emulator: Emulator, client: Client) -> None:
    give_session(scute_emulator, client, ANA, access_lifetime=-3600)
    scute_emulator.fault("", status=503)

    assert client.get("/admin/").status_code == 503


def test_its_log_out_ends_the_session_at_scute(staff: Client) -> None:
    answer = staff.post("/admin/logout/", headers={"sec-fetch-site": "same-origin"})

    assert answer.status_code == 200
    assert not has_session(staff)
    assert staff.get("/admin/").status_code == 303


def test_a_stranger_who_logs_out_is_led_to_the_start(client: Client) -> None:
    assert client.post("/admin/logout/")["location"] == "/admin/"


def test_links_are_seen_and_cut_but_never_made_by_hand(staff: Client) -> None:
    account = ScuteAccount.objects.get()

    listed = staff.get("/admin/scute/scuteaccount/").content.decode()
    added = staff.get("/admin/scute/scuteaccount/add/")
    page = f"/admin/scute/scuteaccount/{account.pk}/delete/"
    staff.post(page, {"post": "yes"}, headers={"sec-fetch-site": "same-origin"})

    assert account.scute_id in listed
    assert added.status_code == 403
    assert ScuteAccount.objects.count() == 0
    assert Users.objects.count() == 1


def test_the_app_takes_the_place_of_djangos() -> None:
    assert ScuteAdminConfig.name == "django.contrib.admin"
    assert ScuteAdminConfig.default_site == "scute_django.admin_site.ScuteAdminSite"
