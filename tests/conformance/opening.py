"""Opens sites: an emulator in memory, a clock that stands, an app of the harness's framework."""

import os
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from scute_auth import ScuteConfig
from scute_auth.runtime import Hooks
from scute_auth.store import MemoryStore
from scute_emulator import Emulator
from tests.conformance.harness import Harness
from tests.conformance.secrets_watch import Secrets
from tests.conformance.site import HOST, Clock, Gate, Setup, Site, WatchedTransport

__all__ = ["Sites"]

_SECRET = 'emulated-"secret"-of/this+app-&-100%'
"""Each encoding writes it in another way."""


@dataclass
class Sites:
    harness: Harness
    signing_key: rsa.RSAPrivateKey = field(repr=False)
    secrets: Secrets = field(repr=False)
    _stack: AsyncExitStack = field(repr=False)

    async def open(
        self,
        *,
        host: str = HOST,
        scheme: str = "https",
        root_path: str = "",
        hooks: Hooks | None = None,
        beside: Site | None = None,
        **settings: Any,
    ) -> Site:
        """A started site; `beside` another: with its emulator, clock and store."""
        clock = Clock() if beside is None else beside.clock
        waits = Gate(is_open=True) if beside is None else beside.waits
        emulator = self._emulator(clock, waits) if beside is None else beside.emulator
        given: dict[str, Any] = {"app_id": "app_demo", "secret": _SECRET} | settings
        config = ScuteConfig(**given)
        self.secrets.add(config.secret, *config.cookie_keys, *config.webhook_secrets)
        setup = Setup(
            config,
            clock,
            WatchedTransport(emulator.transport, self.secrets),
            MemoryStore(clock=clock) if beside is None else beside.setup.store,
            hooks or Hooks(),
        )
        driver = self.harness.serve(setup)
        site = Site(
            setup,
            emulator,
            config,
            driver,
            self.secrets,
            waits,
            self.harness.has_websocket,
            host,
            scheme,
            root_path,
        )
        await driver.start()
        self._stack.push_async_callback(driver.stop)
        # Before that: a thread cannot be cancelled, and may still wait there.
        self._stack.callback(setup.gate.open)
        self._stack.callback(waits.open)
        return site

    def without_settings(self) -> Setup:
        """For an app that was told nothing."""
        clock = Clock()
        emulator = self._emulator(clock, Gate(is_open=True))
        transport = WatchedTransport(emulator.transport, self.secrets)
        return Setup(None, clock, transport, MemoryStore(clock=clock))

    def _emulator(self, clock: Clock, waits: Gate) -> Emulator:
        def sleep(_: float) -> None:
            waits.wait()

        async def asleep(_: float) -> None:
            await waits.await_open()

        emulator = Emulator(
            secret=_SECRET,
            login_url=f"https://{HOST}/auth/callback",
            signing_key=self.signing_key,
            clock=clock,
            random=os.urandom,
            sleep=sleep,
            asleep=asleep,
        )
        self.secrets.add(emulator.state.workspace_secret)
        return emulator
