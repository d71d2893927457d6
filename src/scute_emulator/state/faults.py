"""Faults to order: the next calls to a path answer another status, come late, or never."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Fault", "Faults"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with calls whose API path ends with `path`.

    `delay` alone only holds the answer up; `status` answers in the API's place, with `body` and
    `headers` if given; `drop` closes the connection. `after` lets the API act first, so that
    its answer is what gets lost.
    """

    path: str
    status: int | None = None
    delay: float = 0.0
    drop: bool = False
    after: bool = False
    body: str = '{"error":"Something went wrong","error_code":"emulated_fault"}'
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})

    def __post_init__(self) -> None:
        if self.status is not None and not 200 <= self.status <= 599:
            raise ValueError("status: give one from 200 to 599")


class Faults:
    """The faults in force; the newest that fits a path wins."""

    def __init__(self) -> None:
        self._faults: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault, times: int | None = None) -> None:
        """Let it happen `times` times, or until it is cleared."""
        if times is None or times > 0:
            self._faults.insert(0, (fault, times))

    def clear(self) -> None:
        self._faults.clear()

    def take(self, path: str) -> Fault | None:
        """The fault that this call meets, counted off."""
        for index, (fault, times) in enumerate(self._faults):
            if path.endswith(fault.path):
                if times == 1:
                    del self._faults[index]
                elif times is not None:
                    self._faults[index] = (fault, times - 1)
                return fault
        return None
