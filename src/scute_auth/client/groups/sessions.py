"""The signed-in user, by his own token: who he is, and his sessions."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import sessions as rows
from scute_auth.client.models.sessions import CurrentUser
from scute_auth.client.models.sessions import current_user as _current_user
from scute_auth.client.models.users import UserRecord, UserSession, user, user_sessions
from scute_auth.client.reading import nothing
from scute_auth.client.request import Request

__all__ = ["current_user", "list", "revoke", "sign_out", "update_meta"]


def current_user(*, token: str) -> Request[CurrentUser]:
    """Show the user of a token; `Unauthorized` where the session is over."""
    return Request(rows.SESSIONS_CURRENT_USER, _current_user, token=token)


def update_meta(user_meta: Mapping[str, Any], *, token: str) -> Request[UserRecord]:
    """Change the user's metadata; what is not named stays."""
    body = {"user_meta": user_meta}
    return Request(rows.SESSIONS_UPDATE_META, user, body=body, token=token)


def sign_out(*, token: str) -> Request[None]:
    """End this session, and no other of the user's."""
    return Request(rows.SESSIONS_SIGN_OUT, nothing, token=token)


def list(*, token: str) -> Request[tuple[UserSession, ...]]:
    """List the user's sessions and passkeys."""
    return Request(rows.SESSIONS_LIST, user_sessions, token=token)


def revoke(session_id: str, *, token: str) -> Request[None]:
    """End one of the user's sessions. Tokens that were given out live until they expire."""
    return Request(rows.SESSIONS_REVOKE, nothing, path={"session": session_id}, token=token)
