"""The workspace's public keys: fetched, cached, and kept through an outage.

How it works. A key set is an immutable snapshot, replaced by one assignment. It is *fresh* for
`keys_lifetime`; after that it is still served while one fetch runs in the background, until it
is older than `keys_max_stale`. A token that no key fits makes one fetch, at most once per
`keys_cooldown`; a bad signature under a known key makes none. A failed or unusable answer
replaces nothing, and the next attempt waits longer each time. Fetches are flows: the methods of
`KeyCache` decide, a driver acts.
"""

import importlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scute_auth.backoff import Backoff
from scute_auth.calls import call, read
from scute_auth.config import ScuteConfig
from scute_auth.effects import CALL_TIMEOUT, Flow, Log, Shared, Spawn
from scute_auth.errors import ApiError, Reason, ScuteUnavailable, TokenError
from scute_auth.json_values import as_list, as_object
from scute_auth.jws import ALGORITHM, Jws
from scute_auth.operations import JWKS, JWKS_DOCUMENTED

__all__ = ["KeyCache", "KeySet", "SigningKey", "load_crypto", "parse_key_set"]

MAX_KEYS = 64
MAX_TRIES = 8
"""Keys that are tried on a token without `kid`, or under one `kid`."""

_LONGEST_WAIT = 30.0
_LONGEST_WAIT_COLD = 1.5
"""Without any key every request fails, so the endpoint's return must be noticed soon."""

_WARN_EVERY = 60.0
_CLOCK_MAY_DIFFER = 60.0
_MAX_UNKNOWN = 1024

_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""The members of a private or secret key (RFC 7518 sections 6.3.2 and 6.4.1)."""

_MIN_BITS, _MAX_BITS = 2048, 8192
_MIN_EXPONENT, _MAX_EXPONENT = 65537, 2**32
_MAX_NUMBER = 1400
"""Characters of base64url: 8192 bits take 1366."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One RSA public key; `verifies(message, signature)` checks RS256."""

    kid: str | None
    numbers: tuple[str, str] = field(repr=False)
    verifies: Callable[[bytes, bytes], bool] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class KeySet:
    """A snapshot of usable keys; `dropped` counts those that were not."""

    keys: tuple[SigningKey, ...]
    dropped: int = 0

    def candidates(self, kid: str | None) -> tuple[SigningKey, ...]:
        """The keys that may have signed: all for a token without `kid`, else those of that name."""
        if kid is None:
            return self.keys[:MAX_TRIES]
        return tuple([key for key in self.keys if key.kid == kid][:MAX_TRIES])


def load_crypto() -> None:
    """Import what checks signatures, at a time when nobody waits for it."""
    importlib.import_module("jwt.algorithms")


def parse_key_set(document: Any) -> KeySet:
    """Read a JWKS; one bad key is dropped and never spoils the others.

    Raises `ValueError` where no key is usable.
    """
    entries = as_list((as_object(document) or {}).get("keys"))
    if entries is None or len(entries) > MAX_KEYS:
        raise ValueError("not a key set")
    keys = tuple(key for entry in entries if (key := _signing_key(entry)) is not None)
    if not keys:
        raise ValueError("no usable key")
    return KeySet(keys, dropped=len(entries) - len(keys))


def _signing_key(entry: Any) -> SigningKey | None:
    """An RS256 key for signatures (RFC 7517 section 4), or None for anything else."""
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    jwk = as_object(entry)
    if jwk is None or not _is_for_rs256(jwk):
        return None
    modulus, exponent = jwk.get("n"), jwk.get("e")
    if not isinstance(modulus, str) or not isinstance(exponent, str):
        return None
    if max(len(modulus), len(exponent)) > _MAX_NUMBER:
        return None
    try:
        parsed = PyJWK({"kty": "RSA", "n": modulus, "e": exponent}, ALGORITHM)
        numbers = parsed.key.public_numbers()
    except (PyJWTError, ValueError, TypeError):
        return None
    if not _MIN_BITS <= numbers.n.bit_length() <= _MAX_BITS or numbers.e % 2 == 0:
        return None
    if not _MIN_EXPONENT <= numbers.e <= _MAX_EXPONENT:
        return None
    rs256, key = parsed.Algorithm, parsed.key
    return SigningKey(
        jwk.get("kid"),
        (modulus, exponent),
        lambda message, signature: bool(rs256.verify(message, key, signature)),
    )


def _is_for_rs256(jwk: dict[str, Any]) -> bool:
    """Public, RSA, for signatures: a private key that leaked into the set is not to be trusted."""
    kid, uses = jwk.get("kid"), as_list(jwk.get("key_ops", ["verify"]))
    return (
        jwk.get("kty") == "RSA"
        and _PRIVATE.isdisjoint(jwk)
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", ALGORITHM) == ALGORITHM
        and uses is not None
        and "verify" in uses
        and (kid is None or (isinstance(kid, str) and 0 < len(kid) <= 256))
    )


