"""Machines: services that call with a token of their own."""

from scute_auth.api import apps as rows
from scute_auth.client.models.machines import MachineSession, MachineTokens, MachineVerified
from scute_auth.client.reading import many, nothing, reading
from scute_auth.client.request import Request

__all__ = ["create_token", "list", "refresh", "revoke", "revoke_current", "verify"]


def create_token(client_name: str) -> Request[MachineTokens]:
    """Start a machine's session and get its tokens."""
    body = {"client_name": client_name}
    return Request(rows.M2M_CREATE_TOKEN, reading(MachineTokens), body=body)


def list() -> Request[tuple[MachineSession, ...]]:
    """List the machines' sessions."""
    return Request(rows.M2M_LIST, many("sessions", MachineSession))


def verify(*, token: str) -> Request[MachineVerified]:
    """Is this machine's session live? Takes its JWT or its short token."""
    return Request(rows.M2M_VERIFY, reading(MachineVerified), token=token)


def refresh(*, refresh_token: str) -> Request[MachineTokens]:
    """Get new tokens for a machine's session."""
    return Request(rows.M2M_REFRESH, reading(MachineTokens), token=refresh_token)


def revoke(session_id: str) -> Request[None]:
    """End a machine's session."""
    return Request(rows.M2M_REVOKE, nothing, path={"session": session_id})


def revoke_current(*, token: str) -> Request[None]:
    """End the session of this very token."""
    return Request(rows.M2M_REVOKE_CURRENT, nothing, token=token)
