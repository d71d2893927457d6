"""The site under test: a small app behind ScuteAuth, beside its own emulator, on real sockets."""

import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from scute_asgi import ScuteAuth
from scute_asgi.types import ASGIApp, Message, Receive, Scope, Send
from scute_auth import AsyncScute, ScuteConfig, current_user, optional_user
from scute_emulator import Emulator
from tests.browser.serving import html, listen, port_of, serve

__all__ = ["Seen", "Site", "site"]


@dataclass
class Clock:
    """The time of day, which can be moved forward."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def forward(self, seconds: float) -> None:
        self.ahead += seconds


@dataclass
class Seen:
    """A request that came in, and what became of it; `began` and `ended` by the same clock."""

    method: str
    path: str
    headers: dict[str, str] = field(repr=False)
    began: float
    ended: float = 0.0
    status: int = 0


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

    def link_to(self, address: str) -> str:
        """The link in the newest mail to an address."""
        link = self.emulator.messages(address)[0].link
        assert link is not None
        return link


@contextmanager
def site(host: str = "127.0.0.1", **settings: Any) -> Generator[Site, None, None]:
    """Serve app and emulator; `settings` go into the app's `ScuteConfig`."""
    listening = listen()
    origin = f"http://{host}:{port_of(listening)}"
    clock = Clock()
    emulator = Emulator(login_url=f"{origin}/auth/callback", clock=clock)
    app = emulator.state.apps.first
    with ExitStack() as stack:
        base_url = stack.enter_context(emulator.serve())
        config = ScuteConfig(
            app.id, secret=app.secret, base_url=base_url, emulator=True, **settings
        )
        scute = AsyncScute(config, clock=clock)
        seen: list[Seen] = []
        protected = ScuteAuth(_app, scute=scute)
        stack.enter_context(serve(_recording(protected, seen), listening))
        yield Site(origin, emulator, clock, seen)


def _recording(app: ASGIApp, seen: list[Seen]) -> ASGIApp:
    async def recording(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        request = Seen(scope["method"], scope["path"], headers, time.monotonic())
        seen.append(request)

        async def recorded(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.ended, request.status = time.monotonic(), message["status"]
            await send(message)

        await app(scope, receive, recorded)

    return recording


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["path"] == "/":
        await html(scope, receive, send, _home())
    elif scope["path"] == "/private":
        body = f"<title>Private</title><h1>Private</h1><p>For {current_user().id}</p>"
        await html(scope, receive, send, body)
    else:
        await html(scope, receive, send, "<title>Nothing here</title>", 404)


def _home() -> str:
    user = optional_user()
    if user is None:
        return "<title>Home</title><h1>Home</h1><p>Nobody</p><a href='/auth/sign-in'>Sign in</a>"
    form = "<form method=post action=/auth/sign-out><button>Sign out</button></form>"
    return f"<title>Home</title><h1>Home</h1><p>User {user.id}</p>{form}"
