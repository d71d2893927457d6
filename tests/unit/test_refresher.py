"""One refresh for all who ask, in one process and across processes: security.md R01 to R06, R10."""

import gc
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from scute_auth.answers import Tokens
from scute_auth.driver import Driver
from scute_auth.effects import (
    Answer,
    Effect,
    HttpCall,
    HttpFailure,
    HttpOutcome,
    Shared,
    Sleep,
    StoreCall,
)
from scute_auth.errors import ApiError, Reason, ScuteUnavailable, TokenError
from scute_auth.refresher import Refresher
from scute_auth.sealing import Sealer
from scute_auth.store import MemoryStore
from tests.unit.sessions import Clock, Site, Stepper, new_emulator, open_site

REFRESH = "/tokens/refresh"


@pytest.fixture
def site() -> Site:
    return open_site()


def refresh_token(site: Site) -> str:
    token: str = site.emulator.create_session("ana@example.com")["refresh"]
    return token


def renew(site: Site, token: str, refresher: Refresher | None = None) -> Tokens:
    refresher = refresher or Refresher(site.config)
    return site.run(refresher.renew(token, site.clock()))


def store_calls(site: Site) -> list[str]:
    """Operation and purpose of each call to the store, in order."""
    return [
        f"{effect.operation} {effect.key.rpartition(':')[2]}"
        for effect in site.stepper.effects
        if isinstance(effect, StoreCall)
    ]


def contents(site: Site) -> dict[str, bytes]:
    """What lies in the store under any key that was ever used."""
    calls = [effect for effect in site.stepper.effects if isinstance(effect, StoreCall)]
    found = {call.key: site.stepper.store.get(call.key) for call in calls}
    return {key: value for key, value in found.items() if value is not None}


