"""What a landing brings: a token, and what it says of itself. Nobody has verified any of it.

While its person is asked, it lies in a cookie: out of the URL, its history and its Referer.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from scute_auth.cookies import MAX_COOKIE
from scute_auth.errors import TokenError
from scute_auth.http import ResponseChanges
from scute_auth.jws import is_token_shaped, unverified_claims
from scute_auth.signin.binding import Way
from scute_auth.signin.identifiers import identifier
from scute_auth.signin.kept import forget, keep, kept
from scute_auth.signin.visit import Visit

__all__ = ["Arrival", "aside", "forget_aside", "put_aside", "read"]

_KEPT_FOR = 300
_YEAR_3000 = 32_503_680_000
_NEW = frozenset({"pending", "invited"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """`is_new`: it is for somebody who has never signed in, an invited person for one."""

    way: Way
    token: str = field(repr=False)
    user_id: str | None
    identifier: str | None
    issued_at: int | None
    is_new: bool

    @property
    def digest(self) -> str:
        return sha256(self.token.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class _Aside:
    way: Way
    token: str = field(repr=False)


def read(way: Way, token: str) -> Arrival | None:
    """Read a landing's token as the vendor's browser SDK does: unverified, for display."""
    if not is_token_shaped(token) or len(token) > MAX_COOKIE // 2:
        return None
    try:
        claims = unverified_claims(token)
    except TokenError:
        return None if way == "magic" else Arrival(way, token, None, None, None, is_new=False)
    user_id = _text(claims, "uuid")
    if way == "magic" and user_id is None:
        return None
    issued_at = claims.get("iat")
    return Arrival(
        way,
        token,
        user_id,
        identifier(_text(claims, "email") or "") or identifier(_text(claims, "phone") or ""),
        issued_at if type(issued_at) is int and 0 < issued_at < _YEAR_3000 else None,
        is_new=way == "magic" and _text(claims, "user_status") in _NEW,
    )


def put_aside(visit: Visit, arrival: Arrival) -> ResponseChanges:
    until = visit.now + _KEPT_FOR
    return keep(visit, "landing", _Aside(arrival.way, arrival.token), until=until)


def aside(visit: Visit) -> Arrival | None:
    """The one that this browser was asked about."""
    found = kept(visit, "landing", _Aside)
    return None if found is None else read(found.way, found.token)


def forget_aside(visit: Visit) -> ResponseChanges:
    return forget(visit, "landing")


def _text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return (
        value if isinstance(value, str) and 0 < len(value) < 255 and value.isprintable() else None
    )
