"""The benchmarks run, and their counts hold; how fast this machine is proves nothing."""

import pytest

import tests.django_setup  # noqa: F401 # pyright: ignore[reportUnusedImport] # one Django a process
from benchmarks.__main__ import measure
from benchmarks.report import Row, table
from benchmarks.timing import Timings
from benchmarks.world import QUICK


@pytest.fixture(scope="module")
def measured() -> tuple[Timings, list[Row]]:
    return measure(QUICK)


def test_every_target_has_a_row(measured: tuple[Timings, list[Row]]) -> None:
    numbers = {row.number for row in measured[1] if row.number}

    assert numbers == {"1", "2", "3", "4", "5", "6", "7", "8", "9", "9b", "10", "11", "12", "13"}


def test_the_targets_that_count_fetches_and_waits_are_met(
    measured: tuple[Timings, list[Row]],
) -> None:
    counted = [row for row in measured[1] if row.number in ("9", "11") or "fetch" in row.measured]

    assert [row.what for row in counted if not row.met] == []
    assert len(counted) == 10


def test_the_table_names_the_floor_and_each_figure(measured: tuple[Timings, list[Row]]) -> None:
    timings, rows = measured

    text = table(rows, timings)

    assert text.startswith("floor: one bare RSA-2048 verification")
    assert all(row.what in text and row.measured in text for row in rows)
