"""Machines: services that call with a token of their own."""

from dataclasses import dataclass

from scute_auth.client.reading import Model, hidden

__all__ = ["MachineSession", "MachineTokens", "MachineVerified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineTokens(Model):
    """The tokens of a machine's session; none of them is in a `repr`."""

    access: str = hidden()
    refresh: str | None = hidden(None)
    short_token: str | None = hidden(None)
    csrf: str | None = hidden(None)
    access_expires_at: float | None = None
    refresh_expires_at: float | None = None
    client_name: str | None = None
    key_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSession(Model):
    """A machine's session; `status` says whether it is live."""

    id: str
    status: bool = False
    type: str | None = None
    client_name: str | None = None
    display_name: str | None = None
    user_agent: str | None = None
    access_expiration: float | None = None
    refresh_expiration: float | None = None
    last_used_at: float | None = None
    last_used_at_ip: str | None = None
    created_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineVerified(Model):
    verified: bool = False
    session_id: str | None = None
    client_name: str | None = None
