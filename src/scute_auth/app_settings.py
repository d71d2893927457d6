"""The app's public settings at Scute, cached like its keys.

One figure in them decides on tokens: `access_expiration`, the bound on an access token's life.
It is never waited for, except before a token is refused for living too long.
"""

import logging

from scute_auth.backoff import Backoff
from scute_auth.calls import call, is_over, read
from scute_auth.claims import MAX_ACCESS_LIFETIME
from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow, Log, Shared, Spawn
from scute_auth.errors import ApiError, ScuteUnavailable
from scute_auth.operations import APP
from scute_auth.public_app import AppSettings

__all__ = ["SettingsCache"]

_LONGEST_WAIT = 30.0


class SettingsCache:
    """What Scute says of the app, and when to ask again."""

    def __init__(self, config: ScuteConfig) -> None:
        self._config = config
        self._backoff = Backoff()
        self._fresh_until = float("-inf")
        self._reread_at = float("-inf")
        self._earlier_bounds: dict[int, float] = {}
        self._finished = 0
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
        if not self._earlier_bounds:
            return self._settings.access_expiration
        earlier = (bound for bound, until in self._earlier_bounds.items() if now < until)
        return max(self._settings.access_expiration, *earlier, 0)

    def was_longer(self, expires_at: float) -> bool:
        """May a token that ends then be from before a decrease, and so older than it looks?"""
        return any(expires_at <= until for until in self._earlier_bounds.values())

    def refresh(self, now: float) -> Spawn | None:
        """The effect that brings the settings up to date in the background, if that is due."""
        seen = self._finished
        if now >= self._fresh_until and self._backoff.allows(now):
            return Spawn("app settings", self._fetch(seen))
        return None

    def reread(self, now: float) -> Flow[None]:
        """Ask Scute again before a token is refused, at most once per cooldown.

        Raises `ScuteUnavailable` where Scute does not answer: nobody can tell then.
        """
        seen = self._finished
        if now >= self._reread_at + self._config.keys_cooldown and self._backoff.allows(now):
            self._reread_at = now
            yield Shared("app settings", self._fetch(seen))
        if self._backoff.failures:
            raise self._unavailable(now)

    def get(self, now: float) -> Flow[AppSettings]:
        """The settings; raise `ScuteUnavailable` where there are none and Scute does not answer."""
        seen = self._finished
        if now >= self._fresh_until and self._backoff.allows(now):
            yield Shared("app settings", self._fetch(seen))
        if self._settings is None:
            raise self._unavailable(now)
        return self._settings

    def public_app_id(self, now: float) -> Flow[str]:
        """The id that tokens carry: asked for once where the app is configured by its UUID."""
        if self._config.app_id.startswith("app_"):
            return self._config.app_id
        if self._settings is not None:
            return self._settings.id
        settings = yield from self.get(now)
        return settings.id

    def _fetch(self, seen: int) -> Flow[None]:
        """`seen`: how many fetches had ended when this one was asked for. A thread may ask while
        another's fetch is ending: it wants that answer, not one more call."""
        if self._finished != seen:
            return
        answer = yield call(self._config, APP.row)
        try:
            settings = read(APP, answer.value)
        except (ScuteUnavailable, ApiError) as error:
            self._backoff.failed(answer.now, longest=_LONGEST_WAIT)
            self._finished += 1
            yield self._told(error)
            return
        self._answered(answer.now, settings)

    def _told(self, error: ScuteUnavailable | ApiError) -> Log:
        if isinstance(error, ApiError) and error.status == 404 and is_over(error):
            where = (self._config.base_url, self._config.app_id)
            text = "Scute at %s knows no app %s: compare SCUTE_BASE_URL and SCUTE_APP_ID"
            return Log(logging.ERROR, text, where)
        return Log(logging.INFO, "the app's settings could not be fetched: %s", (error,))

    def _answered(self, now: float, settings: AppSettings) -> None:
        before = None if self._settings is None else self._settings.access_expiration
        if before is not None and before > (settings.access_expiration or MAX_ACCESS_LIFETIME):
            earlier = {**self._earlier_bounds, before: now + before}
            self._earlier_bounds = {bound: end for bound, end in earlier.items() if now < end}
        self._backoff.succeeded()
        self._fresh_until = now + self._config.keys_lifetime
        self._settings = settings
        self._finished += 1

    def _unavailable(self, now: float) -> ScuteUnavailable:
        return ScuteUnavailable(
            "the app's settings cannot be fetched", retry_after=self._backoff.retry_after(now)
        )