class TestInOneProcess:
    def test_a_refresh_makes_one_call_and_leaves_no_lock(self, site: Site) -> None:
        tokens = renew(site, refresh_token(site))

        assert tokens.access.count(".") == 2
        assert site.calls(REFRESH) == 1
        assert store_calls(site) == ["add lock", "get session", "set session", "delete lock"]

    @pytest.mark.parametrize("rotates", [True, False])
    @pytest.mark.parametrize("askers", [2, 10, 50, 200])
    def test_many_at_once_make_one_call_and_get_the_same_session(
        self, askers: int, rotates: bool
    ) -> None:
        """R01: also where Scute rotates refresh tokens and ends a session on reuse."""
        site = open_site()
        site.emulator.settings(rotate_refresh=rotates, reuse_revokes=rotates)
        token, refresher = refresh_token(site), Refresher(site.config)
        driver = Driver(site.emulator.transport, site.stepper.store, clock=site.clock)
        barrier = threading.Barrier(askers)

        def ask(_: int) -> Tokens:
            barrier.wait()
            return driver.run(refresher.renew(token, site.clock()))

        with ThreadPoolExecutor(askers) as pool:
            answers = list(pool.map(ask, range(askers)))

        assert site.calls(REFRESH) == 1
        assert len(set(answers)) == 1
        assert (answers[0].refresh is not None) is rotates

    def test_they_share_by_the_digest_of_the_refresh_token(self, site: Site) -> None:
        one, other = refresh_token(site), refresh_token(site)

        first = next(Refresher(site.config).renew(one, site.clock()))
        again = next(Refresher(site.config).renew(one, site.clock()))
        second = next(Refresher(site.config).renew(other, site.clock()))

        assert isinstance(first, Shared)
        assert isinstance(again, Shared)
        assert isinstance(second, Shared)
        assert first.name == again.name != second.name
        assert one not in first.name
        for shared in (first, again, second):
            shared.flow.close()

    def test_who_comes_late_gets_the_session_of_before(self, site: Site) -> None:
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        token = refresh_token(site)
        won = renew(site, token)
        site.clock.now += 29

        late = renew(site, token)

        assert late == won
        assert site.calls(REFRESH) == 1

    def test_who_comes_later_than_that_asks_again(self, site: Site) -> None:
        token = refresh_token(site)
        won = renew(site, token)
        site.clock.now += 31

        later = renew(site, token)

        assert later != won
        assert site.calls(REFRESH) == 2

    def test_a_short_lived_session_is_shared_for_half_of_its_life_only(self, site: Site) -> None:
        site.emulator.settings(access_lifetime=10)
        token = refresh_token(site)
        won = renew(site, token)

        site.clock.now += 4
        assert renew(site, token) == won
        site.clock.now += 2
        assert renew(site, token) != won

    def test_an_access_token_that_cannot_be_read_is_shared_all_the_same(self, site: Site) -> None:
        opaque = json.dumps({"access": "not.readable"})
        site.emulator.fault(REFRESH, status=200, body=opaque)
        token = refresh_token(site)
        won = renew(site, token)
        site.clock.now += 29

        assert renew(site, token) == won

    @pytest.mark.parametrize("exp", [[1], "soon", None])
    def test_an_expiry_that_is_no_number_is_no_trouble(self, site: Site, exp: Any) -> None:
        odd = site.emulator.mint({"uuid": "u", "exp": exp})
        site.emulator.fault(REFRESH, status=200, body=json.dumps({"access": odd}))

        assert renew(site, refresh_token(site)).access == odd

    @pytest.mark.parametrize(
        "content",
        [{"access": "a.b.c"}, {"access": "a.b.c", "refresh": None, "gone": 1}, {}],
        ids=["fewer", "others", "none"],
    )
    def test_what_another_release_left_is_not_taken(
        self, site: Site, content: dict[str, Any]
    ) -> None:
        """A rolling deployment: two releases share the store for a while."""
        token = refresh_token(site)
        renew(site, token)
        (key,) = contents(site)
        sealer = Sealer(site.config.app_id, (token,))
        left = sealer.seal("refreshed", content, until=site.clock() + 30)
        site.stepper.store.set(key, left.encode(), 30)

        assert renew(site, token).access.count(".") == 2
        assert site.calls(REFRESH) == 2

    def test_an_expiry_beyond_all_floats_is_no_trouble(self, site: Site) -> None:
        odd = site.emulator.mint({"uuid": "u", "exp": 10**400})
        site.emulator.fault(REFRESH, status=200, body=json.dumps({"access": odd}))

        assert renew(site, refresh_token(site)).access == odd


