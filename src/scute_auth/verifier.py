"""From a token to its claims: parse, check the signature, read the claims, remember.

The order is the cheap and certain first: nothing malformed ever causes a call to Scute.
"""

from hashlib import sha256

from scute_auth.app_settings import SettingsCache
from scute_auth.claims import MAX_ACCESS_LIFETIME, Claims, read
from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow, StoreCall
from scute_auth.errors import Reason, TokenError
from scute_auth.intents import Awaited, IntentVerification, read_intent
from scute_auth.jws import parse
from scute_auth.keys import KeyCache
from scute_auth.verified import VerifiedTokens

__all__ = ["Verifier"]

_ANSWERED_WITHIN = 30
"""Seconds: `now` was read before Scute was asked, so its answer is from the future by as much."""


class Verifier:
    def __init__(self, config: ScuteConfig, settings: SettingsCache) -> None:
        self._config = config
        self._settings = settings
        self._keys = KeyCache(config)
        self._verified = VerifiedTokens()
        # Apart: what stands for a machine must never be found where a user is looked for.
        self._machines = VerifiedTokens()

    def recall(self, token: str, now: float) -> Claims | None:
        """The claims of a user's token verified before, while the keys are fresh. No flow: hot."""
        if now >= self._keys.fresh_until:
            return None
        # An entry ends with its token's own `exp`, and shares that number; the leeway is ours.
        return self._verified.get(token, now - self._config.leeway, self._keys.snapshot)

    def recall_machine(self, token: str, now: float) -> Claims | None:
        """The same for a machine's token."""
        if now >= self._keys.fresh_until:
            return None
        return self._machines.get(token, now - self._config.leeway, self._keys.snapshot)

    def verify(self, token: str, now: float, *, own: bool = False) -> Flow[Claims]:
        """The claims of a user's access token that `recall` does not know.

        Raises `TokenError` or `ScuteUnavailable`.
        `own` marks a token that Scute just answered as `access`: it need not prove its kind.
        """
        claims = yield from self.verify_caller(token, now, own=own)
        if claims.is_machine:
            raise TokenError(Reason.NOT_A_USER)
        return claims

    def verify_caller(self, token: str, now: float, *, own: bool = False) -> Flow[Claims]:
        """The same for a token that may be a user's or a machine's: the claims say which."""
        jws = parse(token)
        if self._verified.is_revoked(token, now):
            raise TokenError(Reason.REVOKED)
        keys = yield from self._keys.verify(jws, now, own=own)
        if (due := self._settings.refresh(now)) is not None:
            yield due
        app_id = yield from self._public_app_id(now)
        leeway = max(self._config.leeway, _ANSWERED_WITHIN if own else 0)
        claims = read(jws, app_id=app_id, now=now, leeway=leeway, bound=MAX_ACCESS_LIFETIME)
        if not own and not self._may_be_access(claims, now):
            # Before a token is refused for living too long, the bound itself is held in doubt.
            if self._config.access_lifetime is None:
                yield from self._settings.reread(now)
            if not self._may_be_access(claims, now):
                raise TokenError(Reason.NOT_ACCESS)
        if own or self._knows_bound():
            known = self._machines if claims.is_machine else self._verified
            known.remember(token, claims, keys, claims.expires_at)
        return claims

    def verify_intent(
        self, token: str, now: float, *, expected: Awaited, once: bool
    ) -> Flow[IntentVerification]:
        """What a `scute_token` says; raise `TokenError` or `ScuteUnavailable`."""
        jws = parse(token)
        yield from self._keys.verify(jws, now)
        app_ids = (self._config.app_id, (yield from self._public_app_id(now)))
        leeway = self._config.leeway
        result = read_intent(jws, app_ids=app_ids, expected=expected, now=now, leeway=leeway)
        if once:
            name = sha256(result.verification_id.encode("utf-8")).hexdigest()
            key = f"scute:{self._config.app_id}:verification:{name}"
            answer = yield StoreCall("add", key, b"1", result.expires_at + leeway - now)
            if not answer.value:
                raise TokenError(Reason.REPLAYED)
        return result

    def ready(self, now: float) -> Flow[None]:
        """Make sure that a token could be verified now; raise `ScuteUnavailable` otherwise."""
        yield from self._keys.ready(now)

    def revoke(self, token: str, now: float) -> None:
        """Refuse this token from now on in this process."""
        self._verified.revoke(token, now)

    def _public_app_id(self, now: float) -> Flow[str]:
        """The id that tokens carry; an app may be set by its other one."""
        if self._config.app_id.startswith("app_"):
            return self._config.app_id
        return (yield from self._settings.public_app_id(now))

    def _knows_bound(self) -> bool:
        """Until the app's settings are known, a refresh token may pass: not to be remembered."""
        return self._config.access_lifetime is not None or self._settings.known is not None

    def _may_be_access(self, claims: Claims, now: float) -> bool:
        """Is its life short enough? Support access has a limit of its own at Scute."""
        begun = now if claims.issued_at is None else min(now, claims.issued_at)
        life = claims.expires_at - begun - self._config.leeway
        return life <= self._settings.access_bound(now) or claims.is_impersonated
