"""A bounded map whose entries end at a time. Pure: every method takes `now`.

cachetools' timed caches ask a clock of their own; here time is an argument, as everywhere in
the core. Single operations are atomic under threads.
"""

from collections.abc import Callable, Hashable
from itertools import islice
from typing import Generic, TypeVar

__all__ = ["ExpiringMap"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ExpiringMap(Generic[K, V]):
    """Holds at most `max_entries`; when it is full, the oldest go."""

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._entries: dict[K, tuple[V, float]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K, now: float) -> V | None:
        entry = self._entries.get(key)
        return entry[0] if entry is not None and now < entry[1] else None

    def put(self, key: K, value: V, until: float) -> None:
        self._entries.pop(key, None)
        self._entries[key] = (value, until)
        if len(self._entries) > self._max_entries:
            # Some at once: a dict walks over the gaps that its oldest entries left behind.
            for oldest in list(islice(self._entries, 1 + self._max_entries // 16)):
                self._entries.pop(oldest, None)

    def discard(self, key: K) -> None:
        self._entries.pop(key, None)

    def discard_where(self, is_meant: Callable[[V], bool]) -> None:
        for key, (value, _) in list(self._entries.items()):
            if is_meant(value):
                self.discard(key)
