"""How long a failed call waits before it is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.backoff import Backoff
from tests.unit.support import NOW


def test_what_never_failed_may_be_tried() -> None:
    assert Backoff().allows(NOW)
    assert Backoff().retry_after(NOW) == 1.0


@pytest.mark.parametrize("longest", [2.0, 30.0])
def test_the_wait_doubles_up_to_the_longest(longest: float) -> None:
    backoff = Backoff()

    for failures in range(40):
        backoff.failed(NOW, longest=longest)
        wait = backoff.retry_at - NOW
        assert 0.75 * min(2**failures, longest) <= wait <= min(2**failures, longest)


def test_nothing_is_tried_before_its_time() -> None:
    backoff = Backoff()
    backoff.failed(NOW, longest=30.0)

    assert not backoff.allows(NOW + 0.74)
    assert backoff.allows(NOW + 1.0)


def test_a_success_forgives() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.failed(NOW, longest=30.0)

    backoff.succeeded()

    assert backoff == Backoff()


def test_those_who_failed_together_do_not_come_back_together() -> None:
    waits: set[float] = set()
    for microseconds in range(0, 1000, 50):
        backoff = Backoff(failures=5)
        now = NOW + microseconds / 1e6
        backoff.failed(now, longest=30.0)
        waits.add(round(backoff.retry_at - now, 2))

    assert len(waits) > 10


@given(st.floats(0, 4e9), st.integers(0, 10_000), st.floats(1, 60))
def test_a_caller_is_told_whole_seconds_within_the_longest_wait(
    now: float, failures: int, longest: float
) -> None:
    backoff = Backoff(failures=failures)

    backoff.failed(now, longest=longest)

    assert backoff.retry_after(now).is_integer()
    assert 1 <= backoff.retry_after(now) <= longest + 1
