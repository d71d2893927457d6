"""How often a code or a link may be asked for, a code be tried, and Scute be asked at all: for each
identifier and for each address that asks.

Counted in the store, so for all processes that share one. A count is a row of entries, each
added atomically: nobody gets more than the row is long. Names are hashed: a store learns nobody's
address.
"""

from collections.abc import Mapping
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from math import ceil
from typing import Literal, TypeAlias

from scute_auth.effects import Flow, StoreCall
from scute_auth.http import Reply
from scute_auth.signin.device import device_of
from scute_auth.signin.identifiers import counted, exact
from scute_auth.signin.visit import Visit, message

__all__ = ["TIMES", "Step", "count", "too_often"]

Step: TypeAlias = Literal["send", "verify", "switch", "passkey", "land", "look", "led", "change"]

TIMES: Mapping[Step, int] = {"land": 10, "look": 10, "led": 10, "change": 10}
"""Opening a link and looking at one's own pages send and try nothing, but make calls to Scute: they
may be done so many times as often, which no person ever does. Another site that leads the person
there (`led`) uses up no others."""

MOST_DEVICES = 5
"""Browsers that have a count of their own for one identifier, in one window."""

_WIDER = 10
"""A /48 may do so many times as much as a /64: some are one customer's, some a provider's."""


def count(visit: Visit, step: Step, identifier: str = "") -> Flow[Reply | None]:
    """Count one attempt: None if it may go on, else the answer that says when to come back.

    It comes before any call to Scute and is the same for known and unknown identifiers. The
    address comes first: one that is stopped uses up nobody else's attempts. Without an
    `identifier` only the address counts. Browsers in which its owner has signed in before have
    counts of their own for it, the first few in each window.
    """
    limits, times = visit.auth.config.limits, TIMES.get(step, 1)
    rows = [(who, limits.per_address * wider) for who, wider in _networks(visit.view.client)]
    if identifier and limits.per_identifier:
        device = yield from _admitted(visit, identifier)
        rows.append((f"{counted(identifier)} {device}", limits.per_identifier))
    for who, allowed in rows:
        if allowed and not (yield from _take(visit, f"{step} {who}", allowed * times)):
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


def _admitted(visit: Visit, identifier: str) -> Flow[str]:
    """The id of this browser, if it counts apart for this identifier; else empty.

    However many devices somebody comes to have, they bring no attempts without end.
    """
    device = device_of(visit, identifier)
    if not device:
        return ""
    row, window = _row(visit, f"devices {exact(identifier)}"), visit.auth.config.limits.window
    own = sha256(device.encode()).digest()
    for number in range(MOST_DEVICES):
        added = yield StoreCall("add", f"{row}:{number}", own, window)
        if added.value or (yield StoreCall("get", f"{row}:{number}")).value == own:
            return device
    return ""


def _row(visit: Visit, what: str) -> str:
    name = f"{int(visit.now // visit.auth.config.limits.window)} {what}"
    return f"scute:{visit.auth.config.app_id}:limit:{sha256(name.encode()).hexdigest()}"


def _take(visit: Visit, what: str, allowed: int) -> Flow[bool]:
    """Add the next entry of the row; False if the row is full."""
    row, window = _row(visit, what), visit.auth.config.limits.window
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


def _networks(client: str | None) -> list[tuple[str, int]]:
    """Whom to count for an address, and how many times as much each may do.

    An IPv6 subscriber has a whole /64, and may have a /48. An address of this machine or of a
    private network is a proxy's, and so everybody's: it is not counted.
    """
    try:
        address = _inner(ip_address(client or ""))
    except ValueError:
        return []
    if not address.is_global:
        return []
    if isinstance(address, IPv4Address):
        return [(str(address), 1)]
    sizes = ((64, 1), (48, _WIDER))
    return [(str(ip_network((int(address), size), strict=False)), times) for size, times in sizes]


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that one of IPv6 stands for, if it does: each has a /48 by 6to4."""
    if isinstance(address, IPv4Address):
        return address
    return address.ipv4_mapped or address.sixtofour or address
