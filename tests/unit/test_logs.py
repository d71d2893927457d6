"""Log records that say who it was."""

import logging
from typing import Any

import pytest

from scute_auth.claims import Claims
from scute_auth.context import Current, variable
from scute_auth.errors import Reason
from scute_auth.http import RequestView
from scute_auth.identity import AuthResult, Session, SignedIn, SignedOut, User
from scute_auth.logs import UserFilter

VIEW = RequestView("http", "GET", "https", "/", ())


def signed_in(**raw: Any) -> SignedIn:
    claims = Claims("u1", "app_x", 2e9, actor=raw.get("act"), raw=raw)
    return SignedIn(User("u1", claims), Session("cookie", "a.b.c", 2e9))


def filtered() -> tuple[str, str]:
    record = logging.LogRecord("app", logging.INFO, "app.py", 1, "text", (), None)
    assert UserFilter().filter(record)
    return record.__dict__["scute_user"], record.__dict__["scute_actor"]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (signed_in(), ("u1", "-")),
        (signed_in(imp=True, act={"sub": "op_1", "name": "Olga"}), ("u1", "Olga")),
        (SignedOut(Reason.MISSING), ("-", "-")),
    ],
)
def test_it_names_the_user_and_who_acts_as_him(
    result: AuthResult, expected: tuple[str, str]
) -> None:
    token = variable.set(Current(VIEW, result, None))
    try:
        assert filtered() == expected
    finally:
        variable.reset(token)


def test_outside_of_a_request_there_is_nobody() -> None:
    assert filtered() == ("-", "-")
