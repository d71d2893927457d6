"""Tokens that were verified already, so that the next request with one costs a look-up.

An entry dies with its token's expiry, with the key set that proved it (`keys`: compared as an
object, so that a new set begins with nothing), or when it is revoked. Keyed by SHA-256 of the
whole token; only successes are kept.
"""

from hashlib import sha256

from scute_auth.claims import Claims
from scute_auth.expiring import ExpiringMap
from scute_auth.jws import MAX_TOKEN

__all__ = ["VerifiedTokens", "digest"]

MAX_ENTRIES = 50_000
"""About 1 KiB each."""

_REVOKED_FOR = 604_800.0
"""Seconds: longer than any access token lives."""


class VerifiedTokens:
    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        self._max_entries = max_entries
        self._proved: tuple[object, ExpiringMap[bytes, Claims]] = (None, ExpiringMap(max_entries))
        self._revoked: ExpiringMap[bytes, bool] = ExpiringMap(max_entries)

    def get(self, token: str, now: float, keys: object) -> Claims | None:
        """The claims of this very token, if it was verified under these very keys."""
        known, proved = self._proved
        if len(token) > MAX_TOKEN or known is not keys:
            return None
        key = digest(token)
        # It may have been revoked while it was being verified, and remembered after that.
        if len(self._revoked) > 0 and self._revoked.get(key, now):
            return None
        return proved.get(key, now)

    def remember(self, token: str, claims: Claims, keys: object, until: float) -> None:
        # Set and entries are read and replaced as one: under threads, what an old set proved may
        # end up among the entries of the old set, never among those of a new one.
        known, proved = self._proved
        if known is not keys:
            proved = ExpiringMap[bytes, Claims](self._max_entries)
            self._proved = (keys, proved)
        proved.put(digest(token), claims, until)

    def revoke(self, token: str, now: float) -> None:
        """Refuse this token from now on in this process, though its signature stays good."""
        self._proved[1].discard(digest(token))
        self._revoked.put(digest(token), True, now + _REVOKED_FOR)

    def is_revoked(self, token: str, now: float) -> bool:
        return len(self._revoked) > 0 and self._revoked.get(digest(token), now) is True


def digest(token: str) -> bytes:
    """What a token is known by in memory and in a store; the token itself is kept nowhere."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
