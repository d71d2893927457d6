"""Targets 1, 2 and 7: what it costs to accept a token, to know it again, and to refuse one."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import jwt

from benchmarks.report import Row, floors, reference
from benchmarks.timing import Case, Timings, per_call, time_rounds
from benchmarks.visits import batch
from benchmarks.world import Scale, World, bearer, join_flights
from scute_auth import RequestView, Scute, SignedOut

__all__ = ["py_jwk_client", "verifying"]

T = TypeVar("T")


def verifying(world: World, scale: Scale, tokens: Sequence[str]) -> tuple[Timings, list[Row]]:
    """`tokens` are enough for one batch a round, so that every cold one is new."""
    with Scute(world.config, transport=world.emulator.transport) as scute:
        _warm_up(scute, world, tokens[: scale.batch])
        timings = time_rounds(_cases(world, scale, tokens, scute), scale.rounds)
    return timings, [
        floors("1", "verify, a token never seen", timings.ratio("cold"), 1.6),
        reference("  PyJWT jwt.decode, key at hand", timings.ratio("decode")),
        reference("  PyJWKClient and jwt.decode", timings.ratio("client")),
        floors("2", "verify, remembered", timings.ratio("remembered"), 0.12),
        floors("7", "refuse: no header", timings.ratio("nothing"), 0.2),
        floors("7", "refuse: garbage", timings.ratio("garbage"), 0.3),
        floors("7", "refuse: bad signature", timings.ratio("bad signature"), 1.6),
    ]


def _cases(world: World, scale: Scale, tokens: Sequence[str], scute: Scute) -> dict[str, Case]:
    known = list(tokens[: scale.batch])
    garbage = [bearer(f"x{number}.{'a' * 400}.{'b' * 342}") for number in range(scale.batch)]
    forged = [bearer(token) for token in world.foreign_tokens(scale.batch, world.kid)]
    return {
        "floor": world.floor(known),
        "cold": lambda number: per_call(scute.verify, batch(tokens, number, scale)),
        "remembered": _timed(scute.verify, known),
        "decode": _timed(_decoder(world), known),
        "client": _timed(py_jwk_client(world), known),
        "nothing": _timed(_refusing(scute), [bearer(None)] * scale.batch),
        "garbage": _timed(_refusing(scute), garbage),
        "bad signature": _timed(_refusing(scute), forged),
    }


def _timed(call: Callable[[T], object], items: Sequence[T]) -> Case:
    return lambda _: per_call(call, items)


def _refusing(scute: Scute) -> Callable[[RequestView], None]:
    def refuse(view: RequestView) -> None:
        if not isinstance(scute.authenticate(view), SignedOut):
            raise AssertionError("a bad request was let in")

    return refuse


def _decoder(world: World) -> Callable[[str], Any]:
    """PyJWT at its best: its key is parsed, and only the algorithm and `exp` are asked for."""
    (jwk,) = world.emulator.state.keys.jwks()["keys"]
    key = jwt.PyJWK(jwk)
    return lambda token: jwt.decode(token, key, algorithms=["RS256"])


def py_jwk_client(world: World) -> Callable[[str], Any]:
    """PyJWT as its documentation shows it; the keys are fetched once, before the rounds."""
    with world.emulator.serve() as url:
        client = jwt.PyJWKClient(f"{url}/v1/auth/{world.config.app_id}/.well-known/jwks.json")
        client.get_jwk_set()
    return lambda token: jwt.decode(
        token, client.get_signing_key_from_jwt(token), algorithms=["RS256"]
    )


def _warm_up(scute: Scute, world: World, known: Sequence[str]) -> None:
    """Let the keys come, then the app's settings: before those, nothing is remembered."""
    scute.verify(*world.tokens(1))
    join_flights()
    for token in known:
        scute.verify(token)
