"""What Starlette's adapter adds to the conformance suite."""

import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.authentication import UnauthenticatedUser
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route, Router, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from scute_auth import ConfigError, NotSignedIn, ScuteUnavailable
from scute_auth.http import Reply, ResponseChanges, SetCookie
from scute_emulator import Emulator
from scute_starlette import (
    ScuteAuth,
    auth_routes,
    current_profile,
    current_user,
    require_user,
    to_response,
)
from tests.integrations.support import EMAIL, bearer, expired_cookies, scute_of

PROBLEM = "application/problem+json"


def client_of(emulator: Emulator, *routes: BaseRoute, **options: Any) -> TestClient:
    settings = options.pop("settings", {})
    inner = options.pop("inner", [])
    auth = Middleware(ScuteAuth, scute=scute_of(emulator, **settings))
    app = Starlette(routes=[*routes, *auth_routes()], middleware=[auth, *inner], **options)
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


async def says_who(request: Request) -> Response:
    return JSONResponse({"who": request.user.display_name, "scopes": request.auth.scopes})


async def demands(request: Request) -> Response:
    return PlainTextResponse(current_user().id)


class TestTheUser:
    def test_a_stranger_is_starlettes_own(self, emulator: Emulator) -> None:
        async def who(request: Request) -> Response:
            return JSONResponse(isinstance(request.user, UnauthenticatedUser))

        client = client_of(emulator, Route("/is", who), Route("/who", says_who))

        assert client.get("/is").json() is True
        assert client.get("/who").json() == {"who": "", "scopes": []}

    def test_the_signed_in_user_is_in_the_request(self, emulator: Emulator) -> None:
        client = client_of(emulator, Route("/who", says_who))
        session = emulator.create_session(EMAIL)

        answer = client.get("/who", headers={"X-Authorization": session["access"]})

        assert answer.json() == {"who": session["user_id"], "scopes": ["authenticated"]}

    def test_the_profile_has_the_address(self, emulator: Emulator) -> None:
        async def address(request: Request) -> Response:
            return PlainTextResponse((await current_profile(request)).email)

        client = client_of(emulator, Route("/address", address))

        assert client.get("/address", headers=bearer(emulator)).text == EMAIL
        assert client.get("/address").status_code == 401

    def test_the_profile_of_an_ended_session_is_refused(self, emulator: Emulator) -> None:
        async def address(request: Request) -> Response:
            return PlainTextResponse((await current_profile(request)).email)

        client = client_of(emulator, Route("/address", address))
        emulator.fault("/current_user", status=401)

        answer = client.get("/address", headers=bearer(emulator))

        assert (answer.status_code, answer.json()["reason"]) == (401, "revoked")

    def test_the_profile_in_an_outage_can_be_done_without(self, emulator: Emulator) -> None:
        async def address(request: Request) -> Response:
            if "strict" in request.query_params:
                await current_profile(request)
            try:
                await current_profile(request)
            except ScuteUnavailable:
                return PlainTextResponse("later")
            raise AssertionError

        client = client_of(emulator, Route("/address", address))
        headers = bearer(emulator)
        emulator.fault("/current_user", status=503)

        assert client.get("/address", headers=headers).text == "later"
        strict = client.get("/address?strict", headers=headers)
        assert strict.status_code == 503
        assert strict.headers["retry-after"]


