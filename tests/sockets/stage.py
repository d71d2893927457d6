"""In the server process: the sites whose apps are served there, each as its case ordered it."""

import logging
import os
import threading
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from scute_auth.context import variable
from scute_auth.effects import HttpCall, HttpOutcome
from scute_auth.runtime import Hooks
from scute_auth.store import MemoryStore
from tests.conformance.client import Driver
from tests.conformance.secrets_watch import LogCapture
from tests.conformance.site import Clock, Gate, Setup
from tests.sockets.link import Link
from tests.sockets.order import Instructions, Order

__all__ = ["DIRECTORY", "Stage", "StagedSite", "socket_path"]

DIRECTORY = "CONFORMANCE_SOCKETS"
"""The environment variable that says where the cases' sockets lie."""

logger = logging.getLogger("conformance.server")


def socket_path(directory: Path, site: int) -> Path:
    return directory / f"{site}.sock"


class FarGate(Gate):
    """A gate that the case holds."""

    def __init__(self, link: Link) -> None:
        super().__init__(is_open=False)
        self._link = link

    def wait(self) -> None:
        self._link.ask("gate")

    async def await_open(self) -> None:
        await self._link.aask("gate")


@dataclass(frozen=True, slots=True)
class FarTransport:
    """The case's emulator."""

    link: Link

    def send(self, call: HttpCall) -> HttpOutcome:
        outcome: HttpOutcome = self.link.ask("scute", call)
        return outcome

    async def asend(self, call: HttpCall) -> HttpOutcome:
        outcome: HttpOutcome = await self.link.aask("scute", call)
        return outcome


@dataclass
class FarSetup(Setup):
    link: Link = field(kw_only=True)

    def enter(self, route: str, user_id: str | None) -> None:
        """At once, and before the handler goes on: a case asserts that nobody came."""
        self.link.ask("enter", route, user_id)


class Records(LogCapture):
    """What the app's process logs, until the case fetches it."""

    def __init__(self) -> None:
        super().__init__()
        self._taken: list[tuple[str, int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._taken.append((record.name, record.levelno, f"{self.format(record)} {record.args!r}"))

    def take(self) -> list[tuple[str, int, str]]:
        taken, self._taken = self._taken, []
        return taken


@dataclass
class StagedSite:
    link: Link = field(repr=False)
    setup: FarSetup
    driver: Driver
    world: int
    records: Records

    @property
    def app(self) -> Any:
        return self.driver.app  # type: ignore[attr-defined] # drivers for one kind of app have it

    def farewell(self, request: int) -> tuple[int, str | None, list[tuple[str, int, str]]]:
        """What a request leaves behind when the app has done with it."""
        left = variable.get()
        return request, None if left is None else repr(left), self.records.take()


def _hooks(link: Link, names: tuple[str, ...]) -> Hooks:
    """The case's own hooks, told over the link."""
    told: dict[str, Any] = {name: partial(_tell, link, name) for name in names}
    if "webhooks" in told:
        told["webhooks"] = {"*": told["webhooks"]}
    return Hooks(**told)


def _tell(link: Link, name: str, *arguments: object) -> None:
    error: Exception | None = link.ask("hook", name, *arguments)
    if error is not None:
        raise error


class Stage:
    def __init__(self) -> None:
        self._directory = Path(os.environ[DIRECTORY])
        self._sites: dict[int, StagedSite] = {}
        self._worlds: dict[int, tuple[Clock, MemoryStore]] = {}
        self._records = Records()
        root = logging.getLogger()
        root.addHandler(self._records)
        root.setLevel(logging.DEBUG)

    def link(self, order: Order) -> Link:
        return Link(socket_path(self._directory, order.site), Clock(order.now))

    def site(self, order: Order) -> StagedSite:
        """The site of this request, at the case's time."""
        site = self._sites[order.site]
        site.setup.clock.now = order.now
        return site

    def build(self, order: Order, instructions: Instructions) -> StagedSite:
        """Make a site as it was ordered; its driver is still to be started."""
        _follow(instructions.environ)
        clock = Clock(order.now)
        new = clock, MemoryStore(clock=clock)
        clock, store = self._worlds.setdefault(instructions.world, new)
        link = Link(socket_path(self._directory, order.site), clock)
        setup = FarSetup(
            instructions.config,
            clock,
            FarTransport(link),
            store,
            _hooks(link, instructions.hooks),
            FarGate(link),
            link=link,
        )
        harness = import_module(f"tests.conformance.harnesses.{instructions.harness}").HARNESS
        site = StagedSite(link, setup, harness.serve(setup), instructions.world, self._records)
        self._sites[order.site] = site
        return site

    def forget(self, order: Order) -> StagedSite:
        site = self._sites.pop(order.site)
        if not any(other.world == site.world for other in self._sites.values()):
            self._worlds.pop(site.world, None)
        return site

    @staticmethod
    def flights() -> int:
        """How many flows are under way in threads of their own."""
        return sum(thread.name.startswith("scute ") for thread in threading.enumerate())


def _follow(environ: dict[str, str]) -> None:
    """Take over the settings in the case's environment, and none from before."""
    for name in [name for name in os.environ if name.startswith("SCUTE_")]:
        del os.environ[name]
    os.environ.update(environ)
