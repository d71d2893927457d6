"""What a benchmark answers, and the table that shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.timing import Timings

__all__ = ["Row", "at_most", "floors", "lighter", "rate", "reference", "share", "table"]

_HEADINGS = ("#", "what", "measured", "target", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `met` is None for a figure without a target, shown for comparison."""

    number: str
    what: str
    measured: str
    target: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        return (self.number, self.what, self.measured, self.target, verdict)


def floors(number: str, what: str, ratio: float, target: float) -> Row:
    """A cost in floors and the most that it may be."""
    return Row(number, what, f"{ratio:.2f} x floor", f"<= {target:g}", ratio <= target)


def reference(what: str, ratio: float) -> Row:
    """What others cost, in floors."""
    return Row("", what, f"{ratio:.2f} x floor")


def lighter(number: str, what: str, times: float, target: float) -> Row:
    """How many times as much another one costs, and the least that it should be."""
    return Row(number, what, f"{times:.1f} x lighter", f">= {target:g}", times >= target)


def share(number: str, what: str, ratio: float, target: float) -> Row:
    """Requests per second as a part of another app's, and the least that it should be."""
    return Row(number, what, f"{ratio:.2f} of its requests/s", f">= {target:g}", ratio >= target)


def rate(what: str, microseconds: float) -> Row:
    """How often this can be done in a second."""
    return Row("", what, f"{1e6 / microseconds:.0f} requests/s")


def at_most(number: str, what: str, value: float, most: float, unit: str) -> Row:
    return Row(number, what, f"{value:.4g} {unit}", f"<= {most:g}", value <= most)


def table(rows: Iterable[Row], timings: Timings) -> str:
    """The rows in columns, with the floor in microseconds above them."""
    lines = [_HEADINGS, *(row.cells for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [f"floor: one bare RSA-2048 verification, {timings.microseconds('floor'):.1f} us", ""]
    text += [_line(cells, widths) for cells in lines]
    return "\n".join(text)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
