"""Targets 9 and 9b: how often the key endpoint is asked, on good days and on bad ones.

Time is a clock that is moved, and the counts are the emulator's.
"""

import asyncio
import socket
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from time import perf_counter

from benchmarks.report import Row, at_most
from benchmarks.world import Clock, Scale, World, join_flights, key_fetches
from scute_auth import AsyncScute, Scute, ScuteUnavailable, TokenError

__all__ = ["key_traffic"]

KEYS = "jwks.json"


def key_traffic(scale: Scale) -> list[Row]:
    waiters = scale.waiters
    return [
        _fetches("9", f"{waiters} tasks at once, cold", _cold_tasks(scale), 1),
        _fetches("9", f"{waiters} threads at once, cold", _cold_threads(scale), 1),
        _fetches("9", f"{scale.flood} bad tokens in a minute", _flood(scale), 3),
        _fetches("9", "key endpoint down, cold: 50 requests at once", _down_cold(50), 1),
        # From 1 s the wait doubles to 30 s, each less up to a quarter: 5 short ones, 26 long ones.
        _fetches("9", "key endpoint down for 10 minutes, keys at hand", _down_warm(600), 32),
        _fetches("9b", "300 bad signatures under a known key", _bad_signatures(300), 0),
        _slowest_refusal(),
    ]


def _fetches(number: str, what: str, count: int, most: int) -> Row:
    return at_most(number, what, count, most, "fetches")


def _cold_tasks(scale: Scale) -> int:
    world = World()
    world.emulator.fault(KEYS, delay=0.05)
    scute = AsyncScute(world.config, transport=world.emulator.transport)

    async def verify_all() -> None:
        await asyncio.gather(*map(scute.verify, world.tokens(scale.waiters)))

    asyncio.run(verify_all())
    return key_fetches(world.emulator)


def _cold_threads(scale: Scale) -> int:
    world = World()
    world.emulator.fault(KEYS, delay=0.05)
    start = threading.Barrier(scale.waiters)
    with (
        Scute(world.config, transport=world.emulator.transport) as scute,
        ThreadPoolExecutor(scale.waiters) as pool,
    ):

        def verify(token: str) -> None:
            start.wait()
            scute.verify(token)

        list(pool.map(verify, world.tokens(scale.waiters)))
    return key_fetches(world.emulator)


def _flood(scale: Scale) -> int:
    """Made-up keys and bad signatures under the real one, by turns, over a minute."""
    clock = Clock()
    world = World(clock)
    half = scale.flood // 2
    pairs = zip(world.foreign_tokens(half), world.foreign_tokens(half, world.kid), strict=True)
    return _fetches_for(world, clock, chain.from_iterable(pairs), 60 / scale.flood)


def _bad_signatures(count: int) -> int:
    clock = Clock()
    world = World(clock)
    return _fetches_for(world, clock, world.foreign_tokens(count, world.kid), 0.1)


def _fetches_for(world: World, clock: Clock, bad: Iterable[str], step: float) -> int:
    """Fetches that these tokens cause once the keys are at hand, `step` seconds apart."""
    with Scute(world.config, transport=world.emulator.transport, clock=clock) as scute:
        scute.verify(*world.tokens(1))
        before = key_fetches(world.emulator)
        for token in bad:
            clock.now += step
            _refuse(scute, token)
        return key_fetches(world.emulator) - before


def _refuse(scute: Scute, token: str) -> None:
    try:
        scute.verify(token)
    except TokenError:
        return
    raise AssertionError("a bad token was accepted")


def _down_cold(count: int) -> int:
    clock = Clock()
    world = World(clock)
    world.emulator.fault(KEYS, status=503)
    with Scute(world.config, transport=world.emulator.transport, clock=clock) as scute:
        for token in world.tokens(count):
            _fail(scute, token)
    return key_fetches(world.emulator)


def _fail(scute: Scute, token: str) -> None:
    try:
        scute.verify(token)
    except ScuteUnavailable:
        return
    raise AssertionError("a token was judged without keys")


def _down_warm(seconds: int) -> int:
    """A request every half second after the keys' time is up, all of them served."""
    clock = Clock()
    world = World(clock)
    token, *_ = world.tokens(1)
    with Scute(world.config, transport=world.emulator.transport, clock=clock) as scute:
        scute.verify(token)
        world.emulator.fault(KEYS, status=503)
        clock.now += world.config.keys_lifetime
        before = key_fetches(world.emulator)
        for _ in range(2 * seconds):
            clock.now += 0.5
            scute.verify(token)
            join_flights()
        return key_fetches(world.emulator) - before


def _slowest_refusal() -> Row:
    """Over the real transport, to a port where nobody listens."""
    world = World()
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    config = replace(world.config, base_url=f"http://127.0.0.1:{port}")
    with Scute(config) as scute:
        slowest = max(_seconds_to_fail(scute, token) for token in world.tokens(300))
    what = "key endpoint down and cold: the slowest of 300 refusals"
    return at_most("9b", what, slowest * 1e3, 5, "ms")


def _seconds_to_fail(scute: Scute, token: str) -> float:
    started = perf_counter()
    _fail(scute, token)
    return perf_counter() - started
