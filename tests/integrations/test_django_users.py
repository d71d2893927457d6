"""The project's own users: who gets one and when, whose request it is, and what a session holds."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import aauthenticate, alogout, authenticate, get_user_model, login, logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import connection, connections
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncClient, Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from scute_auth import NotSignedIn, Profile, User
from scute_auth.claims import Claims
from scute_django import current_profile
from scute_django.accounts import scute_backend
from scute_django.backends import ScuteBackend
from scute_django.models import ScuteAccount
from scute_django.signals import signed_in, signed_out
from scute_django.stateless import StatelessUser
from scute_emulator import Emulator
from tests.architecture.sources import ROOT
from tests.integrations.django_database import empty_database, sqlite, using_database
from tests.integrations.django_people import (
    SCUTE_BACKEND,
    aclick_link,
    click_link,
    django_project,
    give_session,
    has_session,
)
from tests.postgres import running_postgres

ANA, BOB = "ana@example.com", "bob@example.com"
HERE = "tests.integrations.test_django_users"
Users: Any = get_user_model()


class FirstToken(ScuteBackend):
    create_users = "first_token"


class Linking(ScuteBackend):
    link_by_verified_email = True


class Named(ScuteBackend):
    def fill_user(self, user: Any, profile: Profile) -> None:
        super().fill_user(user, profile)
        user.first_name = str(profile.meta.get("nickname", ""))


class Nameless(ScuteBackend):
    def fill_user(self, user: Any, profile: Profile) -> None:
        user.username = ""


class AllAna(ScuteBackend):
    def fill_user(self, user: Any, profile: Profile) -> None:
        user.username = "ana"


def whoami(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"user": request.user.get_username()})


async def awhoami(request: Any) -> HttpResponse:
    user = await request.auser()
    again = request.user.get_username()
    return JsonResponse(
        {"user": user.get_username(), "again": again, "same": user is await request.auser()}
    )


def untouched(request: Any) -> HttpResponse:
    return HttpResponse(request.scute_user.id if request.scute_user else "nobody")


def leave(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponse("left")


async def aleave(request: Any) -> HttpResponse:
    await alogout(request)
    return HttpResponse("left")


def enter(request: HttpRequest) -> HttpResponse:
    user = authenticate(request, username="root", password="secret")
    assert user is not None
    login(request, user)
    return HttpResponse(request.user.get_username())


def proving(request: Any) -> HttpResponse:
    with suppress(NotSignedIn):
        current_profile()
    known = None if request.scute_user is None else request.scute_user.id
    return JsonResponse({"scute_user": known, "user": request.user.get_username()})


def cart(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        request.session["cart"] = "a book"
    return JsonResponse({"cart": request.session.get("cart")})


urlpatterns = [
    path("auth/", include("scute_django.urls")),
    path("whoami", whoami),
    path("awhoami", awhoami),
    path("untouched", untouched),
    path("leave", leave),
    path("aleave", aleave),
    path("enter", enter),
    path("cart", cart),
    path("proving", proving),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with using_database(**sqlite(tmp_path_factory.mktemp("users"))):
        yield


def project(*backends: str) -> AbstractContextManager[None]:
    return django_project(HERE, *backends)


@pytest.fixture(autouse=True)
def site(database: None, scute_emulator: Emulator) -> Iterator[None]:
    empty_database()
    with project(SCUTE_BACKEND):
        yield


@pytest.fixture
def client() -> Client:
    return Client()


@contextmanager
def sent(signal: Signal) -> "Generator[list[dict[str, Any]], None, None]":
    """What a signal's receivers are told."""
    told: list[dict[str, Any]] = []

    def hear(**arguments: Any) -> None:
        told.append(arguments)

    signal.connect(hear)
    try:
        yield told
    finally:
        signal.disconnect(hear)


def user_at_scute(scute_id: str = "u1") -> User:
    claims = Claims(user_id=scute_id, app_id="app_demo", expires_at=2e9)
    return User(scute_id, claims)


