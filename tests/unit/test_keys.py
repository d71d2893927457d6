"""The key cache: what enters it, when it asks, and how it lives through an outage (K01-K10)."""

import logging
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from scute_auth import keys as keys_module
from scute_auth.effects import HttpCall, HttpFailure, HttpOutcome, HttpReply
from scute_auth.errors import ConfigError, Reason, ScuteUnavailable
from scute_auth.keys import MAX_KEYS, parse_key_set
from tests.unit.support import (
    DOWN,
    NOW,
    Bench,
    Endpoint,
    config,
    json_reply,
    jwk,
    key_set_reply,
    number64,
    private_key,
    refusal,
    segment,
    sign,
    token,
)

GOOD = jwk(1)
MODULUS = private_key(1).public_key().public_numbers().n

BAD_KEYS: dict[str, Any] = {
    "no object": ["kty", "RSA"],
    "null": None,
    "a text": "key",
    "a private key": jwk(2, d="AQAB"),
    **{f"a private key's {name}": jwk(2, **{name: "AQAB"}) for name in ("p", "q", "dp", "dq")},
    "a private key's qi": jwk(2, qi="AQAB"),
    "a private key's other primes": jwk(2, oth=[]),
    "an RSA key with a secret": jwk(2, k="c2VjcmV0"),
    "a symmetric key": {"kty": "oct", "k": "c2VjcmV0", "kid": "k1"},
    "a symmetric key in RSA clothes": {"kty": "oct", "k": "c2VjcmV0", "alg": "RS256"},
    "an elliptic curve": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "k2"},
    "an unknown type": jwk(2, kty="AKP"),
    "a type that is a list": jwk(2, kty=["RSA"]),
    "512 bits": jwk(2, n=number64(MODULUS % 2**511 | 2**511 | 1)),
    "1024 bits": jwk(2, n=number64(MODULUS % 2**1023 | 2**1023 | 1)),
    "2047 bits": jwk(2, n=number64(MODULUS % 2**2046 | 2**2046 | 1)),
    "8193 bits": jwk(2, n=number64(2**8192 + 1)),
    "16 kbit": jwk(2, n=number64(2**16383 + 1)),
    "exponent 1": jwk(2, e=number64(1)),
    "exponent 3": jwk(2, e=number64(3)),
    "an even exponent": jwk(2, e=number64(65538)),
    "a huge exponent": jwk(2, e=number64(2**32 + 1)),
    "an exponent of megabytes": jwk(2, e="A" * 100_000),
    "modulus 0": jwk(2, n="AA"),
    "an empty modulus": jwk(2, n=""),
    "no modulus": jwk(2, n=None),
    "no exponent": jwk(2, e=None),
    "a number for a modulus": jwk(2, n=7),
    "a list for an exponent": jwk(2, e=["AQAB"]),
    "a lone surrogate": jwk(2, n="\ud800"),
    "for encryption": jwk(2, use="enc"),
    "a use that is a list": jwk(2, use=["sig"]),
    "operations for encryption": jwk(2, key_ops=["encrypt"]),
    "operations that are a text": jwk(2, key_ops="verify"),
    "another algorithm": jwk(2, alg="RS512"),
    "an algorithm for encryption": jwk(2, alg="RSA-OAEP"),
    "a kid that is a list": jwk(2, kid=["k2"]),
    "an empty kid": jwk(2, kid=""),
    "a kid without end": jwk(2, kid="k" * 257),
}


@pytest.mark.parametrize("bad", BAD_KEYS.values(), ids=BAD_KEYS)
def test_one_bad_key_is_dropped_and_spoils_nothing(bad: Any) -> None:
    """K07, T04"""
    for entries in ([bad, GOOD], [GOOD, bad]):
        found = parse_key_set({"keys": entries})

        assert [key.kid for key in found.keys] == ["k1"]
        assert found.dropped == 1


@pytest.mark.parametrize("bad", BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_bad_key_alone_is_no_key_set(bad: Any) -> None:
    """K07"""
    with pytest.raises(ValueError, match="no usable key"):
        parse_key_set({"keys": [bad]})


@pytest.mark.parametrize(
    "document",
    [None, [], "keys", {}, {"keys": None}, {"keys": {}}, {"keys": []}, {"keys": "x"}, GOOD],
    ids=lambda document: "one key" if document is GOOD else str(document),
)
def test_what_is_no_key_set_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match="key"):
        parse_key_set(document)


