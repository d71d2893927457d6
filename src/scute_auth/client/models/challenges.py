"""Challenges: proofs that Scute asks people for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scute_auth.client.reading import Model, hidden, inside, mapping

__all__ = ["Challenge", "Completed", "challenge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge(Model):
    """`status`: pending, completed, failed, expired, cancelled or denied.

    `token` names it and answers it: it is shown nowhere.
    """

    token: str = hidden()
    status: str = "pending"
    purpose: str | None = None
    method: str | None = None
    identifier: str | None = None
    intent: str | None = None
    intent_fields: Mapping[str, Any] = mapping()
    metadata: Mapping[str, Any] = mapping()
    delivery_required: bool = False
    remaining_attempts: int | None = None
    max_attempts: int | None = None
    time_remaining: int | None = None
    expires_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed(Model):
    """A challenge that starts no session was passed."""

    status: str
    challenge: Challenge | None = None
    intent: str | None = None
    intent_fields: Mapping[str, Any] = mapping()
    remaining_backup_codes: int | None = None


challenge = inside("challenge", Challenge)
