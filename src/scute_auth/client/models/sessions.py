"""What a sign-in answers: a session, or the second factor that is still wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from scute_auth.client.models.challenges import Challenge
from scute_auth.client.models.users import UserRecord
from scute_auth.client.reading import Model, hidden, inside, mapping, read
from scute_auth.jws import is_token_shaped

__all__ = [
    "CurrentUser",
    "ImpersonatedSession",
    "Impersonation",
    "LinkSent",
    "MfaRequired",
    "OtpSent",
    "ScuteSession",
    "SignIn",
    "current_user",
    "session",
    "sign_in",
    "sign_in_or_none",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScuteSession(Model):
    """Tokens of a session; `refresh` only where Scute sends one. Nothing of them is in a `repr`."""

    access: str = hidden()
    refresh: str | None = hidden(None)
    csrf: str | None = hidden(None)
    access_expires_at: float | None = None
    refresh_expires_at: float | None = None
    user_id: str | None = None
    key_id: str | None = None
    mfa_enrollment_suggested: bool = False
    mfa_enrollment_required: bool = False
    mfa_grace_days_remaining: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MfaRequired(Model):
    """Scute wants a second factor before it starts the session.

    `mfa_challenge` is the one that it asks for; `challenges` has the calls to go on with.
    """

    app_user_id: str | None = None
    available_methods: tuple[str, ...] = ()
    mfa_challenge: Challenge | None = None
    mfa_enrollment_required: bool = False
    mfa_grace_period: bool = False
    mfa_grace_days_remaining: int | None = None


SignIn: TypeAlias = ScuteSession | MfaRequired


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSent(Model):
    """A magic link is on its way; with its id one may ask whether it was opened."""

    id: str = hidden()
    user_meta_errors: Mapping[str, Any] = mapping()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtpSent(Model):
    """A code is on its way; with the challenge's token it is verified."""

    challenge: str = hidden()
    sent_at: float | None = None
    user_meta_errors: Mapping[str, Any] = mapping()


@dataclass(frozen=True, slots=True, kw_only=True)
class Impersonation(Model):
    """Support access: `actor` says who acts as the user."""

    actor: Mapping[str, Any] = mapping()
    reason: str | None = None
    session_id: str | None = None
    started_at: float | None = None
    expires_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentUser(UserRecord):
    """The user of a token; `impersonation` where someone else acts as him."""

    impersonation: Impersonation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpersonatedSession(Model):
    """A session that somebody has as another. There is never a refresh token."""

    access: str = hidden()
    access_expires_at: float | None = None
    session_id: str | None = None
    user_id: str | None = None
    impersonation: Impersonation | None = None


current_user = inside("user", CurrentUser)


def session(value: Any) -> ScuteSession:
    found = read(ScuteSession, value)
    if not all(is_token_shaped(token) for token in (found.access, found.refresh or "x")):
        raise ValueError("not a token")
    return found


def sign_in(value: Any) -> SignIn:
    if value.get("mfa_required") is True and "access" not in value:
        return read(MfaRequired, value)
    return session(value)


def sign_in_or_none(value: Any) -> SignIn | None:
    """None where the link was not opened yet: then Scute answers a mere message."""
    is_over = "access" in value or value.get("mfa_required") is True
    return sign_in(value) if is_over else None
