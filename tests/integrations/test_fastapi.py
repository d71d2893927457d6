"""What FastAPI's adapter adds to the conformance suite."""

from collections.abc import Callable
from typing import Annotated, Any, cast

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, WebSocket
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse

import scute_auth
import scute_starlette
from scute_auth import Claims, ConfigError, NotSignedIn, Profile, ScuteUnavailable, User
from scute_emulator import Emulator
from scute_fastapi import (
    CurrentUser,
    ScuteAuth,
    auth_router,
    current_profile,
    current_user,
    describe,
    optional_user,
    require_user,
)
from tests.integrations.support import EMAIL, bearer, config_of, expired_cookies, scute_of

PROBLEM = "application/problem+json"
AppMaker = Callable[..., FastAPI]


@pytest.fixture
def app(emulator: Emulator) -> FastAPI:
    app = FastAPI()
    app.add_middleware(ScuteAuth, scute=scute_of(emulator))
    app.include_router(auth_router())
    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


async def me(user: CurrentUser) -> dict[str, str]:
    return {"user_id": user.id}


class TestDependencies:
    def test_the_profile_has_the_address(
        self, app: FastAPI, client: TestClient, emulator: Emulator
    ) -> None:
        @app.get("/address")
        async def address(profile: Annotated[Profile, Depends(current_profile)]) -> str | None:
            return profile.email

        assert client.get("/address", headers=bearer(emulator)).json() == EMAIL
        assert client.get("/address").json()["reason"] == "missing"

    @pytest.mark.parametrize(("status", "answer"), [(401, 401), (503, 503)])
    def test_a_profile_that_cannot_be_had_gets_the_right_answer(
        self, app: FastAPI, client: TestClient, emulator: Emulator, status: int, answer: int
    ) -> None:
        @app.get("/address", dependencies=[Depends(current_profile)])
        async def address() -> None:
            raise AssertionError("entered")

        headers = bearer(emulator)
        emulator.fault("/current_user", status=status)

        assert client.get("/address", headers=headers).status_code == answer

    def test_a_websocket_route_depends_on_the_same(
        self, app: FastAPI, client: TestClient, emulator: Emulator
    ) -> None:
        @app.websocket("/ws")
        async def who(
            websocket: WebSocket, user: Annotated[User, Depends(require_user(impersonated=False))]
        ) -> None:
            await websocket.accept()
            await websocket.send_json(user.id)

        with client.websocket_connect("/ws", headers=bearer(emulator)) as websocket:
            assert websocket.receive_json()
        with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect("/ws"):
            pass
        assert denied.value.headers["content-type"] == PROBLEM

    def test_the_cores_own_functions_work_as_dependencies(
        self, app: FastAPI, client: TestClient, emulator: Emulator
    ) -> None:
        @app.get("/me")
        def plain(user: Annotated[User, Depends(scute_auth.current_user)]) -> str:
            return user.id

        assert client.get("/me").json()["reason"] == "missing"
        assert client.get("/me", headers=bearer(emulator)).status_code == 200

    def test_dependencies_can_be_overridden(self, app: FastAPI, client: TestClient) -> None:
        claims = Claims(user_id="u1", app_id="app_demo", expires_at=0.0)
        app.get("/me")(me)
        app.dependency_overrides[current_user] = lambda: User("u1", claims)

        assert client.get("/me").json() == {"user_id": "u1"}

    def test_one_instance_has_one_hash(self) -> None:
        demanding = require_user(step_up=300)

        assert {demanding: 1}[demanding] == 1
        assert demanding is not require_user(step_up=300)

    @pytest.mark.parametrize(
        ("demand", "session", "status"),
        [
            ({}, {}, 200),
            ({"step_up": 300}, {}, 401),
            ({"check": "remote"}, {}, 200),
            ({"impersonated": False}, {"imp": {"sub": "support"}}, 403),
        ],
    )
    def test_a_demand_beside_the_user(
        self,
        app: FastAPI,
        client: TestClient,
        emulator: Emulator,
        demand: dict[str, Any],
        session: dict[str, Any],
        status: int,
    ) -> None:
        app.get("/me", dependencies=[Depends(require_user(**demand))])(me)

        answer = client.get("/me", headers=bearer(emulator, **session))

        assert answer.status_code == status

    def test_a_router_may_demand_a_user_for_all_of_its_routes(
        self, app: FastAPI, client: TestClient
    ) -> None:
        router = APIRouter(prefix="/admin", dependencies=[Depends(require_user())])

        @router.get("/all")
        async def everything() -> str:
            raise AssertionError("entered")

        app.include_router(router)

        assert client.get("/admin/all").status_code == 401


