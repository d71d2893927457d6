"""What a strict reader takes, and what narrowing gives."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.json_values import optional_time, strict_object


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_any_object_is_read_as_it_is(value: dict[str, object]) -> None:
    assert strict_object(f" {json.dumps(value)}\r\n".encode()) == value


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(ValueError):
        assert isinstance(strict_object(data), dict)


def test_without_a_bound_depth_is_still_no_crash() -> None:
    assert strict_object(b'{"a": ' + b"[" * 65 + b"]" * 65 + b"}")

    with pytest.raises(ValueError, match="too deep"):
        strict_object(b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2026-04-16T12:00:00Z", 1776340800.0),
        ("2026-04-16T14:00:00+02:00", 1776340800.0),
        ("2026-04-16T12:00:00", 1776340800.0),
        (1776340800, 1776340800.0),
        (None, None),
    ],
    ids=str,
)
def test_a_time_is_seconds_whichever_way_it_is_written(
    written: object, seconds: float | None
) -> None:
    assert optional_time(written) == seconds


@pytest.mark.parametrize("written", ["nan", "1776340800", "soon", float("inf")], ids=str)
def test_what_is_no_time_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"time|isoformat"):
        optional_time(written)
