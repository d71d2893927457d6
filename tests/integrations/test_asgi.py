"""What only raw ASGI shows of the base middleware."""

from collections.abc import MutableMapping
from typing import Any

import httpx2
import pytest

from scute_asgi import ScuteAuth, current_profile
from scute_asgi.types import Receive, Scope, Send
from scute_auth import NotSignedIn, current_user, optional_user
from scute_auth.cookies import OF_SESSION
from scute_emulator import Emulator
from tests.integrations.support import EMAIL, bearer, scute_of, session_cookies

WEBSOCKET: dict[str, Any] = {"type": "websocket", "path": "/ws", "headers": [], "query_string": b""}


async def receive() -> MutableMapping[str, Any]:
    return {"type": "websocket.connect"}


@pytest.fixture
def sent() -> list[MutableMapping[str, Any]]:
    return []


async def test_other_protocols_pass_untouched(emulator: Emulator) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def send(message: MutableMapping[str, Any]) -> None:
        raise AssertionError(message)

    await ScuteAuth(app, scute=scute_of(emulator))({"type": "other"}, receive, send)

    assert seen == [{"type": "other"}]


async def test_a_server_that_cannot_answer_a_handshake_closes_it(
    emulator: Emulator, sent: list[MutableMapping[str, Any]]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        current_user()

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await ScuteAuth(app, scute=scute_of(emulator))(dict(WEBSOCKET), receive, send)

    assert [message["type"] for message in sent] == ["websocket.close"]
    assert sent[0]["code"] == 1008


async def test_a_handshake_that_the_framework_closes_for_a_refusal_says_why(
    emulator: Emulator, sent: list[MutableMapping[str, Any]]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(NotSignedIn):
            current_user()
        await send({"type": "websocket.close", "code": 4500, "reason": "Internal Server Error"})

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope: dict[str, Any] = WEBSOCKET | {"extensions": {"websocket.http.response": {}}}
    await ScuteAuth(app, scute=scute_of(emulator))(scope, receive, send)
    await ScuteAuth(app, scute=scute_of(emulator))(dict(WEBSOCKET), receive, send)

    kinds = [message["type"] for message in sent]
    assert kinds == [
        "websocket.http.response.start",
        "websocket.http.response.body",
        "websocket.close",
    ]
    assert sent[0]["status"] == 401
    assert sent[2]["code"] == 1008


async def test_a_socket_that_was_open_already_closes_as_the_app_says(
    emulator: Emulator, sent: list[MutableMapping[str, Any]]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        with pytest.raises(NotSignedIn):
            current_user()
        await send({"type": "websocket.close", "code": 4001})

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await ScuteAuth(app, scute=scute_of(emulator))(dict(WEBSOCKET), receive, send)

    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
    assert sent[1]["code"] == 4001


async def address(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that answers with the user's address."""
    profile = await current_profile()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": (profile.email or "").encode()})


def client_of(emulator: Emulator) -> httpx2.AsyncClient:
    app = ScuteAuth(address, scute=scute_of(emulator))
    transport = httpx2.ASGITransport(app)
    return httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


async def test_the_profile_is_there_for_a_user_and_nobody_else(emulator: Emulator) -> None:
    async with client_of(emulator) as client:
        known = await client.get("/", headers=bearer(emulator))
        stranger = await client.get("/")

    assert known.text == EMAIL
    assert (stranger.status_code, stranger.json()["reason"]) == (401, "missing")


async def test_the_profile_in_an_outage_is_no_refusal(emulator: Emulator) -> None:
    async with client_of(emulator) as client:
        emulator.fault("/current_user", status=503)
        answer = await client.get("/", headers=bearer(emulator))

    assert answer.status_code == 503
    assert answer.headers["retry-after"]


async def test_a_session_that_proves_to_be_over_takes_its_cookies_with_it(
    emulator: Emulator,
) -> None:
    cookies = session_cookies(emulator)
    emulator.fault("/current_user", status=401)

    async with client_of(emulator) as client:
        answer = await client.get("/", headers=cookies)

    assert (answer.status_code, answer.json()["reason"]) == (401, "revoked")
    assert all("Max-Age=0" in line for line in answer.headers.get_list("set-cookie"))
    assert len(answer.headers.get_list("set-cookie")) == len(OF_SESSION)


async def test_after_that_the_request_has_no_user_any_more(emulator: Emulator) -> None:
    seen: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(NotSignedIn):
            await current_profile()
        seen.append(optional_user())
        await current_profile()

    emulator.fault("/current_user", status=401)
    transport = httpx2.ASGITransport(ScuteAuth(app, scute=scute_of(emulator)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.get("/", headers=bearer(emulator))

    assert seen == [None]
    assert answer.status_code == 401
