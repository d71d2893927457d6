"""Run any flow on asyncio: nothing blocks, and flights belong to the event loop they began in."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from scute_auth.driver import LONGEST_WAIT, log_unexpected, logger, store_failed
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
from scute_auth.store import AsyncStore

__all__ = ["AsyncDriver", "AsyncTransport"]

T = TypeVar("T")


class AsyncTransport(Protocol):
    """Sends one call and reports what came of it; raises nothing for the network's troubles."""

    async def asend(self, call: HttpCall, /) -> HttpOutcome: ...


class AsyncDriver:
    def __init__(
        self, transport: AsyncTransport, store: AsyncStore, *, clock: Callable[[], float]
    ) -> None:
        self._transport = transport
        self._store = store
        self._clock = clock
        self._flights: WeakKeyDictionary[
            asyncio.AbstractEventLoop, dict[str, asyncio.Task[Any]]
        ] = WeakKeyDictionary()

    async def run(self, flow: Flow[T]) -> T:
        """Perform the flow's effects until it returns; its errors are the caller's."""
        try:
            effect = next(flow)
            while True:
                try:
                    value = await self._perform(effect)
                except ScuteError as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(Answer(value, self._clock()))
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return] # a generator's result is untyped here

    async def _perform(self, effect: Effect) -> Any:
        match effect:
            case HttpCall():
                return await self._transport.asend(effect)
            case StoreCall():
                return await self._call_store(effect)
            case Sleep(seconds):
                return await asyncio.sleep(seconds)
            case Shared(name, flow):
                return await self._wait(self._start(name, flow))
            case Spawn(name, flow):
                self._start(name, flow)
            case _:
                logger.log(effect.level, effect.message, *effect.arguments)
        return None

    async def _call_store(self, effect: StoreCall) -> Any:
        store, key = self._store, effect.key
        try:
            match effect.operation:
                case "set":
                    return await store.aset(key, effect.value, effect.ttl)
                case "add":
                    return await store.aadd(key, effect.value, effect.ttl)
                case "delete":
                    return await store.adelete(key)
                case _:
                    return await store.aget(key)
        except Exception as error:  # noqa: BLE001 - a store is somebody else's code
            raise store_failed(error) from None

    def _start(self, name: str, flow: Flow[Any]) -> "asyncio.Task[Any]":
        """The flight of this name: the one under way, or this flow in a task of its own.

        The task keeps nothing of the request that happened to start it: its context is empty.
        """
        loop = asyncio.get_running_loop()
        flights = self._flights.setdefault(loop, {})
        flight = flights.get(name)
        if flight is not None:
            flow.close()
            return flight
        flight = loop.create_task(self.run(flow), name=f"scute {name}", context=Context())
        flights[name] = flight
        flight.add_done_callback(lambda task: _land(flights, name, task))
        return flight

    async def _wait(self, flight: "asyncio.Task[Any]") -> Any:
        # `wait` leaves the task alone when the waiter is cancelled or the time is up.
        done, _ = await asyncio.wait({flight}, timeout=LONGEST_WAIT)
        if not done or flight.cancelled():
            raise ScuteUnavailable("waited too long for a call to Scute")
        return flight.result()


def _land(flights: dict[str, "asyncio.Task[Any]"], name: str, task: "asyncio.Task[Any]") -> None:
    flights.pop(name, None)
    if not task.cancelled() and (error := task.exception()) is not None:
        log_unexpected(name, error)
