"""What the key endpoint is asked, counted: stampede, flood, outage. Counts and ticks, no times."""

import asyncio
import threading
from typing import Any

from scute_auth import AsyncScute, Reason, Scute, ScuteUnavailable, TokenError
from scute_auth.effects import HttpCall, HttpOutcome
from scute_emulator import Emulator
from tests.unit.support import (
    HEADER,
    NOW,
    emulated,
    key_fetches,
    private_key,
    segment,
    settled,
    token,
)


class Held:
    """The emulator, whose answers wait until they are let go."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.opened = threading.Event()
        self.async_opened = asyncio.Event()

    def send(self, call: HttpCall) -> HttpOutcome:
        assert self.opened.wait(20)
        return self._emulator.transport.send(call)

    async def asend(self, call: HttpCall) -> HttpOutcome:
        await self.async_opened.wait()
        return await self._emulator.transport.asend(call)


def app_fetches(emulator: Emulator) -> int:
    return sum(call.count for call in emulator.calls() if "/v1/apps/" in call.path)


def test_200_threads_at_once_on_a_cold_cache_make_one_fetch() -> None:
    """K04"""
    emulator, config, clock = emulated()
    held = Held(emulator)
    scute = Scute(config, clock=clock, transport=held)
    begun = threading.Barrier(201)
    users: list[str] = []

    def ask(index: int) -> None:
        begun.wait()
        users.append(scute.verify(token(uid=index)).user_id)

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(200)]
    for thread in threads:
        thread.start()
    begun.wait()
    held.opened.set()
    for thread in threads:
        thread.join(20)
    settled()

    assert users == ["usr_1"] * 200
    assert key_fetches(emulator) == 1
    assert app_fetches(emulator) == 1


def test_threads_that_race_with_an_answer_make_no_second_fetch() -> None:
    """K04: nothing is held back here, so that some look before the answer and ask after it."""
    for _ in range(5):
        emulator, config, clock = emulated()
        scute = Scute(config, clock=clock, transport=emulator.transport)
        begun = threading.Barrier(50)

        def ask(index: int, scute: Scute = scute, begun: threading.Barrier = begun) -> None:
            begun.wait()
            scute.verify(token(uid=index))

        threads = [threading.Thread(target=ask, args=(index,)) for index in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        settled()

        assert (key_fetches(emulator), app_fetches(emulator)) == (1, 1)


async def test_200_tasks_at_once_on_a_cold_cache_make_one_fetch_and_hold_nobody_up() -> None:
    """K04: while they wait, the event loop turns."""
    emulator, config, clock = emulated()
    held = Held(emulator)
    scute = AsyncScute(config, clock=clock, transport=held)

    tasks = [asyncio.create_task(scute.verify(token(uid=index))) for index in range(200)]
    for _ in range(100):
        await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)
    held.async_opened.set()
    claims = await asyncio.gather(*tasks)

    assert [claim.user_id for claim in claims] == ["usr_1"] * 200
    assert key_fetches(emulator) == 1
    assert await is_settled()
    assert app_fetches(emulator) == 1


async def is_settled() -> bool:
    """Let what runs in the background end."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    flights = [task for task in others if task.get_name().startswith("scute ")]
    if flights:
        await asyncio.wait(flights, timeout=10)
    return True


async def test_known_keys_wait_for_nobody_while_others_are_fetched() -> None:
    """Target 10: valid tokens are done in the tick in which they are asked for."""
    emulator, config, clock = emulated()
    held = Held(emulator)
    held.async_opened.set()
    scute = AsyncScute(config, clock=clock, transport=held)
    await scute.verify(token())
    await is_settled()
    held.async_opened.clear()
    waiting = asyncio.create_task(scute.verify(token({"kid": "unknown"})))
    await asyncio.sleep(0)

    for index in range(40):
        assert ready(scute.verify(token(uid=index))).user_id == "usr_1"

    assert not waiting.done()
    held.async_opened.set()
    (error,) = await asyncio.gather(waiting, return_exceptions=True)
    assert isinstance(error, TokenError)
    assert error.reason is Reason.UNKNOWN_KEY


