"""Support access: a backend starts a session as one of its users, lists and ends them."""

from collections.abc import Mapping
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.refusals import Refusal
from scute_emulator.api.shapes import impersonation_object, iso
from scute_emulator.state.sessions import Session

__all__ = ["end", "list_running", "start"]

LONGEST = 60
"""Minutes."""


def start(call: Context) -> HttpReply:
    """An access token alone: when it expires, it is over."""
    state, request, user = call.state, call.request, call.named_user
    if not call.app.settings.impersonation:
        raise Refusal(403, "impersonation_disabled", "Signing in as a user is switched off")
    if not request.text("reason"):
        raise Refusal(422, "reason_required", "Say why")
    seconds, now = _minutes(call) * 60, state.clock()
    session = state.sessions.start(
        call.app.id,
        user.id,
        now,
        kind="impersonation",
        actor=_actor(call),
        reason=request.text("reason"),
        ends_at=now + seconds,
    )
    grant = state.issuer.grant(
        call.app, session, now, state.behaviour, with_refresh=False, access_lifetime=seconds
    )
    ends = grant.access_expires_at
    return json_reply(
        {
            "access": grant.access,
            "access_expires_at": iso(ends) if state.behaviour.iso_times else ends,
            "session_id": session.id,
            "user_id": user.id,
            "impersonation": impersonation_object(session),
        },
        201,
    )


def list_running(call: Context) -> HttpReply:
    running = [{"session_id": each.id, **impersonation_object(each)} for each in _running(call)]
    return json_reply({"impersonations": running})


def end(call: Context) -> HttpReply:
    """One session, or all of them."""
    wanted = call.request.query.get("session_id")
    ended = [each for each in _running(call) if wanted in (None, each.id)]
    for session in ended:
        session.revoked = True
    return json_reply({"ended": len(ended)})


def _running(call: Context) -> list[Session]:
    now, mine = call.state.clock(), call.state.sessions.of(call.named_user.id)
    return [each for each in mine if each.actor is not None and not each.is_over(now)]


def _minutes(call: Context) -> int:
    minutes = call.request.fields.get("minutes", LONGEST)
    if type(minutes) is not int or not 1 <= minutes <= LONGEST:
        raise Refusal(422, "invalid_minutes", f"minutes: from 1 to {LONGEST}")
    return minutes


def _actor(call: Context) -> Mapping[str, Any]:
    """Another user of the app, or whomever the backend names."""
    other_id = call.request.text("actor_user_id")
    if other_id:
        other = call.state.users.get(call.app.id, other_id)
        if other is None:
            raise Refusal(422, "invalid_actor", "There is no such user")
        return _known(sub=other.id, kind="app_user", email=other.email, name=other.name)
    told = call.request.object("actor")
    email, name = told.get("email"), told.get("name")
    sub = told.get("id") or email or "backend"
    return _known(sub=sub, kind="backend", email=email, name=name)


def _known(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if isinstance(value, str)}
