"""Renew a session once, however many requests ask at the same time.

In one process `Shared` makes one call of all of them. Between processes a lock in the store
picks a winner, whose session lies there for a while, sealed with a key that only a holder of
the old refresh token can derive: a loser, even a late one, gets the same session. A refresh is
never sent again by us: nobody knows whether a lost answer had already used up the token.
"""

from contextlib import suppress
from dataclasses import asdict
from typing import cast

from scute_auth.answers import Tokens
from scute_auth.calls import ask, is_over
from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow, Shared, Sleep, StoreCall
from scute_auth.errors import ApiError, Reason, ScuteError, ScuteUnavailable, TokenError
from scute_auth.expiring import ExpiringMap
from scute_auth.jws import unverified_claims
from scute_auth.operations import REFRESH
from scute_auth.sealing import Sealer
from scute_auth.verified import digest

__all__ = ["Refresher"]

_LOCKED_FOR = 15.0
_SHARED_FOR = 30.0
_WAIT_FOR_WINNER = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
_REJECTED_FOR = 300.0
_MAX_REJECTED = 10_000
_ENDED = b"ended"

# What another release left in a shared store may have other fields: then it is not taken.


class Refresher:
    def __init__(self, config: ScuteConfig) -> None:
        self._config = config
        self._rejected: ExpiringMap[str, bool] = ExpiringMap(_MAX_REJECTED)

    def renew(self, refresh: str, now: float) -> Flow[Tokens]:
        """The session that this refresh token leads to.

        Raises `TokenError` where Scute ended the session, `ScuteUnavailable` where nobody can
        tell, `ApiError` for any other answer.
        """
        name = self._name(refresh)
        if self._rejected.get(name, now):
            raise TokenError(Reason.REFRESH_REJECTED)
        answer = yield Shared(name, self._once(name, refresh, now))
        return cast(Tokens, answer.value)

    def end(self, refresh: str, now: float) -> Flow[None]:
        """Refuse this token from now on, and drop the session that it led to a moment ago."""
        name = self._name(refresh)
        self._rejected.put(name, True, now + _REJECTED_FOR)
        yield from _attempt(StoreCall("set", f"{name}:session", _ENDED, _SHARED_FOR))

    def _name(self, refresh: str) -> str:
        return f"scute:{self._config.app_id}:refresh:{digest(refresh).hex()}"

    def _once(self, name: str, refresh: str, now: float) -> Flow[Tokens]:
        sealer = Sealer(self._config.app_id, (refresh,))
        lock = f"{name}:lock"
        won = yield StoreCall("add", lock, b"1", _LOCKED_FOR)
        if not won.value:
            return (yield from self._await_winner(name, sealer, now))
        try:
            tokens = yield from self._shared(name, sealer, won.now)
            if tokens is None:
                tokens = yield from self._call(name, refresh, sealer, won.now)
        except ScuteError:
            # No `finally`: a flow that is dropped with its event loop cannot yield any more.
            yield from _attempt(StoreCall("delete", lock))
            raise
        yield from _attempt(StoreCall("delete", lock))
        return tokens

    def _call(self, name: str, refresh: str, sealer: Sealer, now: float) -> Flow[Tokens]:
        try:
            tokens = yield from ask(self._config, REFRESH, token=refresh)
        except ApiError as error:
            if error.status == 404 or not is_over(error):
                raise
            self._rejected.put(name, True, now + _REJECTED_FOR)
            yield from _attempt(StoreCall("set", f"{name}:session", _ENDED, _SHARED_FOR))
            raise TokenError(Reason.REFRESH_REJECTED) from None
        # Kept before anyone verifies it: were the keys out of reach now, the new refresh token
        # would be lost, and the session with it.
        sealed = sealer.seal("refreshed", asdict(tokens), until=now + _SHARED_FOR)
        lifetime = _shared_for(tokens, now)
        yield from _attempt(StoreCall("set", f"{name}:session", sealed.encode("ascii"), lifetime))
        return tokens

    def _await_winner(self, name: str, sealer: Sealer, now: float) -> Flow[Tokens]:
        until, pause = now + _WAIT_FOR_WINNER, _FIRST_PAUSE
        while now < until:
            now = (yield Sleep(pause)).now
            pause = min(pause * 2, _LONGEST_PAUSE)
            lock = yield StoreCall("get", f"{name}:lock")
            found = yield from self._shared(name, sealer, now)
            if found is not None:
                return found
            if lock.value is None:
                break
        raise ScuteUnavailable("another process could not renew the session either")

    def _shared(self, name: str, sealer: Sealer, now: float) -> Flow[Tokens | None]:
        """What a winner left behind for this refresh token, if anything."""
        answer = yield StoreCall("get", f"{name}:session")
        if answer.value is None:
            return None
        if answer.value == _ENDED:
            raise TokenError(Reason.REFRESH_REJECTED)
        sealed = bytes(answer.value).decode("latin-1")
        tokens = sealer.open_as(Tokens, "refreshed", sealed, now=now)
        if tokens is None:
            return None
        if tokens.refresh is not None and (yield from self._is_ended(tokens.refresh)):
            raise TokenError(Reason.REFRESH_REJECTED)
        return tokens

    def _is_ended(self, refresh: str) -> Flow[bool]:
        """Did its owner sign out in the meantime?"""
        answer = yield StoreCall("get", f"{self._name(refresh)}:session")
        return bool(answer.value == _ENDED)


def _attempt(effect: StoreCall) -> Flow[None]:
    """What Scute has answered counts, also where the store fails after it; the driver logs that."""
    with suppress(ScuteUnavailable):
        yield effect


def _shared_for(tokens: Tokens, now: float) -> float:
    """Half of a short token's life at the most: who comes later needs a newer one.

    A token that is over on arrival (our clock is ahead of Scute's) must not be asked for again
    and again.
    """
    try:
        expires_at = float(unverified_claims(tokens.access).get("exp", 0.0))
    except (TokenError, TypeError, ValueError, OverflowError):
        return _SHARED_FOR
    if expires_at <= now:
        return _SHARED_FOR
    return max(1.0, min(_SHARED_FOR, (expires_at - now) / 2))
