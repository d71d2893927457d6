"""A client for the emulator in memory, and a clock that tests move."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlencode, urlsplit

from scute_auth.effects import HttpCall, HttpReply
from scute_emulator import Emulator

Answer: TypeAlias = tuple[int, Any]
"""A status and what its body says."""


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Api:
    """Calls the API as the app `app_demo`; `A` in a path stands for `/v1/auth/app_demo`."""

    emulator: Emulator

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: dict[str, str] | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        **more_headers: str,
    ) -> HttpReply:
        if path.startswith("A/"):
            path = f"/v1/auth/app_demo/{path[2:]}"
        url = f"http://127.0.0.1:9000{path}" + (f"?{urlencode(query)}" if query else "")
        every = {**headers, **more_headers}.items()
        lines = tuple((name.replace("_", "-"), value) for name, value in every)
        data = None if body is None else json.dumps(body).encode()
        outcome = self.emulator.transport.send(HttpCall(method, url, lines, data))
        assert isinstance(outcome, HttpReply), outcome
        return outcome

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: dict[str, str] | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        **more_headers: str,
    ) -> Answer:
        reply = self.send(method, path, body, query=query, headers=headers, **more_headers)
        return reply.status, json.loads(reply.body or b"{}")

    @property
    def secret(self) -> str:
        return f"Bearer {self.emulator.state.apps.first.secret}"

    @property
    def workspace_secret(self) -> str:
        return f"Bearer {self.emulator.state.workspace_secret}"

    def link_for(self, email: str) -> str:
        """Ask for a magic link; the answer is the token in the mail."""
        status, _ = self("POST", "A/magic_links/login", {"identifier": email})
        assert status == 200
        return landed(self.emulator.messages(email)[0].link)["sct_magic"]


def landed(url: str | None) -> dict[str, str]:
    """The parameters with which someone lands at the app."""
    assert url is not None
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def header_of(token: str) -> dict[str, Any]:
    return _segment(token, 0)


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    return _segment(token, 1)


def _segment(token: str, index: int) -> dict[str, Any]:
    text = token.split(".")[index]
    parsed: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return parsed
