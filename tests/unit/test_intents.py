"""A `scute_token`: whose it is, what it says, and what else is signed with the same keys."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth import (
    AsyncScute,
    IntentVerification,
    Reason,
    Scute,
    ScuteClient,
    ScuteUnavailable,
    TokenError,
)
from scute_auth.intents import Awaited, read_intent
from scute_auth.jws import Header, Jws
from scute_auth.risk import Risk
from scute_auth.store import MemoryStore
from scute_emulator import Emulator
from tests.unit.flows import BrokenStore
from tests.unit.sessions import Clock, config_of, new_emulator
from tests.unit.support import APP_ID, NOW, refusal

ADA = "ada@example.com"
PLAIN = Header("k1", None)
ID = "4f9d0a3c-7b1e-4a55-9c3e-0d7a6a1f2b10"


def said(**changes: Any) -> dict[str, Any]:
    """Claims of the result of a verification; a change to `...` removes a name."""
    claims: dict[str, Any] = {"aud": APP_ID, "verification_id": ID, "status": "verified"}
    claims |= {"exp": int(NOW) + 300} | changes
    return {name: value for name, value in claims.items() if value is not ...}


def read(
    expected: Awaited = ID, *, header: Header = PLAIN, own_id: str = APP_ID, **changes: Any
) -> IntentVerification:
    jws = Jws(header, said(**changes), b"", b"")
    return read_intent(jws, app_ids=(APP_ID, own_id), expected=expected, now=NOW, leeway=30)


def test_what_it_says_is_typed_and_all_of_it_is_kept() -> None:
    risk = {"score": 12.5, "level": "low", "signals": ["a"], "recommendation": "allow", "x": 1}

    result = read(intent="reset", metadata={"ticket_id": "T-1"}, risk=risk, more=[1])

    assert (result.verification_id, result.is_verified, result.outcome) == (ID, True, "verified")
    assert (result.intent, result.metadata["ticket_id"]) == ("reset", "T-1")
    assert result.risk == Risk(12.5, "low", "allow", ("a",), risk)
    assert (result.expires_at, result.raw["more"]) == (NOW + 300, [1])
    assert "T-1" not in repr(result)


@pytest.mark.parametrize(
    "changes",
    [
        {"verification_id": ..., "challenge_id": ID},
        {"status": ..., "data": {"outcome": "success", "intent": "reset"}, "intent": ...},
        {"status": 200, "outcome": "Verified"},
        {"status": ..., "verified": True},
        {"consent_decision": "approved"},
        {"consent_decision": True},
        {"uuid": "usr_1"},
        {"aud": ["other", APP_ID]},
        {"aud": ..., "aid": APP_ID},
        {"aud": ..., "app_id": "7f1b0a4e-0000-4000-8000-000000000000"},
        {"aud": ...},
        {"typ": "scute-verification"},
    ],
    ids=str,
)
def test_ways_to_say_yes(changes: dict[str, Any]) -> None:
    assert read(**changes).is_verified


@pytest.mark.parametrize(
    "changes",
    [
        {"status": ...},
        {"status": "pending"},
        {"status": "denied"},
        {"status": "completed", "outcome": "denied"},
        {"status": "verified", "data": {"outcome": "failed"}},
        {"status": "verified", "verified": False},
        {"status": ["verified"]},
        {"status": ..., "verified": 1},
        {"consent_decision": "denied"},
        {"consent_decision": False},
        {"consent_decision": "maybe"},
        {"data": {"decision": "denied"}},
    ],
    ids=str,
)
def test_what_is_not_plainly_yes_is_no(changes: dict[str, Any]) -> None:
    assert not read(**changes).is_verified


@pytest.mark.parametrize("risk", [None, "high", 3, []], ids=str)
def test_no_assessment_is_none(risk: Any) -> None:
    assert read(risk=risk).risk is None


@pytest.mark.parametrize("score", [True, "12", None], ids=str)
def test_a_score_is_a_number(score: Any) -> None:
    assert read(risk={"score": score}).risk == Risk(raw={"score": score})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": ...}, Reason.MALFORMED),
        ({"exp": "soon"}, Reason.MALFORMED),
        ({"exp": NOW - 30}, Reason.EXPIRED),
        ({"iat": NOW + 31}, Reason.MALFORMED),
        ({"verification_id": ...}, Reason.NOT_A_VERIFICATION),
        ({"verification_id": ""}, Reason.NOT_A_VERIFICATION),
        ({"verification_id": {"$ne": None}}, Reason.MALFORMED),
        ({"verification_id": "x"}, Reason.WRONG_VERIFICATION),
        ({"aud": "app_other"}, Reason.WRONG_APP),
        ({"aud": [{"x": 1}]}, Reason.WRONG_APP),
        ({"aud": []}, Reason.WRONG_APP),
        ({"aid": "app_other"}, Reason.WRONG_APP),
        ({"app_id": "app_other"}, Reason.WRONG_APP),
        ({"m2m": True}, Reason.NOT_A_VERIFICATION),
        ({"imp": True}, Reason.NOT_A_VERIFICATION),
        ({"act": {"sub": "usr_2"}}, Reason.NOT_A_VERIFICATION),
        ({"user_status": "active"}, Reason.NOT_A_VERIFICATION),
        ({"policy": {}}, Reason.NOT_A_VERIFICATION),
        ({"scope": "openid"}, Reason.NOT_A_VERIFICATION),
    ],
    ids=str,
)
def test_what_is_refused(changes: dict[str, Any], reason: Reason) -> None:
    assert refusal(lambda: read(**changes)) is reason


def test_a_header_that_names_another_kind_is_refused() -> None:
    assert refusal(lambda: read(header=Header("k1", "at+jwt"))) is Reason.NOT_A_VERIFICATION
    assert read(header=Header("k1", "JWT")).is_verified


@pytest.mark.parametrize("changes", [{"aud": ...}, {"aud": ..., "app_id": "7f1b"}], ids=str)
def test_one_that_names_no_app_passes_only_for_the_verification_that_is_awaited(
    changes: dict[str, Any],
) -> None:
    """T17: any app of the workspace may have asked for it."""
    assert refusal(lambda: read(..., **changes)) is Reason.WRONG_APP
    assert read(ID, **changes).is_verified


def test_an_app_may_be_set_by_its_other_id() -> None:
    assert read(..., own_id="7f1b", aud=..., app_id="7f1b").is_verified


@given(st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=4))
def test_nothing_but_a_refusal_comes_of_odd_values(value: Any) -> None:
    for name in ("verification_id", "aud", "aid", "app_id", "status", "data", "risk", "metadata"):
        try:
            result = read(**{name: value})
        except TokenError:
            continue
        assert isinstance(result.metadata, dict)


Verify = Callable[..., IntentVerification]


class Desk:
    """The backend that asks, and Ada, who answers."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.emulator: Emulator = new_emulator(self.clock)
        self.store: Any = MemoryStore(clock=self.clock)

    def options(self) -> dict[str, Any]:
        return {"clock": self.clock, "transport": self.emulator.transport, "store": self.store}

    def asked(self) -> str:
        """The verification's id."""
        token = self.emulator.create_machine()["short_token"]
        options = self.options()
        del options["store"]
        with ScuteClient(config_of(self.emulator), **options) as client:
            started = client.verification.create_with_intent(
                "reset",
                {"contact_email": ADA, "ticket_id": "T-1"},
                token=token,
                redirect_url="https://desk.example/back",
            )
        return started.verification_id

    def answered(self, *, agree: bool = True) -> str:
        """The token that comes back with her."""
        link = self.emulator.messages(ADA)[0].link or ""
        opener = parse_qs(urlsplit(link).query)["token"][0]
        onward = self.emulator.answer_verification(opener, agree=agree)
        return parse_qs(urlsplit(onward or "").query)["scute_token"][0]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(params=["sync", "async"])
