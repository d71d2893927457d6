"""Target 13: does a remembered request cost more with more users, and how much memory is one?"""

import asyncio
import random
import tracemalloc
from collections.abc import Callable, Sequence

from benchmarks.asgi import Asgi
from benchmarks.middleware import starlette_app
from benchmarks.report import Row, at_most
from benchmarks.timing import Case, time_rounds
from benchmarks.world import Scale, World, bearer, join_flights
from scute_auth import RequestView, Scute

__all__ = ["growth"]

_FEW = 10


def growth(world: World, scale: Scale) -> list[Row]:
    tokens = world.tokens(scale.users)
    with asyncio.Runner() as runner:
        few, many = _app(world, runner, tokens[:_FEW]), _app(world, runner, tokens)
        cases: dict[str, Case] = {
            "few": few.case(_visits(tokens[:_FEW], scale)),
            "many": many.case(_visits(tokens, scale)),
        }
        factor = time_rounds(cases, scale.rounds).ratio("many", "few")
    what = f"a remembered request with {scale.users} users, over one with {_FEW}"
    memory = _bytes_each(world, tokens[: scale.users // 10])
    return [
        Row("13", what, f"{factor:.2f} x", "<= 1.25", factor <= 1.25),
        at_most("13", "memory of a remembered token", memory, 1024, "bytes"),
    ]


def _app(world: World, runner: asyncio.Runner, tokens: Sequence[str]) -> Asgi:
    """An app in which all of these users are signed in."""
    app = Asgi(runner, starlette_app(world))
    app.warm_up([bearer(token) for token in tokens])
    return app


def _visits(tokens: Sequence[str], scale: Scale) -> Callable[[int], list[RequestView]]:
    """Requests of users at random: other ones in each round, the same in each run."""

    def views(number: int) -> list[RequestView]:
        chosen = random.Random(number).choices(tokens, k=scale.batch)
        return [bearer(token) for token in chosen]

    return views


def _bytes_each(world: World, tokens: Sequence[str]) -> float:
    """Memory that stays taken once these tokens were verified, for each of them."""
    with Scute(world.config, transport=world.emulator.transport) as scute:
        scute.verify(*world.tokens(1))
        join_flights()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        for token in tokens:
            scute.verify(token)
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return (after - before) / len(tokens)
