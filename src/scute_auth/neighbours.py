"""Other apps of the workspace at this very host, whose signed-in users count here.

Browsers send the cookies of every app of a host, and the workspace's keys have signed them all.
What is found there is only read: the other app renews its sessions itself, and two processes that
do not know of each other would renew one twice.
"""

from dataclasses import dataclass, replace

from scute_auth.app_settings import SettingsCache
from scute_auth.config import ScuteConfig
from scute_auth.credentials import CookieTokens, Refused, read_credentials
from scute_auth.effects import Flow
from scute_auth.errors import Reason, TokenError
from scute_auth.http import RequestView
from scute_auth.verifier import Verifier

__all__ = ["Neighbour", "neighbours"]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One of them; its cookies are named as ours, but for the app's id."""

    config: ScuteConfig
    settings: SettingsCache
    verifier: Verifier

    def access(self, view: RequestView, now: float) -> Flow[str]:
        """The access token of a user who is signed in there; raise `TokenError` where none is."""
        cookies = read_credentials(view, self.config)
        if isinstance(cookies, Refused):
            raise TokenError(cookies.reason)
        if not isinstance(cookies, CookieTokens) or cookies.access is None:
            raise TokenError(Reason.MISSING)
        if cookies.access == cookies.refresh:
            raise TokenError(Reason.NOT_ACCESS)
        # Until the app's settings are known, a refresh token would pass for an access token.
        yield from self.settings.get(now)
        claims = yield from self.verifier.verify(cookies.access, now)
        # Support access to one app is none to another, and the new session would not show it.
        if claims.is_impersonated:
            raise TokenError(Reason.FORBIDDEN)
        return cookies.access


def neighbours(config: ScuteConfig) -> dict[str, Neighbour]:
    """By their ids, those that the settings list."""
    return {app_id: _neighbour(config, app_id) for app_id in config.workspace_apps}


def _neighbour(config: ScuteConfig, app_id: str) -> Neighbour:
    theirs = replace(config, app_id=app_id, workspace_apps=(), token_headers=())
    settings = SettingsCache(theirs)
    return Neighbour(theirs, settings, Verifier(theirs, settings))