class TestAskedByScute:
    @pytest.mark.parametrize("status", [401, 403])
    def test_an_explicit_no_ends_the_session(self, site: Site, status: int) -> None:
        site.emulator.fault(REFRESH, status=status)

        with pytest.raises(TokenError) as caught:
            renew(site, refresh_token(site))

        assert caught.value.reason is Reason.REFRESH_REJECTED

    def test_a_token_once_rejected_is_not_sent_again(self, site: Site) -> None:
        """R06: a stranger's dead token costs one call, not a thousand."""
        refresher, token = Refresher(site.config), refresh_token(site)
        site.emulator.fault(REFRESH, status=401)
        for _ in range(1000):
            with pytest.raises(TokenError):
                renew(site, token, refresher)
            site.clock.now += 0.25

        assert site.calls(REFRESH) == 1

    def test_a_rejection_is_forgotten_in_time(self, site: Site) -> None:
        refresher, token = Refresher(site.config), refresh_token(site)
        site.emulator.fault(REFRESH, status=401, times=1)
        with pytest.raises(TokenError):
            renew(site, token, refresher)
        site.clock.now += 301

        assert renew(site, token, refresher).access

    @pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425, 429])
    def test_trouble_at_scute_is_not_a_no(self, site: Site, status: int) -> None:
        """R03"""
        site.emulator.fault(REFRESH, status=status, headers={"retry-after": "7"})

        with pytest.raises(ScuteUnavailable) as caught:
            renew(site, refresh_token(site))

        assert caught.value.retry_after == 7

    @pytest.mark.parametrize("status", [200, 302, 400, 404, 409, 422])
    def test_any_other_answer_is_an_error_of_its_own(self, site: Site, status: int) -> None:
        site.emulator.fault(REFRESH, status=status, body='{"message": "ok"}')

        with pytest.raises(ApiError):
            renew(site, refresh_token(site))

    @pytest.mark.parametrize(
        "fault",
        [{"drop": True}, {"drop": True, "after": True}, {"delay": 6.0}, {"status": 503}],
        ids=["not-sent", "answer-lost", "timeout", "503"],
    )
    def test_a_refresh_is_never_sent_twice(self, site: Site, fault: dict[str, Any]) -> None:
        """R04: nobody knows whether a lost answer had used the token up."""
        site.emulator.fault(REFRESH, **fault)

        with pytest.raises(ScuteUnavailable):
            renew(site, refresh_token(site))

        sent = [e for e in site.stepper.effects if isinstance(e, HttpCall)]
        assert len(sent) == 1

    @pytest.mark.parametrize("status", [401, 404, 503])
    def test_the_lock_goes_whatever_scute_answers(self, site: Site, status: int) -> None:
        site.emulator.fault(REFRESH, status=status)

        with pytest.raises((TokenError, ApiError, ScuteUnavailable)):
            renew(site, refresh_token(site))

        assert store_calls(site)[-1] == "delete lock"

    def test_an_answer_of_a_megabyte_is_no_answer(self, site: Site) -> None:
        """R05"""
        site.emulator.fault(REFRESH, status=200, body='{"access": "%s"}' % ("a" * 1_000_000))

        with pytest.raises(ScuteUnavailable):
            renew(site, refresh_token(site))

    @pytest.mark.parametrize("text", ["a.b.c\r\nset-cookie: x=y", "a.b.c; Domain=x", "é.b.c", ""])
    def test_what_is_no_token_never_gets_near_a_cookie(self, site: Site, text: str) -> None:
        """R05"""
        for body in ({"access": text}, {"access": "a.b.c", "refresh": text}):
            site.emulator.clear_faults()
            site.emulator.fault(REFRESH, status=200, body=json.dumps(body))

            with pytest.raises(ApiError) as caught:
                renew(site, refresh_token(site))

            assert caught.value.code == "unusable_answer"


class TestAcrossProcesses:
    def test_the_second_process_gets_the_session_of_the_first(self, site: Site) -> None:
        """R02"""
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        token = refresh_token(site)

        one = renew(site, token)
        two = renew(site.other_process(), token)

        assert one == two
        assert site.calls(REFRESH) == 1

    def test_a_loser_waits_for_the_winner(self, site: Site) -> None:
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        token, loser = refresh_token(site), site.other_process()
        winner_done = interleave(site, token, loser, after_sleeps=3)

        assert winner_done == renew(site, token)
        assert site.calls(REFRESH) == 1

    def test_a_loser_waits_longer_each_time_and_not_for_ever(self, site: Site) -> None:
        """The winner crashed: its lock outlives the loser's patience."""
        token, began = refresh_token(site), site.clock.now
        leave_lock(site, token)

        with pytest.raises(ScuteUnavailable):
            renew(site, token)

        pauses = [effect.seconds for effect in site.stepper.effects if isinstance(effect, Sleep)]
        assert pauses[:5] == [0.05, 0.1, 0.2, 0.4, 0.5]
        assert max(pauses) == 0.5
        assert 10 <= site.clock.now - began < 11
        assert site.calls(REFRESH) == 0

    def test_after_a_crash_the_lock_ends_by_itself(self, site: Site) -> None:
        token = refresh_token(site)
        leave_lock(site, token)
        site.clock.now += 15.1

        assert renew(site, token).access

    def test_a_loser_stops_waiting_when_the_winner_gives_up(self, site: Site) -> None:
        token, began = refresh_token(site), site.clock.now
        lock = leave_lock(site, token)
        sleeps = 0

        def winner_gives_up() -> None:
            nonlocal sleeps
            sleeps += 1
            if sleeps == 2:
                site.stepper.store.delete(lock)

        step_with(site, token, winner_gives_up)

        assert site.clock.now - began < 1
        assert site.calls(REFRESH) == 0

    def test_losers_learn_that_the_session_has_ended(self, site: Site) -> None:
        site.emulator.fault(REFRESH, status=401)
        token = refresh_token(site)
        with pytest.raises(TokenError):
            renew(site, token)

        with pytest.raises(TokenError) as caught:
            renew(site.other_process(), token)

        assert caught.value.reason is Reason.REFRESH_REJECTED
        assert site.calls(REFRESH) == 1


