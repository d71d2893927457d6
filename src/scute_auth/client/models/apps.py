"""Apps and what belongs to one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scute_auth.client.reading import Model, also, hidden, inside, many, mapping

__all__ = [
    "ApiKey",
    "App",
    "Event",
    "MessageServiceProvider",
    "MetaField",
    "Notification",
    "OAuthProvider",
    "Provider",
    "SsoDomain",
    "api_key",
    "app",
    "meta_field",
    "meta_fields",
    "notification",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthProvider(Model):
    provider: str
    name: str | None = None
    icon: str | None = None
    color: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaField(Model):
    """Data that the app asks of its users."""

    id: str
    name: str | None = None
    field_name: str | None = None
    field_type: str | None = None
    required: bool = False
    visible_profile: bool = False
    visible_registration: bool = False
    as_verification_identifier: bool = False
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class App(Model):
    """An app and its public settings; lifetimes in seconds. All others are in `raw`."""

    id: str
    name: str | None = None
    origin: str | None = None
    callback_url: str | None = None
    login_url: str | None = None
    base_url: str | None = None
    logo: str | None = None
    logo_dark: str | None = None
    public_key: str | None = None
    public_signup: bool = True
    profile_management: bool = False
    scute_branding: bool = False
    access_expiration: int | None = None
    refresh_expiration: int | None = None
    magic_link_expiration: int | None = None
    otp_expiration: int | None = None
    session_timeout: int | None = None
    refresh_payload: bool = False
    auto_refresh: bool = False
    impersonation: bool = False
    allowed_identifiers: tuple[str, ...] = ()
    required_identifiers: tuple[str, ...] = ()
    additional_origins: tuple[str, ...] = ()
    email_auth_type: str | None = None
    default_language: str | None = None
    oauth_providers: tuple[OAuthProvider, ...] = ()
    user_meta_data_schema: tuple[MetaField, ...] = ()
    passkeys_enabled: bool = False
    mfa_policy: str | None = None
    mfa_methods_allowed: tuple[str, ...] = ()
    mfa_reverify_minutes: int | None = None
    created_at: float | None = None
    updated_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey(Model):
    """A key of the app. `token` is the key itself: Scute tells it once, and it is shown nowhere."""

    id: str
    nickname: str | None = None
    token: str | None = hidden(None)
    created_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider(Model):
    """A way to sign in by e-mail, OAuth or message, as the app has set it up."""

    id: str | None = None
    provider: str | None = None
    name: str | None = None
    enabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageServiceProvider(Model):
    """Who delivers the app's messages."""

    id: str | None = None
    provider: str | None = None
    enabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Model):
    """Something that happened in the app; `controller` and `action` are Scute's own, in its code.

    The list of events and the object's page differ in names: both are read.
    """

    id: str
    app_id: str | None = None
    event_type: str | None = also("slug", default=None)
    category: str | None = None
    controller: str | None = None
    action: str | None = None
    user_id: str | None = also("app_user_id", default=None)
    payload: Mapping[str, Any] = mapping("data")
    metadata: Mapping[str, Any] = mapping()
    params: Mapping[str, Any] = mapping()
    note: str | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    created_at: float | None = None
    updated_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification(Model):
    """Something that the app's people are told."""

    id: str
    app_id: str | None = None
    app_user_id: str | None = None
    event_type: str | None = None
    category: str | None = None
    priority: str | None = None
    status: str | None = None
    title: str | None = None
    body: str | None = None
    action_url: str | None = None
    action_text: str | None = None
    requires_action: bool = False
    dismissible: bool = False
    read: bool = False
    dismissed: bool = False
    expired: bool = False
    metadata: Mapping[str, Any] = mapping()
    read_at: float | None = None
    dismissed_at: float | None = None
    expires_at: float | None = None
    created_at: float | None = None
    updated_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SsoDomain(Model):
    """An organisation that signs its people in itself."""

    workspace_id: str | None = None
    saml_login_url: str | None = None
    enforce_sso: bool = False


api_key = inside("api_key", ApiKey)
app = inside("app", App)
meta_field = inside("user_meta_field", MetaField)
meta_fields = many("user_meta_fields", MetaField)
notification = inside("notification", Notification)
