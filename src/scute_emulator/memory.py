"""The emulator in the same process: it is a transport, so nothing needs a socket."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from scute_auth.effects import HttpCall, HttpFailure, HttpOutcome, HttpReply
from scute_emulator.host import Host

__all__ = ["MemoryTransport"]


class MemoryTransport:
    """Sends each call straight to the emulator; waits through `sleep` and `asleep`."""

    def __init__(
        self,
        host: Host,
        *,
        sleep: Callable[[float], None] = time.sleep,
        asleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._host = host
        self._sleep = sleep
        self._asleep = asleep

    def send(self, call: HttpCall) -> HttpOutcome:
        exchange = self._host.exchange(call)
        left = call.timeout
        try:
            while True:
                wait = next(exchange)
                self._sleep(min(wait, left))
                if wait >= left:
                    return HttpFailure("timeout")
                left -= wait
        except StopIteration as end:
            return _outcome(end.value, call)

    async def asend(self, call: HttpCall) -> HttpOutcome:
        exchange = self._host.exchange(call)
        left = call.timeout
        try:
            while True:
                wait = next(exchange)
                await self._asleep(min(wait, left))
                if wait >= left:
                    return HttpFailure("timeout")
                left -= wait
        except StopIteration as end:
            return _outcome(end.value, call)

    def close(self) -> None:
        """Nothing is held open."""

    async def aclose(self) -> None:
        """Nothing is held open."""


def _outcome(reply: HttpReply | None, call: HttpCall) -> HttpOutcome:
    if reply is None:
        return HttpFailure("network")
    return HttpFailure("too_large") if len(reply.body) > call.max_bytes else reply