def ready(coroutine: Any) -> Any:
    """The result of what need not wait; a failure of the test if it does."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    coroutine.close()
    raise AssertionError("it waited")


async def test_stale_keys_wait_for_nobody_while_the_endpoint_is_slow_or_down() -> None:
    """Target 11: 40 of 40 valid tokens, and none waits."""
    emulator, config, clock = emulated()
    held = Held(emulator)
    held.async_opened.set()
    scute = AsyncScute(config, clock=clock, transport=held)
    await scute.verify(token())
    await is_settled()
    held.async_opened.clear()
    emulator.fault("jwks.json", drop=True)
    emulator.clear_calls()
    clock.forward(600)

    for index in range(40):
        text = token(exp=int(NOW) + 3000, uid=index)
        assert ready(scute.verify(text)).user_id == "usr_1"
        await asyncio.sleep(0)

    held.async_opened.set()
    await is_settled()
    assert key_fetches(emulator) == 1


def test_300_bad_signatures_under_a_known_key_make_no_fetch() -> None:
    """Target 9b, K01"""
    emulator, config, clock = emulated()
    scute = Scute(config, clock=clock, transport=emulator.transport)
    scute.verify(token())
    settled()
    emulator.clear_calls()

    for index in range(300):
        clock.forward(0.2)
        assert reason(scute, token({"kid": "k1"}, number=2, uid=index)) is Reason.SIGNATURE

    assert emulator.calls() == []


def reason(scute: Scute, text: str) -> Reason | None:
    try:
        scute.verify(text)
    except TokenError as error:
        return error.reason
    return None


def test_a_flood_of_10_000_makes_three_fetches_a_minute_and_a_rotation_is_seen() -> None:
    """Target 9, K01, K09: random kids and a known kid; the rotation comes in the middle."""
    emulator, config, clock = emulated()
    scute = Scute(config, clock=clock, transport=emulator.transport)
    scute.verify(token())
    settled()
    emulator.clear_calls()
    rest = token().split(".", 1)[1]
    forged = f"{segment(HEADER)}.{token(number=2).split('.', 1)[1]}"
    new, rotated_at, seen_at = token(number=2, exp=int(NOW) + 3000), 0.0, None

    for index in range(10_000):
        clock.forward(60 / 10_000)
        if index == 3000:
            emulator.rotate_keys(private=private_key(2), kid="k2")
            rotated_at = clock.now
        if index % 2:
            kid = segment({"alg": "RS256", "kid": f"random-{index}"})
            assert reason(scute, f"{kid}.{rest}") is Reason.UNKNOWN_KEY
        elif index % 100:
            assert reason(scute, forged) is Reason.SIGNATURE
        elif rotated_at and seen_at is None and reason(scute, new) is None:
            seen_at = clock.now

    assert key_fetches(emulator) <= 3
    assert seen_at is not None
    assert seen_at - rotated_at <= 30


def test_an_outage_is_asked_by_the_back_off_and_refuses_nobody() -> None:
    """Targets 9 and 11: with warm keys that are stale."""
    emulator, config, clock = emulated()
    scute = Scute(config, clock=clock, transport=emulator.transport)
    scute.verify(token())
    settled()
    emulator.clear_calls()
    emulator.fault("jwks.json", status=503)
    clock.forward(600)

    for index in range(300):
        assert scute.verify(token(exp=int(NOW) + 3000, uid=index)).user_id == "usr_1"
        settled()
        clock.forward(0.2)

    assert 5 <= key_fetches(emulator) <= 7


def test_a_cold_outage_is_asked_by_a_short_back_off_and_recovers() -> None:
    """Target 9b, K03"""
    emulator, config, clock = emulated()
    scute = Scute(config, clock=clock, transport=emulator.transport)
    emulator.fault("jwks.json", drop=True)

    unavailable = 0
    for _ in range(300):
        try:
            scute.verify(token())
        except ScuteUnavailable:
            unavailable += 1
        clock.forward(0.1)
    assert unavailable == 300
    assert key_fetches(emulator) <= 30

    emulator.clear_faults()
    clock.forward(2)
    scute.verify(token())
    settled()


def test_one_facade_serves_loop_after_loop() -> None:
    """P03"""
    emulator, config, clock = emulated()
    scute = AsyncScute(config, clock=clock, transport=emulator.transport)

    for index in range(3):
        assert asyncio.run(scute.verify(token(uid=index))).user_id == "usr_1"

    assert key_fetches(emulator) == 1
