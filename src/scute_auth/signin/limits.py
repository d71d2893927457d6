"""How often a code or a link may be asked for, a code be tried, and Scute be asked at all: for each
identifier and for each address that asks.

Counted in the store, so for all processes that share one. A count is a row of entries, each
added atomically: nobody gets more than the row is long. Names are hashed: a store learns nobody's
address.
"""

from collections.abc import Mapping
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Literal, TypeAlias

from scute_auth.effects import Flow, StoreCall
from scute_auth.http import Reply
from scute_auth.signin.device import device_of
from scute_auth.signin.identifiers import counted
from scute_auth.signin.visit import Visit, message

__all__ = ["TIMES", "Step", "count", "too_often"]

Step: TypeAlias = Literal["send", "verify", "passkey", "land", "look"]

TIMES: Mapping[Step, int] = {"land": 10, "look": 10}
"""Opening a link and looking at one's own pages send and try nothing, but make calls to Scute: they
may be done so many times as often, which no person ever does."""


def count(visit: Visit, step: Step, identifier: str = "") -> Flow[Reply | None]:
    """Count one attempt: None if it may go on, else the answer that says when to come back.

    It comes before any call to Scute and is the same for known and unknown identifiers. The
    address comes first: one that is stopped uses up nobody else's attempts. Without an
    `identifier` only the address counts. A browser in which its owner has signed in before has a
    count of its own for it.
    """
    limits, times = visit.auth.config.limits, TIMES.get(step, 1)
    owner = f"{counted(identifier)} {device_of(visit, identifier)}" if identifier else ""
    for who, allowed in (
        (_network(visit.view.client), limits.per_address * times),
        (owner, limits.per_identifier * times),
    ):
        if who and allowed and not (yield from _take(visit, step, who, allowed)):
            return too_often(visit, ceil(limits.window - visit.now % limits.window))
    return None


def too_often(visit: Visit, seconds: int) -> Reply:
    """429, with the time after which it may be tried again."""
    minutes = -(-seconds // 60)
    return message(
        visit,
        429,
        "too_often",
        "too_often",
        text=visit.auth.config.messages.counted("too_often_text", minutes),
        actions=visit.action("back_to_sign_in", "/sign-in"),
        headers=(("retry-after", str(seconds)),),
    )


def _take(visit: Visit, step: Step, who: str, allowed: int) -> Flow[bool]:
    """Add the next entry of the row; False if the row is full."""
    window = visit.auth.config.limits.window
    name = f"{step} {int(visit.now // window)} {who}"
    row = f"scute:{visit.auth.config.app_id}:limit:{sha256(name.encode()).hexdigest()}"
    free = yield from _first_free(row, allowed)
    for number in range(free, allowed):
        added = yield StoreCall("add", f"{row}:{number}", b"1", window)
        if added.value:
            return True
    return False


def _first_free(row: str, allowed: int) -> Flow[int]:
    """Rows are filled from the front, so that halving finds the end in a few steps."""
    low, high = 0, allowed
    while low < high:
        middle = (low + high) // 2
        entry = yield StoreCall("get", f"{row}:{middle}")
        low, high = (low, middle) if entry.value is None else (middle + 1, high)
    return low


def _network(client: str | None) -> str:
    """Whom to count for an address: an IPv6 subscriber has a whole /64.

    An address of this machine or of a private network is a proxy's, and so everybody's: it is
    not counted.
    """
    try:
        address = ip_address(client or "")
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if not address.is_global:
        return ""
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), 64), strict=False))
    return str(address)