def test_a_set_holds_64_keys_and_no_more() -> None:
    """K06"""
    assert len(parse_key_set({"keys": [GOOD] * MAX_KEYS}).keys) == MAX_KEYS
    with pytest.raises(ValueError, match="not a key set"):
        parse_key_set({"keys": [GOOD] * (MAX_KEYS + 1)})


@pytest.mark.parametrize(
    "entry",
    [
        jwk(1, use=None, alg=None),
        jwk(1, key_ops=["verify"]),
        jwk(1, kid=None),
        jwk(1, x5t="abc", ext=True),
    ],
)
def test_a_key_may_leave_out_what_the_standard_leaves_open(entry: Any) -> None:
    key = parse_key_set({"keys": [entry]}).keys[0]

    assert key.verifies(b"message", sign("message"))
    assert not key.verifies(b"another", sign("message"))
    assert not key.verifies(b"message", b"")
    assert "numbers" not in repr(key)


# The first path answers 404: the documented one is asked.


def test_the_documented_path_is_asked_where_the_newer_one_is_not_there() -> None:
    bench = Bench(Endpoint(keys=HttpReply(404), keys_old=key_set_reply(jwk(1))))

    bench.verify(token())

    assert [call.url.partition("app_demo/")[2] for call in bench.endpoint.calls[:2]] == [
        ".well-known/jwks.json",
        "jwks",
    ]


@pytest.mark.parametrize(
    ("took", "left"), [(0.0, 5.0), (2.0, 3.0), (4.99, 0.1), (60.0, 0.1), (-600.0, 5.0)]
)
def test_both_paths_share_one_deadline(took: float, left: float) -> None:
    bench = Bench(Endpoint(keys=HttpReply(404), keys_old=key_set_reply(jwk(1))))
    inner = bench.endpoint.send

    def send(call: HttpCall) -> HttpOutcome:
        bench.clock.forward(took if call.url.endswith(".json") else 0)
        return inner(call)

    bench.endpoint.send = send  # type: ignore[method-assign] # the endpoint is a fake already
    bench.verify(token(exp=int(NOW) + 1000))

    assert bench.endpoint.calls[0].timeout == 5.0
    assert bench.endpoint.calls[1].timeout == pytest.approx(left)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 410, 500, 503])
def test_any_other_answer_of_the_first_path_ends_the_attempt(status: int) -> None:
    """K05: a redirect too."""
    reply = HttpReply(status, (("location", "https://evil.example/keys"),))
    bench = Bench(Endpoint(keys=reply, keys_old=key_set_reply(jwk(1))))

    with pytest.raises(ScuteUnavailable):
        bench.verify(token())

    assert bench.endpoint.key_fetches == 1


# What a token without a fitting key costs.


def test_a_bad_signature_under_a_known_key_asks_nobody_and_evicts_nothing() -> None:
    """K01"""
    bench = Bench().warm()
    forged = token()[:-8] + "AAAAAAAA"

    for _ in range(300):
        bench.clock.forward(0.2)
        assert bench.reason(forged) is Reason.SIGNATURE

    assert bench.endpoint.key_fetches == 0
    bench.verify(token())


def test_a_flood_of_unknown_kids_costs_three_fetches_a_minute() -> None:
    """K01: 10,000 bad tokens in a minute, half of them under a known key."""
    bench = Bench().warm()
    forged = token().rpartition(".")[0] + "." + token(number=2).rpartition(".")[2]
    # One signature serves for all: nobody gets as far as to check it.
    parts = token({"kid": "x"}).split(".")[1:]
    for index in range(10_000):
        bench.clock.forward(60 / 10_000)
        if index % 2:
            reason = bench.reason(forged)
        else:
            reason = bench.reason(".".join([_header(f"unknown-{index}"), *parts]))
        assert reason in (Reason.UNKNOWN_KEY, Reason.SIGNATURE)

    assert bench.endpoint.key_fetches <= 3


def _header(kid: str) -> str:
    return segment({"alg": "RS256", "kid": kid})