class KeyCache:
    """The keys of one app's workspace, and when to ask for them again."""

    def __init__(self, config: ScuteConfig) -> None:
        self._config = config
        self._backoff = Backoff()
        self._fetched_at = float("-inf")
        self._asked = {False: float("-inf"), True: float("-inf")}
        self._unknown: set[str] = set()
        self._finished = 0
        self._warned_at = float("-inf")
        self.snapshot: KeySet | None = None
        self.fresh_until = float("-inf")

    def verify(self, jws: Jws, now: float, *, own: bool = False) -> Flow[KeySet]:
        """Check the signature and return the set that proved it; raise `TokenError` where none
        does, `ScuteUnavailable` where no key can be had.

        `own` marks a token that Scute itself just answered: a stranger's flood of unknown keys
        must not use up what it may cost to learn the key of that one.
        """
        seen, keys = self._finished, self.snapshot
        if now < self._fetched_at - _CLOCK_MAY_DIFFER:
            self._clock_was_set_back(now)
        if keys is None or now >= self.fresh_until:
            keys = yield from self._current(now, seen)
        kid = jws.header.kid
        if _fits(keys, jws):
            return keys
        if kid is not None and keys.candidates(kid):
            raise TokenError(Reason.SIGNATURE)
        if self._backoff.allows(now) and now >= self._asked[own] + self._config.keys_cooldown:
            self._asked[own] = now
            yield Shared("keys", self._fetch(now, seen))
            keys = self.snapshot or keys
            if _fits(keys, jws):
                return keys
        if kid is not None and keys.candidates(kid):
            raise TokenError(Reason.SIGNATURE)
        if self._backoff.failures and kid not in self._unknown:
            raise ScuteUnavailable(
                "the signing keys cannot be fetched", retry_after=self._backoff.retry_after(now)
            )
        if kid is None:
            raise TokenError(Reason.SIGNATURE)
        self._remember_unknown(kid)
        raise TokenError(Reason.UNKNOWN_KEY)

    def ready(self, now: float) -> Flow[None]:
        """Make sure that there are keys; raise `ScuteUnavailable` where there can be none."""
        yield from self._current(now, self._finished)

    def _current(self, now: float, seen: int) -> Flow[KeySet]:
        """The keys to use now; a stale set is served while a new one is fetched."""
        keys = self._usable(now)
        if keys is None:
            if self._backoff.allows(now):
                yield Shared("keys", self._fetch(now, seen))
            if (keys := self._usable(now)) is None:
                raise ScuteUnavailable(
                    "the signing keys cannot be fetched",
                    retry_after=self._backoff.retry_after(now),
                )
        elif now >= self.fresh_until and self._backoff.allows(now):
            yield Spawn("keys", self._fetch(now, seen))
        return keys

    def _usable(self, now: float) -> KeySet | None:
        longest = max(self._config.keys_lifetime, self._config.keys_max_stale)
        return self.snapshot if now < self._fetched_at + longest else None

    def _fetch(self, now: float, seen: int) -> Flow[None]:
        """Ask Scute for the keys: the newer path, then the documented one if that is not there.

        `seen`: how many fetches had ended when this one was asked for. A thread may ask while
        another's fetch is ending: it wants that answer, not one more call.
        """
        if self._finished != seen:
            return
        started = now
        try:
            answer = yield call(self._config, JWKS.row)
            now = answer.now
            try:
                document = read(JWKS, answer.value)
            except ApiError as error:
                if error.status != 404:
                    raise
                left = min(max(CALL_TIMEOUT - (now - started), 0.1), CALL_TIMEOUT)
                answer = yield call(self._config, JWKS_DOCUMENTED.row, timeout=left)
                now = answer.now
                document = read(JWKS_DOCUMENTED, answer.value)
            keys = parse_key_set(document)
        except (ScuteUnavailable, ApiError, ValueError) as error:
            note: Log | None = self._failed(now, error)
        else:
            note = self._answered(now, keys)
        self._finished += 1
        if note is not None:
            yield note

    def _answered(self, now: float, keys: KeySet) -> Log | None:
        self._backoff.succeeded()
        self._fetched_at = now
        self.fresh_until = now + self._config.keys_lifetime
        if self.snapshot is not None and self.snapshot.keys == keys.keys:
            return None
        # Tokens that were verified under the old set are tied to that very object: see `verified`.
        self.snapshot = keys
        self._unknown.clear()
        if keys.dropped:
            return Log(logging.WARNING, "dropped %d unusable signing key(s)", (keys.dropped,))
        return None

    def _failed(self, now: float, error: Exception) -> Log:
        longest = _LONGEST_WAIT_COLD if self._usable(now) is None else _LONGEST_WAIT
        self._backoff.failed(now, longest=longest)
        # The cooldown counts from an answer; after a failure the back-off alone decides.
        self._asked = {False: float("-inf"), True: float("-inf")}
        level = logging.DEBUG
        if now >= self._warned_at + _WARN_EVERY:
            self._warned_at = now
            level = logging.WARNING
        is_unknown = isinstance(error, ApiError) and error.status == 404
        hint = f"; is app_id {self._config.app_id!r} right?" if is_unknown else ""
        told = self._config.base_url, error, hint
        return Log(level, "the signing keys could not be fetched from %s: %s%s", told)

    def _clock_was_set_back(self, now: float) -> None:
        """What was noted by a clock that ran ahead would hold for as long as it did."""
        self._fetched_at = self.fresh_until = now
        self._asked = {False: float("-inf"), True: float("-inf")}
        self._backoff.succeeded()

    def _remember_unknown(self, kid: str) -> None:
        """In an outage, a name that Scute's last answers did not hold is still a plain no."""
        if len(self._unknown) >= _MAX_UNKNOWN:
            self._unknown.clear()
        self._unknown.add(kid)


def _fits(keys: KeySet, jws: Jws) -> bool:
    for key in keys.candidates(jws.header.kid):
        if key.verifies(jws.signing_input, jws.signature):
            return True
    return False
