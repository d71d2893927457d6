"""Verifications: is this address, this number, this person what they say?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scute_auth.client.reading import Model, also, hidden, inside, mapping
from scute_auth.risk import Risk

__all__ = ["Recipient", "Verification", "VerificationStarted", "verification"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient(Model):
    id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationStarted(Model):
    """A message is on its way. The outcome comes by webhook, by redirect, or when asked for."""

    verification_id: str = also("id")
    status: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(Model):
    """`token` answers it: it is shown nowhere."""

    id: str = also("verification_id")
    status: str | None = None
    channel: str | None = None
    verification_type: str | None = None
    reason: str | None = None
    intent: str | None = None
    intent_fields: Mapping[str, Any] = mapping()
    identifier: str | None = None
    metadata: Mapping[str, Any] = mapping()
    recipient: Recipient | None = None
    risk: Risk | None = None
    app_id: str | None = None
    app_user_id: str | None = None
    to_app_user_id: str | None = None
    purpose: str | None = None
    challenge_method: str | None = None
    token: str | None = hidden(None)
    remaining_attempts: int | None = None
    max_attempts: int | None = None
    created_at: float | None = None
    updated_at: float | None = None
    expires_at: float | None = None
    completed_at: float | None = None
    verified_at: float | None = None


verification = inside("verification", Verification)
