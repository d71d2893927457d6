"""Time things side by side: interleaved rounds, medians, ratios of figures from one round.

The unit is the *floor*: one bare RSA-2048/SHA-256 verification by `cryptography`, timed in every
round beside the cases. What is counted is the thread's own processor time: nothing here waits, and
what else runs on the machine takes no part of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import thread_time
from typing import TypeVar

__all__ = ["Case", "Timings", "per_call", "time_rounds"]

T = TypeVar("T")

Case = Callable[[int], float]
"""Runs one batch, for the round of this number; answers seconds per call."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds per call, by case, one figure a round."""

    seconds: Mapping[str, Sequence[float]]

    def microseconds(self, case: str) -> float:
        return median(self.seconds[case]) * 1e6

    def ratio(self, case: str, unit: str = "floor") -> float:
        """How many of the unit one call of the case costs."""
        pairs = zip(self.seconds[case], self.seconds[unit], strict=True)
        return median(mine / one for mine, one in pairs)

    def over(self, case: str, bare: str, unit: str = "floor") -> float:
        """How many of the unit one call of the case costs beyond one of `bare`."""
        rounds = zip(self.seconds[case], self.seconds[bare], self.seconds[unit], strict=True)
        return median((mine - theirs) / one for mine, theirs, one in rounds)


def time_rounds(cases: Mapping[str, Case], rounds: int) -> Timings:
    """Run one batch of each case a round, turning the order around in every second round."""
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds):
        for name in list(cases)[:: -1 if number % 2 else 1]:
            seconds[name].append(cases[name](number))
    return Timings(seconds)


def per_call(call: Callable[[T], object], items: Sequence[T]) -> float:
    """Seconds of processor time that one of these calls takes."""
    started = thread_time()
    for item in items:
        call(item)
    return (thread_time() - started) / len(items)