def verify(request: pytest.FixtureRequest, desk: Desk) -> Verify:
    config = config_of(desk.emulator)

    def blocking(token: str, **how: Any) -> IntentVerification:
        with Scute(config, **desk.options()) as scute:
            return scute.verify_intent_token(token, **how)

    def awaited(token: str, **how: Any) -> IntentVerification:
        async def run() -> IntentVerification:
            async with AsyncScute(config, **desk.options()) as scute:
                return await scute.verify_intent_token(token, **how)

        return asyncio.run(run())

    return blocking if request.param == "sync" else awaited


def test_the_answer_of_a_person_comes_back(desk: Desk, verify: Verify) -> None:
    desk.emulator.settings(verification_risk=75)
    verification_id = desk.asked()

    result = verify(desk.answered(), verification_id=verification_id)

    assert (result.verification_id, result.is_verified) == (verification_id, True)
    assert (result.intent, result.metadata["ticket_id"]) == ("reset", "T-1")
    assert result.risk is not None
    assert (result.risk.score, result.risk.level, result.risk.recommendation) == (
        75,
        "high",
        "deny",
    )


def test_a_no_is_told_too(desk: Desk, verify: Verify) -> None:
    desk.emulator.settings(verification_mode="consent")
    desk.asked()

    result = verify(desk.answered(agree=False))

    assert (result.is_verified, result.outcome, result.decision) == (False, "denied", "denied")


