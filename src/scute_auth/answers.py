"""What Scute answers, as values: each parser takes the JSON and returns one of these.

A parser that raises `KeyError`, `TypeError`, `ValueError`, `AttributeError` or `OverflowError`
says that the answer is not usable. Shapes: docs.scute.io/api-reference, and Scute's own SDKs
where those pages disagree.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from scute_auth.identity import Machine, Profile
from scute_auth.json_values import as_object, optional_text, optional_time, required_text
from scute_auth.jws import is_token_shaped
from scute_auth.passkeys import Ceremony, ceremony

__all__ = [
    "Challenge",
    "Completed",
    "Method",
    "Methods",
    "MfaRequired",
    "Pending",
    "Tokens",
    "UserSession",
    "challenge",
    "link_status",
    "machine",
    "machine_token",
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
    """A proof that Scute asks for; `method` says how, like `totp` or `sms_otp`.

    `ceremony` is what a passkey has to sign, for the method `webauthn`.
    """

    token: str = field(repr=False)
    method: str
    status: str = "pending"
    tries_left: int | None = None
    ceremony: Ceremony | None = None


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


@dataclass(frozen=True, slots=True)
class Method:
    """A second factor that the user has set up; `kind` is `totp`, `sms` or `email`."""

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


def tokens(value: Any) -> Tokens:
    refresh = value.get("refresh")
    return Tokens(
        access=_token(value["access"]),
        refresh=None if refresh is None else _token(refresh),
        refresh_expires_at=optional_time(value.get("refresh_expires_at")),
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


def signed_in(value: Any) -> Tokens | MfaRequired:
    if value.get("mfa_required") is True and "access" not in value:
        asked = value.get("mfa_challenge")
        return MfaRequired(
            tuple(_method(name) for name in value.get("available_methods") or () if name)[:16],
            optional_text(value.get("app_user_id")),
            None if asked is None else _challenge(asked),
        )
    return tokens(value)


def challenge(value: Any) -> Challenge:
    return _challenge(value["challenge"])


def _challenge(value: Any) -> Challenge:
    return Challenge(
        required_text(value["token"]),
        _method(value["method"]),
        required_text(value.get("status") or "pending"),
        _count(value.get("remaining_attempts")),
        _ceremony(value),
    )


def _ceremony(value: Any) -> Ceremony | None:
    """Scute's pages do not say where the options of `webauthn` stand: in `metadata`, or beside it
    (protocol D.17)."""
    for place in (as_object(value.get("metadata")) or {}, value):
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            return ceremony(place)
    return None


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
                required_text(entry["id"]),
                required_text(entry["method"]),
                optional_text(entry.get("name")) or "",
                entry.get("is_default") is True,
                optional_time(entry.get("last_used_at")),
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
            required_text(entry["id"]),
            optional_text(entry.get("nickname"))
            or optional_text(entry.get("display_name"))
            or optional_text(entry.get("user_agent"))
            or "",
            optional_time(entry.get("created_at")),
            optional_time(entry.get("last_used_at")),
            optional_text(entry.get("credential_id")),
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
        id=required_text(user["id"]),
        email=optional_text(user.get("email")),
        email_verified=user.get("email_verified") is True,
        phone=optional_text(user.get("phone")),
        phone_verified=user.get("phone_verified") is True,
        name=optional_text(user.get("name")),
        meta=dict(user.get("meta") or user.get("user_meta") or {}),
        raw=dict(user),
    )


def meta_lacking(value: Any) -> bool:
    """Does the user lack data that the app requires?"""
    return value["meta"] is True


def machine(value: Any) -> Machine | None:
    """The machine that Scute has verified, if it has."""
    return Machine(optional_text(value.get("client_name"))) if value["verified"] is True else None


def machine_token(value: Any) -> tuple[str, str | None, float]:
    """A machine's access token, its short form, and when they end."""
    ends_at = optional_time(value["access_expires_at"])
    if ends_at is None:
        raise ValueError("no end")
    short = value.get("short_token")
    return _token(value["access"]), None if short is None else _token(short), ends_at


def whole_object(value: Any) -> dict[str, Any]:
    return dict(value)


def nothing(value: Any) -> None:
    """For answers that say no more than their status (204, or `{"message": "ok"}`)."""


def otp_challenge(value: Any) -> str:
    """The token of the challenge: it stands where a user's id once stood (protocol D.8)."""
    return required_text(value["user_id"])


def magic_link_id(value: Any) -> str:
    identifier = value["magic_link"]["id"]
    return str(identifier) if type(identifier) is int else required_text(identifier)
