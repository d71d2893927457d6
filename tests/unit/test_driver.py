"""The driver for threads: every effect, and flights that run once, detached and bounded."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from scute_auth import driver as driver_module
from scute_auth.driver import Driver
from scute_auth.effects import Flow, HttpCall, HttpOutcome, HttpReply, Sleep, StoreCall
from scute_auth.errors import Reason, ScuteUnavailable, TokenError
from scute_auth.store import MemoryStore, Store
from tests.needs import needs_fork
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
from tests.unit.support import Clock, settled

PATIENCE = 10


class Gate:
    """A transport whose answer is held back until it is let go."""

    def __init__(self) -> None:
        self.calls = 0
        self.entered = threading.Semaphore(0)
        self.opened = threading.Event()

    def send(self, call: HttpCall) -> HttpOutcome:
        self.calls += 1
        self.entered.release()
        assert self.opened.wait(PATIENCE)
        return HttpReply(200)


def new_driver(
    transport: Any = None, store: Store | None = None, clock: Callable[[], float] | None = None
) -> Driver:
    gate = Gate()
    gate.opened.set()
    return Driver(transport or gate, store or MemoryStore(), clock=clock or Clock())


class Asker(threading.Thread):
    """Runs a flow, and keeps what came of it."""

    def __init__(self, driver: Driver, flow: Flow[Any]) -> None:
        super().__init__()
        self._driver = driver
        self._flow = flow
        self.result: Any = None
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.result = self._driver.run(self._flow)
        except Exception as error:  # noqa: BLE001 - looked at by the test
            self.error = error


def test_every_effect_is_performed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "scute_auth")

    assert new_driver().run(every_effect()) == EVERY_ANSWER
    settled()
    assert "one of 2" in caplog.messages


def test_every_reply_carries_the_drivers_time() -> None:
    clock = Clock()

    def flow() -> Flow[list[float]]:
        first = yield StoreCall("get", "k")
        clock.forward(5)
        second = yield StoreCall("get", "k")
        return [first.now, second.now]

    start = clock.now
    assert new_driver(clock=clock).run(flow()) == [start, start + 5]


def test_a_sleep_is_the_drivers_own() -> None:
    slept: list[float] = []
    driver = Driver(Gate(), MemoryStore(), clock=Clock(), sleep=slept.append)

    def flow() -> Flow[None]:
        yield Sleep(3600)

    driver.run(flow())
    assert slept == [3600]


def test_of_fifty_who_ask_at_once_one_flow_runs() -> None:
    """K04"""
    gate, closed = Gate(), threading.Semaphore(0)
    driver = new_driver(gate)

    askers = [Asker(driver, sharing("name", Tracked(calling(), closed))) for _ in range(50)]
    for _ in range(49):
        assert closed.acquire(timeout=PATIENCE)
    gate.opened.set()
    for asker in askers:
        asker.join(PATIENCE)

    assert gate.calls == 1
    assert [asker.result for asker in askers] == [HttpReply(200)] * 50
    settled()


def test_who_asks_after_the_end_starts_anew() -> None:
    gate = Gate()
    gate.opened.set()
    driver = new_driver(gate)

    for _ in range(3):
        driver.run(sharing("name", calling()))

    assert gate.calls == 3


def test_flights_of_other_names_are_others() -> None:
    gate = Gate()
    driver = new_driver(gate)
    askers = [Asker(driver, sharing(name, calling())) for name in ("a", "b")]

    for _ in range(2):
        assert gate.entered.acquire(timeout=PATIENCE)
    gate.opened.set()
    for asker in askers:
        asker.join(PATIENCE)

    assert gate.calls == 2


@pytest.mark.parametrize(
    "error", [ScuteUnavailable("down"), TokenError(Reason.REVOKED), ValueError("a fault")]
)
def test_an_error_reaches_every_waiter(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    gate, closed = Gate(), threading.Semaphore(0)
    driver = new_driver(gate)

    def failing() -> Flow[None]:
        yield from calling()
        yield from raising(error)

    askers = [Asker(driver, sharing("n:x", Tracked(failing(), closed))) for _ in range(20)]
    for _ in range(19):
        assert closed.acquire(timeout=PATIENCE)
    gate.opened.set()
    for asker in askers:
        asker.join(PATIENCE)

    assert [asker.error for asker in askers] == [error] * 20
    # An error of ours is an answer; any other is a fault, and is logged where it happened.
    expected = ["the flow 'n' failed"] if isinstance(error, ValueError) else []
    assert [line for line in caplog.messages if "failed" in line] == expected
    assert driver.run(sharing("n:x", returning(1))) == 1


def test_a_waiter_who_gives_up_does_not_end_the_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver_module, "LONGEST_WAIT", 0.05)
    gate, closed = Gate(), threading.Semaphore(0)
    driver = new_driver(gate)

    with pytest.raises(ScuteUnavailable, match="too long"):
        driver.run(sharing("name", calling()))
    monkeypatch.setattr(driver_module, "LONGEST_WAIT", PATIENCE)
    later = Asker(driver, sharing("name", Tracked(calling(), closed)))
    assert closed.acquire(timeout=PATIENCE)
    gate.opened.set()
    later.join(PATIENCE)

    assert later.result == HttpReply(200)
    assert gate.calls == 1


def test_what_is_spawned_runs_once_and_nobody_waits() -> None:
    gate, closed = Gate(), threading.Semaphore(0)
    driver = new_driver(gate)

    for _ in range(10):
        assert driver.run(spawning("name", Tracked(calling(), closed))) == "went on"

    assert all(closed.acquire(timeout=PATIENCE) for _ in range(9))
    gate.opened.set()
    settled()
    assert gate.calls == 1


def test_who_shares_joins_what_was_spawned() -> None:
    gate, closed = Gate(), threading.Semaphore(0)
    driver = new_driver(gate)
    driver.run(spawning("name", calling()))

    asker = Asker(driver, sharing("name", Tracked(returning("not this"), closed)))
    assert closed.acquire(timeout=PATIENCE)
    gate.opened.set()
    asker.join(PATIENCE)

    assert asker.result == HttpReply(200)
    assert gate.calls == 1


def test_a_fault_in_what_was_spawned_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    new_driver().run(spawning("background:secret", raising(ValueError("a fault"))))
    settled()

    assert caplog.messages == ["the flow 'background' failed"]


@pytest.mark.parametrize("operation", ["get", "set", "add", "delete"])
def test_a_store_that_fails_means_that_nobody_can_tell(
    operation: Any, caplog: pytest.LogCaptureFixture
) -> None:
    driver = new_driver(store=BrokenStore())

    answer = driver.run(rescuing(StoreCall(operation, "k", b"v", 1.0)))

    assert answer == "the store failed 1800000000.0"
    assert "s3cret" not in caplog.text


def test_a_fault_of_a_flow_is_its_callers() -> None:
    with pytest.raises(ZeroDivisionError):
        new_driver().run(raising(ZeroDivisionError()))


def test_without_a_thread_to_be_had_nobody_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = new_driver()

    def no_thread(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(ScuteUnavailable, match="no thread"):
            driver.run(sharing("name", returning(1)))
        assert driver.run(spawning("name", returning(1))) == "went on"

    assert driver.run(sharing("name", returning(1))) == 1


def test_nothing_starts_at_construction() -> None:
    before = threading.active_count()

    new_driver()

    assert threading.active_count() == before


def test_another_process_begins_its_own_flights(monkeypatch: pytest.MonkeyPatch) -> None:
    """P02: the child of a fork knows itself by its process id."""
    gate = Gate()
    driver = new_driver(gate)
    driver.run(spawning("name", calling()))
    assert gate.entered.acquire(timeout=PATIENCE)

    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        assert driver.run(sharing("name", returning("mine"))) == "mine"

    gate.opened.set()
    settled()


FORK = """
import os, sys, threading
from scute_auth.driver import Driver
from scute_auth.effects import HttpCall, HttpReply, Shared
from scute_auth.store import MemoryStore

parent = os.getpid()
entered, gate = threading.Event(), threading.Event()

class Transport:
    def send(self, call):
        if os.getpid() == parent:
            entered.set()
            assert gate.wait(10)
        return HttpReply(200)

def ask():
    yield HttpCall("GET", "http://127.0.0.1:1/")
    return os.getpid()

def shared():
    return (yield Shared("name", ask())).value

driver = Driver(Transport(), MemoryStore(), clock=lambda: 0.0)
results = []
asker = threading.Thread(target=lambda: results.append(driver.run(shared())))
asker.start()
assert entered.wait(10)
driver._lock.acquire()
child = os.fork()
if child == 0:
    os._exit(0 if driver.run(shared()) == os.getpid() else 1)
driver._lock.release()
_, status = os.waitpid(child, 0)
gate.set()
asker.join(10)
assert results == [parent], results
sys.exit(os.waitstatus_to_exitcode(status))
"""


@needs_fork
def test_a_fork_in_the_middle_of_a_flight_starts_afresh() -> None:
    """P02: with the parent's lock held, and its flight under way."""
    # Newer Pythons warn of any fork with threads: that is the point here.
    command = [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", FORK]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, "")
