"""An import in this process, over an emulator in memory, with a clock that a wait moves."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scute_auth import ScuteClient, ScuteConfig
from scute_auth.cli.users.rows import Row
from scute_auth.cli.users.sender import Sender
from scute_auth.effects import HttpCall, HttpOutcome
from scute_emulator import Emulator

__all__ = ["World", "emails", "row", "started"]


def row(email: str | None = "ana@example.com", phone: str | None = None, **fields: Any) -> Row:
    return Row(2, email, phone, fields)


@dataclass
class World:
    """`before` is asked ahead of each call; what it returns is the answer, if it is one."""

    emulator: Emulator = field(default_factory=Emulator)
    before: Callable[[HttpCall], HttpOutcome | None] = lambda call: None
    calls: list[str] = field(default_factory=list[str])
    waits: list[float] = field(default_factory=list[float])
    now: float = 1000.0

    def send(self, call: HttpCall) -> HttpOutcome:
        self.calls.append(call.method)
        return self.before(call) or self.emulator.transport.send(call)

    def clock(self) -> float:
        """So late that a call's deadline has passed by its second try."""
        self.now += 100.0
        return self.now

    def wait(self, seconds: float) -> bool:
        if seconds:
            self.waits.append(seconds)
        return False

    def client(self) -> ScuteClient:
        config = ScuteConfig.from_env(self.emulator.config_env())
        return ScuteClient(config, transport=self, clock=self.clock)

    def sender(self, *, invite: bool = False) -> Sender:
        return Sender(self.client(), invite=invite, wait=self.wait, clock=self.moved)

    def moved(self) -> float:
        """The time by the waits alone."""
        return sum(self.waits)


def emails(emulator: Emulator) -> list[str]:
    """Of all users, in order."""
    with emulator.host.lock:
        return sorted(user.email or "" for user in emulator.state.users.of("app_demo"))


def started(*arguments: str) -> "subprocess.Popen[str]":
    """`scute-auth users ...` in a process of its own, with its outputs in pipes."""
    command = [sys.executable, "-m", "scute_auth.cli", "users", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)
