"""Run any flow in threads: blocking calls, one detached thread per flight.

Nothing starts at import or construction, and a fork starts afresh: what the parent had in
flight is the parent's.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from scute_auth.effects import (
    Answer,
    Effect,
    Flow,
    HttpCall,
    HttpOutcome,
    Shared,
    Sleep,
    Spawn,
    StoreCall,
)
from scute_auth.errors import ScuteError, ScuteUnavailable
from scute_auth.store import Store

__all__ = ["LONGEST_WAIT", "Driver", "Transport", "log_unexpected", "store_failed"]

T = TypeVar("T")

LONGEST_WAIT = 20.0
"""Seconds that anyone waits for a shared flow: longer than its calls may take together."""

logger = logging.getLogger("scute_auth")


class Transport(Protocol):
    """Sends one call and reports what came of it; raises nothing for the network's troubles."""

    def send(self, call: HttpCall, /) -> HttpOutcome: ...


class Driver:
    def __init__(
        self,
        transport: Transport,
        store: Store,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._begin()

    def run(self, flow: Flow[T]) -> T:
        """Perform the flow's effects until it returns; its errors are the caller's."""
        try:
            effect = next(flow)
            while True:
                try:
                    value = self._perform(effect)
                except ScuteError as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(Answer(value, self._clock()))
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return] # a generator's result is untyped here

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case HttpCall():
                return self._transport.send(effect)
            case StoreCall():
                return self._call_store(effect)
            case Sleep(seconds):
                return self._sleep(seconds)
            case Shared(name, flow):
                return self._wait(self._start(name, flow))
            case Spawn(name, flow):
                self._start(name, flow)
            case _:
                logger.log(effect.level, effect.message, *effect.arguments)
        return None

    def _call_store(self, effect: StoreCall) -> Any:
        store, key = self._store, effect.key
        try:
            match effect.operation:
                case "set":
                    return store.set(key, effect.value, effect.ttl)
                case "add":
                    return store.add(key, effect.value, effect.ttl)
                case "delete":
                    return store.delete(key)
                case _:
                    return store.get(key)
        except Exception as error:  # noqa: BLE001 - a store is somebody else's code
            raise store_failed(error) from None

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[str, Future[Any]] = {}
        # Last: a second thread of a forked child must not meet the parent's lock.
        self._pid = os.getpid()

    def _start(self, name: str, flow: Flow[Any]) -> "Future[Any]":
        """The flight of this name: the one under way, or this flow in a thread of its own."""
        if self._pid != os.getpid():
            self._begin()
        with self._lock:
            flight = self._flights.get(name)
            if flight is not None:
                flow.close()
                return flight
            flight = self._flights[name] = Future()
        thread = threading.Thread(
            target=self._fly, args=(name, flow, flight), name=f"scute {name}", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:
            self._land(name)
            flow.close()
            flight.set_exception(ScuteUnavailable(f"no thread could be started: {error}"))
        return flight

    def _fly(self, name: str, flow: Flow[Any], flight: "Future[Any]") -> None:
        try:
            result = self.run(flow)
        except BaseException as error:  # noqa: BLE001 - it goes to whoever waits
            self._land(name)
            log_unexpected(name, error)
            flight.set_exception(error)
        else:
            self._land(name)
            flight.set_result(result)

    def _land(self, name: str) -> None:
        """Before the result is known to anyone: who asks from now on starts a new flight."""
        with self._lock:
            self._flights.pop(name, None)

    def _wait(self, flight: "Future[Any]") -> Any:
        try:
            return flight.result(timeout=LONGEST_WAIT)
        except TimeoutError:
            raise ScuteUnavailable("waited too long for a call to Scute") from None


def store_failed(error: Exception) -> ScuteUnavailable:
    """A store is somebody else's code: whatever it raises means that nobody can tell now."""
    logger.warning("the store failed: %s", type(error).__name__)
    return ScuteUnavailable("the store failed")


def log_unexpected(name: str, error: BaseException) -> None:
    """A flight may end with nobody waiting, so a fault in it is logged where it happens."""
    if not isinstance(error, ScuteError):
        logger.error("the flow %r failed", name.partition(":")[0], exc_info=error)
