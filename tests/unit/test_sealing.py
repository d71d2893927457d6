"""What is sealed can be read and made by this app alone, for one purpose, for a while."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.errors import ConfigError
from scute_auth.sealing import Sealer, sealer_of
from tests.unit.support import NOW, config

SEALER = Sealer("app_demo", ("the newest secret", "an older secret"))
VALUE = {"id": "abc", "next": "/"}


def test_it_opens_again() -> None:
    sealed = SEALER.seal("magic", VALUE, until=NOW + 600)

    assert SEALER.open("magic", sealed, now=NOW) == VALUE
    assert "abc" not in sealed


def test_it_opens_until_its_time() -> None:
    sealed = SEALER.seal("magic", VALUE, until=NOW + 600)

    assert SEALER.open("magic", sealed, now=NOW + 599.9) == VALUE
    assert SEALER.open("magic", sealed, now=NOW + 600) is None


def test_an_older_secret_still_opens_and_the_newest_seals() -> None:
    old = Sealer("app_demo", ("an older secret",)).seal("magic", VALUE, until=NOW + 600)
    new = SEALER.seal("magic", VALUE, until=NOW + 600)

    assert SEALER.open("magic", old, now=NOW) == VALUE
    assert Sealer("app_demo", ("an older secret",)).open("magic", new, now=NOW) is None


def test_another_purpose_and_another_app_do_not_open_it() -> None:
    sealed = SEALER.seal("magic", VALUE, until=NOW + 600)

    assert SEALER.open("oauth", sealed, now=NOW) is None
    assert Sealer("app_other", ("the newest secret",)).open("magic", sealed, now=NOW) is None


@pytest.mark.parametrize(
    "text",
    [None, "", "1.", "2.AAAA", "1.AAAA", "1." + "A" * 22, "1." + "A" * 200, "1.\xe9", "x" * 9000],
)
def test_what_is_not_ours_opens_to_nothing(text: str | None) -> None:
    assert SEALER.open("magic", text, now=NOW) is None


def test_what_is_too_long_is_not_even_tried() -> None:
    sealed = SEALER.seal("magic", {"text": "x" * 9000}, until=NOW + 600)

    assert SEALER.open("magic", sealed, now=NOW) is None


@given(st.integers(0, 400), st.integers(1, 255))
def test_one_changed_byte_spoils_it(place: int, change: int) -> None:
    sealed = SEALER.seal("magic", VALUE, until=NOW + 600)
    place = 2 + place % (len(sealed) - 3)
    other = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789-_"[change % 44]
    spoiled = sealed[:place] + other + sealed[place + 1 :]

    assert SEALER.open("magic", spoiled, now=NOW) == (VALUE if other == sealed[place] else None)


@given(st.text())
def test_no_text_makes_an_error(text: str) -> None:
    assert SEALER.open("magic", f"1.{text}", now=NOW) is None


def test_the_ring_is_the_cookie_keys_else_the_secret() -> None:
    ring = sealer_of(config(secret="a secret", cookie_keys=("a key of 16 characters",)))
    secret = sealer_of(config(secret="a secret"))
    sealed = secret.seal("magic", VALUE, until=NOW + 600)

    assert Sealer("app_demo", ("a secret",)).open("magic", sealed, now=NOW) == VALUE
    assert ring.open("magic", sealed, now=NOW) is None


def test_without_a_secret_nothing_is_sealed_and_the_setting_is_named() -> None:
    sealer = sealer_of(config())

    assert sealer.open("magic", "1." + "A" * 100, now=NOW) is None
    with pytest.raises(ConfigError, match="SCUTE_SECRET"):
        sealer.seal("magic", VALUE, until=NOW + 600)


def test_the_same_value_seals_to_the_same_text() -> None:
    """Sealing is a function of its arguments: no hidden randomness, no nonce to repeat."""
    first, second = (SEALER.seal("magic", VALUE, until=NOW + 600) for _ in range(2))

    assert first == second
