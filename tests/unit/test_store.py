"""The store in memory, against a model; both of its faces."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from scute_auth.store import MemoryStore, process_store
from tests.needs import needs_fork
from tests.unit.support import Clock

NAMES = st.sampled_from("abc")
LIVES = st.floats(-1, 10)


class StoreModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock(0.0)
        self.store = MemoryStore(clock=self.clock)
        self.model: dict[str, tuple[bytes, float]] = {}

    def call(self, name: str, *arguments: Any) -> Any:
        return getattr(self.store, name)(*arguments)

    def live(self, key: str) -> bytes | None:
        value, until = self.model.get(key, (b"", float("-inf")))
        return value if self.clock() < until else None

    @rule(key=NAMES)
    def get(self, key: str) -> None:
        assert self.call("get", key) == self.live(key)

    @rule(key=NAMES, value=st.binary(), ttl=LIVES)
    def set(self, key: str, value: bytes, ttl: float) -> None:
        self.call("set", key, value, ttl)
        self.model[key] = (value, self.clock() + ttl)

    @rule(key=NAMES, value=st.binary(), ttl=LIVES)
    def add(self, key: str, value: bytes, ttl: float) -> None:
        is_free = self.live(key) is None
        assert self.call("add", key, value, ttl) is is_free
        if is_free:
            self.model[key] = (value, self.clock() + ttl)

    @rule(key=NAMES)
    def delete(self, key: str) -> None:
        self.call("delete", key)
        self.model.pop(key, None)

    @precondition(lambda self: self.clock.now < 100)
    @rule(seconds=st.floats(0, 5))
    def wait(self, seconds: float) -> None:
        self.clock.forward(seconds)


class AsyncStoreModel(StoreModel):
    def call(self, name: str, *arguments: Any) -> Any:
        coroutine = getattr(self.store, f"a{name}")(*arguments)
        with pytest.raises(StopIteration) as stop:
            coroutine.send(None)
        return stop.value.value


TestStore = StoreModel.TestCase
TestAsyncStore = AsyncStoreModel.TestCase
TestStore.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestAsyncStore.settings = TestStore.settings


@pytest.mark.parametrize("bound", [1, 2, 3, 10])
def test_a_full_store_lets_the_oldest_go(bound: int) -> None:
    store = MemoryStore(clock=Clock(), max_entries=bound)

    for index in range(3 * bound):
        store.set(str(index), b"x", 60)
        held = [key for key in range(index + 1) if store.get(str(key)) is not None]
        assert len(held) <= bound
        assert held == list(range(index + 1))[-len(held) :]


def test_a_full_store_lets_what_has_ended_go_first() -> None:
    clock = Clock()
    store = MemoryStore(clock=clock, max_entries=4)
    store.set("kept", b"x", 60)
    for name in "abc":
        store.set(name, b"x", 1)
    clock.forward(1)

    store.set("new", b"x", 60)

    assert store.get("kept") == b"x"
    assert store.get("new") == b"x"


def test_of_many_threads_one_adds() -> None:
    store = MemoryStore()
    barrier = threading.Barrier(20)
    won: list[bool] = []

    def add() -> None:
        barrier.wait()
        won.append(store.add("lock", b"1", 60))

    run_threads([add] * 20)

    assert sorted(won) == [False] * 19 + [True]


def run_threads(targets: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_many_tasks_one_adds() -> None:
    async def race() -> list[bool]:
        store = MemoryStore()
        return await asyncio.gather(*(store.aadd("lock", b"1", 60) for _ in range(20)))

    assert sorted(asyncio.run(race())) == [False] * 19 + [True]


def test_who_was_given_no_store_shares_the_process_one() -> None:
    assert process_store() is process_store()


FORK = """
import os, signal, sys
from scute_auth.store import MemoryStore

store = MemoryStore()
store.set("a", b"1", 60)
with store._lock:
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        os._exit(0 if store.get("a") == b"1" and store.add("b", b"2", 60) else 1)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@needs_fork
def test_a_lock_that_was_held_at_a_fork_does_not_hold_up_the_child() -> None:
    """P02: another thread of the parent may be in the middle of a call."""
    command = [sys.executable, "-W", "error", "-c", FORK]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_another_process_has_a_lock_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """P02: the child of a fork knows itself by its process id."""
    store = MemoryStore()
    clock_is_read = threading.Event()
    go_on = threading.Event()

    def clock() -> float:
        clock_is_read.set()
        assert go_on.wait(10)
        return 0.0

    slow = MemoryStore(clock=clock)
    thread = threading.Thread(target=slow.set, args=("a", b"1", 60))
    thread.start()
    assert clock_is_read.wait(10)

    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        slow.delete("a")
        store.set("a", b"2", 60)

    go_on.set()
    thread.join(10)
    assert store.get("a") == b"2"
