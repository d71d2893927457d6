"""What only raw ASGI shows of the base middleware."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from scute_asgi import ScuteAuth
from scute_asgi.types import Receive, Scope, Send
from scute_auth import current_user
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
