"""From a token to its claims: parse, check the signature, read the claims, remember.

The order is the cheap and certain first: nothing malformed ever causes a call to Scute.
"""

from scute_auth.app_settings import SettingsCache
from scute_auth.claims import MAX_ACCESS_LIFETIME, Claims, read
from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow
from scute_auth.errors import Reason, TokenError
from scute_auth.jws import Jws, parse
from scute_auth.keys import KeyCache
from scute_auth.verified import VerifiedTokens

__all__ = ["Verifier"]


class Verifier:
    def __init__(self, config: ScuteConfig, settings: SettingsCache) -> None:
        self._config = config
        self._settings = settings
        self._keys = KeyCache(config)
        self._verified = VerifiedTokens()

    def recall(self, token: str, now: float) -> Claims | None:
        """The claims of a token verified before, while the keys are fresh. No flow: hot."""
        if now >= self._keys.fresh_until:
            return None
        return self._verified.get(token, now, self._keys.snapshot)

    def verify(self, token: str, now: float, *, own: bool = False) -> Flow[Claims]:
        """The claims of a user's access token; raise `TokenError` or `ScuteUnavailable`.

        `own` marks a token that Scute just answered as `access`: it need not prove its kind.
        """
        claims = self.recall(token, now)
        if claims is not None:
            return claims
        jws = parse(token)
        if self._verified.is_revoked(token, now):
            raise TokenError(Reason.REVOKED)
        keys = yield from self._keys.verify(jws, now, own=own)
        if (due := self._settings.refresh(now)) is not None:
            yield due
        claims = yield from self._claims(jws, now, own=own)
        if claims.is_machine:
            raise TokenError(Reason.NOT_A_USER)
        self._verified.remember(token, claims, keys, claims.expires_at + self._config.leeway)
        return claims

    def revoke(self, token: str, now: float) -> None:
        """Refuse this token from now on in this process."""
        self._verified.revoke(token, now)

    def _claims(self, jws: Jws, now: float, *, own: bool) -> Flow[Claims]:
        app_id, leeway = self._config.app_id, self._config.leeway
        if not app_id.startswith("app_"):
            app_id = yield from self._settings.public_app_id(now)
        bound = MAX_ACCESS_LIFETIME if own else self._settings.access_bound(now)
        try:
            return read(jws, app_id=app_id, now=now, leeway=leeway, bound=bound)
        except TokenError as error:
            if error.reason is not Reason.NOT_ACCESS or own:
                raise
        # Before a token is refused for living too long, the bound itself is held in doubt.
        yield from self._settings.reread(now)
        bound = self._settings.access_bound(now)
        return read(jws, app_id=app_id, now=now, leeway=leeway, bound=bound)
