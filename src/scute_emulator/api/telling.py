"""What becomes an event: challenges as they go, and sign-ins that fail."""

from typing import Any

from scute_emulator.api.context import Context
from scute_emulator.state import State
from scute_emulator.state.challenges import Challenge
from scute_emulator.state.users import User

__all__ = ["tell_challenge", "tell_failed_login"]


def tell_challenge(state: State, what: str, challenge: Challenge) -> None:
    """`what` is the last word of the event's kind: created, completed or failed."""
    now = state.clock()
    data: dict[str, Any] = {
        "purpose": challenge.purpose,
        "method": challenge.method,
        "outcome": challenge.status_at(now),
        "remaining_attempts": challenge.tries_left,
    }
    if challenge.intent is not None:
        data |= {"intent": challenge.intent, "intent_fields": challenge.intent_fields}
    if challenge.callback_url is not None:
        data["callback_url"] = challenge.callback_url
    state.events.happened(
        f"challenge.{what}",
        challenge.app_id,
        now,
        user=state.users.by_id(challenge.user_id),
        subject=challenge.token,
        data=data,
        metadata=challenge.metadata,
    )


def tell_failed_login(call: Context, method: str, error: str, user: User | None = None) -> None:
    data = {"method": method, "error": error}
    call.state.events.happened(
        "auth.login.failed", call.app.id, call.state.clock(), user=user, data=data
    )