class TestRequireUser:
    def test_a_plain_function_runs_in_a_thread(self, emulator: Emulator) -> None:
        threads: list[threading.Thread] = []

        @require_user
        def view(request: Request) -> Response:
            threads.append(threading.current_thread())
            return PlainTextResponse(current_user().id)

        @require_user
        async def async_view(request: Request) -> Response:
            threads.append(threading.current_thread())
            return PlainTextResponse(current_user().id)

        client = client_of(emulator, Route("/plain", view), Route("/async", async_view))
        headers = bearer(emulator)

        assert client.get("/plain").status_code == 401
        with client:
            assert client.get("/plain", headers=headers).status_code == 200
            assert client.get("/async", headers=headers).status_code == 200
        assert len(threads) == 2
        assert threads[0] is not threads[1]

    def test_methods_of_an_endpoint_are_protected(self, emulator: Emulator) -> None:
        class Notes(HTTPEndpoint):
            async def get(self, request: Request) -> Response:
                return PlainTextResponse("all")

            @require_user
            async def post(self, request: Request) -> Response:
                return PlainTextResponse(request.user.id)

        client = client_of(emulator, Route("/notes", Notes))

        assert client.get("/notes").text == "all"
        assert client.post("/notes").status_code == 401
        assert client.post("/notes", headers=bearer(emulator)).status_code == 200

    def test_a_websocket_is_refused_before_it_is_accepted(self, emulator: Emulator) -> None:
        events: list[str] = []

        class Chat(WebSocketEndpoint):
            @require_user
            async def on_connect(self, websocket: WebSocket) -> None:
                events.append("connected")
                await websocket.accept()

            async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
                events.append("disconnected")

        client = client_of(emulator, WebSocketRoute("/chat", Chat))

        with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect("/chat"):
            pass
        assert denied.value.status_code == 401
        assert denied.value.headers["content-type"] == PROBLEM
        assert events == []
        with client.websocket_connect("/chat", headers=bearer(emulator)):
            pass
        assert events == ["connected", "disconnected"]

    def test_a_websocket_that_was_accepted_is_closed(self, emulator: Emulator) -> None:
        class Chat(WebSocketEndpoint):
            @require_user
            async def on_receive(self, websocket: WebSocket, data: str) -> None:
                raise AssertionError("entered")

        client = client_of(emulator, WebSocketRoute("/chat", Chat))

        with client.websocket_connect("/chat") as websocket:
            websocket.send_bytes(b"hello")
            with pytest.raises(WebSocketDisconnect) as closed:
                websocket.receive_text()
        assert closed.value.code == 1008

    @pytest.mark.parametrize(
        ("demand", "session", "status", "reason"),
        [
            ({"impersonated": False}, {"imp": {"sub": "support"}}, 403, "forbidden"),
            ({"impersonated": False}, {}, 200, None),
            ({"step_up": 300}, {}, 401, "step_up_required"),
            ({"check": "remote"}, {}, 200, None),
        ],
    )
    def test_a_demand_beside_the_user(
        self,
        emulator: Emulator,
        demand: dict[str, Any],
        session: dict[str, Any],
        status: int,
        reason: str | None,
    ) -> None:
        view = require_user(**demand)(says_who)
        client = client_of(emulator, Route("/view", view))

        answer = client.get("/view", headers=bearer(emulator, **session))

        assert answer.status_code == status
        assert answer.json().get("reason") == reason

    def test_an_ended_session_loses_its_cookies_under_an_own_handler_too(
        self, emulator: Emulator
    ) -> None:
        def handler(request: Request, error: Exception) -> Response:
            assert isinstance(error, HTTPException)
            return PlainTextResponse("mine", error.status_code, headers=error.headers)

        view = require_user(check="remote")(says_who)
        client = client_of(
            emulator, Route("/view", view), exception_handlers={HTTPException: handler}
        )
        session = emulator.create_session(EMAIL)
        emulator.fault("/current_user", status=401)

        headers = {"Cookie": f"scute-access__app_demo={session['access']}", "Host": "127.0.0.1"}
        answer = client.get("/view", headers=headers)

        assert (answer.status_code, answer.text) == (401, "mine")
        assert "scute-access__app_demo=;" in answer.headers["set-cookie"]

    def test_the_name_and_the_text_of_the_endpoint_stay(self) -> None:
        @require_user
        async def invoices(request: Request) -> Response:
            """Shows invoices."""
            return PlainTextResponse("invoices")

        assert (invoices.__name__, invoices.__doc__) == ("invoices", "Shows invoices.")


def takes_nothing() -> None: ...


def takes_a_number(number: int) -> None: ...


def takes_more(request: Request, number: int) -> None: ...


def takes_by_name(*, request: Request) -> None: ...


def yields(request: Request) -> Any:
    yield b""