def sign_in(scute_id: str, email: str | None = ANA, **profile: Any) -> Any:
    """As the middleware does it, without a browser."""
    known: dict[str, Any] = {"email": email, "email_verified": True, **profile}
    user = user_at_scute(scute_id)
    return authenticate(None, scute_user=user, scute_profile=Profile(scute_id, **known))


class TestSignIn:
    def test_the_first_one_makes_a_user(self, scute_emulator: Emulator, client: Client) -> None:
        with sent(user_logged_in) as django_told, sent(signed_in) as told:
            answer = click_link(scute_emulator, client, ANA)

        scute_id = client.get("/auth/session").json()["user_id"]
        user = Users.objects.get()
        assert answer.json()["status"] == "signed_in"
        assert user.username == user.scute_account.scute_id == scute_id
        assert str(user.scute_account) == scute_id
        assert user.email == ANA
        assert not user.has_usable_password()
        assert user.last_login is not None
        assert client.get("/whoami").json() == {"user": scute_id}
        assert [one["user"] for one in django_told] == [user]
        assert told[0]["user"] == user
        assert (told[0]["scute_user"].id, told[0]["profile"].email) == (scute_id, ANA)

    def test_the_next_one_finds_him(self, scute_emulator: Emulator) -> None:
        for _ in range(2):
            click_link(scute_emulator, Client(), ANA)

        assert (Users.objects.count(), ScuteAccount.objects.count()) == (1, 1)

    async def test_it_works_the_same_under_asgi(self, scute_emulator: Emulator) -> None:
        client = AsyncClient()

        answer = await aclick_link(scute_emulator, client, ANA)

        user = await Users.objects.aget()
        assert answer.json()["status"] == "signed_in"
        assert user.email == ANA
        seen = {"user": user.username, "again": user.username, "same": True}
        assert (await client.get("/awhoami")).json() == seen
        assert (await client.get("/whoami")).json() == {"user": user.username}

    def test_a_request_alone_makes_nobody(self, scute_emulator: Emulator, client: Client) -> None:
        give_session(scute_emulator, client, ANA)

        assert client.get("/whoami").json() == {"user": ""}
        assert Users.objects.count() == 0

    def test_an_inactive_user_is_refused(self, scute_emulator: Emulator, client: Client) -> None:
        click_link(scute_emulator, client, ANA)
        Users.objects.update(is_active=False)
        other = Client()

        answer = click_link(scute_emulator, other, ANA)

        assert answer.status_code == 403
        assert not has_session(other)
        assert client.get("/whoami").json() == {"user": ""}

    def test_a_deleted_user_is_nobody_until_he_signs_in_again(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        click_link(scute_emulator, client, ANA)
        first = Users.objects.get().pk
        Users.objects.all().delete()

        gone = client.get("/whoami").json()
        click_link(scute_emulator, client, ANA)

        assert gone == {"user": ""}
        assert Users.objects.get().pk != first

    def test_who_was_unlinked_gets_a_new_user(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        """Or whose id somebody has taken for a username."""
        click_link(scute_emulator, client, ANA)
        first = Users.objects.get()
        ScuteAccount.objects.all().delete()

        answer = click_link(scute_emulator, client, ANA)

        second = ScuteAccount.objects.get().user
        assert answer.status_code == 200
        assert second.pk != first.pk
        assert client.get("/whoami").json() == {"user": second.get_username()}

    def test_without_the_backend_there_are_no_users(self, scute_emulator: Emulator) -> None:
        client = Client()

        with project(), sent(signed_in) as told, sent(signed_out) as told_out:
            click_link(scute_emulator, client, ANA)
            seen = client.get("/untouched").content.decode()
            anonymous = client.get("/whoami").json()
            client.post("/auth/sign-out")

        assert Users.objects.count() == 0
        assert seen == told[0]["scute_user"].id == told_out[0]["scute_user"].id
        assert told[0]["user"] is None
        assert anonymous == {"user": ""}


class TestQueries:
    def test_none_until_the_user_is_touched_then_one(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        click_link(scute_emulator, client, ANA)
        counts = list[int]()

        for one, url in ((Client(), "/untouched"), (client, "/untouched"), (client, "/whoami")):
            with CaptureQueriesContext(connection) as queries:
                assert one.get(url).status_code == 200
            counts.append(len(queries))

        assert counts == [0, 0, 1]

    async def test_under_asgi_too(self, scute_emulator: Emulator) -> None:
        client = AsyncClient()
        await aclick_link(scute_emulator, client, ANA)
        counts = list[int]()

        for one, url in (
            (AsyncClient(), "/untouched"),
            (client, "/untouched"),
            (client, "/awhoami"),
        ):
            # Asynchronous code asks the database in a thread, over that thread's connection.
            queries = await sync_to_async(lambda: CaptureQueriesContext(connections["default"]))()
            await sync_to_async(queries.__enter__)()
            assert (await one.get(url)).status_code == 200
            await sync_to_async(queries.__exit__)(None, None, None)
            counts.append(len(queries))

        assert counts == [0, 0, 1]


class TestDjangosOwnSession:
    @pytest.fixture
    def root(self) -> Any:
        return Users.objects.create_superuser("root", "root@example.com", "secret")

    def test_it_counts_where_nobody_came_from_scute(self, client: Client, root: Any) -> None:
        client.force_login(root)

        assert client.get("/whoami").json() == {"user": "root"}

    async def test_it_counts_under_asgi_too(self) -> None:
        root = await sync_to_async(Users.objects.create_superuser)("root")
        client = AsyncClient()
        await client.aforce_login(root)

        assert (await client.get("/whoami")).json() == {"user": "root"}

    def test_whom_scute_knows_wins(
        self, scute_emulator: Emulator, client: Client, root: Any
    ) -> None:
        user = sign_in(scute_emulator.create_session(ANA)["user_id"])
        give_session(scute_emulator, client, ANA)
        client.force_login(root)

        assert client.get("/whoami").json() == {"user": user.username}

    @pytest.mark.parametrize("over", ["expired", "ended"])
    def test_it_counts_beside_a_session_that_is_over(
        self, scute_emulator: Emulator, client: Client, root: Any, over: str
    ) -> None:
        session = give_session(scute_emulator, client, ANA, access_lifetime=-3600)
        if over == "ended":
            scute_emulator.state.sessions.revoke_all(session["user_id"])
        else:
            name = next(name for name in client.cookies if "refresh" in name)
            del client.cookies[name]
        client.force_login(root)

        assert client.get("/whoami").json() == {"user": "root"}

    @pytest.mark.parametrize("token", ["forged", "expired"])
    def test_it_rescues_no_token_in_a_header(
        self, scute_emulator: Emulator, client: Client, root: Any, token: str
    ) -> None:
        client.force_login(root)
        expired = scute_emulator.create_session(ANA, access_lifetime=-3600)["access"]
        sent = expired if token == "expired" else f"{expired[:-8]}AAAAAAAA"

        answer = client.get("/whoami", headers={"authorization": f"Bearer {sent}"})

        assert answer.json() == {"user": ""}

    def test_it_is_not_asked_in_an_outage(
        self, scute_emulator: Emulator, client: Client, root: Any
    ) -> None:
        """Else somebody would be someone else for a minute."""
        give_session(scute_emulator, client, ANA, access_lifetime=-3600)
        client.force_login(root)
        scute_emulator.fault("", status=503)

        assert client.get("/whoami").json() == {"user": ""}
        assert has_session(client)

    def test_a_sign_in_ends_it(self, scute_emulator: Emulator, client: Client, root: Any) -> None:
        client.force_login(root)
        click_link(scute_emulator, client, ANA)
        client.post("/auth/sign-out")

        assert client.get("/whoami").json() == {"user": ""}

    def test_a_login_with_a_password_ends_the_one_at_scute(
        self, scute_emulator: Emulator, client: Client, root: Any
    ) -> None:
        click_link(scute_emulator, client, ANA)

        with sent(signed_out) as told:
            entered = client.post("/enter").content

        assert entered == b"root"
        assert not has_session(client)
        assert client.get("/whoami").json() == {"user": "root"}
        assert len(told) == 1


class TestSignOut:
    def test_it_empties_the_session_and_tells_everyone(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        click_link(scute_emulator, client, ANA)
        client.post("/cart")
        user = Users.objects.get()

        with sent(user_logged_out) as django_told, sent(signed_out) as told:
            client.post("/auth/sign-out")

        assert [one["user"] for one in django_told] == [user]
        assert [one["scute_user"].id for one in told] == [user.username]
        assert client.get("/cart").json() == {"cart": None}

    def test_djangos_logout_ends_the_session_at_scute(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        click_link(scute_emulator, client, ANA)
        access = next(text.value for name, text in client.cookies.items() if "access" in name)

        with sent(user_logged_out) as django_told, sent(signed_out) as told:
            client.get("/leave")

        late = Client().get("/whoami", headers={"authorization": f"Bearer {access}"})
        assert not has_session(client)
        assert client.get("/whoami").json() == late.json() == {"user": ""}
        assert (len(django_told), len(told)) == (1, 1)

    @pytest.mark.parametrize("way", ["/leave", "/enter"])
    def test_in_an_outage_they_are_not_signed_in_again_after_it(
        self, scute_emulator: Emulator, client: Client, way: str
    ) -> None:
        """Neither who logged out nor, on the same machine, who logged in as somebody else."""
        Users.objects.create_superuser("root", "root@example.com", "secret")
        sign_in(give_session(scute_emulator, client, ANA, access_lifetime=-3600)["user_id"])
        scute_emulator.fault("", status=503)

        client.post(way)
        scute_emulator.clear_faults()

        assert not has_session(client)
        assert client.get("/whoami").json() == {"user": "root" if way == "/enter" else ""}

    async def test_under_asgi_too(self, scute_emulator: Emulator) -> None:
        client = AsyncClient()
        await aclick_link(scute_emulator, client, ANA)

        with sent(signed_out) as told:
            answer = await client.get("/aleave")

        assert all(text.value == "" for name, text in answer.cookies.items() if "scute" in name)
        assert (await client.get("/awhoami")).json()["user"] == ""
        assert len(told) == 1

    def test_who_is_not_signed_in_may_leave_too(self, client: Client) -> None:
        assert client.get("/leave").content == b"left"

    def test_the_apps_own_hook_is_told(self, scute_emulator: Emulator, client: Client) -> None:
        told: list[str] = []

        def hear(user: User) -> None:
            told.append(user.id)

        with override_settings(SCUTE={"ON_SIGN_OUT": hear}):
            click_link(scute_emulator, client, ANA)
            client.get("/leave")

        assert told == [Users.objects.get().username]

    def test_a_session_that_proves_to_be_over_leaves_nobody_in_the_request(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        user = sign_in(give_session(scute_emulator, client, ANA)["user_id"])
        before = client.get("/proving").json()
        give_session(scute_emulator, client, ANA)
        scute_emulator.state.sessions.revoke_all(user.username)

        after = client.get("/proving").json()

        assert before == {"scute_user": user.username, "user": user.username}
        assert after == {"scute_user": None, "user": ""}


class TestWhatTheSessionHolds:
    def test_a_strangers_cart_is_kept_under_another_key(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        """A key that was planted before the sign-in opens nothing after it."""
        client.post("/cart")
        before = client.cookies["sessionid"].value

        click_link(scute_emulator, client, ANA)

        assert client.get("/cart").json() == {"cart": "a book"}
        assert client.cookies["sessionid"].value != before

    def test_it_is_the_same_for_who_signs_in_again(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        click_link(scute_emulator, client, ANA)
        client.post("/cart")

        click_link(scute_emulator, client, ANA)

        assert client.get("/cart").json() == {"cart": "a book"}

    def test_another_persons_is_dropped(self, scute_emulator: Emulator, client: Client) -> None:
        click_link(scute_emulator, client, ANA)
        client.post("/cart")
        for name in [name for name in client.cookies if "scute" in name]:
            del client.cookies[name]

        click_link(scute_emulator, client, BOB)

        assert client.get("/cart").json() == {"cart": None}

    def test_a_project_without_sessions_has_users(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        with override_settings(MIDDLEWARE=["scute_django.middleware.ScuteAuthMiddleware"]):
            click_link(scute_emulator, client, ANA)
            seen = client.get("/whoami").json()
            client.post("/auth/sign-out")

        assert seen == {"user": Users.objects.get().username}
        assert not has_session(client)


def sign_in_many_times_at_once() -> set[int]:
    """In threads of which each has found nobody before the first one writes."""
    all_here = threading.Barrier(8)

    class AtOnce(ScuteBackend):
        def fill_user(self, user: Any, profile: Profile) -> None:
            super().fill_user(user, profile)
            if user._state.adding:
                all_here.wait(20)

    def enter(number: int) -> int:
        profile = Profile("u1", email=ANA, email_verified=True)
        try:
            user: Any = AtOnce().authenticate(
                None, scute_user=user_at_scute(), scute_profile=profile
            )
            return int(user.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(enter, range(8)))


class TestTwoAtOnce:
    def test_a_new_user_who_signs_in_many_times_at_once_is_one(self) -> None:
        assert sign_in_many_times_at_once() == {Users.objects.get().pk}
        assert ScuteAccount.objects.count() == 1

    def test_in_postgresql_too(self) -> None:
        with running_postgres() as server, using_database(**server):
            assert sign_in_many_times_at_once() == {Users.objects.get().pk}
            assert ScuteAccount.objects.count() == 1


class TestWhatGoesIntoAUser:
    def test_a_change_at_scute_arrives_at_the_next_sign_in(self) -> None:
        sign_in("u1", "old@example.com")
        sign_in("u1", "New@Example.COM")

        assert Users.objects.get().email == "New@example.com"

    def test_an_address_that_nobody_verified_stays_out(self) -> None:
        assert sign_in("u1", email_verified=False).email == ""

    def test_a_subclass_fills_its_own_fields(self) -> None:
        with project(f"{HERE}.Named"):
            sign_in("u1", meta={"nickname": "Ana"})

        assert Users.objects.get().first_name == "Ana"

    def test_only_what_changed_is_written(self) -> None:
        """A right that is taken away in the same moment does not come back."""
        sign_in("u1")
        Users.objects.update(is_staff=True)

        class Slow(ScuteBackend):
            def fill_user(self, user: Any, profile: Profile) -> None:
                super().fill_user(user, profile)
                Users.objects.update(is_staff=False)

        profile = Profile("u1", email=BOB, email_verified=True)
        Slow().authenticate(None, scute_user=user_at_scute(), scute_profile=profile)

        user = Users.objects.get()
        assert (user.email, user.is_staff) == (BOB, False)

    def test_nothing_is_written_where_nothing_changed(self) -> None:
        sign_in("u1")

        with CaptureQueriesContext(connection) as queries:
            sign_in("u1")

        assert len(queries) == 1

    def test_a_user_without_a_name_is_not_made(self, caplog: pytest.LogCaptureFixture) -> None:
        with project(f"{HERE}.Nameless"):
            assert sign_in("u1") is None

        assert Users.objects.count() == 0
        assert "fill_user() did not fill it" in caplog.text

    def test_a_name_that_is_taken_is_not_taken_over(self, caplog: pytest.LogCaptureFixture) -> None:
        with project(f"{HERE}.AllAna"):
            first, second = sign_in("u1"), sign_in("u2", BOB)

        assert (first.username, second) == ("ana", None)
        assert ScuteAccount.objects.count() == 1
        assert "another one has his e-mail or username" in caplog.text
        assert BOB not in caplog.text

    def test_an_update_that_clashes_keeps_nobody_out(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        sign_in("u1")
        Users.objects.create_user("ana")

        with project(f"{HERE}.AllAna"):
            user = sign_in("u1")

        assert user.username == "u1"
        assert "was not updated" in caplog.text


class TestLinking:
    @pytest.fixture(autouse=True)
    def linking(self, site: None) -> Iterator[None]:
        with project(f"{HERE}.Linking"):
            yield

    def test_it_is_off_by_default(self) -> None:
        known = Users.objects.create_user("known", ANA)

        with project(SCUTE_BACKEND):
            assert sign_in("u1").pk != known.pk

    def test_a_verified_address_leads_to_its_user(self) -> None:
        known = Users.objects.create_user("known", ANA, "set by who knows whom")

        user = sign_in("u1", "Ana@Example.com")

        assert (user.pk, user.username) == (known.pk, "known")
        assert not Users.objects.get().has_usable_password()

    def test_an_inactive_user_stays_out(self) -> None:
        Users.objects.create_user("known", ANA, is_active=False)

        assert sign_in("u1") is None
        assert Users.objects.count() == 1

    @pytest.mark.parametrize("rights", [{"is_staff": True}, {"is_superuser": True}])
    def test_staff_is_never_linked(self, rights: dict[str, bool]) -> None:
        known = Users.objects.create_user("known", ANA, **rights)

        assert sign_in("u1").pk != known.pk

    def test_an_address_that_two_have_leads_to_none(self) -> None:
        known = [Users.objects.create_user(name, ANA).pk for name in ("one", "two")]

        assert sign_in("u1").pk not in known

    def test_who_is_linked_already_is_not_linked_twice(self) -> None:
        first = sign_in("u1")

        assert sign_in("u2").pk != first.pk

    @pytest.mark.parametrize("profile", [{"email_verified": False}, {"email": None}])
    def test_an_address_that_is_not_verified_leads_nowhere(self, profile: dict[str, Any]) -> None:
        known = Users.objects.create_user("known", ANA)

        assert sign_in("u1", **profile).pk != known.pk

    def test_a_look_alike_leads_nowhere(self) -> None:
        """CVE-2019-19844: to some databases these two are the same."""
        known = Users.objects.create_user("known", "mike@example.org")

        assert sign_in("u1", "m\u0131ke@example.org").pk != known.pk


class TestFirstToken:
    def test_it_makes_a_user_when_he_is_asked_for(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        session = give_session(scute_emulator, client, ANA)

        with project(f"{HERE}.FirstToken"):
            before = (client.get("/untouched").status_code, Users.objects.count())
            seen = client.get("/whoami").json()

        assert before == (200, 0)
        assert seen == {"user": session["user_id"]}
        assert Users.objects.get().email == ""


class TestStatelessUser:
    def test_he_has_an_id_and_no_rights(self) -> None:
        user = StatelessUser("u1")

        assert (user.pk, user.username, user.get_username()) == ("u1", "u1", "u1")
        assert (user.is_authenticated, user.is_anonymous, user.is_active) == (True, False, True)
        rights = (user.is_staff, user.is_superuser, user.has_perm("x"))
        assert (*rights, user.has_perms(["x"]), user.has_module_perms("x")) == (False,) * 5


def test_a_project_without_our_app_has_no_backend() -> None:
    installed = ["django.contrib.contenttypes", "django.contrib.auth"]

    with project(), override_settings(INSTALLED_APPS=installed):
        assert scute_backend() is None


async def test_asynchronous_code_may_authenticate_too() -> None:
    profile = Profile("u1", email=ANA, email_verified=True)
    user = await aauthenticate(None, scute_user=user_at_scute(), scute_profile=profile)
    by_password = await aauthenticate(None, username="u1", password="")

    assert user == await Users.objects.aget()
    assert by_password is None


def test_users_who_are_known_by_their_email() -> None:
    command = [sys.executable, "-m", "tests.integrations.custom_user.program"]
    environ = {key: text for key, text in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}

    run = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True, timeout=60
    )

    *_, seen, kept = map(json.loads, filter(_is_json, run.stdout.splitlines()))
    unverified = "This site knows people by their e-mail address, and yours is not verified."
    taken = "This site could not make an account for you. Ask the people who run the site."
    assert seen["seen"] == [ANA, unverified, taken, BOB, BOB], "at the end a clash"
    assert "no user was created: his username is left empty: no verified e-mail" in run.stderr
    assert kept["kept"] == [ANA, BOB]


def _is_json(line: str) -> bool:
    return line.startswith("{")
