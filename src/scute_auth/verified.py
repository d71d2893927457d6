"""Tokens that were verified already, so that the next request with one costs a look-up.

An entry dies with its token's expiry, with the key set that proved it, or when it is revoked.
Keyed by SHA-256 of the whole token; only successes are kept; bounded, the oldest goes first.
"""

from collections import OrderedDict
from hashlib import sha256

from scute_auth.claims import Claims
from scute_auth.jws import MAX_TOKEN
from scute_auth.keys import KeySet

__all__ = ["VerifiedTokens"]

MAX_ENTRIES = 50_000
"""About 1 KiB each."""

_REVOKED_FOR = 604_800.0
"""Seconds: longer than any access token lives."""


class VerifiedTokens:
    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        self._max_entries = max_entries
        self._entries: OrderedDict[bytes, tuple[Claims, KeySet, float]] = OrderedDict()
        self._revoked: OrderedDict[bytes, float] = OrderedDict()

    def get(self, token: str, now: float, keys: KeySet | None) -> Claims | None:
        """The claims of this very token, if it was verified under these very keys."""
        if len(token) > MAX_TOKEN:
            return None
        entry = self._entries.get(_digest(token))
        if entry is None or entry[1] is not keys or now >= entry[2]:
            return None
        return entry[0]

    def remember(self, token: str, claims: Claims, keys: KeySet, until: float) -> None:
        self._entries[_digest(token)] = (claims, keys, until)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)

    def revoke(self, token: str, now: float) -> None:
        """Refuse this token from now on in this process, though its signature stays good."""
        digest = _digest(token)
        self._entries.pop(digest, None)
        self._revoked[digest] = now + _REVOKED_FOR
        if len(self._revoked) > self._max_entries:
            self._revoked.popitem(last=False)

    def is_revoked(self, token: str, now: float) -> bool:
        return bool(self._revoked) and now < self._revoked.get(_digest(token), now)


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
