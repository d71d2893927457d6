"""The driver for asyncio: every effect, and flights that run once, detached and bounded."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from scute_auth import async_driver as driver_module
from scute_auth.async_driver import AsyncDriver
from scute_auth.effects import Flow, HttpCall, HttpOutcome, HttpReply, Log, StoreCall
from scute_auth.errors import Reason, ScuteUnavailable, TokenError
from scute_auth.store import AsyncStore, MemoryStore
from tests.unit.flows import (
    EVERY_ANSWER,
    BrokenStore,
    Tracked,
    calling,
    every_effect,
    raising,
    rescuing,
    returning,
    sharing,
    spawning,
)
from tests.unit.support import Clock


class Gate:
    """A transport whose answer is held back until it is let go; one for each event loop."""

    def __init__(self, *, is_open: bool = False) -> None:
        self.calls = 0
        self.cancelled = 0
        self.opened = asyncio.Event()
        if is_open:
            self.opened.set()

    async def asend(self, call: HttpCall) -> HttpOutcome:
        self.calls += 1
        try:
            await self.opened.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return HttpReply(200)


def new_driver(
    transport: Any = None,
    store: AsyncStore | None = None,
    clock: Callable[[], float] | None = None,
) -> AsyncDriver:
    gate = transport or Gate(is_open=True)
    return AsyncDriver(gate, store or MemoryStore(), clock=clock or Clock())


async def ticks(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def flights() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if task.get_name().startswith("scute ")]


async def test_every_effect_is_performed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "scute_auth")

    assert await new_driver().run(every_effect()) == EVERY_ANSWER
    assert "one of 2" in caplog.messages
    await ticks()
    assert flights() == []


async def test_every_reply_carries_the_drivers_time() -> None:
    clock = Clock()

    def flow() -> Flow[list[float]]:
        first = yield StoreCall("get", "k")
        clock.forward(5)
        second = yield StoreCall("get", "k")
        return [first.now, second.now]

    start = clock.now
    assert await new_driver(clock=clock).run(flow()) == [start, start + 5]


async def test_of_fifty_who_ask_at_once_one_flow_runs() -> None:
    """K04"""
    gate, closed = Gate(), threading.Semaphore(0)
    driver = new_driver(gate)

    askers = [
        asyncio.create_task(driver.run(sharing("name", Tracked(calling(), closed))))
        for _ in range(50)
    ]
    await ticks()
    gate.opened.set()

    assert await asyncio.gather(*askers) == [HttpReply(200)] * 50
    assert gate.calls == 1
    assert all(closed.acquire(blocking=False) for _ in range(49))


async def test_who_asks_after_the_end_starts_anew() -> None:
    gate = Gate(is_open=True)
    driver = new_driver(gate)

    for _ in range(3):
        await driver.run(sharing("name", calling()))

    assert gate.calls == 3


async def test_a_cancelled_leader_takes_nobody_along() -> None:
    """P04: the first asker hangs up, then most of the others."""
    gate = Gate()
    driver = new_driver(gate)
    askers = [asyncio.create_task(driver.run(sharing("name", calling()))) for _ in range(50)]
    await ticks()

    for asker in askers[:40]:
        asker.cancel()
    await ticks()
    gate.opened.set()
    results = await asyncio.gather(*askers, return_exceptions=True)

    assert all(isinstance(result, asyncio.CancelledError) for result in results[:40])
    assert results[40:] == [HttpReply(200)] * 10
    assert (gate.calls, gate.cancelled) == (1, 0)


async def test_a_flight_goes_on_when_everybody_has_gone() -> None:
    """P04"""
    gate = Gate()
    driver = new_driver(gate)
    asker = asyncio.create_task(driver.run(sharing("name", calling())))
    await ticks()
    asker.cancel()
    await ticks()

    later = asyncio.create_task(driver.run(sharing("name", calling())))
    await ticks()
    gate.opened.set()

    assert await later == HttpReply(200)
    assert (gate.calls, gate.cancelled) == (1, 0)


@pytest.mark.parametrize(
    "error", [ScuteUnavailable("down"), TokenError(Reason.REVOKED), ValueError("a fault")]
)
async def test_an_error_reaches_every_waiter(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    driver = new_driver()
    askers = [driver.run(sharing("n:x", raising(error))) for _ in range(20)]

    results = await asyncio.gather(*askers, return_exceptions=True)

    assert results == [error] * 20
    expected = ["the flow 'n' failed"] if isinstance(error, ValueError) else []
    assert [line for line in caplog.messages if "failed" in line] == expected
    assert await driver.run(sharing("n:x", returning(1))) == 1


async def test_a_wait_is_bounded_and_the_flight_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver_module, "LONGEST_WAIT", 0.02)
    gate = Gate()
    driver = new_driver(gate)

    with pytest.raises(ScuteUnavailable, match="too long"):
        await driver.run(sharing("name", calling()))
    monkeypatch.setattr(driver_module, "LONGEST_WAIT", 10)
    later = asyncio.create_task(driver.run(sharing("name", calling())))
    await ticks()
    gate.opened.set()

    assert await later == HttpReply(200)
    assert gate.calls == 1


async def test_a_flight_that_was_cancelled_with_its_loop_is_unavailable() -> None:
    gate = Gate()
    driver = new_driver(gate)
    asker = asyncio.create_task(driver.run(sharing("name", calling())))
    await ticks()

    for flight in flights():
        flight.cancel()

    with pytest.raises(ScuteUnavailable):
        await asker


async def test_what_is_spawned_runs_once_and_nobody_waits() -> None:
    gate, closed = Gate(), threading.Semaphore(0)
    driver = new_driver(gate)

    for _ in range(10):
        assert await driver.run(spawning("name", Tracked(calling(), closed))) == "went on"
    await ticks()
    (flight,) = flights()
    gate.opened.set()
    await flight

    assert gate.calls == 1
    assert all(closed.acquire(blocking=False) for _ in range(9))


async def test_a_fault_in_what_was_spawned_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    await new_driver().run(spawning("background:secret", raising(ValueError("a fault"))))
    await ticks()

    assert caplog.messages == ["the flow 'background' failed"]


async def test_a_refusal_in_what_was_spawned_is_no_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await new_driver().run(spawning("background", raising(ScuteUnavailable("down"))))
    await ticks()

    assert caplog.messages == []


@pytest.mark.parametrize("operation", ["get", "set", "add", "delete"])
async def test_a_store_that_fails_means_that_nobody_can_tell(
    operation: Any, caplog: pytest.LogCaptureFixture
) -> None:
    driver = new_driver(store=BrokenStore())

    answer = await driver.run(rescuing(StoreCall(operation, "k", b"v", 1.0)))

    assert answer == "the store failed 1800000000.0"
    assert "s3cret" not in caplog.text


async def test_a_flight_keeps_nothing_of_the_request_that_began_it() -> None:
    """P01"""
    user: ContextVar[str] = ContextVar("user", default="nobody")
    seen: list[str] = []

    def looking() -> Flow[None]:
        seen.append(user.get())
        yield Log(10, "looking")
        seen.append(user.get())

    user.set("ada")
    await new_driver().run(sharing("name", looking()))

    assert seen == ["nobody", "nobody"]


def test_flights_belong_to_the_loop_that_they_began_in() -> None:
    """P03: a loop that ends in the middle of a flight leaves nothing behind."""
    gates: list[Gate] = []

    class Current:
        async def asend(self, call: HttpCall) -> HttpOutcome:
            return await gates[-1].asend(call)

    driver = new_driver(Current())

    async def leave() -> None:
        gates.append(Gate())
        await driver.run(spawning("name", calling()))
        await ticks()

    async def ask() -> HttpOutcome:
        gates.append(Gate(is_open=True))
        result: HttpOutcome = await driver.run(sharing("name", calling()))
        return result

    asyncio.run(leave())
    assert gates[0].cancelled == 1
    assert asyncio.run(ask()) == HttpReply(200)
    assert [gate.calls for gate in gates] == [1, 1]


def test_two_loops_at_once_share_no_flight() -> None:
    """P03"""
    begun = threading.Barrier(2)
    results: list[int] = []

    class Meeting:
        async def asend(self, call: HttpCall) -> HttpOutcome:
            await asyncio.to_thread(begun.wait, 10)
            return HttpReply(200)

    driver = new_driver(Meeting())

    async def ask() -> None:
        results.append((await driver.run(sharing("name", calling()))).status)

    threads = [threading.Thread(target=lambda: asyncio.run(ask())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert results == [200, 200]


def test_a_driver_is_made_without_a_loop() -> None:
    """P03"""
    new_driver(transport=object())
