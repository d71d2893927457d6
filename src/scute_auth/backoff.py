"""When a failed call may be tried again. Pure: every method takes `now`."""

from dataclasses import dataclass
from math import ceil

__all__ = ["Backoff"]


@dataclass(slots=True)
class Backoff:
    """The wait doubles with each failure in a row, from 1 s to `longest`, less up to a quarter."""

    failures: int = 0
    retry_at: float = 0.0

    def allows(self, now: float) -> bool:
        return now >= self.retry_at

    def failed(self, now: float, *, longest: float) -> None:
        # Processes that failed together must not all come back together. The microseconds of the
        # clock are random enough for that, and keep this a function of its arguments.
        jitter = (now * 1_000_000) % 1_000 / 4_000
        wait = min(longest, 2.0 ** min(self.failures, 10))
        self.failures += 1
        self.retry_at = now + wait * (1 - jitter)

    def succeeded(self) -> None:
        self.failures = 0
        self.retry_at = 0.0

    def retry_after(self, now: float) -> float:
        """Whole seconds until a try makes sense, at least one."""
        return float(max(1, ceil(self.retry_at - now)))
