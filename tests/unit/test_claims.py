"""A good signature proves only that Scute wrote it: the claims must say what it is."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth import claims
from scute_auth.errors import Reason, TokenError
from scute_auth.jws import Header, Jws
from tests.unit.mutation import without
from tests.unit.support import APP_ID, NOW, good_claims, refusal

BOUND = 3600.0
WEEK = 604_800


def read(reader: Any = claims, *, typ: str | None = None, **changes: Any) -> Any:
    parsed = Jws(Header("k1", typ), good_claims(**changes), b"", b"")
    return reader.read(parsed, app_id=APP_ID, now=NOW, leeway=30, bound=BOUND)


@dataclass(frozen=True)
class Tooth:
    check: str
    instead: str
    changes: dict[str, Any]
    reason: Reason = Reason.MALFORMED


ACTOR = {"sub": "usr_2", "kind": "operator"}

TEETH = {
    "expired": Tooth(
        "if expires_at + leeway <= now:", "if False:", {"exp": NOW - 30}, Reason.EXPIRED
    ),
    "a time of another type": Tooth("if name in raw:", "if False:", {"iat": "1800000000"}),
    "a boolean for a time": Tooth(
        "type(value) is int or", "isinstance(value, int) or", {"iat": True}
    ),
    "a time after the end of time": Tooth(" and abs(value) <= _LATEST", "", {"nbf": -(10.0**300)}),
    "not before a later time": Tooth(
        "if not_before is not None and not_before > latest:", "if False:", {"nbf": NOW + 31}
    ),
    "issued later": Tooth("issued_at > latest or ", "", {"iat": NOW + 31}),
    "issued after its end": Tooth(" or issued_at > expires_at", "", {"iat": NOW, "exp": NOW - 20}),
    "another app": Tooth(
        'if raw.get("aid") != app_id:', "if False:", {"aid": "app_other"}, Reason.WRONG_APP
    ),
    "another audience": Tooth(
        'if "aud" in raw and raw["aud"] != app_id:',
        "if False:",
        {"aud": "https://api.example"},
        Reason.WRONG_APP,
    ),
    "another type": Tooth(
        'if typ is not None and typ.upper() != "JWT":',
        "if False:",
        {"typ": "at+jwt"},
        Reason.NOT_ACCESS,
    ),
    "imp of another type": Tooth(
        "type(impersonated) is not bool or ", "", {"imp": "true", "act": ACTOR}
    ),
    "an actor of another type": Tooth(
        " or not (actor is None or is_object(actor))", "", {"imp": True, "act": "usr_2"}
    ),
    "an actor without impersonation": Tooth(
        "if actor is not None and not impersonated:", "if False:", {"act": ACTOR}, Reason.NOT_ACCESS
    ),
    "m2m of another type": Tooth(
        "if type(machine) is not bool:", "if False:", {"m2m": 1}, Reason.NOT_A_USER
    ),
    "a machine that is a person": Tooth(
        "if machine is True and not _PERSONAL.isdisjoint(raw):",
        "if False:",
        {"m2m": True},
        Reason.NOT_A_USER,
    ),
    "no user": Tooth("0 < len(value)", "0 <= len(value)", {"uuid": ""}, Reason.NOT_A_USER),
    "a user without end": Tooth(
        "0 < len(value) <= _MAX_ID", "0 < len(value)", {"uuid": "u" * 257}, Reason.NOT_A_USER
    ),
    "a user with a line break": Tooth(
        " or not value.isprintable()", "", {"uuid": "usr_1\r\nx: y"}, Reason.NOT_A_USER
    ),
    "a life too long": Tooth(
        "if expires_at - now > ", "if False and 0 > ", {"exp": NOW + 3631}, Reason.NOT_ACCESS
    ),
    "an impersonation too long": Tooth(
        "(MAX_ACCESS_LIFETIME if is_impersonated",
        "(10**12 if is_impersonated",
        {"imp": True, "exp": NOW + WEEK + 31},
        Reason.NOT_ACCESS,
    ),
    "an identifier without end": Tooth(" and len(value) <= longest)", ")", {"uid": "s" * 257}),
    "an identifier of another type": Tooth(
        "    raise TokenError(Reason.MALFORMED)\n\x00", "    return None\n", {"wid": ["w"]}
    ),
    "a number without end": Tooth(" and abs(value) < 2**63", "", {"uid": 2**63}),
}


def mutant(tooth: Tooth) -> Any:
    """`\\x00` in a check stands for the end of the module."""
    if not tooth.check.endswith("\x00"):
        return without(claims, tooth.check, tooth.instead)
    source = inspect.getsource(claims)
    end = tooth.check.rstrip("\x00")
    assert source.endswith(end)
    before = source[: -len(end)][-60:]
    return without(claims, before + end, before + tooth.instead)


@pytest.mark.parametrize("tooth", TEETH.values(), ids=TEETH)
def test_one_check_alone_refuses_these_claims(tooth: Tooth) -> None:
    assert refusal(lambda: read(**tooth.changes)) is tooth.reason
    assert read(mutant(tooth), **tooth.changes) is not None


FOREIGN = sorted(
    re.findall(
        r'"(\w+)"',
        inspect.getsource(claims).partition("OF_OTHERS = frozenset")[2].partition(")")[0],
    )
)


@pytest.mark.parametrize("name", FOREIGN)
def test_each_marker_of_another_token_is_refused_for_itself(name: str) -> None:
    """T20"""
    changes: dict[str, Any] = {name: "x"}

    assert refusal(lambda: read(**changes)) is Reason.NOT_ACCESS
    assert read(without(claims, f'        "{name}",\n', ""), **changes) is not None


@pytest.mark.parametrize("name", ["verification_id", "challenge_id", "intent"])
def test_the_result_of_a_verification_is_no_session(name: str) -> None:
    """T20"""
    changes: dict[str, Any] = {name: "x"}
    others = without(claims, 'OF_OTHERS.union(OF_VERIFICATIONS, ["intent"])', "OF_OTHERS")

    assert refusal(lambda: read(**changes)) is Reason.NOT_ACCESS
    assert read(others, **changes) is not None


GUARDS: dict[str, tuple[str, str, dict[str, Any], Reason, type[Exception]]] = {
    "no exp": ("if expires_at is None:", "if False:", {"exp": ...}, Reason.MALFORMED, TypeError),
    "exp without end": (
        " and abs(value) <= _LATEST",
        "",
        {"exp": 10**400},
        Reason.MALFORMED,
        OverflowError,
    ),
    "a user of another type": (
        "type(value) is not str or ",
        "",
        {"uuid": {"$ne": None}},
        Reason.NOT_A_USER,
        AttributeError,
    ),
}


@pytest.mark.parametrize(
    ("check", "instead", "changes", "reason", "error"), GUARDS.values(), ids=GUARDS
)
def test_one_check_alone_keeps_these_claims_from_being_a_crash(
    check: str, instead: str, changes: dict[str, Any], reason: Reason, error: type[Exception]
) -> None:
    assert refusal(lambda: read(**changes)) is reason
    with pytest.raises(error):
        read(without(claims, check, instead), **changes)


def test_the_claims_are_given_names() -> None:
    found = read(
        typ="JWT", uid=7, wid="w1", crid="c1", iat=NOW - 5, imp=True, act=ACTOR, client_name=None
    )

    assert (found.user_id, found.app_id, found.expires_at) == ("usr_1", APP_ID, NOW + 600)
    assert (found.session_id, found.workspace_id, found.credential_id) == ("7", "w1", "c1")
    assert found.issued_at == NOW - 5
    assert found.is_impersonated
    assert found.actor == ACTOR
    assert found.raw["uid"] == 7


def test_the_least_that_scute_documents_is_enough() -> None:
    found = read()

    assert not found.is_impersonated
    assert (found.issued_at, found.session_id, found.actor) == (None, None, None)


def test_a_machine_has_no_user_id() -> None:
    found = read(uuid=..., m2m=True, client_name="billing")

    assert found.is_machine
    assert (found.user_id, found.client_name) == ("", "billing")


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - 29.5},
        {"exp": NOW + 3630},
        {"iat": NOW + 30},
        {"nbf": NOW + 30},
        {"aud": APP_ID},
        {"typ": "jwt"},
        {"imp": False, "act": None},
        {"act": None},
        {"m2m": False},
        {"uuid": "\u00fc" * 256},
        {"email": "ada@example.com", "anything": [1, {"x": None}]},
        {"imp": True, "exp": NOW + WEEK},
        {"crid": "A" * 2048},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_valid_variants_pass(changes: dict[str, Any]) -> None:
    assert read(**changes) is not None


@pytest.mark.parametrize(("name", "longest"), [("crid", 2048), ("uid", 256), ("wid", 256)])
def test_an_identifier_has_an_end(name: str, longest: int) -> None:
    """A WebAuthn credential id has up to 1023 bytes, so it is given more room than the others."""
    assert read(**{name: "A" * longest})
    assert refusal(lambda: read(**{name: "A" * (longest + 1)})) is Reason.MALFORMED


def test_claims_show_no_secret_in_their_repr() -> None:
    assert "ada@" not in repr(read(email="ada@example.com", imp=True, act={"email": "ada@x.com"}))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**4000)
    | st.floats()
    | st.text()
    | st.sampled_from([NOW, NOW + 60, APP_ID, "usr_1"]),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["exp", "iat", "nbf", "aid", "aud", "uuid", "uid", "wid", "crid", "m2m", "imp", "act", "x"]
) | st.sampled_from(FOREIGN)


@given(st.dictionaries(NAMES | st.text(), VALUES), st.none() | st.text(), st.booleans())
def test_any_json_object_is_read_or_refused(
    changes: dict[str, Any], typ: str | None, is_bare: bool
) -> None:
    raw = changes if is_bare else good_claims() | changes
    parsed = Jws(Header(None, typ), raw, b"", b"")

    try:
        found = claims.read(parsed, app_id=APP_ID, now=NOW, leeway=30, bound=BOUND)
    except TokenError:
        return
    assert raw["aid"] == found.app_id == APP_ID
    assert NOW - 30 < found.expires_at <= NOW + 30 + WEEK
    assert found.is_machine or found.user_id == raw["uuid"]


@given(st.floats(0, 300), st.floats(60, WEEK), st.floats(-WEEK, 2 * WEEK))
def test_a_token_passes_from_now_to_its_bound(leeway: float, bound: float, left: float) -> None:
    parsed = Jws(Header(None, None), good_claims(exp=NOW + left), b"", b"")

    def attempt() -> object:
        return claims.read(parsed, app_id=APP_ID, now=NOW, leeway=leeway, bound=bound)

    verdict: Callable[[], object] = attempt
    end = NOW + left
    if end + leeway <= NOW:
        assert refusal(verdict) is Reason.EXPIRED
    elif end - NOW > bound + leeway:
        assert refusal(verdict) is Reason.NOT_ACCESS
    else:
        assert attempt() is not None