class TestMisuse:
    def test_a_factory_taken_for_a_dependency_fails_when_the_route_is_defined(
        self, app: FastAPI
    ) -> None:
        with pytest.raises(ConfigError, match=r"write Depends\(require_user\(\)\)"):

            @app.get("/me")
            async def view(user: Annotated[User, Depends(require_user)]) -> None: ...

    def test_so_it_does_on_a_route_and_on_a_router(self, app: FastAPI) -> None:
        with pytest.raises(ConfigError, match="lacks parentheses"):
            app.get("/me", dependencies=[Depends(require_user)])(me)
        router = APIRouter(dependencies=[Depends(require_user)])
        with pytest.raises(ConfigError, match="lacks parentheses"):
            router.get("/me")(me)

    def test_a_bare_factory_as_a_decorator_fails_at_import(self, app: FastAPI) -> None:
        decorate: Any = require_user
        with pytest.raises(ConfigError, match="no decorator"):
            decorate(app.get("/me")(me))

    @pytest.mark.parametrize(
        "dependency",
        [require_user(), require_user(step_up=300), current_user, optional_user, current_profile],
        ids=["called", "with a demand", "current_user", "optional_user", "current_profile"],
    )
    def test_a_dependency_as_a_decorator_fails_at_import(
        self, app: FastAPI, dependency: Any
    ) -> None:
        with pytest.raises(ConfigError, match="no decorator"):
            dependency(app.get("/above")(me))
        with pytest.raises(ConfigError, match="no decorator"):
            app.get("/below")(dependency(me))

    @pytest.mark.parametrize(
        "default",
        [current_user, optional_user, current_profile, require_user(), require_user(step_up=300)],
        ids=["current_user", "optional_user", "current_profile", "called", "with a demand"],
    )
    def test_a_dependency_as_a_parameters_default_never_enters_the_view(
        self, app: FastAPI, emulator: Emulator, default: Any
    ) -> None:
        """`user=current_user` lacks `Depends`: FastAPI would hand the object itself over."""

        @app.get("/default")
        async def view(user: Any = default) -> str:
            raise AssertionError("entered")

        with pytest.raises(ConfigError, match=r"write `= Depends\(current_user\)`"):
            TestClient(app).get("/default", headers=bearer(emulator))

    async def test_a_dependency_that_nobody_would_await_refuses(self) -> None:
        from anyio.to_thread import run_sync

        request = Request({"type": "http"})

        with pytest.raises(RuntimeError, match="no running event loop"):
            await run_sync(cast("Callable[..., object]", current_user), request)

    @pytest.mark.parametrize("dependency", [current_user, optional_user, current_profile])
    def test_without_the_middleware_nobody_enters(self, dependency: Any) -> None:
        app = FastAPI()

        @app.get("/", dependencies=[Depends(dependency)])
        async def view() -> None:
            raise AssertionError("entered")

        with pytest.raises(ConfigError, match=r"add_middleware\(ScuteAuth\)"):
            TestClient(app).get("/")

    @pytest.mark.parametrize("prefix", ["/account", "/auth/more"])
    def test_another_prefix_than_the_settings_stops_the_start(
        self, emulator: Emulator, prefix: str
    ) -> None:
        app = FastAPI()
        app.add_middleware(ScuteAuth, scute=scute_of(emulator))
        app.include_router(auth_router(prefix=prefix))

        with pytest.raises(ConfigError, match="auth_prefix"), TestClient(app):
            pass

    def test_a_prefix_for_the_router_alone_stops_the_start(self, emulator: Emulator) -> None:
        app = FastAPI()
        app.add_middleware(ScuteAuth, scute=scute_of(emulator))
        app.include_router(auth_router(), prefix="/api")

        with pytest.raises(ConfigError, match="/api/auth/sign-in"), TestClient(app):
            pass


class TestTheSameAppTwice:
    """R01: a mounted app of the same settings brings its own `ScuteAuth` along."""

    def mounted(self, emulator: Emulator, **inner: Any) -> TestClient:
        def behind(sub: FastAPI | None, **settings: Any) -> FastAPI:
            app = FastAPI()
            app.get("/me")(me)
            if sub is not None:
                app.mount("/sub", sub)
            app.add_middleware(ScuteAuth, scute=scute_of(emulator, **settings))
            return app

        return TestClient(behind(behind(None, **inner)), raise_server_exceptions=False)

    def test_a_mounted_one_makes_one_refresh_and_one_verdict(self, emulator: Emulator) -> None:
        emulator.settings(rotate_refresh=True, reuse_revokes=True)
        client = self.mounted(emulator)

        answer = client.get("/sub/me", headers=expired_cookies(emulator))

        assert answer.status_code == 200
        cookies = [line.partition("=")[0] for line in answer.headers.get_list("set-cookie")]
        assert sorted(cookies) == ["scute-access__app_demo", "scute-refresh__app_demo"]
        refreshes = [call for call in emulator.calls() if call.path.endswith("/tokens/refresh")]
        assert [(call.status, call.count) for call in refreshes] == [(200, 1)]

    def test_one_of_other_settings_judges_for_itself(self, emulator: Emulator) -> None:
        client = self.mounted(emulator, token_headers=("x-token",))
        headers = bearer(emulator)

        assert client.get("/me", headers=headers).status_code == 200
        assert client.get("/sub/me", headers=headers).status_code == 401
        token = {"X-Token": headers["Authorization"]}
        assert client.get("/sub/me", headers=token).status_code == 200

    def test_siblings_at_the_same_time_make_one_refresh(self, emulator: Emulator) -> None:
        emulator.settings(rotate_refresh=True, reuse_revokes=True)
        parent = FastAPI()
        for path in ("/a", "/b"):
            child = FastAPI()
            child.get("/me")(me)
            child.add_middleware(ScuteAuth, scute=scute_of(emulator))
            parent.mount(path, child)
        headers = expired_cookies(emulator)

        answers = [TestClient(parent).get(f"{path}/me", headers=headers) for path in ("/a", "/b")]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert len({tuple(answer.headers.get_list("set-cookie")) for answer in answers}) == 1
        refreshes = [call for call in emulator.calls() if call.path.endswith("/tokens/refresh")]
        assert [(call.status, call.count) for call in refreshes] == [(200, 1)]