class TestMisuse:
    @pytest.mark.parametrize(
        "thing",
        [
            Route("/", says_who),
            HTTPEndpoint,
            PlainTextResponse("x"),
            takes_nothing,
            takes_a_number,
            takes_more,
            takes_by_name,
            yields,
        ],
    )
    @pytest.mark.parametrize("decorate", [require_user, require_user()], ids=["bare", "called"])
    def test_on_what_is_no_endpoint_it_fails_at_import(
        self, decorate: Callable[[Any], Any], thing: Any
    ) -> None:
        with pytest.raises(ConfigError, match="goes directly on an endpoint"):
            decorate(thing)

    @pytest.mark.parametrize("wrong", [{"step_up": 0}, {"check": "never"}, {"impersonated": "no"}])
    def test_an_impossible_demand_fails_at_import(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ConfigError, match="require_user"):
            require_user(**wrong)

    @pytest.mark.parametrize("demand", [demands, require_user(says_who)])
    def test_without_the_middleware_nobody_enters(self, demand: Callable[..., Any]) -> None:
        client = TestClient(Starlette(routes=[Route("/", demand)]))

        with pytest.raises(ConfigError, match=r"middleware|add_middleware"):
            client.get("/")

    async def test_called_without_a_request_nobody_enters(self) -> None:
        with pytest.raises(ConfigError, match="no Starlette request"):
            await require_user(says_who)("request")  # type: ignore[arg-type] # the misuse


class TestRefusals:
    def test_a_demand_in_a_mounted_app_gets_the_right_answer(self, emulator: Emulator) -> None:
        sub = Starlette(routes=[Route("/me", demands)])
        client = client_of(emulator, Mount("/sub", sub))

        refused = client.get("/sub/me")
        sent = client.get("/sub/me", headers={"Accept": "text/html"})

        assert (refused.status_code, refused.headers["content-type"]) == (401, PROBLEM)
        assert sent.headers["location"] == "/auth/sign-in?next=/sub/me"

    def test_without_starlettes_handlers_too(self, emulator: Emulator) -> None:
        view = require_user(step_up=300)(says_who)
        router = Router([Route("/me", demands), Route("/danger", view)])
        client = TestClient(ScuteAuth(router, scute=scute_of(emulator)))

        assert client.get("/me").json()["reason"] == "missing"
        step_up = client.get("/danger", headers=bearer(emulator))
        assert step_up.json()["reason"] == "step_up_required"

    def test_an_error_after_the_response_began_is_the_apps(self, emulator: Emulator) -> None:
        async def view(request: Request) -> Response:
            async def chunks() -> AsyncIterator[str]:
                yield "first"
                current_user()

            return StreamingResponse(chunks())

        client = TestClient(ScuteAuth(Router([Route("/", view)]), scute=scute_of(emulator)))

        with pytest.raises(NotSignedIn):
            client.get("/")

    @pytest.mark.parametrize("key", [HTTPException, 401, NotSignedIn])
    def test_the_apps_own_handler_wins(self, emulator: Emulator, key: Any) -> None:
        async def handler(request: Request, error: Exception) -> Response:
            assert isinstance(error, HTTPException)
            assert isinstance(error, NotSignedIn)
            content = {"mine": error.reason}
            return JSONResponse(content, error.status_code, headers=error.headers)

        client = client_of(emulator, Route("/me", demands), exception_handlers={key: handler})

        answer = client.get("/me")

        assert (answer.status_code, answer.json()) == (401, {"mine": "missing"})
        assert answer.headers["www-authenticate"] == "Bearer"
        assert not [name for name in answer.headers if name.startswith("x-scute")]

    def test_a_handler_that_streams_wins_too(self, emulator: Emulator) -> None:
        async def handler(request: Request, error: Exception) -> Response:
            assert isinstance(error, HTTPException)
            chunks = [b"Unauthorized", b" or not", b", said the app at some length"]
            return StreamingResponse(chunks, error.status_code, headers=error.headers)

        client = client_of(
            emulator, Route("/me", demands), exception_handlers={HTTPException: handler}
        )

        answer = client.get("/me")

        assert answer.text == "Unauthorized or not, said the app at some length"
        assert "x-scute-refusal" not in answer.headers

    def test_what_others_add_on_the_way_stays(self, emulator: Emulator) -> None:
        async def number(request: Request, call_next: RequestResponseEndpoint) -> Response:
            response = await call_next(request)
            response.headers["X-Request-Id"] = "7"
            return response

        inner = [
            Middleware(CORSMiddleware, allow_origins=["https://other.example"]),
            Middleware(BaseHTTPMiddleware, dispatch=number),
        ]
        client = client_of(emulator, Route("/me", demands), inner=inner)

        answer = client.get("/me", headers={"Origin": "https://other.example"})

        assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)
        assert answer.headers["access-control-allow-origin"] == "https://other.example"
        assert answer.headers["x-request-id"] == "7"
        assert len(answer.headers.get_list("cache-control")) == 1

    def test_a_marked_response_of_somebody_else_is_left_alone(self, emulator: Emulator) -> None:
        async def view(request: Request) -> Response:
            return PlainTextResponse("mine", headers={"X-Scute-Refusal": "0"})

        client = client_of(emulator, Route("/", view))

        assert client.get("/").text == "mine"

    def test_a_reply_becomes_a_response(self) -> None:
        cookie = SetCookie("a", "b", 5, secure=True)
        reply = Reply(418, (("x-a", "b"),), b"tea", changes=ResponseChanges((cookie,)))

        response = to_response(reply)

        assert (response.status_code, response.body) == (418, b"tea")
        assert response.headers["x-a"] == "b"
        assert response.headers["set-cookie"] == cookie.header()