def test_a_rotation_is_seen_within_the_cooldown_during_a_flood() -> None:
    """K01, K09"""
    bench = Bench().warm()
    bench.reason(token({"kid": "unknown"}))
    bench.endpoint.keys = key_set_reply(jwk(1), jwk(2))
    rotated_at = bench.clock.now
    new = token(number=2, exp=int(NOW) + 3000)

    seen_at = None
    for index in range(302):
        bench.clock.forward(0.1)
        bench.reason(".".join([_header(f"flood-{index}"), *token().split(".")[1:]]))
        if verifies(bench, new):
            seen_at = bench.clock.now
            break

    assert seen_at is not None
    assert seen_at - rotated_at <= 30.2
    assert bench.endpoint.key_fetches == 2


def verifies(bench: Bench, text: str) -> bool:
    return refusal_or_none(lambda: bench.verify(text)) is None


def refusal_or_none(verify: Callable[[], object]) -> Reason | None:
    try:
        return refusal(verify)
    except AssertionError:
        return None


def test_a_new_key_is_found_at_once_when_nobody_asked_lately() -> None:
    """K09"""
    bench = Bench().warm()
    bench.endpoint.keys = key_set_reply(jwk(1), jwk(2))

    bench.verify(token(number=2))
    bench.verify(token(number=1, uid="old key, still good"))

    assert bench.endpoint.key_fetches == 1


def test_a_token_without_kid_is_tried_on_every_key_and_then_once_on_new_ones() -> None:
    """K08"""
    bench = Bench(Endpoint(keys=key_set_reply(jwk(2), jwk(1)))).warm()
    bench.verify(token({"kid": ...}))
    bench.endpoint.keys = key_set_reply(jwk(3), jwk(1))

    bench.verify(token({"kid": ...}, number=3))

    assert bench.endpoint.key_fetches == 1
    assert bench.reason(token({"kid": ...}, number=2)) is Reason.SIGNATURE


def test_a_token_without_kid_is_tried_on_eight_keys_at_most() -> None:
    """K08"""
    others = [jwk(2, kid=f"other-{index}") for index in range(8)]
    eighth = Bench(Endpoint(keys=key_set_reply(*others[:7], jwk(1))))
    ninth = Bench(Endpoint(keys=key_set_reply(*others, jwk(1))))

    eighth.verify(token({"kid": ...}))
    assert ninth.reason(token({"kid": ...})) is Reason.SIGNATURE


def test_two_keys_of_one_kid_are_both_tried() -> None:
    """K08"""
    bench = Bench(Endpoint(keys=key_set_reply(jwk(2, kid="k1"), jwk(1))))

    bench.verify(token())
    bench.verify(token({"kid": "k1"}, number=2))


def test_the_key_of_another_kid_is_no_key_of_this_token() -> None:
    """T06"""
    bench = Bench(Endpoint(keys=key_set_reply(jwk(1), jwk(2))))

    assert bench.reason(token({"kid": "k2"}, number=1)) is Reason.SIGNATURE
    assert bench.reason(token({"kid": "K1"}, number=1)) is Reason.UNKNOWN_KEY


def test_a_new_key_under_the_old_name_is_taken_when_the_set_is_read_again() -> None:
    bench = Bench(Endpoint(keys=key_set_reply(jwk(2, kid="same")))).warm_with(
        token({"kid": "same"}, number=2)
    )
    bench.endpoint.keys = key_set_reply(jwk(1, kid="same"))
    new = token({"kid": "same"}, exp=int(NOW) + 3000)

    assert bench.reason(new) is Reason.SIGNATURE
    bench.clock.forward(600)
    bench.reason(new)
    bench.stepper.run_background()
    bench.verify(new)


def test_a_new_key_set_that_still_does_not_fit_is_a_bad_signature() -> None:
    bench = Bench().warm()
    bench.endpoint.keys = key_set_reply(jwk(1), jwk(2, kid="new"))

    assert bench.reason(token({"kid": "new"}, number=3)) is Reason.SIGNATURE
    assert bench.endpoint.key_fetches == 1


def test_a_strangers_flood_leaves_scutes_own_answers_their_own_budget() -> None:
    bench = Bench().warm()
    bench.reason(token({"kid": "flood"}))
    bench.endpoint.keys = key_set_reply(jwk(1), jwk(2))

    assert bench.reason(token(number=2)) is Reason.UNKNOWN_KEY
    assert bench.verify(token(number=2), own=True).user_id == "usr_1"


