"""What can be changed about an app, and about how this Scute behaves.

`AppSettings` are the fields of Scute's own app object; `Behaviour` holds switches for what the
protocol leaves open, and for faults that last. Lifetimes are in seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import UnionType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

__all__ = ["AppSettings", "Behaviour", "SettingsError", "changed", "names"]

GOOGLE = {"provider": "google", "name": "Google", "icon": "provider-icons/google-icon.svg"}
GITHUB = {"provider": "github", "name": "GitHub", "icon": "provider-icons/github-icon.svg"}

ALIASES = {
    "access_lifetime": "access_expiration",
    "refresh_lifetime": "refresh_expiration",
    "magic_link_lifetime": "magic_link_expiration",
}


class SettingsError(ValueError):
    """A setting that does not exist, or a value that does not fit it."""


@dataclass(frozen=True, slots=True)
class AppSettings:
    """The app object of Scute's API, without its ids and dates."""

    name: str = "Demo"
    origin: str = "http://127.0.0.1:8000"
    additional_origins: tuple[str, ...] = ()
    login_url: str = "http://127.0.0.1:8000/auth/callback"
    callback_url: str | None = None
    base_url: str | None = None
    logo: str | None = None
    logo_dark: str | None = None
    colors: tuple[str, ...] = ()
    profile_management: bool = True
    public_signup: bool = True
    access_expiration: int = 3600
    refresh_expiration: int = 604_800
    refresh_payload: bool = True
    auto_refresh: bool = True
    magic_link_expiration: int = 2000
    otp_length: int = 6
    otp_expiration: int = 600
    session_timeout: int = 604_800
    scute_branding: bool = True
    allowed_identifiers: tuple[str, ...] = ("email", "phone")
    required_identifiers: tuple[str, ...] = ()
    email_auth_type: Literal["magic", "otp"] = "magic"
    default_language: str = "en"
    user_meta_data_schema: tuple[Mapping[str, Any], ...] = (
        {
            "id": "1",
            "name": "First name",
            "field_name": "first_name",
            "field_type": "string",
            "visible_profile": True,
            "visible_registration": True,
            "required": False,
        },
        {
            "id": "2",
            "name": "Last name",
            "field_name": "last_name",
            "field_type": "string",
            "visible_profile": True,
            "visible_registration": True,
            "required": False,
        },
    )
    oauth_providers: tuple[Mapping[str, Any], ...] = (GOOGLE, GITHUB)
    passkeys_enabled: bool = False
    mfa_policy: Literal["disabled", "optional", "required"] = "disabled"
    mfa_methods_allowed: tuple[str, ...] = ("totp", "sms", "email", "backup_codes")
    mfa_reverify_minutes: int = 10
    impersonation: bool = False


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Switches of the emulator itself, for all its apps.

    `mfa_required` asks everyone for a second factor: who has none gets an authenticator and
    backup codes. `mfa_grace_days`: so long after joining does the policy `required` only
    suggest one. `nested_errors`: `{"error": {...}}`, as the docs' introduction has it and the
    older SDKs read it. `oauth_param`: what lands with OAuth's token; older Scute said `sct_pkce`.
    `guide_webhooks`: payloads as the older guide has them, not the page on payloads.
    `sso_login_url`: empty for the emulator's own, None to tell none. `verification_risk`: the
    score, up to 100, that verifications are completed with.
    """

    rotate_refresh: bool = False
    reuse_revokes: bool = False
    refresh_kills_access: bool = False
    emit_iat: bool = False
    emit_kid: bool = True
    uid_is_session: bool = False
    iso_times: bool = True
    test_identities: bool = True
    mfa_required: bool = False
    mfa_grace_days: int = 0
    nested_errors: bool = False
    oauth_param: Literal["sct_oauth", "sct_pkce"] = "sct_oauth"
    sso_required: bool = False
    sso_login_url: str | None = ""
    sso_domain: str = "example.com"
    guide_webhooks: bool = False
    verification_mode: Literal["dismiss", "consent"] = "dismiss"
    verification_risk: int = 10


Settings = TypeVar("Settings", AppSettings, Behaviour)


def names(kind: type[AppSettings] | type[Behaviour]) -> frozenset[str]:
    return frozenset(setting.name for setting in fields(kind))


def changed(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """The settings with these values in; SettingsError names what does not exist or fit."""
    if unknown := sorted(set(values) - names(type(settings))):
        raise SettingsError(f"unknown settings: {', '.join(unknown)}")
    hints = get_type_hints(type(settings))
    fitting = {name: _fit(name, value, hints[name]) for name, value in values.items()}
    return replace(settings, **fitting)


def _fit(name: str, value: Any, hint: Any) -> Any:
    if get_origin(hint) is tuple:
        kind = dict if get_origin(get_args(hint)[0]) else str
        items = cast("Sequence[Any]", value if isinstance(value, list | tuple) else (None,))
        if all(isinstance(item, kind) for item in items):
            return tuple(items)
    elif get_origin(hint) is Literal:
        if value in get_args(hint):
            return value
    elif get_origin(hint) is UnionType:
        if value is None or isinstance(value, str):
            return value
    elif type(value) is hint:
        return value
    raise SettingsError(f"setting {name}: {value!r} does not fit")
