"""From a token to its claims: what is remembered, and what a lifetime says of a token's kind."""

from typing import Any

import pytest

from scute_auth.effects import Answer, HttpReply, Spawn
from scute_auth.errors import Reason, ScuteUnavailable
from tests.unit.support import (
    DOWN,
    NOW,
    Bench,
    Endpoint,
    app_reply,
    jwk,
    key_set_reply,
    refusal,
    token,
)

WEEK = 604_800
UUID = "2f1cbb2c-1d2f-4f39-9c8b-6f6f7d0e7a11"


def lasting(bench: Bench, seconds: float, **claims: Any) -> str:
    """A token as Scute would issue it now."""
    return token(exp=int(bench.clock() + seconds), **claims)


def test_a_token_is_verified_once_and_remembered() -> None:
    bench = Bench().warm()
    text = token()

    claims = bench.verify(text)

    assert bench.verifier.recall(text, bench.clock()) is claims
    assert bench.verify(text) is claims


def test_nothing_is_remembered_before_the_bound_is_known() -> None:
    """T19: a refresh token that passed for lack of a bound does not pass again."""
    bench = Bench(Endpoint(app=DOWN))
    text = lasting(bench, 7 * 24 * 3600)
    bench.verify(text)
    bench.stepper.run_background()
    bench.endpoint.app = app_reply()
    bench.clock.forward(1)
    bench.verify(text)

    bench.stepper.run_background()

    assert bench.reason(text) is Reason.NOT_ACCESS


def test_what_was_refused_is_not_remembered() -> None:
    bench = Bench().warm()

    assert bench.reason(token(aid="app_other")) is Reason.WRONG_APP
    assert bench.verifier.recall(token(aid="app_other"), bench.clock()) is None


def test_a_remembered_token_ends_with_its_leeway() -> None:
    bench = Bench().warm()
    text = lasting(bench, 60)
    bench.verify(text)

    bench.clock.forward(89.9)
    bench.verify(text)
    bench.clock.forward(0.1)
    assert bench.reason(text) is Reason.EXPIRED


def test_stale_keys_recall_nothing_but_verify() -> None:
    bench = Bench().warm()
    text = token(exp=int(NOW) + 3000)
    bench.verify(text)
    bench.clock.forward(600)

    assert bench.verifier.recall(text, bench.clock()) is None
    bench.verify(text)


def test_nothing_malformed_causes_a_call() -> None:
    bench = Bench()

    assert bench.reason("a.b") is Reason.MALFORMED
    assert bench.endpoint.calls == []


def test_what_nobody_signed_reads_no_settings() -> None:
    bench = Bench()

    bench.reason(token(number=2))

    assert bench.endpoint.app_fetches == 0
    assert bench.stepper.background == {}


def test_a_machine_is_no_user() -> None:
    assert Bench().reason(token(uuid=..., m2m=True)) is Reason.NOT_A_USER


def test_a_revoked_token_is_refused_and_others_are_not() -> None:
    """T22"""
    bench = Bench().warm()
    text, other = token(uid=1), token(uid=2)
    bench.verify(text)
    bench.verifier.revoke(text, bench.clock())

    assert bench.reason(text) is Reason.REVOKED
    bench.verify(other)


def test_a_token_revoked_while_it_is_verified_passes_that_once_at_the_most() -> None:
    """T22: the keys are awaited while the session is ended elsewhere."""
    bench = Bench()
    text = token()
    flow = bench.verifier.verify(text, bench.clock())
    effect = next(flow)
    bench.verifier.revoke(text, bench.clock())

    bench.stepper.run(effect.flow)  # type: ignore[union-attr] # it asks for the keys
    bench.stepper.run(flow)

    assert bench.reason(text) is Reason.REVOKED


# The lifetime that tells a refresh token from an access token (design, Tokens).


def test_without_settings_the_bound_is_the_longest_that_scute_takes() -> None:
    bench = Bench(Endpoint(app=DOWN)).warm()

    bench.verify(lasting(bench, WEEK + 30))
    assert bench.reason(lasting(bench, WEEK + 31)) is Reason.NOT_ACCESS


def test_the_life_of_a_token_is_counted_from_its_issue() -> None:
    """T19: else a refresh token would pass as an access token in its last hour."""
    bench = Bench().warm()
    issued = int(bench.clock())
    bench.clock.forward(WEEK - 1800)
    refresh = token(iat=issued, exp=issued + WEEK)

    assert bench.reason(refresh) is Reason.NOT_ACCESS
    assert bench.reason(token(iat=issued + 1, exp=issued + WEEK)) is Reason.NOT_ACCESS
    bench.verify(token(iat=int(bench.clock()) - 1800, exp=int(bench.clock()) + 1800))


def test_a_token_issued_by_a_clock_ahead_gains_nothing() -> None:
    bench = Bench().warm()
    issued = int(bench.clock()) + 20

    bench.verify(token(iat=issued, exp=issued + 3600))
    assert bench.reason(token(iat=issued, exp=issued + 3650)) is Reason.NOT_ACCESS


@pytest.mark.parametrize("figure", [31_536_001, 10**400, 0, -1, True, 3600.0, "3600", None])
def test_a_bound_that_scutes_settings_could_not_hold_bounds_nothing(figure: Any) -> None:
    bench = Bench(Endpoint(app=app_reply(figure))).warm()

    bench.verify(lasting(bench, WEEK))
    assert bench.reason(lasting(bench, WEEK + 31)) is Reason.NOT_ACCESS


def test_the_settings_are_never_waited_for() -> None:
    bench = Bench().warm()
    bench.clock.forward(600)

    bench.verify(lasting(bench, 3600))

    assert bench.stepper.waited == 0
    assert bench.endpoint.app_fetches == 0
    assert "app settings" in bench.stepper.background


