"""What only raw ASGI shows of the base middleware."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from scute_asgi import ScuteAuth
from scute_asgi.types import Receive, Scope, Send
from scute_auth import NotSignedIn, current_user
from scute_emulator import Emulator
from tests.integrations.support import scute_of

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
