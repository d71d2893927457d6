"""What every host of the emulator does with a call: faults, the API, the call log.

The exchange is a generator, so that waiting stays the host's: it yields the seconds to wait.
One lock guards the state, and is never held while someone waits.
"""

import threading
from collections.abc import Generator

from scute_auth.effects import HttpCall, HttpReply
from scute_emulator.api import answer
from scute_emulator.api.request import path_of
from scute_emulator.state import State
from scute_emulator.state.faults import Fault

__all__ = ["Exchange", "Host"]

Exchange = Generator[float, None, HttpReply | None]
"""Yields seconds to wait; returns the reply, or None for a connection that is dropped."""


class Host:
    def __init__(self, state: State) -> None:
        self.state = state
        self.lock = threading.RLock()

    def exchange(self, call: HttpCall) -> Exchange:
        with self.lock:
            fault = self.state.faults.take(path_of(call))
        if fault is None:
            return self._answer(call)
        early = self._answer(call) if fault.after else None
        if fault.delay:
            yield fault.delay
        if fault.drop or fault.status is not None:
            return self._failed(call, fault)
        return early or self._answer(call)

    def _answer(self, call: HttpCall) -> HttpReply:
        with self.lock:
            reply = answer(self.state, call)
            self.state.calls.add(call.method, path_of(call), reply.status)
        return reply

    def _failed(self, call: HttpCall, fault: Fault) -> HttpReply | None:
        with self.lock:
            status = None if fault.drop else fault.status
            if not fault.after:
                self.state.calls.add(call.method, path_of(call), status)
        if status is None:
            return None
        return HttpReply(status, tuple(fault.headers.items()), fault.body.encode("utf-8"))
