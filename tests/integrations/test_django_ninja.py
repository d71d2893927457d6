"""Django Ninja: who is there, what each refusal looks like, and the document."""

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import SyncToAsync, sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client
from django.urls import include, path
from ninja import NinjaAPI
from ninja.security import APIKeyQuery

from scute_auth import NotSignedIn
from scute_django.models import ScuteAccount
from scute_django.ninja import ScuteAuth
from scute_emulator import Emulator
from tests.integrations.django_database import empty_database, sqlite, using_database
from tests.integrations.django_people import SCUTE_BACKEND, django_project, give_session

ANA = "ana@example.com"
HERE = "tests.integrations.test_django_ninja"
Users: Any = get_user_model()

api = NinjaAPI(urls_namespace="ninja-tests", auth=ScuteAuth(), docs_url=None)
strict = NinjaAPI(urls_namespace="ninja-tests-strict", auth=ScuteAuth(), docs_url=None)


class Key(APIKeyQuery):
    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        return key if key == "known" else None


@api.get("/me")
def me(request: Any) -> dict[str, str]:
    return {"scute": request.auth.user.id}


@api.post("/notes")
def notes(request: Any) -> dict[str, str]:
    return {"scute": request.auth.user.id}


@api.get("/ame")
async def ame(request: Any) -> dict[str, str]:
    return {"scute": request.auth.user.id}


@api.get("/aopen", auth=None)
async def aopen(request: Any) -> dict[str, str]:
    return {}


@api.get("/either", auth=[Key(), ScuteAuth()])
def either(request: Any) -> dict[str, str]:
    return {"auth": str(request.auth)}


@strict.get("/me")
def strict_me(request: Any) -> None: ...


@strict.exception_handler(NotSignedIn)
def own_words(request: HttpRequest, error: Any) -> HttpResponse:
    return HttpResponse("sign in first", status=401)


urlpatterns = [
    path("auth/", include("scute_django.urls")),
    path("api/", api.urls),
    path("strict/", strict.urls),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with using_database(**sqlite(tmp_path_factory.mktemp("ninja"))):
        yield


@pytest.fixture(autouse=True)
def site(database: None, scute_emulator: Emulator) -> Iterator[None]:
    empty_database()
    with django_project(HERE):
        yield


def token(session: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {session['access']}"}


class TestWhoIsThere:
    @pytest.mark.parametrize("url", ["/api/me", "/api/ame"])
    def test_a_token_is_a_user(self, scute_emulator: Emulator, url: str) -> None:
        session = scute_emulator.create_session(ANA)

        assert Client().get(url, headers=token(session)).json() == {"scute": session["user_id"]}

    @pytest.mark.parametrize("url", ["/api/me", "/api/ame"])
    async def test_it_is_the_same_under_asgi(self, scute_emulator: Emulator, url: str) -> None:
        client = AsyncClient()
        session = give_session(scute_emulator, client, ANA)

        assert (await client.get(url)).json() == {"scute": session["user_id"]}

    @pytest.mark.parametrize("active", [True, False])
    @pytest.mark.parametrize("url", ["/api/me", "/api/ame"])
    async def test_the_projects_user_must_be_active(
        self, scute_emulator: Emulator, url: str, active: bool
    ) -> None:
        session = scute_emulator.create_session(ANA)
        user = await Users.objects.acreate_user("ana", is_active=active)
        await sync_to_async(ScuteAccount.objects.create)(scute_id=session["user_id"], user=user)

        with django_project(HERE, SCUTE_BACKEND):
            answer = await AsyncClient().get(url, headers=token(session))

        assert answer.status_code == (200 if active else 403)

    async def test_an_asynchronous_operation_needs_no_thread(
        self, scute_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        headers = token(scute_emulator.create_session(ANA))
        hops: list[int] = []
        call: Any = vars(SyncToAsync)["__call__"]

        async def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
            hops[-1] += 1
            return await call(self, *args, **kwargs)

        monkeypatch.setattr(SyncToAsync, "__call__", counted)
        for url in ("/api/ame", "/api/aopen", "/api/ame"):
            hops.append(0)
            assert (await AsyncClient().get(url, headers=headers)).status_code == 200

        assert hops[1] == hops[2]


class TestRefusals:
    @pytest.mark.parametrize("debug", [True, False])
    @pytest.mark.parametrize("url", ["/api/me", "/api/ame"])
    def test_they_are_the_cores_answers(
        self, scute_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, url: str, debug: bool
    ) -> None:
        """Ninja itself answers every exception while DEBUG is on."""
        monkeypatch.setattr(settings, "DEBUG", debug)
        monkeypatch.setattr(mail, "outbox", [], raising=False)  # as test runners do
        client = Client()
        missing = client.get(url)
        person = client.get(url, headers={"accept": "text/html"})
        give_session(scute_emulator, client, ANA, access_lifetime=-3600)
        scute_emulator.fault("", status=503)
        outage = client.get(url)

        assert (missing.status_code, missing.json()["reason"]) == (401, "missing")
        assert missing["www-authenticate"] == "Bearer"
        assert (person.status_code, outage.status_code) == (303, 503)

    def test_another_site_may_not_post(self, scute_emulator: Emulator) -> None:
        client = Client()
        give_session(scute_emulator, client, ANA)

        refused = client.post("/api/notes", headers={"sec-fetch-site": "cross-site"})
        own = client.post("/api/notes", headers={"sec-fetch-site": "same-origin"})

        assert (refused.status_code, refused.json()["reason"]) == (403, "csrf")
        assert own.status_code == 200

    def test_an_exception_handler_of_the_apps_own_wins(self) -> None:
        answer = Client().get("/strict/me")

        assert (answer.status_code, answer.content) == (401, b"sign in first")

    def test_what_stands_before_it_may_let_others_in(self) -> None:
        client = Client()

        assert client.get("/api/either?key=known").json() == {"auth": "known"}
        assert client.get("/api/either?key=other").status_code == 401


def test_the_document_shows_the_token() -> None:
    document = api.get_openapi_schema(path_prefix="/api")

    assert document["components"]["securitySchemes"]["ScuteAuth"] == {
        "type": "http",
        "scheme": "bearer",
        "description": "A Scute access token.",
    }
    assert document["paths"]["/api/me"]["get"]["security"] == [{"ScuteAuth": []}]
    assert {"ScuteAuth": []} in document["paths"]["/api/either"]["get"]["security"]
