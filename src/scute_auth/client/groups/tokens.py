"""Tokens: refreshed, exchanged, verified. No refresh is ever sent twice."""

from typing import Any

from scute_auth.api import sessions as rows
from scute_auth.client.models.sessions import ScuteSession, session
from scute_auth.client.request import Request

__all__ = ["force_refresh", "refresh", "rotate_access", "verify_access", "verify_refresh"]


def refresh(*, refresh_token: str) -> Request[ScuteSession]:
    """Get a new access token. Keep the old refresh token where no new one comes."""
    return Request(rows.TOKENS_REFRESH, session, token=refresh_token)


def rotate_access(*, token: str) -> Request[ScuteSession]:
    """Exchange an access token for a whole session, with a refresh token."""
    return Request(rows.TOKENS_ROTATE_ACCESS, session, token=token)


def force_refresh(*, refresh_token: str) -> Request[ScuteSession]:
    """Refresh as the app's backend; undocumented."""
    return Request(rows.TOKENS_FORCE_REFRESH, session, token=refresh_token)


def verify_access(*, token: str) -> Request[bool]:
    """Is this access token good, as Scute sees it? `Unauthorized` if it is over."""
    return Request(rows.TOKENS_VERIFY_ACCESS, _verified, token=token)


def verify_refresh(*, refresh_token: str) -> Request[bool]:
    """Is this refresh token good, as Scute sees it? `Unauthorized` if it is over."""
    return Request(rows.TOKENS_VERIFY_REFRESH, _verified, token=refresh_token)


def _verified(value: Any) -> bool:
    return value["verified"] is True
