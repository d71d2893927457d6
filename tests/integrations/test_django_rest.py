"""Django REST framework: who is there, what each refusal looks like, and the document."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.test import AsyncClient, Client, override_settings
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework.authentication import BaseAuthentication, BasicAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny, IsAdminUser, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from scute_auth import ConfigError, SignedIn
from scute_django.models import ScuteAccount
from scute_django.rest_framework import ScuteAuthentication
from scute_emulator import Emulator
from tests.integrations.django_database import empty_database, sqlite, using_database
from tests.integrations.django_people import SCUTE_BACKEND, django_project, give_session

ANA = "ana@example.com"
HERE = "tests.integrations.test_django_rest"
Users: Any = get_user_model()


class Me(APIView):
    """Who am I?"""

    authentication_classes: Sequence[type[BaseAuthentication]] = (ScuteAuthentication,)
    permission_classes: Sequence[Any] = (IsAuthenticated,)
    schema = AutoSchema()

    def get(self, request: Request) -> Response:
        signed_in: Any = request.auth
        assert isinstance(signed_in, SignedIn)
        return Response({"user": str(request.user.pk), "scute": signed_in.user.id})

    def post(self, request: Request) -> Response:
        return self.get(request)


class Open(Me):
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response({"signed_in": request.user.is_authenticated})


class Staff(Me):
    permission_classes = (IsAdminUser,)


class Either(Me):
    authentication_classes = (ScuteAuthentication, BasicAuthentication)

    def get(self, request: Request) -> Response:
        return Response({"user": request.user.get_username()})


class Moody(Me):
    def get(self, request: Request) -> Response:
        raise NotAuthenticated


urlpatterns = [
    path("auth/", include("scute_django.urls")),
    path("me", Me.as_view()),
    path("open", Open.as_view()),
    path("staff", Staff.as_view()),
    path("either", Either.as_view()),
    path("moody", Moody.as_view()),
]


def own_handler(error: Exception, context: Any) -> Response | None:
    response = exception_handler(error, context)
    if response is not None:
        response.data = {"own": type(error).__name__}
    return response


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with using_database(**sqlite(tmp_path_factory.mktemp("rest"))):
        yield


@pytest.fixture(autouse=True)
def site(database: None, scute_emulator: Emulator) -> Iterator[None]:
    empty_database()
    with django_project(HERE):
        yield


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=True)


def bearer(emulator: Emulator, **session: Any) -> dict[str, str]:
    return {"authorization": f"Bearer {emulator.create_session(ANA, **session)['access']}"}


class TestWithoutUsersOfTheProject:
    def test_a_token_is_a_user_with_an_id(self, scute_emulator: Emulator, client: Client) -> None:
        answer = client.get("/me", headers=bearer(scute_emulator))

        assert answer.json()["user"] == answer.json()["scute"]
        assert Users.objects.count() == 0

    def test_a_cookie_is_one_too(self, scute_emulator: Emulator, client: Client) -> None:
        session = give_session(scute_emulator, client, ANA)

        assert client.get("/me").json()["user"] == session["user_id"]

    async def test_it_is_the_same_under_asgi(self, scute_emulator: Emulator) -> None:
        answer = await AsyncClient().get("/me", headers=bearer(scute_emulator))

        assert answer.json()["user"] == answer.json()["scute"]

    def test_he_is_no_staff(self, scute_emulator: Emulator, client: Client) -> None:
        assert client.get("/staff", headers=bearer(scute_emulator)).status_code == 403


class TestWithUsersOfTheProject:
    @pytest.fixture(autouse=True)
    def users(self, site: None) -> Iterator[None]:
        with django_project(HERE, SCUTE_BACKEND):
            yield

    def test_it_is_the_projects_user(self, scute_emulator: Emulator, client: Client) -> None:
        session = scute_emulator.create_session(ANA)
        user = Users.objects.create_user("ana", is_staff=True)
        ScuteAccount.objects.create(scute_id=session["user_id"], user=user)

        for url in ("/me", "/staff"):
            answer = client.get(url, headers={"x-authorization": session["access"]})
            assert answer.json() == {"user": str(user.pk), "scute": session["user_id"]}

    async def test_under_asgi_too(self, scute_emulator: Emulator) -> None:
        session = scute_emulator.create_session(ANA)
        user = await Users.objects.acreate_user("ana")
        link = sync_to_async(ScuteAccount.objects.create)
        await link(scute_id=session["user_id"], user=user)

        headers = {"x-authorization": session["access"]}
        answer = await AsyncClient().get("/me", headers=headers)

        assert answer.json()["user"] == str(user.pk)

    def test_who_never_signed_in_here_is_refused(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        answer = client.get("/open", headers=bearer(scute_emulator))

        assert answer.status_code == 403
        assert Users.objects.count() == 0

    def test_an_inactive_user_is_refused(self, scute_emulator: Emulator, client: Client) -> None:
        session = scute_emulator.create_session(ANA)
        user = Users.objects.create_user("ana", is_active=False)
        ScuteAccount.objects.create(scute_id=session["user_id"], user=user)

        answer = client.get("/me", headers={"x-authorization": session["access"]})

        assert answer.status_code == 403

    def test_another_way_may_be_tried_where_no_token_came(self, client: Client) -> None:
        Users.objects.create_user("bob", password="secret")

        answer = client.get("/either", headers={"authorization": "Basic Ym9iOnNlY3JldA=="})

        assert answer.json() == {"user": "bob"}


class TestRefusals:
    def test_nobody_is_told_how_to_come_in(self, client: Client) -> None:
        answer = client.get("/me")

        assert answer.status_code == 401
        assert answer["www-authenticate"] == "Bearer"
        assert answer["content-type"] == "application/problem+json"
        assert answer.json()["reason"] == "missing"

    def test_a_bad_token_is_told_why(self, scute_emulator: Emulator, client: Client) -> None:
        answer = client.get("/me", headers=bearer(scute_emulator, access_lifetime=-3600))

        assert (answer.status_code, answer.json()["reason"]) == (401, "expired")
        assert 'error="invalid_token"' in answer["www-authenticate"]

    def test_an_open_view_stays_open(self, scute_emulator: Emulator, client: Client) -> None:
        for headers in ({}, bearer(scute_emulator, access_lifetime=-3600)):
            assert client.get("/open", headers=headers).json() == {"signed_in": False}

    def test_a_person_is_sent_to_sign_in(self, client: Client) -> None:
        answer = client.get("/me", headers={"accept": "text/html"})

        assert answer.status_code == 303
        assert answer["location"] == "/auth/sign-in?next=/me"

    def test_another_site_may_not_post(self, scute_emulator: Emulator, client: Client) -> None:
        give_session(scute_emulator, client, ANA)
        elsewhere = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}

        refused = client.post("/me", headers=elsewhere)
        own = client.post("/me", headers={"sec-fetch-site": "same-origin"})
        token = Client().post("/me", headers=elsewhere | bearer(scute_emulator))

        assert (refused.status_code, refused.json()["reason"]) == (403, "csrf")
        assert (own.status_code, token.status_code) == (200, 200)

    def test_an_outage_is_no_refusal(self, scute_emulator: Emulator, client: Client) -> None:
        give_session(scute_emulator, client, ANA, access_lifetime=-3600)
        scute_emulator.fault("", status=503)

        answer = client.get("/me")

        assert answer.status_code == 503
        assert answer["retry-after"]
        assert not answer.cookies

    def test_a_view_that_wants_more_of_who_is_signed_in(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        answer = client.get("/moody", headers=bearer(scute_emulator))

        assert (answer.status_code, answer["www-authenticate"]) == (401, "Bearer")

    @override_settings(REST_FRAMEWORK={"EXCEPTION_HANDLER": f"{HERE}.own_handler"})
    def test_an_exception_handler_of_the_apps_own_wins(
        self, scute_emulator: Emulator, client: Client
    ) -> None:
        refused = client.get("/me")
        give_session(scute_emulator, client, ANA, access_lifetime=-3600)
        scute_emulator.fault("", status=503)
        outage = client.get("/me")

        assert (refused.status_code, refused.json()) == (401, {"own": "NotAuthenticated"})
        assert refused["www-authenticate"] == "Bearer"
        assert outage.status_code == 503

    def test_without_the_middleware_nobody_is_let_in(self, client: Client) -> None:
        with override_settings(MIDDLEWARE=[]), pytest.raises(ConfigError, match="MIDDLEWARE"):
            client.get("/open")


def test_the_document_shows_both_ways_in() -> None:
    with django_project(HERE, SCUTE={"APP_ID": "app_demo"}):
        generator: Any = SchemaGenerator
        document = generator(patterns=urlpatterns[1:2]).get_schema(public=True)

    assert document["components"]["securitySchemes"] == {
        "ScuteToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "A Scute access token.",
        },
        "ScuteCookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-scute-access__app_demo",
            "description": (
                "A signed-in browser's session; on plain http its name lacks the prefix."
            ),
        },
    }
    assert document["paths"]["/me"]["get"] == {
        "operationId": "me_retrieve",
        "description": "Who am I?",
        "tags": ["me"],
        "security": [{"ScuteToken": []}, {"ScuteCookie": []}],
        "responses": {"200": {"description": "No response body"}},
    }
