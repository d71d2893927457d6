"""Targets 10 and 11: what the event loop and the visitors feel while keys are fetched.

The emulator is served on a socket, so that the real transport is in play.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from time import perf_counter
from typing import Any, TypeAlias

from benchmarks.asgi import settle
from benchmarks.report import Row, at_most
from benchmarks.world import Clock, Scale, World, join_flights
from scute_auth import AsyncScute, Scute, ScuteConfig

__all__ = ["event_loop"]

KEYS = "jwks.json"
DELAY = 0.5
TICK = 0.001
COUNT = 40

Fault: TypeAlias = dict[str, Any]
_FAULTS: dict[str, Fault] = {"down": {"status": 503}, "slow": {"delay": DELAY}}


def event_loop(scale: Scale) -> list[Row]:
    world = World()
    with world.emulator.serve():
        config = ScuteConfig.from_env(world.emulator.config_env())
        held = asyncio.run(_held_while_cold(world, config, scale))
        at_once = asyncio.run(_at_once_during_a_fetch(world, config))
        rows = [
            at_most("10", f"loop held while {scale.waiters} wait for keys", held, 25, "ms"),
            _all_of("10", "known keys, during a slow fetch: no wait", at_once),
        ]
        for what, fault in _FAULTS.items():
            served = asyncio.run(_tasks_served(world, config, fault))
            rows.append(_all_of("11", f"keys' time up, endpoint {what}: tasks served", served))
            served = _threads_served(world, config, fault)
            rows.append(_all_of("11", f"keys' time up, endpoint {what}: threads served", served))
    return rows


def _all_of(number: str, what: str, count: int) -> Row:
    return Row(number, what, f"{count} of {COUNT}", f"{COUNT} of {COUNT}", count == COUNT)


async def _held_while_cold(world: World, config: ScuteConfig, scale: Scale) -> float:
    """The longest that the loop did not get to a waiting task, in milliseconds."""
    world.emulator.fault(KEYS, delay=DELAY)
    tokens = world.tokens(scale.waiters)
    async with AsyncScute(config) as scute:
        ticks = asyncio.create_task(_longest_tick())
        await asyncio.sleep(0)
        await asyncio.gather(*map(scute.verify, tokens))
        ticks.cancel()
        return await ticks * 1e3


async def _longest_tick() -> float:
    longest = 0.0
    with suppress(asyncio.CancelledError):
        while True:
            before = perf_counter()
            await asyncio.sleep(TICK)
            longest = max(longest, perf_counter() - before - TICK)
    return longest


async def _at_once_during_a_fetch(world: World, config: ScuteConfig) -> int:
    """How many tokens of known keys pass without a wait while an unknown key is looked for."""
    world.emulator.clear_faults()
    async with AsyncScute(config) as scute:
        await scute.verify(*world.tokens(1))
        world.emulator.fault(KEYS, delay=DELAY)
        search = asyncio.create_task(_settled(scute.verify(*world.foreign_tokens(1))))
        await asyncio.sleep(0.05)
        count = _at_once(scute, world.tokens(COUNT)) if not search.done() else 0
        await search
    return count


async def _settled(verification: Coroutine[Any, Any, object]) -> None:
    await asyncio.gather(verification, return_exceptions=True)


async def _tasks_served(world: World, config: ScuteConfig, fault: Fault) -> int:
    """How many tokens pass without a wait once the keys' time is up."""
    clock = Clock()
    world.emulator.clear_faults()
    async with AsyncScute(config, clock=clock) as scute:
        await scute.verify(*world.tokens(1))
        world.emulator.fault(KEYS, **fault)
        clock.now += config.keys_lifetime
        count = _at_once(scute, world.tokens(COUNT))
        await settle()
    return count


def _threads_served(world: World, config: ScuteConfig, fault: Fault) -> int:
    """How many tokens pass in a fraction of the delay once the keys' time is up."""
    clock = Clock()
    world.emulator.clear_faults()
    with Scute(config, clock=clock) as scute:
        scute.verify(*world.tokens(1))
        world.emulator.fault(KEYS, **fault)
        clock.now += config.keys_lifetime
        seconds = [_seconds(scute, token) for token in world.tokens(COUNT)]
        join_flights()
    return sum(each < DELAY / 5 for each in seconds)


def _seconds(scute: Scute, token: str) -> float:
    started = perf_counter()
    scute.verify(token)
    return perf_counter() - started


def _at_once(scute: AsyncScute, tokens: Sequence[str]) -> int:
    """How many of these are accepted without giving control back to the loop."""
    return sum(_ends_at_once(scute.verify(token)) for token in tokens)


def _ends_at_once(coroutine: Coroutine[Any, Any, object]) -> bool:
    try:
        coroutine.send(None)
    except StopIteration:
        return True
    coroutine.close()
    return False