class TestWhatTheStoreHolds:
    def test_no_token_lies_there_in_any_form(self, site: Site) -> None:
        site.emulator.settings(rotate_refresh=True)
        token = refresh_token(site)
        tokens = renew(site, token)

        held = repr(contents(site))

        assert tokens.refresh is not None
        for secret in (token, tokens.access, tokens.refresh):
            for part in secret.split("."):
                assert part not in held

    def test_only_a_holder_of_the_old_refresh_token_can_open_it(self, site: Site) -> None:
        token = refresh_token(site)
        tokens = renew(site, token)
        (sealed,) = contents(site).values()
        text = sealed.decode()

        def opened_with(*keys: str) -> dict[str, Any] | None:
            return Sealer(site.config.app_id, keys).open("refreshed", text, now=site.clock())

        digest = next(iter(contents(site))).split(":")[3]
        assert site.config.secret is not None
        assert opened_with(site.config.secret) is None
        assert opened_with(digest) is None
        assert opened_with(tokens.access) is None
        assert opened_with(refresh_token(site)) is None
        mine = opened_with(token)
        assert mine is not None
        assert mine["access"] == tokens.access

    def test_what_somebody_else_put_there_is_not_believed(self, site: Site) -> None:
        token = refresh_token(site)
        leave(site, token, "session", b"1.forged")

        assert renew(site, token).access
        assert site.calls(REFRESH) == 1

    def test_two_apps_do_not_meet_in_one_store(self, site: Site) -> None:
        token = refresh_token(site)
        names: list[str] = []
        for app in ("app_one", "app_two"):
            shared = next(Refresher(replace(site.config, app_id=app)).renew(token, 0.0))
            assert isinstance(shared, Shared)
            shared.flow.close()
            names.append(shared.name)

        assert names[0] != names[1]


class TestABrokenStore:
    def test_without_a_lock_nobody_can_tell_and_nothing_is_sent(self, site: Site) -> None:
        site.stepper.broken = frozenset({"add"})

        with pytest.raises(ScuteUnavailable):
            renew(site, refresh_token(site))

        assert site.calls(REFRESH) == 0

    @pytest.mark.parametrize("operation", ["set", "delete"])
    def test_a_session_that_scute_renewed_is_never_lost_to_the_store(
        self, site: Site, operation: str
    ) -> None:
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        site.stepper.broken = frozenset({operation})

        assert renew(site, refresh_token(site)).refresh

    @pytest.mark.parametrize("operation", ["set", "delete"])
    def test_a_session_that_scute_ended_is_ended_all_the_same(
        self, site: Site, operation: str
    ) -> None:
        site.emulator.fault(REFRESH, status=401)
        site.stepper.broken = frozenset({operation})

        with pytest.raises(TokenError):
            renew(site, refresh_token(site))