# Time.


def test_fresh_keys_ask_nobody_and_stale_ones_are_served_while_one_fetch_runs() -> None:
    """K02"""
    bench = Bench().warm()
    late = int(NOW) + 3000
    bench.clock.forward(599)
    bench.verify(token(exp=late, uid="fresh"))
    assert "keys" not in bench.stepper.background

    bench.clock.forward(1)
    bench.verify(token(exp=late, uid="stale"))
    bench.verify(token(exp=late, uid="stale too"))

    assert bench.stepper.waited == 0
    assert bench.endpoint.key_fetches == 0
    bench.stepper.run_background()
    assert bench.endpoint.key_fetches == 1
    bench.verify(token(exp=late, uid="fresh again"))
    assert "keys" not in bench.stepper.background


@pytest.mark.parametrize("headers", ["max-age=31536000", "max-age=0", "no-store"])
def test_what_the_endpoint_says_of_caching_changes_nothing(headers: str) -> None:
    """K09"""
    reply = HttpReply(200, (("cache-control", headers),), key_set_reply(jwk(1)).body)
    bench = Bench(Endpoint(keys=reply)).warm()

    for _ in range(9):
        bench.clock.forward(60)
        bench.verify(token())
    assert bench.endpoint.key_fetches == 0
    bench.clock.forward(60)
    bench.verify(token(exp=int(bench.clock.now) + 60))
    bench.stepper.run_background()
    assert bench.endpoint.key_fetches == 1


def test_a_withdrawn_key_dies_at_the_next_successful_fetch() -> None:
    """K09, P05: remembered tokens of that key die with it."""
    bench = Bench().warm()
    old = token(exp=int(NOW) + 3000)
    bench.verify(old)
    bench.endpoint.keys = key_set_reply(jwk(2))

    bench.clock.forward(600)
    bench.verify(old)
    bench.stepper.run_background()

    assert bench.reason(old) is Reason.UNKNOWN_KEY


UNUSABLE: dict[str, HttpOutcome] = {
    "refused": DOWN,
    "timeout": HttpFailure("timeout"),
    "too large": HttpFailure("too_large"),
    "gzip": HttpFailure("encoding"),
    "503": HttpReply(503),
    "429": HttpReply(429),
    "403": HttpReply(403),
    "302": HttpReply(302),
    "404": HttpReply(404),
    "a page": HttpReply(200, (), b"<html>maintenance</html>"),
    "no UTF-8": HttpReply(200, (), b"\xff\xfe"),
    "deep": HttpReply(200, (), b"[" * 100_000),
    "no keys": HttpReply(200, (), b'{"keys": []}'),
    "no RSA key": HttpReply(200, (), b'{"keys": [{"kty": "oct"}]}'),
    "204": HttpReply(204),
    "a private key": json_reply({"keys": [jwk(2, d="AQAB")]}),
    "10,000 keys": json_reply({"keys": [jwk(1)] * 10_000}),
}


@pytest.mark.parametrize("bad", UNUSABLE.values(), ids=UNUSABLE)
def test_a_failed_or_unusable_answer_wipes_nothing(bad: HttpOutcome) -> None:
    """K02, K06"""
    bench = Bench().warm()
    late = int(NOW) + 3500
    bench.endpoint.keys = bad

    for _ in range(5):
        bench.clock.forward(590)
        for index in range(40):
            bench.verify(token(exp=late, uid=index))
            bench.stepper.run_background()

    assert bench.stepper.waited == 0
    bench.clock.forward(700)
    with pytest.raises(ScuteUnavailable):
        bench.verify(token(exp=late + 300))


def test_stale_keys_end_after_their_hour() -> None:
    bench = Bench().warm()
    bench.endpoint.keys = DOWN
    text = token(exp=int(NOW) + 3620)

    bench.clock.forward(3599)
    bench.verify(text)
    bench.clock.forward(1)
    with pytest.raises(ScuteUnavailable):
        bench.verify(text)


def test_keys_live_at_least_as_long_as_they_are_fresh() -> None:
    bench = Bench(keys_lifetime=600, keys_max_stale=0).warm()
    bench.endpoint.keys = DOWN

    bench.clock.forward(599)
    bench.verify(token())
    bench.clock.forward(1)
    with pytest.raises(ScuteUnavailable):
        bench.verify(token(exp=int(NOW) + 1000))


