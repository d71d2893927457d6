"""The public settings of the app at Scute, as a value."""

from dataclasses import dataclass
from typing import Any

from scute_auth.colors import parse
from scute_auth.json_values import as_list, optional_text, required_text
from scute_auth.meta_fields import MetaField, meta_fields

__all__ = ["FACTORS", "AppSettings", "OAuthProvider", "app_settings"]

FACTORS = ("totp", "sms", "email")
"""Second factors that a user can set up."""


@dataclass(frozen=True, slots=True)
class OAuthProvider:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class AppSettings:
    """The public settings of the app; `access_expiration` and `link_expiration` in seconds."""

    id: str
    name: str
    access_expiration: int | None
    email_auth_type: str
    takes_email: bool
    takes_phone: bool
    passkeys: bool
    origin: str
    oauth_providers: tuple[OAuthProvider, ...]
    second_factors: tuple[str, ...] = ()
    logo: str | None = None
    logo_dark: str | None = None
    meta_fields: tuple[MetaField, ...] = ()
    public_signup: bool = True
    accent_color: str | None = None
    link_expiration: int | None = None


def app_settings(value: Any) -> AppSettings:
    expiration = value.get("access_expiration")
    link_expiration = value.get("magic_link_expiration")
    identifiers = value.get("allowed_identifiers") or ("email",)
    return AppSettings(
        id=required_text(value["id"]),
        name=optional_text(value.get("name")) or "",
        access_expiration=expiration if _is_lifetime(expiration) else None,
        email_auth_type="otp" if value.get("email_auth_type") == "otp" else "magic",
        takes_email="email" in identifiers,
        takes_phone="phone" in identifiers,
        passkeys=value.get("passkeys_enabled") is True,
        origin=optional_text(value.get("origin")) or "",
        oauth_providers=tuple(
            OAuthProvider(
                slug=required_text(entry["provider"]),
                name=optional_text(entry.get("name")) or required_text(entry["provider"]),
            )
            for entry in value.get("oauth_providers") or ()
        ),
        second_factors=_second_factors(value),
        logo=optional_text(value.get("logo")),
        logo_dark=optional_text(value.get("logo_dark")),
        meta_fields=meta_fields(value.get("user_meta_data_schema")),
        public_signup=value.get("public_signup") is not False,
        accent_color=_accent_color(value),
        link_expiration=link_expiration if _is_lifetime(link_expiration) else None,
    )


def _second_factors(value: Any) -> tuple[str, ...]:
    """What users may set up; nothing where the app has switched it off, or never heard of it."""
    if value.get("mfa_policy") not in ("optional", "required"):
        return ()
    allowed = value.get("mfa_methods_allowed")
    return tuple(kind for kind in FACTORS if allowed is None or kind in allowed)


def _accent_color(value: Any) -> str | None:
    """The first of the app's colours: docs.scute.io/api has `colors`, an array of hex, for Create
    app; whether the public settings tell them it does not say.
    """
    told = as_list(value.get("colors")) or []
    return next((color for color in told if parse(color) is not None), None)


def _is_lifetime(value: Any) -> bool:
    """Seconds that Scute's settings could hold; anything else bounds nothing."""
    return type(value) is int and 0 < value <= 31_536_000