def test_a_life_beyond_the_bound_is_not_access_after_one_more_look() -> None:
    bench = Bench().warm()

    assert bench.reason(lasting(bench, 7 * 24 * 3600)) is Reason.NOT_ACCESS
    assert bench.endpoint.app_fetches == 1


def test_a_flood_of_refresh_tokens_looks_once_per_cooldown() -> None:
    bench = Bench().warm()
    for _ in range(60):
        assert bench.reason(lasting(bench, 4000)) is Reason.NOT_ACCESS
        bench.clock.forward(1)

    assert bench.endpoint.app_fetches == 2


def test_an_increase_of_access_expiration_signs_nobody_out() -> None:
    bench = Bench().warm()
    bench.endpoint.app = app_reply(7200)

    bench.verify(lasting(bench, 7200))
    assert bench.reason(lasting(bench, 7200 + 60)) is Reason.NOT_ACCESS


def test_a_decrease_of_access_expiration_signs_nobody_out() -> None:
    bench = Bench().warm()
    old = lasting(bench, 3600)
    bench.endpoint.app = app_reply(60)
    bench.clock.forward(600)
    bench.verify(lasting(bench, 60))
    bench.stepper.run_background()

    for age in range(600, 3600, 60):
        bench.clock.now = NOW + age
        bench.verify(old)
        bench.verify(lasting(bench, 60))
        bench.stepper.run_background()

    bench.clock.now = NOW + 600 + 3600
    assert bench.reason(lasting(bench, 3600)) is Reason.NOT_ACCESS


def test_up_and_down_again_signs_nobody_out() -> None:
    bench = Bench().warm()
    live: list[tuple[float, str]] = []
    for step in range(200):
        figure = (3600, 7200, 600, 1800)[step // 10 % 4]
        bench.endpoint.app = app_reply(figure)
        live.append((bench.clock() + figure, lasting(bench, figure, uid=step)))
        live = [(end, text) for end, text in live if end > bench.clock()]
        for _, text in live:
            bench.verify(text)
        bench.stepper.run_background()
        bench.clock.forward(61)


def test_an_increase_that_cannot_be_read_now_is_no_refusal() -> None:
    """An outage signs nobody out: the longer life may be by the new setting."""
    bench = Bench().warm()
    bench.endpoint.app = HttpReply(503)

    with pytest.raises(ScuteUnavailable):
        bench.verify(lasting(bench, 7200))
    bench.endpoint.app = app_reply(7200)
    bench.clock.forward(30)
    bench.verify(lasting(bench, 7200))


def test_no_setting_makes_an_access_token_of_what_outlives_the_longest() -> None:
    bench = Bench().warm()
    bench.endpoint.app = DOWN

    assert bench.reason(lasting(bench, 30 * 24 * 3600)) is Reason.NOT_ACCESS
    assert bench.endpoint.app_fetches == 0


def test_a_token_of_another_kind_reads_no_settings_again() -> None:
    bench = Bench().warm()

    assert bench.reason(token({"typ": "at+jwt"})) is Reason.NOT_ACCESS
    assert bench.endpoint.app_fetches == 0


def test_impersonation_is_exempt_from_the_bound() -> None:
    bench = Bench().warm()

    assert bench.verify(lasting(bench, WEEK, imp=True, act={"sub": "op"})).is_impersonated
    assert bench.reason(lasting(bench, WEEK + 31, imp=True)) is Reason.NOT_ACCESS


def test_the_apps_own_figure_overrides_what_scute_says_and_asks_nobody() -> None:
    bench = Bench(access_lifetime=900).warm()

    bench.verify(lasting(bench, 930))
    assert bench.reason(lasting(bench, 931)) is Reason.NOT_ACCESS
    assert bench.endpoint.app_fetches == 0


def test_what_scute_answers_as_access_need_not_prove_its_kind() -> None:
    bench = Bench().warm()

    bench.verify(lasting(bench, 7200), own=True)
    assert bench.endpoint.app_fetches == 0
    assert refused_own(bench, lasting(bench, WEEK + 31)) is Reason.NOT_ACCESS
    assert refused_own(bench, token(aid="app_other")) is Reason.WRONG_APP


def refused_own(bench: Bench, text: str) -> Reason:
    return refusal(lambda: bench.verify(text, own=True))


def test_an_app_known_by_its_uuid_learns_its_public_id() -> None:
    bench = Bench(Endpoint(app=app_reply(app_id="app_public")), app_id=UUID)

    bench.verify(token(aid="app_public"))
    assert bench.reason(token(aid=UUID)) is Reason.WRONG_APP
    assert bench.endpoint.app_fetches == 1


def test_an_app_known_by_its_uuid_cannot_tell_before_it_knows_its_id() -> None:
    bench = Bench(Endpoint(app=DOWN), app_id=UUID)

    with pytest.raises(ScuteUnavailable):
        bench.verify(token())


def test_two_verifiers_share_nothing() -> None:
    one, other = Bench(), Bench(Endpoint(keys=key_set_reply(jwk(2))))
    text = token()

    one.verify(text)
    assert other.reason(text) is Reason.UNKNOWN_KEY


def test_settings_that_are_due_are_asked_for_in_the_background() -> None:
    bench = Bench()
    flow = bench.verifier.verify(token(), bench.clock())
    bench.stepper.run(next(flow).flow)  # type: ignore[union-attr] # it asks for the keys

    effect = flow.send(Answer(None, bench.clock()))

    assert isinstance(effect, Spawn)
    assert effect.name == "app settings"
