"""Signing in by a link in a mail."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import signing_in as rows
from scute_auth.client.models.sessions import (
    LinkSent,
    MfaRequired,
    ScuteSession,
    sign_in,
    sign_in_or_none,
)
from scute_auth.client.reading import inside
from scute_auth.client.request import Request, given

__all__ = ["authenticate", "confirm_invitation", "send_login", "send_registration", "status"]


def send_login(identifier: str, *, webauthn_enabled: bool = False) -> Request[LinkSent]:
    """Send a link to sign in with. Scute creates the user that it does not know."""
    body = {"identifier": identifier, "webauthn_enabled": webauthn_enabled}
    return Request(rows.MAGIC_LINKS_SEND_LOGIN, inside("magic_link", LinkSent), body=body)


def send_registration(
    identifier: str,
    *,
    user_meta: Mapping[str, Any] | None = None,
    webauthn_enabled: bool = False,
) -> Request[LinkSent]:
    """Send a link to register with, and keep what the user told of himself."""
    body = given(identifier=identifier, user_meta=user_meta, webauthn_enabled=webauthn_enabled)
    return Request(rows.MAGIC_LINKS_SEND_REGISTRATION, inside("magic_link", LinkSent), body=body)


def status(link_id: str) -> Request[ScuteSession | MfaRequired | None]:
    """Was the link opened? None if not yet; then a session, once."""
    return Request(rows.MAGIC_LINKS_STATUS, sign_in_or_none, body={"id": link_id})


def authenticate(token: str) -> Request[ScuteSession | MfaRequired]:
    """Sign in with a link's token (`sct_magic`, `sct_oauth`), which works once."""
    return Request(rows.MAGIC_LINKS_AUTHENTICATE, sign_in, body={"token": token})


def confirm_invitation(
    token: str, *, user_meta: Mapping[str, Any] | None = None
) -> Request[ScuteSession | MfaRequired]:
    """Accept an invitation with its link's token, and tell what the app requires."""
    body = {"token": token, "user_meta": user_meta or {}}
    return Request(rows.MAGIC_LINKS_CONFIRM_INVITATION, sign_in, body=body)
