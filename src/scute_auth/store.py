"""What processes share: short-lived bytes under a name, with one atomic `add`.

`MemoryStore` serves one process. A shared store makes refresh single-flight across processes
and machines. What we put in is sealed or hashed: a store never sees a token.
"""

import os
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Protocol

from scute_auth.errors import ConfigError

__all__ = ["AsyncStore", "MemoryStore", "Store", "check_store", "process_store"]

MAX_ENTRIES = 100_000


class Store(Protocol):
    """For `Scute`. Lifetimes in seconds; an entry may go earlier, never come back later."""

    def get(self, key: str) -> bytes | None: ...

    def set(self, key: str, value: bytes, ttl: float) -> None: ...

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        """Write only if nothing is there, atomically; say whether it was written."""
        ...

    def delete(self, key: str) -> None: ...


class AsyncStore(Protocol):
    """For `AsyncScute`: the same four, to be awaited."""

    async def aget(self, key: str) -> bytes | None: ...

    async def aset(self, key: str, value: bytes, ttl: float) -> None: ...

    async def aadd(self, key: str, value: bytes, ttl: float) -> bool: ...

    async def adelete(self, key: str) -> None: ...


def check_store(store: object, facade: str, kind: type[object]) -> None:
    """Raise `ConfigError` where a store lacks what this façade calls: else its first use would."""
    wanted = [name for name in vars(kind) if not name.startswith("_")]
    if missing := [name for name in wanted if not callable(getattr(store, name, None))]:
        raise ConfigError(
            f"store: {facade} calls {', '.join(wanted)}, "
            f"and {type(store).__name__} has no {', '.join(missing)}"
        )


@cache
def process_store() -> "MemoryStore":
    """The store of those who were given none: one for the process, however many façades it has.

    Two of them on the same app would else renew the same session twice. Keys carry the app's id.
    """
    return MemoryStore()


class MemoryStore:
    """Both stores for one process: a dictionary behind a lock that is never held for long."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, max_entries: int = MAX_ENTRIES
    ) -> None:
        self._clock = clock
        self._max_entries = max_entries
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[bytes, float]] = {}

    def get(self, key: str) -> bytes | None:
        with self._locked():
            return self._live(key)

    def set(self, key: str, value: bytes, ttl: float) -> None:
        with self._locked():
            self._write(key, value, ttl)

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        with self._locked():
            if self._live(key) is not None:
                return False
            self._write(key, value, ttl)
            return True

    def delete(self, key: str) -> None:
        with self._locked():
            self._entries.pop(key, None)

    async def aget(self, key: str) -> bytes | None:
        return self.get(key)

    async def aset(self, key: str, value: bytes, ttl: float) -> None:
        self.set(key, value, ttl)

    async def aadd(self, key: str, value: bytes, ttl: float) -> bool:
        return self.add(key, value, ttl)

    async def adelete(self, key: str) -> None:
        self.delete(key)

    def _locked(self) -> threading.Lock:
        """The lock; a new one after a fork, for another thread may have held it at that moment."""
        if self._pid != os.getpid():
            self._lock, self._pid = threading.Lock(), os.getpid()
        return self._lock

    def _live(self, key: str) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None or entry[1] <= self._clock():
            return None
        return entry[0]

    def _write(self, key: str, value: bytes, ttl: float) -> None:
        now = self._clock()
        if len(self._entries) >= self._max_entries:
            live = [(k, entry) for k, entry in self._entries.items() if entry[1] > now]
            # Room for a while, so that a full store is not swept at each write: the oldest go.
            surplus = len(live) - self._max_entries * 9 // 10
            self._entries = dict(live[max(surplus, 0) :])
        self._entries.pop(key, None)
        self._entries[key] = (value, now + ttl)