def test_an_outage_is_met_with_a_growing_wait_and_one_warning_a_minute() -> None:
    """K02"""
    bench = Bench().warm()
    late = int(NOW) + 1800
    bench.clock.forward(600)
    bench.endpoint.keys = DOWN

    attempts: list[float] = []
    for _ in range(1200):
        before = bench.endpoint.key_fetches
        bench.verify(token(exp=late))
        bench.stepper.run_background()
        if bench.endpoint.key_fetches > before:
            attempts.append(bench.clock.now)
        bench.clock.forward(0.25)

    gaps = [later - earlier for earlier, later in pairwise(attempts)]
    assert gaps[:6] == pytest.approx([1, 2, 4, 8, 16, 30], rel=0.26)
    assert all(22.5 <= gap <= 30.25 for gap in gaps[6:])
    warnings = [log for log in bench.stepper.logged if log.level == logging.WARNING]
    assert 4 <= len(warnings) <= 6


def test_the_return_of_the_endpoint_is_noticed_and_forgives_the_failures() -> None:
    bench = Bench().warm()
    bench.clock.forward(600)
    bench.endpoint.keys = DOWN
    for _ in range(40):
        bench.verify(token(exp=int(NOW) + 3000))
        bench.stepper.run_background()
        bench.clock.forward(1)
    bench.endpoint.keys = key_set_reply(jwk(2))

    bench.clock.forward(30)
    bench.verify(token(exp=int(NOW) + 3000))
    bench.stepper.run_background()

    bench.verify(token(number=2, exp=int(NOW) + 3000))


def test_a_cold_start_in_an_outage_is_unavailable_and_recovers_within_two_seconds() -> None:
    """K03: never a refusal; one attempt per back-off, not one per request."""
    bench = Bench(Endpoint(keys=DOWN))
    for _ in range(600):
        with pytest.raises(ScuteUnavailable) as caught:
            bench.verify(token())
        assert 1 <= caught.value.retry_after <= 2
        bench.clock.forward(0.1)
    assert 40 <= bench.endpoint.key_fetches <= 60

    bench.endpoint.keys = key_set_reply(jwk(1))
    bench.clock.forward(2)

    bench.verify(token())


def test_an_unknown_kid_in_an_outage_cannot_be_told() -> None:
    bench = Bench().warm()
    bench.endpoint.keys = DOWN

    with pytest.raises(ScuteUnavailable) as caught:
        bench.verify(token(number=2))
    assert caught.value.retry_after == 1
    bench.verify(token())


def test_a_token_without_kid_that_no_key_fits_cannot_be_told_in_an_outage() -> None:
    """It may be signed by the key that could not be fetched: an outage signs nobody out."""
    bench = Bench().warm()
    bench.endpoint.keys = DOWN

    with pytest.raises(ScuteUnavailable):
        bench.verify(token({"kid": ...}, number=2))
    bench.endpoint.keys = key_set_reply(jwk(2))
    bench.clock.forward(1)
    bench.verify(token({"kid": ...}, number=2))


def test_a_kid_that_was_unknown_before_the_outage_is_still_a_plain_no() -> None:
    bench = Bench().warm()
    assert bench.reason(token(number=2)) is Reason.UNKNOWN_KEY
    bench.endpoint.keys = DOWN
    bench.clock.forward(30)

    assert bench.reason(token(number=2)) is Reason.UNKNOWN_KEY


def test_after_a_failure_an_unknown_kid_asks_again_after_the_back_off_alone() -> None:
    """The cooldown of 30 s counts from an answer."""
    bench = Bench().warm()
    bench.endpoint.keys = DOWN
    with pytest.raises(ScuteUnavailable):
        bench.verify(token(number=2))
    bench.endpoint.keys = key_set_reply(jwk(1), jwk(2))

    bench.clock.forward(1)

    bench.verify(token(number=2))


def test_a_flood_during_an_outage_follows_the_back_off() -> None:
    bench = Bench().warm()
    bench.endpoint.keys = DOWN
    parts = token().split(".")[1:]

    for index in range(3000):
        with pytest.raises(ScuteUnavailable):
            bench.verify(".".join([_header(f"flood-{index}"), *parts]))
        bench.clock.forward(0.02)

    assert bench.endpoint.key_fetches <= 7


