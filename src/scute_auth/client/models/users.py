"""Users and their sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scute_auth.client.reading import Model, inside, many, mapping

__all__ = ["RequiredField", "UserRecord", "UserSession", "user", "user_sessions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredField(Model):
    """Something that the app asks of its users."""

    field: str
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSession(Model):
    """A session of a user, or a passkey: those have a `credential_id`."""

    id: str
    type: str | None = None
    display_name: str | None = None
    nickname: str | None = None
    credential_id: str | None = None
    platform: str | None = None
    browser: str | None = None
    user_agent: str | None = None
    last_used_at: float | None = None
    last_used_at_ip: str | None = None
    created_at: float | None = None
    updated_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord(Model):
    """A user of the app, as Scute keeps him. `status`: active, pending, inactive or imported.

    `meta_errors` is what Scute did not take of the metadata that came along.
    """

    id: str
    status: str | None = None
    email: str | None = None
    email_verified: bool = False
    phone: str | None = None
    phone_verified: bool = False
    name: str | None = None
    external_id: str | None = None
    webauthn_enabled: bool = False
    meta: Mapping[str, Any] = mapping("user_meta")
    meta_errors: Mapping[str, Any] = mapping("user_meta_errors")
    authz_attributes: Mapping[str, Any] = mapping()
    required_fields: tuple[RequiredField, ...] = ()
    sessions: tuple[UserSession, ...] = ()
    login_count: int | None = None
    last_login_at: float | None = None
    last_used_at: float | None = None
    signup_date: float | None = None
    created_at: float | None = None
    updated_at: float | None = None


user = inside("user", UserRecord)
user_sessions = many("sessions", UserSession)
