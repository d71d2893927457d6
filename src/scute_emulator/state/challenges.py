"""Challenges: a code or a passkey that is asked for, to sign in or to prove oneself again.

A sign-in that waits for its second factor is a `FirstFactor`: only while one lives can a
challenge with the purpose `mfa` be made and completed, and it leads to one session at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from scute_emulator.state.users import Identifier

__all__ = [
    "CHALLENGE_LIFETIME",
    "Challenge",
    "ChallengeMethod",
    "Challenges",
    "FirstFactor",
    "Purpose",
]

Purpose: TypeAlias = Literal[
    "authenticate",
    "mfa",
    "step_up",
    "verify_contact",
    "verify_identity",
    "change_identifier",
    "custom",
]
ChallengeMethod: TypeAlias = Literal[
    "email_otp", "sms_otp", "totp", "backup_code", "webauthn", "entra_push"
]
Status: TypeAlias = Literal["pending", "completed", "failed", "expired", "cancelled", "denied"]

CHALLENGE_LIFETIME = 600
MAX_TRIES = 3


@dataclass(slots=True)
class FirstFactor:
    """Someone has passed the first step of a sign-in, of this kind; its session is to come."""

    app_id: str
    user_id: str
    kind: str
    expires_at: float
    is_over: bool = False

    def lives(self, now: float) -> bool:
        return not self.is_over and now < self.expires_at


@dataclass(slots=True)
class Challenge:
    """`recipient` and `code` are set where something is sent; `options` for a passkey.

    `spent`: its proof was used for a change that needed one; `claimed`: its session was given.
    """

    token: str = field(repr=False)
    app_id: str
    user_id: str
    purpose: Purpose
    method: ChallengeMethod
    expires_at: float
    recipient: Identifier | None = None
    code: str = field(default="", repr=False)
    options: Mapping[str, Any] | None = None
    first_factor: FirstFactor | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    intent: str | None = None
    intent_fields: Mapping[str, Any] | None = None
    callback_url: str | None = None
    tries_left: int = MAX_TRIES
    status: Status = "pending"
    completed_at: float = 0.0
    spent: bool = False
    claimed: bool = False

    def status_at(self, now: float) -> Status:
        if self.status != "pending":
            return self.status
        if now >= self.expires_at:
            return "expired"
        waits = self.first_factor
        return "cancelled" if waits is not None and not waits.lives(now) else "pending"

    def complete(self, now: float) -> None:
        self.status, self.completed_at = "completed", now
        if self.first_factor is not None:
            self.first_factor.is_over = True

    def deny(self) -> None:
        """ "It was not me": a sign-in that waited for this is over."""
        self.status = "denied"
        if self.first_factor is not None:
            self.first_factor.is_over = True

    def miss(self) -> None:
        """Count a wrong answer; after the last one the whole sign-in must begin again."""
        self.tries_left -= 1
        if self.tries_left == 0:
            self.status = "failed"
            if self.first_factor is not None:
                self.first_factor.is_over = True


class Challenges:
    def __init__(self) -> None:
        self._challenges: dict[str, Challenge] = {}
        self._waiting: list[FirstFactor] = []

    def add(self, challenge: Challenge) -> None:
        self._challenges[challenge.token] = challenge

    def get(self, app_id: str, token: str) -> Challenge | None:
        found = self._challenges.get(token)
        return found if found is not None and found.app_id == app_id else None

    def newest_code(self, app_id: str, user_id: str) -> Challenge | None:
        """The code that was last sent to a user to sign in."""
        return next(
            (
                each
                for each in reversed(self._challenges.values())
                if (each.app_id, each.user_id) == (app_id, user_id)
                and each.purpose == "authenticate"
                and each.recipient is not None
            ),
            None,
        )

    def pushed(self, app_id: str, user_id: str, now: float) -> Challenge | None:
        """What the user's authenticator asks about."""
        return next(
            (
                each
                for each in reversed(self._challenges.values())
                if (each.app_id, each.user_id, each.method) == (app_id, user_id, "entra_push")
                and each.status_at(now) == "pending"
            ),
            None,
        )

    def await_second(self, app_id: str, user_id: str, kind: str, now: float) -> FirstFactor:
        waiting = FirstFactor(app_id, user_id, kind, now + CHALLENGE_LIFETIME)
        self._waiting.append(waiting)
        return waiting

    def waiting(self, app_id: str, user_id: str, now: float) -> FirstFactor | None:
        """The user's latest sign-in that waits for its second factor."""
        return next(
            (
                each
                for each in reversed(self._waiting)
                if (each.app_id, each.user_id) == (app_id, user_id) and each.lives(now)
            ),
            None,
        )

    def spend(self, app_id: str, user_id: str, token: str, since: float) -> bool:
        """Does this challenge prove that the user was here since then? It does so once."""
        found = self.get(app_id, token)
        if found is None or found.user_id != user_id or found.status != "completed":
            return False
        if found.purpose not in ("step_up", "mfa") or found.spent or found.completed_at < since:
            return False
        found.spent = True
        return True

    def forget(self, user_id: str) -> None:
        mine = [token for token, each in self._challenges.items() if each.user_id == user_id]
        for token in mine:
            del self._challenges[token]
        self._waiting = [each for each in self._waiting if each.user_id != user_id]
