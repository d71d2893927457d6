"""What Scute answers, as values: each parser takes the JSON and returns one of these.

A parser that raises `KeyError`, `TypeError`, `ValueError`, `AttributeError` or `OverflowError`
says that the answer is not usable. Shapes: docs.scute.io/api-reference, and Scute's own SDKs
where those pages disagree.
"""

from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any, Literal

from scute_auth.identity import Profile
from scute_auth.jws import is_token_shaped
from scute_auth.meta_fields import MetaField, meta_fields

__all__ = [
    "FACTORS",
    "AppSettings",
    "Challenge",
    "Completed",
    "Method",
    "Methods",
    "MfaRequired",
    "OAuthProvider",
    "Pending",
    "Tokens",
    "UserSession",
    "app_settings",
    "challenge",
    "link_status",
    "magic_link_id",
    "meta_lacking",
    "methods",
    "nothing",
    "otp_challenge",
    "profile",
    "signed_in",
    "tokens",
    "user_sessions",
    "verified",
    "whole_object",
]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A Scute session as a sign-in or a refresh answers it; `refresh` only if Scute sent one.

    `enrolment`: does Scute want the user to set up a second factor, in how many days at last?
    """

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    refresh_expires_at: float | None = None
    enrolment: Literal["", "suggested", "required"] = ""
    grace_days: int | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """A proof that Scute asks for; `method` says how, like `totp` or `sms_otp`."""

    token: str = field(repr=False)
    method: str
    status: str = "pending"
    tries_left: int | None = None


@dataclass(frozen=True, slots=True)
class MfaRequired:
    """Scute wants a second factor before it starts the session.

    `user_id` is who signs in, `challenge` the proof that Scute began to ask for.
    """

    methods: tuple[str, ...] = ()
    user_id: str | None = None
    challenge: Challenge | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    """A challenge that starts no session was passed."""


FACTORS = ("totp", "sms", "email")
"""Second factors that a user can set up."""


@dataclass(frozen=True, slots=True)
class Method:
    """A second factor that the user has set up; `kind` is one of `FACTORS`."""

    id: str
    kind: str
    name: str
    is_default: bool
    last_used_at: float | None


@dataclass(frozen=True, slots=True)
class Methods:
    """The user's verified second factors, and how many backup codes are left."""

    methods: tuple[Method, ...]
    backup_codes: int


@dataclass(frozen=True, slots=True)
class UserSession:
    """One of the user's sessions; times in seconds since the epoch.

    Scute lists passkeys among them: those have a `credential_id`.
    """

    id: str
    name: str
    created_at: float | None
    last_used_at: float | None
    credential_id: str | None


@dataclass(frozen=True, slots=True)
class Pending:
    """The magic link was not opened yet."""


@dataclass(frozen=True, slots=True)
class OAuthProvider:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class AppSettings:
    """The public settings of the app; `access_expiration` in seconds."""

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


def tokens(value: Any) -> Tokens:
    refresh = value.get("refresh")
    return Tokens(
        access=_token(value["access"]),
        refresh=None if refresh is None else _token(refresh),
        refresh_expires_at=_time(value.get("refresh_expires_at")),
        enrolment=_wanted_enrolment(value),
        grace_days=_count(value.get("mfa_grace_days_remaining")),
    )


def _wanted_enrolment(value: Any) -> Literal["", "suggested", "required"]:
    if value.get("mfa_enrollment_required") is True:
        return "required"
    return "suggested" if value.get("mfa_enrollment_suggested") is True else ""


def _count(value: Any) -> int | None:
    return value if type(value) is int else None


def _token(value: Any) -> str:
    """Only what looks like a token gets anywhere near a cookie or a header line."""
    if not is_token_shaped(value):
        raise ValueError("not a token")
    return str(value)