class TestBoom:
    @staticmethod
    async def boom(request: Request) -> Response:
        raise RuntimeError("boom")

    @pytest.mark.parametrize("key", [500, Exception])
    def test_the_apps_own_error_page_carries_the_cookies(
        self, emulator: Emulator, key: Any
    ) -> None:
        def handler(request: Request, error: Exception) -> Response:
            return PlainTextResponse("my own page", 500)

        client = client_of(emulator, Route("/boom", self.boom), exception_handlers={key: handler})

        answer = client.get("/boom", headers=expired_cookies(emulator))

        assert (answer.status_code, answer.text) == (500, "my own page")
        assert "scute-access__app_demo=ey" in answer.headers["set-cookie"]

    def test_the_debug_page_carries_them_too(self, emulator: Emulator) -> None:
        client = client_of(emulator, Route("/boom", self.boom), debug=True)

        answer = client.get("/boom", headers=expired_cookies(emulator))

        assert "RuntimeError: boom" in answer.text
        assert "set-cookie" in answer.headers

    def test_around_an_app_the_middleware_answers_itself(self, emulator: Emulator) -> None:
        router = Router([Route("/boom", self.boom)])
        app = ScuteAuth(router, scute=scute_of(emulator))
        client = TestClient(app, raise_server_exceptions=False)

        answer = client.get("/boom", headers=expired_cookies(emulator))

        assert answer.status_code == 500
        assert "set-cookie" in answer.headers


class TestRoutes:
    def test_they_have_names(self, emulator: Emulator) -> None:
        async def links(request: Request) -> Response:
            oauth = request.app.url_path_for("scute:oauth", provider="google")
            return JSONResponse([request.app.url_path_for("scute:sign_in"), oauth])

        client = client_of(emulator, Route("/links", links))

        assert client.get("/links").json() == ["/auth/sign-in", "/auth/oauth/google"]

    def test_what_is_no_route_of_ours_is_answered_by_the_core(self, emulator: Emulator) -> None:
        client = client_of(emulator)

        assert client.get("/auth/nowhere").json()["reason"] == "not_found"
        assert client.delete("/auth/sign-in").headers["allow"] == "GET"

    def test_the_prefix_comes_from_the_environment(
        self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SCUTE_AUTH_PREFIX", "/account")
        client = client_of(emulator, settings={"auth_prefix": "/account"})

        with client:
            assert client.get("/account/session").json()["user_id"] is None

    def test_another_prefix_than_the_settings_stops_the_start(self, emulator: Emulator) -> None:
        client = client_of(emulator, settings={"auth_prefix": "/account"})

        with pytest.raises(ConfigError, match="auth_prefix is '/account'"), client:
            pass

    def test_another_prefix_is_refused_without_a_start_too(self, emulator: Emulator) -> None:
        client = client_of(emulator, settings={"auth_prefix": "/account"})
        client = TestClient(client.app)

        with pytest.raises(ConfigError, match="SCUTE_AUTH_PREFIX"):
            client.get("/auth/session")

    def test_an_app_may_do_without_them(self, emulator: Emulator) -> None:
        app = Starlette(routes=[Route("/me", demands)])
        app.add_middleware(ScuteAuth, scute=scute_of(emulator))

        with TestClient(app) as client:
            assert client.get("/me", headers=bearer(emulator)).status_code == 200