def test_a_result_is_taken_once_by_all_processes(desk: Desk, verify: Verify) -> None:
    desk.asked()
    token = desk.answered()
    verify(token)

    assert refusal(lambda: verify(token)) is Reason.REPLAYED
    assert verify(token, once=False).is_verified


def test_a_result_that_is_refused_is_not_used_up(desk: Desk, verify: Verify) -> None:
    verification_id = desk.asked()
    token = desk.answered()

    assert refusal(lambda: verify(token, verification_id="x")) is Reason.WRONG_VERIFICATION
    assert verify(token, verification_id=verification_id).is_verified


def test_who_looked_for_an_id_and_found_none_gets_no_result(desk: Desk, verify: Verify) -> None:
    desk.asked()
    token = desk.answered()
    kept: dict[str, str] = {}

    refused = refusal(lambda: verify(token, verification_id=kept.get("T-1")))

    assert refused is Reason.WRONG_VERIFICATION


def test_another_token_for_the_same_verification_is_a_replay(desk: Desk, verify: Verify) -> None:
    first, second = (desk.emulator.mint(said(n=number)) for number in (1, 2))
    verify(first)

    assert refusal(lambda: verify(second)) is Reason.REPLAYED


def test_it_counts_until_it_ends(desk: Desk, verify: Verify) -> None:
    desk.asked()
    token = desk.answered()
    verify(token)
    desk.clock.now += 329

    assert refusal(lambda: verify(token)) is Reason.REPLAYED
    desk.clock.now += 1
    assert refusal(lambda: verify(token)) is Reason.EXPIRED


def test_nobody_else_signs_one(desk: Desk, verify: Verify) -> None:
    stranger = Emulator(clock=desk.clock).mint(said(), {"kid": None})

    assert refusal(lambda: verify(stranger)) is Reason.SIGNATURE
    assert refusal(lambda: verify("")) is Reason.MISSING
    assert refusal(lambda: verify("a.b")) is Reason.MALFORMED


def test_without_keys_nobody_can_tell(desk: Desk, verify: Verify) -> None:
    token = desk.emulator.mint(said())
    desk.emulator.fault("jwks.json", status=503)

    with pytest.raises(ScuteUnavailable):
        verify(token)


def test_without_the_store_nobody_can_tell_whether_it_came_before(
    desk: Desk, verify: Verify
) -> None:
    desk.store = BrokenStore()
    token = desk.emulator.mint(said())

    with pytest.raises(ScuteUnavailable):
        verify(token)
    assert verify(token, once=False).is_verified


def others(emulator: Emulator) -> dict[str, str]:
    """All else that Scute signs with these keys (scute-protocol.md B.8)."""
    session = emulator.create_session(ADA)
    support = emulator.create_session(ADA, imp={"sub": "usr_2", "kind": "operator"})
    end = int(NOW) + 300
    return {
        "access": session["access"],
        "refresh": session["refresh"],
        "support": support["access"],
        "machine": emulator.create_machine()["access"],
        "magic link": emulator.mint({"uuid": "u", "email": ADA, "user_status": "a", "exp": end}),
        "snapshot": emulator.mint({"typ": "scute-authz-snapshot", "aud": APP_ID, "exp": end}),
        "mcp": emulator.mint({"aud": APP_ID, "sub": "u", "exp": end}, {"typ": "at+jwt"}),
    }


@pytest.mark.parametrize("kind", list(others(new_emulator(Clock()))))
def test_nothing_else_that_scute_signs_is_a_result(desk: Desk, verify: Verify, kind: str) -> None:
    """T20"""
    token = others(desk.emulator)[kind]

    assert refusal(lambda: verify(token)) is Reason.NOT_A_VERIFICATION
    assert refusal(lambda: verify(token, verification_id=ID)) is Reason.NOT_A_VERIFICATION


def test_a_result_is_no_session_even_if_it_names_a_user_of_this_app(desk: Desk) -> None:
    """T20"""
    user = desk.emulator.create_user(ADA)
    plain, named = said(), said(aid=APP_ID, uuid=user.id)
    with Scute(config_of(desk.emulator), **desk.options()) as scute:
        assert refusal(lambda: scute.verify(desk.emulator.mint(plain))) is Reason.WRONG_APP
        assert refusal(lambda: scute.verify(desk.emulator.mint(named))) is Reason.NOT_ACCESS


def test_the_app_may_be_set_by_its_uuid(desk: Desk) -> None:
    uuid = desk.emulator.state.apps.first.uuid
    config = config_of(desk.emulator)
    config = type(config)(uuid, base_url=config.base_url, emulator=True)
    with Scute(config, **desk.options()) as scute:
        assert scute.verify_intent_token(desk.emulator.mint(said())).is_verified
