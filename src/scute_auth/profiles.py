"""What Scute knows of signed-in users: asked when it is wanted, and kept for a minute."""

from collections.abc import Container
from typing import cast

from scute_auth.calls import ask, is_over
from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow, Shared
from scute_auth.errors import ApiError, Reason, ScuteUnavailable, TokenError
from scute_auth.expiring import ExpiringMap
from scute_auth.identity import Profile, Session
from scute_auth.operations import CURRENT_USER
from scute_auth.verified import digest

__all__ = ["Profiles"]

_KEPT_FOR = 60.0
_MAX_PROFILES = 10_000


class Profiles:
    def __init__(self, config: ScuteConfig) -> None:
        self._config = config
        self._profiles: ExpiringMap[bytes, Profile] = ExpiringMap(_MAX_PROFILES)

    def of(self, session: Session, now: float) -> Flow[Profile]:
        """Scute's current user behind a session, kept for a minute.

        Raises `TokenError` where Scute says that the session is over, else `ScuteUnavailable`.
        """
        key = digest(session.access)
        if (profile := self._profiles.get(key, now)) is not None:
            return profile
        answer = yield Shared(f"profile:{key.hex()}", self._fetch(session.access))
        profile = cast(Profile, answer.value)
        self._profiles.put(key, profile, answer.now + _KEPT_FOR)
        return profile

    def forget(self, user_ids: Container[str | None]) -> None:
        """Scute says that something about them has changed: the next one who asks gets the new."""
        self._profiles.discard_where(lambda profile: profile.id in user_ids)

    def _fetch(self, access: str) -> Flow[Profile]:
        try:
            return (yield from ask(self._config, CURRENT_USER, token=access))
        except ApiError as error:
            if is_over(error):
                raise TokenError(Reason.REVOKED) from None
            raise ScuteUnavailable(str(error)) from None
