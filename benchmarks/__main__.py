"""Print every figure beside its target: `python -m benchmarks`, or `make bench`."""

import argparse
import gc
import logging

from benchmarks.django_middleware import django_middleware
from benchmarks.event_loop import event_loop
from benchmarks.growth import growth
from benchmarks.key_traffic import key_traffic
from benchmarks.middleware import middleware
from benchmarks.report import Row, table
from benchmarks.sockets import sockets
from benchmarks.start_up import start_up
from benchmarks.timing import Timings
from benchmarks.verifying import verifying
from benchmarks.world import FULL, QUICK, Scale, World
from benchmarks.wsgi_middleware import wsgi_middleware

__all__ = ["measure"]


def measure(scale: Scale) -> tuple[Timings, list[Row]]:
    """All rows, and the timings that hold the floor."""
    world = World()
    tokens = world.tokens((scale.rounds + 1) * scale.batch)
    # What the benchmarks hold themselves is not for the garbage collector to walk through.
    gc.collect()
    gc.freeze()
    timings, rows = verifying(world, scale, tokens)
    rows += middleware(world, scale, tokens) + wsgi_middleware(world, scale, tokens)
    rows += django_middleware(world, scale, tokens) + sockets(world, scale, tokens)
    rows += key_traffic(scale) + event_loop(scale) + start_up(scale) + growth(world, scale)
    return timings, rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small counts: does it run at all?")
    options = parser.parse_args()
    # The faults that are ordered here are logged as they would be in an outage.
    logging.getLogger("scute_auth").setLevel(logging.CRITICAL)
    timings, rows = measure(QUICK if options.quick else FULL)
    print(table(rows, timings))


if __name__ == "__main__":
    main()
