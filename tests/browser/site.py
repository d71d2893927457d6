"""The site under test: a small app behind ScuteAuth, beside its own emulator, on real sockets."""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from socket import socket
from typing import Any, TypeAlias

import httpx2

from scute_auth import ScuteConfig
from scute_emulator import Emulator
from scute_emulator.people import known_user
from scute_emulator.state.mfa import MfaMethod
from scute_emulator.state.users import Identifier
from tests.browser.apps.django import with_django
from tests.browser.apps.fastapi import with_fastapi
from tests.browser.apps.flask import with_flask
from tests.browser.apps.setup import Setup
from tests.browser.recording import Seen
from tests.browser.serving import listen, port_of

__all__ = ["FRAMEWORKS", "Site", "site"]


@dataclass
class Clock:
    """The time of day, which can be moved forward."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def forward(self, seconds: float) -> None:
        self.ahead += seconds


@dataclass
class Site:
    origin: str
    emulator: Emulator
    clock: Clock
    seen: list[Seen]

    def to(self, path: str) -> list[Seen]:
        """The requests for a path that have been answered."""
        return [request for request in self.seen if request.path == path and request.status]

    def calls(self, end_of_path: str) -> int:
        """How often the emulator was called there."""
        counts = self.emulator.calls()
        return sum(call.count for call in counts if call.path.endswith(end_of_path))

    def is_live(self, access: str) -> bool:
        """Does Scute itself still take this session's token?"""
        url = f"{self.emulator.base_url}/v1/auth/{self.emulator.state.apps.first.id}/current_user"
        return httpx2.get(url, headers={"x-authorization": access}).status_code == 200

    def sessions(self, user_id: str) -> int:
        """How many sessions of a user live at Scute."""
        with self.emulator.host.lock:
            return len(self.emulator.state.sessions.of(user_id))

    def protect(self, address: str, *, phone: str | None = None) -> list[str]:
        """Give this user an authenticator app, maybe a phone too, and backup codes."""
        self.emulator.settings(mfa_policy="optional")
        self.emulator.enrol_totp(address)
        if phone is not None:
            self._enrol_phone(address, phone)
        return self.emulator.backup_codes(address)

    def _enrol_phone(self, address: str, phone: str) -> None:
        with self.emulator.host.lock:
            state = self.emulator.state
            user = known_user(state, state.apps.first, address)
            method = MfaMethod(
                id="phone",
                user_id=user.id,
                method="sms",
                name="Text message",
                created_at=state.clock(),
                recipient=Identifier("phone", phone),
            )
            state.mfa.add(method)
            state.mfa.verify(method)

    def invite(self, address: str) -> str:
        """A backend invites somebody; the link in the mail."""
        app = self.emulator.state.apps.first
        url = f"{self.emulator.base_url}/v1/{app.id}/users/invite"
        headers = {"authorization": f"Bearer {app.secret}"}
        httpx2.post(url, headers=headers, json={"identifier": address}).raise_for_status()
        return self.link_to(address)

    def link_to(self, address: str) -> str:
        """The link in the newest mail to an address."""
        link = self.emulator.messages(address)[0].link
        assert link is not None
        return link

    def code_to(self, address: str) -> str:
        """The code in the newest mail or text message to an address."""
        code = self.emulator.messages(address)[0].code
        assert code is not None
        return code


Serving: TypeAlias = Callable[[Setup, socket], AbstractContextManager[None]]

FRAMEWORKS: Mapping[str, Serving] = {
    "fastapi": with_fastapi,
    "flask": with_flask,
    "django": with_django,
}


@contextmanager
def site(
    host: str = "127.0.0.1", *, framework: str = "fastapi", **settings: Any
) -> Generator[Site, None, None]:
    """Serve app and emulator; `settings` go into the app's `ScuteConfig`."""
    listening = listen()
    origin = f"http://{host}:{port_of(listening)}"
    clock = Clock()
    emulator = Emulator(login_url=f"{origin}/auth/callback", clock=clock)
    app = emulator.state.apps.first
    seen: list[Seen] = []
    with ExitStack() as stack:
        base_url = stack.enter_context(emulator.serve())
        config = ScuteConfig(
            app.id, secret=app.secret, base_url=base_url, emulator=True, **settings
        )
        stack.enter_context(FRAMEWORKS[framework](Setup(config, clock, seen), listening))
        yield Site(origin, emulator, clock, seen)