def _time(value: Any) -> float | None:
    """Seconds since the epoch: Scute's pages show numbers and ISO 8601 (protocol D)."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).timestamp()
    if value is None:
        return None
    seconds = float(value)
    if not isfinite(seconds):
        raise ValueError("not a time")
    return seconds


def signed_in(value: Any) -> Tokens | MfaRequired:
    if value.get("mfa_required") is True and "access" not in value:
        asked = value.get("mfa_challenge")
        return MfaRequired(
            tuple(_method(name) for name in value.get("available_methods") or () if name)[:16],
            _optional_text(value.get("app_user_id")),
            None if asked is None else _challenge(asked),
        )
    return tokens(value)


def challenge(value: Any) -> Challenge:
    return _challenge(value["challenge"])


def _challenge(value: Any) -> Challenge:
    return Challenge(
        _required_text(value["token"]),
        _method(value["method"]),
        _required_text(value.get("status") or "pending"),
        _count(value.get("remaining_attempts")),
    )


def _method(name: Any) -> str:
    """Scute lists `backup_codes`, and calls the challenge `backup_code` (protocol D.17)."""
    name = str(name)[:32]
    return "backup_code" if name == "backup_codes" else name


def verified(value: Any) -> Tokens | MfaRequired | Completed:
    if value.get("status") == "completed" and "access" not in value:
        return Completed()
    return signed_in(value)


def methods(value: Any) -> Methods:
    return Methods(
        tuple(
            Method(
                _required_text(entry["id"]),
                _required_text(entry["method"]),
                _optional_text(entry.get("name")) or "",
                entry.get("is_default") is True,
                _time(entry.get("last_used_at")),
            )
            for entry in value["methods"]
            if entry.get("verified") is True
        ),
        _count(value.get("backup_codes_available")) or 0,
    )


def user_sessions(value: Any) -> tuple[UserSession, ...]:
    """Scute answers a bare array (protocol D.15)."""
    return tuple(
        UserSession(
            _required_text(entry["id"]),
            _optional_text(entry.get("nickname"))
            or _optional_text(entry.get("display_name"))
            or _optional_text(entry.get("user_agent"))
            or "Unknown device",
            _time(entry.get("created_at")),
            _time(entry.get("last_used_at")),
            _optional_text(entry.get("credential_id")),
        )
        for entry in value
    )


def link_status(value: Any) -> Tokens | MfaRequired | Pending:
    if "access" in value or value.get("mfa_required") is True:
        return signed_in(value)
    return Pending()


def profile(value: Any) -> Profile:
    user = value["user"]
    return Profile(
        id=_required_text(user["id"]),
        email=_optional_text(user.get("email")),
        email_verified=user.get("email_verified") is True,
        phone=_optional_text(user.get("phone")),
        phone_verified=user.get("phone_verified") is True,
        name=_optional_text(user.get("name")),
        meta=dict(user.get("meta") or user.get("user_meta") or {}),
        raw=dict(user),
    )


def _required_text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value


def _optional_text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def app_settings(value: Any) -> AppSettings:
    expiration = value.get("access_expiration")
    identifiers = value.get("allowed_identifiers") or ("email",)
    return AppSettings(
        id=_required_text(value["id"]),
        name=_optional_text(value.get("name")) or "",
        access_expiration=expiration if _is_lifetime(expiration) else None,
        email_auth_type="otp" if value.get("email_auth_type") == "otp" else "magic",
        takes_email="email" in identifiers,
        takes_phone="phone" in identifiers,
        passkeys=value.get("passkeys_enabled") is True,
        origin=_optional_text(value.get("origin")) or "",
        oauth_providers=tuple(
            OAuthProvider(
                slug=_required_text(entry["provider"]),
                name=_optional_text(entry.get("name")) or _required_text(entry["provider"]),
            )
            for entry in value.get("oauth_providers") or ()
        ),
        second_factors=_second_factors(value),
        logo=_optional_text(value.get("logo")),
        logo_dark=_optional_text(value.get("logo_dark")),
        meta_fields=meta_fields(value.get("user_meta_data_schema")),
        public_signup=value.get("public_signup") is not False,
    )


def _second_factors(value: Any) -> tuple[str, ...]:
    """What users may set up; nothing where the app has switched it off, or never heard of it."""
    if value.get("mfa_policy") not in ("optional", "required"):
        return ()
    allowed = value.get("mfa_methods_allowed")
    return tuple(kind for kind in FACTORS if allowed is None or kind in allowed)


def _is_lifetime(value: Any) -> bool:
    """Seconds that Scute's settings could hold; anything else bounds nothing."""
    return type(value) is int and 0 < value <= 31_536_000


def meta_lacking(value: Any) -> bool:
    """Does the user lack data that the app requires?"""
    return value["meta"] is True


def whole_object(value: Any) -> dict[str, Any]:
    return dict(value)


def nothing(value: Any) -> None:
    """For answers that say no more than their status (204, or `{"message": "ok"}`)."""


def otp_challenge(value: Any) -> str:
    """The token of the challenge: it stands where a user's id once stood (protocol D.8)."""
    return _required_text(value["user_id"])


def magic_link_id(value: Any) -> str:
    identifier = value["magic_link"]["id"]
    return str(identifier) if type(identifier) is int else _required_text(identifier)
