"""A count of the calls that reached the API: tests assert how often, not how fast."""

from dataclasses import dataclass

__all__ = ["CallCount", "CallLog"]


@dataclass(frozen=True, slots=True)
class CallCount:
    """`status` is None for a call that was dropped."""

    method: str
    path: str
    status: int | None
    count: int


class CallLog:
    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, int | None], int] = {}

    def add(self, method: str, path: str, status: int | None) -> None:
        """Count one call; a query is never kept, for it may hold a token."""
        key = (method, path, status)
        self._counts[key] = self._counts.get(key, 0) + 1

    def counts(self) -> list[CallCount]:
        """In the order in which each kind was first seen."""
        return [CallCount(*key, count) for key, count in self._counts.items()]

    def clear(self) -> None:
        self._counts.clear()
