"""Verifications: a backend has someone confirm that it is them, by a link or a code.

One with a link is answered on a page of Scute's: `dismiss` says what it is about and is agreed to
by going on, `consent` asks for a yes or a no.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from scute_emulator.state.users import Identifier

__all__ = [
    "LIFETIME",
    "MAX_TRIES",
    "PAGE_PATH",
    "Verification",
    "VerificationStatus",
    "VerificationType",
    "Verifications",
]

VerificationStatus: TypeAlias = Literal[
    "pending", "verified", "failed", "expired", "cancelled", "denied"
]
VerificationType: TypeAlias = Literal["magic_link", "otp"]

LIFETIME = 600
PAGE_PATH = "/_emulator/verification"
MAX_TRIES = 3


@dataclass(slots=True)
class Verification:
    """`token` opens the page, `code` is typed: only that of its type is set."""

    id: str
    app_id: str
    to: Identifier
    intent: str
    type: VerificationType
    created_at: float
    expires_at: float
    user_id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    redirect_url: str | None = None
    mode: Literal["dismiss", "consent"] = "dismiss"
    token: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    status: VerificationStatus = "pending"
    tries_left: int = MAX_TRIES
    was_opened: bool = False
    reason: str = ""
    completed_at: float | None = None
    risk: int | None = None

    @property
    def channel(self) -> Literal["email", "sms"]:
        return "email" if self.to.kind == "email" else "sms"


class Verifications:
    def __init__(self) -> None:
        self._verifications: dict[str, Verification] = {}

    def add(self, verification: Verification) -> None:
        self._verifications[verification.id] = verification

    def get(self, app_id: str, verification_id: str) -> Verification | None:
        found = self._verifications.get(verification_id)
        return found if found is not None and found.app_id == app_id else None

    def by_token(self, token: str) -> Verification | None:
        """What a page is opened for."""
        every = self._verifications.values()
        return next((each for each in every if token and each.token == token), None)

    def of(self, app_id: str, user_id: str | None = None) -> list[Verification]:
        """An app's, or those that one of its users is asked; newest first."""
        return [
            each
            for each in reversed(self._verifications.values())
            if each.app_id == app_id and user_id in (None, each.user_id)
        ]

    def overdue(self, now: float) -> list[Verification]:
        every = self._verifications.values()
        return [each for each in every if each.status == "pending" and now >= each.expires_at]
