"""How a verification is told: the fields of its page, and those that the vendor's SDK reads."""

from typing import Any

from scute_emulator.api.shapes import iso
from scute_emulator.state import State
from scute_emulator.state.users import User
from scute_emulator.state.verifications import LIFETIME, MAX_TRIES, Verification

__all__ = ["risk_object", "verification_object"]

_LEVELS = ((70, "high", "deny"), (40, "medium", "review"), (0, "low", "allow"))


def verification_object(state: State, verification: Verification) -> dict[str, Any]:
    """Its id is its challenge's token too; the link's token and the code are never told."""
    done = None if verification.completed_at is None else iso(verification.completed_at)
    user = verification.user_id and state.users.get(verification.app_id, verification.user_id)
    method = "magic_link" if verification.type == "magic_link" else f"{verification.channel}_otp"
    return {
        "id": verification.id,
        "verification_id": verification.id,
        "token": verification.id,
        "app_id": verification.app_id,
        "app_user_id": None,
        "to_app_user_id": verification.user_id,
        "status": verification.status,
        "channel": verification.channel,
        "verification_type": verification.type,
        "challenge_method": method,
        "purpose": "verify_identity",
        "reason": verification.reason or None,
        "timeout": LIFETIME,
        "intent": verification.intent,
        "intent_fields": dict(verification.metadata),
        "metadata": dict(verification.metadata),
        "identifier": verification.to.value,
        "recipient": _recipient(verification, user or None),
        "risk": risk_object(verification),
        "remaining_attempts": verification.tries_left,
        "max_attempts": MAX_TRIES,
        "created_at": iso(verification.created_at),
        "updated_at": done or iso(verification.created_at),
        "expires_at": iso(verification.expires_at),
        "completed_at": done,
        "verified_at": done if verification.status == "verified" else None,
    }


def risk_object(verification: Verification) -> dict[str, Any] | None:
    """Scute's assessment, once it is completed; on what scale and in which words is not documented
    (?)."""
    score = verification.risk
    if score is None:
        return None
    level, recommendation = next(words for least, *words in _LEVELS if score >= least)
    signals = ["opened"] if verification.was_opened else []
    return {"score": score, "level": level, "signals": signals, "recommendation": recommendation}


def _recipient(verification: Verification, user: User | None) -> dict[str, Any]:
    known: dict[str, str | None] = {"id": None, "name": None, "email": None, "phone": None}
    if user is not None:
        known = {"id": user.id, "name": user.name, "email": user.email, "phone": user.phone}
    return {**known, verification.to.kind: verification.to.value}