class TestRefusals:
    def test_they_work_in_a_mounted_app(self, app: FastAPI, client: TestClient) -> None:
        sub = FastAPI()
        sub.get("/me")(me)
        app.mount("/sub", sub)

        refused = client.get("/sub/me")
        sent = client.get("/sub/me", headers={"Accept": "text/html"})

        assert (refused.status_code, refused.headers["content-type"]) == (401, PROBLEM)
        assert sent.headers["location"] == "/auth/sign-in?next=/sub/me"

    def test_they_work_under_starlettes_middleware_too(self, emulator: Emulator) -> None:
        app = FastAPI()
        app.get("/me")(me)
        app.add_middleware(scute_starlette.ScuteAuth, scute=scute_of(emulator))

        answer = TestClient(app).get("/me")

        assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)

    def test_the_apps_own_handler_wins(self, app: FastAPI, client: TestClient) -> None:
        @app.exception_handler(HTTPException)
        async def mine(request: Request, error: HTTPException) -> JSONResponse:
            assert isinstance(error, NotSignedIn)
            return JSONResponse({"mine": error.reason}, 418, headers=error.headers)

        app.get("/me")(me)

        answer = client.get("/me")

        assert (answer.status_code, answer.json()) == (418, {"mine": "missing"})
        assert "x-scute-refusal" not in answer.headers
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_a_demands_refusal_is_fastapis_exception_too(
        self, app: FastAPI, client: TestClient, emulator: Emulator
    ) -> None:
        @app.exception_handler(HTTPException)
        async def mine(request: Request, error: HTTPException) -> JSONResponse:
            return JSONResponse("mine", error.status_code)

        app.get("/me", dependencies=[Depends(require_user(step_up=300))])(me)

        answer = client.get("/me", headers=bearer(emulator))

        assert (answer.status_code, answer.json()) == (401, "mine")

    def test_an_outage_is_one_that_a_view_can_catch(
        self, app: FastAPI, client: TestClient, emulator: Emulator
    ) -> None:
        @app.get("/")
        async def view(request: Request) -> str:
            try:
                await current_profile(request)
            except ScuteUnavailable:
                return "later"
            raise AssertionError

        headers = bearer(emulator)
        emulator.fault("/current_user", status=503)

        assert client.get("/", headers=headers).json() == "later"


class TestOpenApi:
    def test_a_token_and_a_cookie_both_sign_in(self, app: FastAPI, client: TestClient) -> None:
        app.get("/me")(me)
        app.get("/open")(lambda: None)

        document = client.get("/openapi.json").json()

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
        security: list[dict[str, list[str]]] = [{"ScuteToken": []}, {"ScuteCookie": []}]
        assert document["paths"]["/me"]["get"]["security"] == security
        assert "parameters" not in document["paths"]["/me"]["get"]
        assert "security" not in document["paths"]["/open"]["get"]
        assert list(document["paths"]) == ["/me", "/open"]

    def test_it_is_so_after_a_start_and_each_time(self, app: FastAPI) -> None:
        app.get("/me")(me)

        with TestClient(app):
            first = app.openapi()
            security: list[Any] = list(first["paths"]["/me"]["get"]["security"])
            again = app.openapi()

        assert security == [{"ScuteToken": []}, {"ScuteCookie": []}]
        assert again["paths"]["/me"]["get"]["security"] == security

    def test_a_script_may_describe_an_app_that_never_starts(
        self, app: FastAPI, emulator: Emulator
    ) -> None:
        app.get("/me")(me)
        for _ in range(2):
            describe(app, config_of(emulator))

        schemes = app.openapi()["components"]["securitySchemes"]

        assert list(schemes) == ["ScuteToken", "ScuteCookie"]

    def test_a_document_of_the_apps_own_stays(self, app: FastAPI) -> None:
        app.openapi = lambda: {"openapi": "3.1.0"}  # type: ignore[method-assign] # FastAPI's way

        with TestClient(app) as client:
            assert client.get("/openapi.json").json() == {"openapi": "3.1.0"}

    def test_around_an_app_there_is_nothing_to_describe(self, emulator: Emulator) -> None:
        app = FastAPI()
        app.get("/me")(me)
        wrapped = ScuteAuth(app, scute=scute_of(emulator))

        with TestClient(wrapped) as client:
            assert client.get("/me", headers=bearer(emulator)).status_code == 200
            document = client.get("/openapi.json").json()

        assert list(document["components"]["securitySchemes"]) == ["ScuteToken"]
