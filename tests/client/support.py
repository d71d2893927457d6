"""What the client's tests share: settings, and a transport that answers what it is told."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scute_auth.config import ScuteConfig
from scute_auth.effects import HttpCall, HttpOutcome, HttpReply

__all__ = ["CONFIG", "Scripted", "json_reply"]

CONFIG = ScuteConfig(
    "app_demo",
    secret="scapp_secret",
    workspace_id="ws_1",
    workspace_secret="scwor_secret",
)


def json_reply(value: object, status: int = 200, **headers: str) -> HttpReply:
    lines = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return HttpReply(status, lines, json.dumps(value).encode())


@dataclass
class Scripted:
    """A transport of both kinds that keeps the calls and gives one answer to each."""

    answer: Callable[[HttpCall], HttpOutcome]
    calls: list[HttpCall] = field(default_factory=list[Any])

    def send(self, call: HttpCall) -> HttpOutcome:
        self.calls.append(call)
        return self.answer(call)

    async def asend(self, call: HttpCall) -> HttpOutcome:
        return self.send(call)
