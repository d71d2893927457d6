"""Second factors and passkeys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scute_auth.client.reading import Model, hidden, many, mapping

__all__ = [
    "AlternatePhone",
    "BackupCodes",
    "Device",
    "Enrolment",
    "MfaMethod",
    "MfaMethods",
    "MfaStatus",
    "PasskeyOptions",
    "PhoneAdded",
    "alternate_phones",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MfaMethod(Model):
    """A second factor; `method` is totp, sms or email."""

    id: str
    method: str
    name: str | None = None
    verified: bool = False
    is_default: bool = False
    last_used_at: float | None = None
    created_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MfaMethods(Model):
    """The user's second factors; `backup_codes_available` is how many are left."""

    methods: tuple[MfaMethod, ...] = ()
    backup_codes_available: int | None = None
    mfa_enabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MfaStatus(Model):
    mfa_enabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment(Model):
    """A second factor that waits for its first code. An authenticator app is given
    `provisioning_uri`, or `secret` by hand; both are shown nowhere."""

    enrollment: MfaMethod
    provisioning_uri: str | None = hidden(None)
    secret: str | None = hidden(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupCodes(Model):
    """Scute tells them once; they are shown nowhere."""

    backup_codes: tuple[str, ...] = hidden(())


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyOptions(Model):
    """What `navigator.credentials` takes, as `options`."""

    user_verification: str | None = None
    options: Mapping[str, Any] = mapping()


@dataclass(frozen=True, slots=True, kw_only=True)
class Device(Model):
    """A passkey."""

    id: str
    nickname: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternatePhone(Model):
    """A further number of the user's."""

    phone: str | None = None
    verified: bool = False
    created_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneAdded(Model):
    """A code is on its way to a number; with the challenge's token it is confirmed."""

    challenge_token: str = hidden()


alternate_phones = many("alternate_phones", AlternatePhone)
