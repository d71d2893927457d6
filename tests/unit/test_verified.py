"""Remembered tokens: found by the whole token, under the very keys, until they end."""

from hypothesis import given
from hypothesis import strategies as st

from scute_auth.claims import Claims
from scute_auth.jws import MAX_TOKEN
from scute_auth.verified import VerifiedTokens, digest
from tests.unit.support import APP_ID, NOW, token

CLAIMS = Claims("usr_1", APP_ID, NOW + 60)
KEYS = object()


def remembered(text: str, max_entries: int = 10) -> VerifiedTokens:
    tokens = VerifiedTokens(max_entries)
    tokens.remember(text, CLAIMS, KEYS, NOW + 60)
    return tokens


def test_a_token_is_remembered_until_its_end() -> None:
    """P05"""
    tokens = remembered("a.b.c")

    assert tokens.get("a.b.c", NOW + 59.9, KEYS) is CLAIMS
    assert tokens.get("a.b.c", NOW + 60, KEYS) is None


def test_another_key_set_remembers_nothing() -> None:
    """P05"""
    assert remembered("a.b.c").get("a.b.c", NOW, object()) is None


@given(st.text())
def test_only_the_whole_token_is_found(other: str) -> None:
    """P05"""
    tokens = remembered("a.b.c")

    assert (tokens.get(other, NOW, KEYS) is CLAIMS) == (other == "a.b.c")


def test_tokens_that_share_all_but_their_end_are_apart() -> None:
    """P05"""
    text = token()
    tokens = remembered(text)

    assert tokens.get(text[:-1], NOW, KEYS) is None
    assert tokens.get(text + "A", NOW, KEYS) is None


def test_what_is_too_long_is_not_even_hashed() -> None:
    tokens = remembered("a" * (MAX_TOKEN + 1))

    assert tokens.get("a" * (MAX_TOKEN + 1), NOW, KEYS) is None


def test_the_oldest_is_forgotten_when_there_is_no_room() -> None:
    """P05"""
    tokens = VerifiedTokens(max_entries=2)
    for text in ("a", "b", "c"):
        tokens.remember(text, CLAIMS, KEYS, NOW + 60)

    found = [tokens.get(text, NOW, KEYS) for text in ("a", "b", "c")]

    assert found == [None, CLAIMS, CLAIMS]


def test_a_revoked_token_is_forgotten_and_known_as_revoked() -> None:
    """T22"""
    tokens = remembered("a.b.c")
    assert not tokens.is_revoked("a.b.c", NOW)

    tokens.revoke("a.b.c", NOW)

    assert tokens.get("a.b.c", NOW, KEYS) is None
    assert tokens.is_revoked("a.b.c", NOW + 604_799)
    assert not tokens.is_revoked("a.b.c", NOW + 604_800)
    assert not tokens.is_revoked("another", NOW)


def test_a_token_revoked_while_it_was_being_verified_is_not_found() -> None:
    """T22"""
    tokens = VerifiedTokens()
    tokens.revoke("a.b.c", NOW)

    tokens.remember("a.b.c", CLAIMS, KEYS, NOW + 60)
    tokens.remember("d.e.f", CLAIMS, KEYS, NOW + 60)

    assert tokens.get("a.b.c", NOW, KEYS) is None
    assert tokens.get("d.e.f", NOW, KEYS) is CLAIMS


def test_a_digest_is_of_any_text_and_tells_nothing() -> None:
    """T14"""
    assert digest("\ud800") != digest("\ud801")
    assert len(digest("a.b.c")) == 32
