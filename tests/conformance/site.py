"""An app behind Scute, the emulator that it talks to, and the people who use it.

A case gets a `Site` and never learns which framework serves it.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import pytest

from scute_auth import AsyncScute, Scute, ScuteConfig
from scute_auth.effects import HttpCall, HttpOutcome
from scute_auth.runtime import Hooks
from scute_auth.store import MemoryStore
from scute_emulator import Emulator
from scute_emulator.memory import MemoryTransport
from tests.conformance.browser import Browser, CookieJar
from tests.conformance.client import Client, Driver
from tests.conformance.matrix import NO_WEBSOCKET
from tests.conformance.secrets_watch import Secrets

T = TypeVar("T")

__all__ = ["NO_WEBSOCKET", "Clock", "Entry", "Gate", "Setup", "Site", "WatchedTransport"]

HOST = "app.test"


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Gate:
    """Holds up those who come to it, in threads and in tasks alike, until it is opened."""

    def __init__(self, *, is_open: bool) -> None:
        self._flag = threading.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self.visitors = 0
        if is_open:
            self._flag.set()

    def open(self) -> None:
        self._flag.set()
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    def close(self) -> None:
        self._flag.clear()

    async def visited(self, times: int) -> None:
        """Wait until so many have come."""
        async with asyncio.timeout(20.0):
            while self.visitors < times:  # noqa: ASYNC110 - those who come may be in threads
                await asyncio.sleep(0)

    def wait(self) -> None:
        """For blocking code."""
        self.visitors += 1
        assert self._flag.wait(20.0), "nobody opened the gate"

    async def await_open(self) -> None:
        self.visitors += 1
        if not self._flag.is_set():
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await asyncio.wait_for(future, 20.0)


@dataclass(frozen=True, slots=True)
class Entry:
    """A handler that ran, and for whom."""

    route: str
    user_id: str | None


class Transport(Protocol):
    """The way to Scute, for those who block and for those who await."""

    def send(self, call: HttpCall, /) -> HttpOutcome: ...

    async def asend(self, call: HttpCall, /) -> HttpOutcome: ...


@dataclass
class WatchedTransport:
    """The emulator's transport; whatever secrets pass through it are remembered."""

    transport: MemoryTransport
    secrets: Secrets = field(repr=False)

    def send(self, call: HttpCall) -> HttpOutcome:
        self.secrets.saw_call(call)
        return self.secrets.saw_outcome(self.transport.send(call))

    async def asend(self, call: HttpCall) -> HttpOutcome:
        self.secrets.saw_call(call)
        return self.secrets.saw_outcome(await self.transport.asend(call))


@dataclass
class Setup:
    """What a harness builds its app from. `config` is None for an app without any setting."""

    config: ScuteConfig | None
    clock: Clock
    transport: Transport = field(repr=False)
    store: MemoryStore = field(repr=False)
    hooks: Hooks = field(default_factory=Hooks)
    gate: Gate = field(default_factory=lambda: Gate(is_open=True))
    """Where `/stream` waits between its first and its last chunk."""
    entered: list[Entry] = field(default_factory=list[Entry])

    @property
    def auth_prefix(self) -> str | None:
        return None if self.config is None else self.config.auth_prefix

    def async_scute(self) -> AsyncScute | None:
        return self.made(AsyncScute)

    def scute(self) -> Scute | None:
        """For frameworks that block."""
        return self.made(Scute)

    def enter(self, route: str, user_id: str | None) -> None:
        """Each handler says that it runs."""
        self.entered.append(Entry(route, user_id))

    def made(self, kind: Callable[..., T]) -> T | None:
        """One of these with the site's settings; None without settings."""
        if self.config is None:
            return None
        return kind(
            self.config,
            clock=self.clock,
            transport=self.transport,
            store=self.store,
            hooks=self.hooks,
        )


@dataclass
class Site:
    setup: Setup
    emulator: Emulator = field(repr=False)
    config: ScuteConfig
    driver: Driver = field(repr=False)
    secrets: Secrets = field(repr=False)
    waits: Gate
    """Where the emulator waits when it is told to be slow."""
    has_websocket: bool
    host: str = HOST
    scheme: str = "https"
    root_path: str = ""

    def needs_websocket(self) -> None:
        """The one thing that a framework may lack: WSGI has no WebSocket."""
        if not self.has_websocket:
            pytest.skip(NO_WEBSOCKET)

    @property
    def clock(self) -> Clock:
        return self.setup.clock

    @property
    def client(self) -> Client:
        """A client without any cookie."""
        return Client(self.driver, self.secrets, self.host, self.scheme, self.root_path)

    def cookie(self, purpose: str) -> str:
        """The name under which one of our cookies is written."""
        return self.config.cookie_names(purpose, secure=self.scheme == "https")[0]

    def browser(self) -> Browser:
        """Somebody who was never here."""
        return Browser(self.client, CookieJar(self.clock, self.scheme == "https"))

    def tokens(self, email: str = "ana@example.com", **session: Any) -> dict[str, Any]:
        """The tokens of a new session at the emulator."""
        payload = self.emulator.create_session(email, app_id=self.config.app_id, **session)
        self.secrets.add(payload["access"], payload.get("refresh"), payload["csrf"])
        return payload

    def signed_in(self, email: str = "ana@example.com", **session: Any) -> Browser:
        """Somebody whose browser holds a session's cookies."""
        payload = self.tokens(email, **session)
        browser = self.browser()
        browser.user_id = payload["user_id"]
        browser.jar.set(self.cookie("access"), payload["access"])
        if "refresh" in payload:
            browser.jar.set(self.cookie("refresh"), payload["refresh"])
        return browser

    def expired(self, email: str = "ana@example.com", **session: Any) -> Browser:
        """Somebody whose access token has expired and whose refresh token has not."""
        return self.signed_in(email, access_lifetime=-3600, **session)

    def without_access(self, email: str = "ana@example.com") -> Browser:
        """Somebody whose access cookie is gone, as browsers drop it when it expires."""
        browser = self.signed_in(email)
        browser.jar.set(self.cookie("access"), "", max_age=0)
        return browser

    def calls(self, path: str) -> int:
        """How many calls have reached this path of Scute."""
        return sum(call.count for call in self.emulator.calls() if call.path.endswith(path))

    def scute_is_slow(self, path: str) -> None:
        """Calls to this path are answered once `waits` is opened."""
        self.waits.close()
        self.emulator.fault(path, delay=1.0, times=1)

    async def in_flight(self, visitors: int = 1) -> None:
        """Wait until so many calls wait at the emulator, and whoever can run has run."""
        await self.waits.visited(visitors)
        await self.settled()

    async def settled(self) -> None:
        await self.driver.settled()

    async def warm(self) -> None:
        """Let the app learn the keys and the settings."""
        answer = await self.signed_in("warm@example.com").fetch("/me")
        assert answer.status == 200, answer
        # The settings are fetched in the background: on a busy machine that thread starts late.
        for _ in range(200):
            await self.settled()
            if any(call.path.startswith("/v1/apps/") for call in self.emulator.calls()):
                break
        await self.settled()

    def everyone_who_entered(self, route: str) -> list[str | None]:
        return [entry.user_id for entry in self.setup.entered if entry.route == route]