def test_unknown_kids_are_remembered_in_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_module, "_MAX_UNKNOWN", 3)
    bench = Bench().warm()
    parts = token().split(".")[1:]

    for index in range(5):
        bench.reason(".".join([_header(f"unknown-{index}"), *parts]))
    bench.endpoint.keys = DOWN
    bench.clock.forward(30)

    with pytest.raises(ScuteUnavailable):
        bench.verify(".".join([_header("unknown-0"), *parts]))
    assert bench.reason(".".join([_header("unknown-4"), *parts])) is Reason.UNKNOWN_KEY


def test_a_fetch_that_was_asked_for_while_another_ended_is_not_made() -> None:
    """K04: in threads, whoever looked before the answer and asks after it joins in its result."""
    bench = Bench()
    one = bench.verifier.verify(token(), bench.clock())
    other = bench.verifier.verify(token(uid="other"), bench.clock())
    shared = (next(one), next(other))

    for effect in shared:
        bench.stepper.run(effect.flow)  # type: ignore[union-attr] # both ask for the keys

    assert bench.endpoint.key_fetches == 1


@pytest.mark.parametrize("ahead", [3600, 30 * 86_400])
def test_a_clock_that_is_set_back_does_not_keep_withdrawn_keys_alive(ahead: float) -> None:
    """A machine boots a month ahead, learns the keys, and gets the time from the network."""
    bench = Bench()
    bench.clock.forward(ahead)
    bench.verify(token(exp=int(bench.clock()) + 600))
    bench.reason(token({"kid": "unknown"}, exp=int(bench.clock()) + 600))
    bench.clock.forward(-ahead)
    bench.endpoint.keys = key_set_reply(jwk(2))

    bench.verify(token(number=2))

    assert bench.reason(token(uid="under the withdrawn key")) is Reason.UNKNOWN_KEY


def test_a_clock_that_is_set_back_ends_a_wait_that_it_began() -> None:
    bench = Bench().warm()
    bench.clock.forward(3600)
    bench.endpoint.keys = DOWN
    for _ in range(8):
        assert bench.unavailable(token(exp=int(bench.clock()) + 9000)) >= 1
        bench.clock.forward(2)
    bench.clock.forward(-3616)
    bench.endpoint.keys = key_set_reply(jwk(1), jwk(2))
    bench.clock.forward(-61)

    bench.verify(token(number=2, exp=int(bench.clock()) + 600))


def test_a_clock_that_is_put_right_by_seconds_changes_nothing() -> None:
    bench = Bench().warm()
    bench.clock.forward(-59)

    bench.verify(token(uid="another"))

    assert bench.endpoint.key_fetches == 0
    assert bench.stepper.background == {}


def test_a_key_set_with_a_bad_key_is_logged_once() -> None:
    """K07"""
    bench = Bench(Endpoint(keys=key_set_reply(jwk(1), jwk(2, d="AQAB")))).warm()
    bench.clock.forward(600)
    bench.verify(token(exp=int(NOW) + 900))
    bench.stepper.run_background()

    lines = [log.message % log.arguments for log in bench.stepper.logged]
    assert lines == ["dropped 1 unusable signing key(s)"]


def test_an_unchanged_set_keeps_the_remembered_tokens() -> None:
    bench = Bench().warm()
    text = token(exp=int(NOW) + 900)
    bench.verify(text)
    bench.clock.forward(600)
    bench.verify(text)
    bench.stepper.run_background()

    assert bench.verifier.recall(text, bench.clock()) is not None


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "data:application/json,{}",
        "ftp://api.scute.io",
        "http://api.scute.io",
        "http://169.254.169.254",
        "https://user@api.scute.io",
        "https://user:password@api.scute.io",
        "https://api.scute.io/path",
        "https://api.scute.io?x=1",
        "https://api.scute.io\n",
        " https://api.scute.io",
        "https://api.scute.io:port",
        "//api.scute.io",
        "https://",
    ],
)
def test_a_base_url_that_is_no_https_origin_is_refused_at_construction(url: str) -> None:
    """K10"""
    with pytest.raises(ConfigError, match="base_url"):
        config(base_url=url)
