"""The app's public settings at Scute, cached like its keys.

One figure in them decides on tokens: `access_expiration`, the bound on an access token's life.
It is never waited for, except before a token is refused for living too long.
"""

import logging

from scute_auth.backoff import Backoff
from scute_auth.claims import MAX_ACCESS_LIFETIME
from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow, Log, Shared, Spawn
from scute_auth.errors import ApiError, ScuteUnavailable
from scute_auth.operations import APP, AppSettings, call, read

__all__ = ["SettingsCache"]

_LONGEST_WAIT = 30.0


class SettingsCache:
    """What Scute says of the app, and when to ask again."""

    def __init__(self, config: ScuteConfig) -> None:
        self._config = config
        self._backoff = Backoff()
        self._fresh_until = float("-inf")
        self._reread_at = float("-inf")
        self._earlier_bound = (0.0, float("-inf"))
        self._settings: AppSettings | None = None

    @property
    def known(self) -> AppSettings | None:
        """What Scute said last, however old; None before its first answer."""
        return self._settings

    def access_bound(self, now: float) -> float:
        """The longest that an access token may still live, in seconds.

        After a decrease the old figure holds for its own length: tokens from before still live.
        """
        if self._config.access_lifetime is not None:
            return self._config.access_lifetime
        if self._settings is None or self._settings.access_expiration is None:
            return MAX_ACCESS_LIFETIME
        earlier, until = self._earlier_bound
        current = self._settings.access_expiration
        return max(current, earlier) if now < until else current

    def refresh(self, now: float) -> Spawn | None:
        """The effect that brings the settings up to date in the background, if that is due."""
        if now >= self._fresh_until and self._backoff.allows(now):
            return Spawn("app settings", self._fetch(now))
        return None

    def reread(self, now: float) -> Flow[None]:
        """Ask Scute again before a token is refused, at most once per cooldown."""
        if now >= self._reread_at + self._config.keys_cooldown and self._backoff.allows(now):
            self._reread_at = now
            yield Shared("app settings", self._fetch(now))

    def get(self, now: float) -> Flow[AppSettings]:
        """The settings; raise `ScuteUnavailable` where there are none and Scute does not answer."""
        if now >= self._fresh_until and self._backoff.allows(now):
            yield Shared("app settings", self._fetch(now))
        if self._settings is None:
            raise ScuteUnavailable(
                "the app's settings cannot be fetched", retry_after=self._backoff.retry_after(now)
            )
        return self._settings

    def public_app_id(self, now: float) -> Flow[str]:
        """The id that tokens carry: asked for once where the app is configured by its UUID."""
        if self._config.app_id.startswith("app_"):
            return self._config.app_id
        if self._settings is not None:
            return self._settings.id
        settings = yield from self.get(now)
        return settings.id

    def _fetch(self, now: float) -> Flow[None]:
        answer = yield call(self._config, APP)
        try:
            settings = read(APP, answer.value)
        except (ScuteUnavailable, ApiError) as error:
            self._backoff.failed(answer.now, longest=_LONGEST_WAIT)
            yield Log(logging.INFO, "the app's settings could not be fetched: %s", (error,))
            return
        self._answered(answer.now, settings)

    def _answered(self, now: float, settings: AppSettings) -> None:
        before = self.access_bound(now)
        had_bound = self._settings is not None and self._settings.access_expiration is not None
        self._backoff.succeeded()
        self._fresh_until = now + self._config.keys_lifetime
        self._settings = settings
        if had_bound and before > (settings.access_expiration or MAX_ACCESS_LIFETIME):
            self._earlier_bound = (before, now + before)
