"""Users, machines, profiles and verdicts are values; none shows a token."""

import dataclasses
from typing import Any

import pytest

from scute_auth.claims import Claims
from scute_auth.errors import Reason
from scute_auth.http import READ
from scute_auth.identity import Machine, Profile, Session, SignedIn, SignedOut, Unavailable, User


def claims(user_id: str = "u1", **raw: Any) -> Claims:
    return Claims(user_id, "app_x", 2e9, actor=raw.get("act"), raw=raw)


def test_two_users_are_equal_by_id() -> None:
    one, same, other = (User(id, claims(id, n=n)) for id, n in (("a", 1), ("a", 2), ("b", 1)))

    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != "a"
    assert {one, same, other} == {one, other}


def test_a_user_is_what_frameworks_expect() -> None:
    user = User("u1", claims())

    assert user.is_authenticated
    assert user.identity == user.display_name == "u1"


@pytest.mark.parametrize(
    ("actor", "label"),
    [
        ({"sub": "op_1", "name": "Olga", "email": "o@example.com"}, "Olga"),
        ({"sub": "op_1", "email": "o@example.com"}, "o@example.com"),
        ({"sub": "op_1", "name": "O\nlga"}, "op_1"),
        ({"sub": "x" * 101}, "somebody unknown"),
        ({"sub": 7, "name": ""}, "somebody unknown"),
        (None, "somebody unknown"),
    ],
)
def test_who_has_support_access_is_named_in_a_word(
    actor: dict[str, Any] | None, label: str
) -> None:
    assert User("u1", claims(act=actor, imp=True)).actor_label == label
    assert User("u1", claims()).actor_label is None


@pytest.mark.parametrize(("raw", "impersonated"), [({}, False), ({"imp": True}, True)])
def test_support_access_shows(raw: dict[str, Any], impersonated: bool) -> None:
    """T21"""
    actor = {"sub": "op_1", "kind": "operator"} if impersonated else None
    user = User("u1", claims(act=actor, **raw))

    assert user.is_impersonated is impersonated
    assert user.actor == actor


def test_verdicts_read_identity_unless_they_say_otherwise() -> None:
    user, session = User("u1", claims()), Session("cookie", "token", 2e9)

    for verdict in (SignedIn(user, session), SignedOut(Reason.MISSING), Unavailable(1)):
        assert verdict.changes == READ


@pytest.mark.parametrize(
    "value",
    [
        User("u1", claims()),
        Machine("client", claims()),
        Profile("u1"),
        Session("cookie", "SECRET", 2e9, "SECRET"),
        SignedOut(Reason.MISSING),
        Unavailable(1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_can_be_changed_and_no_token_shows(value: Any) -> None:
    name = dataclasses.fields(value)[0].name

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, "other")
    assert "SECRET" not in repr(value)
    assert not hasattr(value, "__dict__")


def test_what_scute_says_in_raw_does_not_show() -> None:
    assert "SECRET" not in repr(Profile("u1", raw={"note": "SECRET"}))
    assert "SECRET" not in repr(User("u1", claims(note="SECRET")))