class TestWhenItIsStopped:
    def test_a_process_that_ends_in_the_middle_leaves_in_peace(self, site: Site) -> None:
        """An event loop that closes drops the flow where it stands: nothing may be yielded then."""
        shared = next(Refresher(site.config).renew(refresh_token(site), site.clock()))
        assert isinstance(shared, Shared)
        effect = next(shared.flow)
        while not isinstance(effect, HttpCall):
            effect = shared.flow.send(answer_to(site, effect))

        shared.flow.close()
        del shared
        gc.collect()

    def test_a_transport_that_fails_in_an_unknown_way_is_heard_of(self, site: Site) -> None:
        class Broken:
            def send(self, call: HttpCall) -> HttpOutcome:
                raise ZeroDivisionError

        driver = Driver(Broken(), site.stepper.store, clock=site.clock)

        with pytest.raises(ZeroDivisionError):
            driver.run(Refresher(site.config).renew(refresh_token(site), site.clock()))


class TestClocksThatDiffer:
    def test_a_session_that_is_over_on_arrival_makes_no_loop(self) -> None:
        """R10: our clock is five minutes ahead, and the tokens live for one."""
        site = open_site()
        site.emulator.settings(access_lifetime=60)
        token = refresh_token(site)
        ours = Clock(site.clock.now + 300)
        stepper = Stepper(site.emulator, MemoryStore(clock=ours), ours)
        refresher = Refresher(site.config)

        for _ in range(29):
            stepper.run(refresher.renew(token, ours()))
            ours.now += 1

        assert site.calls(REFRESH) == 1


def answer_to(site: Site, effect: Any) -> Any:
    return Answer(site.stepper.perform(effect), site.clock())


def leave(site: Site, token: str, purpose: str, value: bytes, ttl: float = 15.0) -> str:
    shared = next(Refresher(site.config).renew(token, site.clock()))
    assert isinstance(shared, Shared)
    shared.flow.close()
    key = f"{shared.name}:{purpose}"
    site.stepper.store.set(key, value, ttl)
    return key


def leave_lock(site: Site, token: str) -> str:
    """What a winner leaves that is still at work, or that crashed."""
    return leave(site, token, "lock", b"1")


def step_with(site: Site, token: str, at_each_sleep: Callable[[], None]) -> None:
    """Run a loser that gives up; `at_each_sleep` is what happens elsewhere meanwhile."""
    shared = next(Refresher(site.config).renew(token, site.clock()))
    assert isinstance(shared, Shared)

    def until_it_ends() -> None:
        effect = next(shared.flow)
        while True:
            if isinstance(effect, Sleep):
                at_each_sleep()
            effect = shared.flow.send(answer_to(site, effect))

    with pytest.raises(ScuteUnavailable):
        until_it_ends()


def interleave(site: Site, token: str, loser: Site, *, after_sleeps: int) -> Tokens:
    """A winner takes the lock, the loser comes and sleeps, then Scute answers the winner."""
    winner = next(Refresher(site.config).renew(token, site.clock()))
    assert isinstance(winner, Shared)
    held: Effect | None = winner.flow.send(answer_to(site, next(winner.flow)))
    waiting = next(Refresher(loser.config).renew(token, loser.clock()))
    assert isinstance(waiting, Shared)
    effect, sleeps = next(waiting.flow), 0
    while True:
        if isinstance(effect, Sleep):
            sleeps += 1
        if sleeps == after_sleeps and held is not None:
            finish(site, winner, held)
            held = None
        try:
            effect = waiting.flow.send(answer_to(loser, effect))
        except StopIteration as stop:
            result: Tokens = stop.value
            return result


def finish(site: Site, winner: Shared, effect: Any) -> None:
    with suppress(StopIteration):
        while True:
            effect = winner.flow.send(answer_to(site, effect))


def test_a_failure_is_told_from_an_answer() -> None:
    """The faults above reach the refresher as what they are."""
    emulator = new_emulator(Clock())
    emulator.fault("/x", delay=6.0)

    assert emulator.transport.send(HttpCall("GET", "http://x/x")) == HttpFailure("timeout")
