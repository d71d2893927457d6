"""The course of a verification: it is sent, answered or forgotten, and each step is told.

The page's token, `scute_token`, is signed with the keys of sessions. It has no `uuid` and no `aid`
but an `aud` and a `typ`: what it says besides at Scute is not documented (?).
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from scute_emulator.api.context import Context
from scute_emulator.api.mail import mail_page, send_code
from scute_emulator.api.verification_objects import risk_object
from scute_emulator.state import State
from scute_emulator.state.chance import new_token
from scute_emulator.state.verifications import (
    LIFETIME,
    MAX_TRIES,
    PAGE_PATH,
    Verification,
    VerificationStatus,
)

__all__ = ["ask", "expire", "finish", "way_back"]

REDIRECT_LIFETIME = 300


def ask(call: Context, verification: Verification) -> None:
    """Send a link or a code; one that was sent before is worthless now."""
    state = call.state
    verification.expires_at = state.clock() + LIFETIME
    verification.tries_left = MAX_TRIES
    if verification.type == "otp":
        verification.code = send_code(call, verification.to)
    else:
        verification.token = new_token(state.random, 24)
        mail_page(call, verification.to, f"{PAGE_PATH}?token={verification.token}")
    _tell(state, verification, "requested")


def finish(
    state: State, verification: Verification, status: VerificationStatus, reason: str = ""
) -> None:
    verification.status, verification.reason = status, reason
    verification.completed_at = state.clock()
    if status in ("verified", "denied"):
        verification.risk = state.behaviour.verification_risk
    if status != "cancelled":
        _tell(state, verification, status)


def expire(state: State) -> None:
    """What nobody answered in time."""
    for verification in state.verifications.overdue(state.clock()):
        finish(state, verification, "expired")


def way_back(state: State, verification: Verification) -> str | None:
    """Where the person goes from the page, with a token that tells the app the result."""
    url = verification.redirect_url
    if url is None:
        return None
    now = int(state.clock())
    claims = {
        "typ": "scute-verification",
        "aud": verification.app_id,
        "verification_id": verification.id,
        "status": verification.status,
        "intent": verification.intent,
        "consent_decision": _decision(verification),
        "metadata": dict(verification.metadata),
        "risk": risk_object(verification),
        "iat": now,
        "exp": now + REDIRECT_LIFETIME,
    }
    token = state.issuer.sign(_known(claims), state.behaviour)
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode({'scute_token': token})}"


def _tell(state: State, verification: Verification, what: str) -> None:
    user_id = verification.user_id
    data = {
        "channel": verification.channel,
        "intent": verification.intent,
        "outcome": verification.status,
        "was_opened": verification.was_opened,
        "consent_decision": _decision(verification),
        "denial_reason": verification.reason or None,
        "risk": risk_object(verification),
    }
    state.events.happened(
        f"verification.{verification.channel}.{what}",
        verification.app_id,
        state.clock(),
        user=(user_id and state.users.get(verification.app_id, user_id)) or None,
        subject=verification.id,
        data=_known(data),
        metadata=verification.metadata,
    )


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _decision(verification: Verification) -> str | None:
    if verification.mode == "dismiss":
        return None
    return {"verified": "approved", "denied": "denied"}.get(verification.status)
