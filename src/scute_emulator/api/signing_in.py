"""What every way to sign in ends with: a session, or what stands in its place.

A second factor is asked for where the app's policy is `optional` and the user has set one up, and
where it is `required`. Who must have one and has none proves himself with a code to an address
of his, and is told to set one up: no documented call does that without a session.
"""

from collections.abc import Mapping
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.challenging import answer_challenge, offered, start_challenge, way_to
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.identifying import refuse_inactive, refuse_outsiders
from scute_emulator.api.shapes import challenge_object, grant_object
from scute_emulator.state.challenges import Challenge, ChallengeMethod
from scute_emulator.state.users import User

__all__ = ["complete", "pass_first_factor", "sign_in_by_code"]

DAY = 86_400


def pass_first_factor(
    call: Context, user: User, kind: str, *, credential_id: str | None = None
) -> HttpReply:
    """The user has proved himself once: a session, unless that is not enough."""
    refuse_inactive(call, user)
    mfa = call.state.mfa
    if call.state.behaviour.mfa_required and not mfa.verified(user.id):
        mfa.enrol_totp(user.id, call.state.clock())
        mfa.new_backup_codes(user.id)
    if methods := offered(call, user, kind):
        return _ask_for_second(call, user, kind, methods, {})
    if _must_enrol(call, user):
        return _ask_for_second(
            call, user, kind, [way_to(user.identifier)], {"mfa_enrollment_required": True}
        )
    return complete(call, user, kind, credential_id=credential_id)


def sign_in_by_code(
    call: Context, challenge: Challenge, user: User, kind: str, fields: Mapping[str, Any]
) -> HttpReply:
    """Go on from the code that was sent; it leaves the address as verified as it was."""
    refuse_outsiders(call, challenge.recipient or user.identifier)
    refuse_inactive(call, user)
    answer_challenge(call, challenge, fields)
    challenge.claimed = True
    return pass_first_factor(call, user, kind)


def complete(
    call: Context, user: User, kind: str, *, credential_id: str | None = None
) -> HttpReply:
    """A new session for the user."""
    state = call.state
    user = state.users.signed_in(user, state.clock())
    agent = call.request.headers.get("user-agent", "")
    grant = state.start_session(
        call.app, user, kind=kind, user_agent=agent, credential_id=credential_id
    )
    return json_reply({**grant_object(state, grant), **_advice(call, user)})


def _ask_for_second(
    call: Context, user: User, kind: str, methods: list[ChallengeMethod], more: dict[str, Any]
) -> HttpReply:
    """Backup codes are `backup_codes` in this list, but `backup_code` as a challenge's method."""
    state, now = call.state, call.state.clock()
    waiting = state.challenges.await_second(call.app.id, user.id, kind, now)
    challenge = start_challenge(call, user, "mfa", methods[0], first_factor=waiting)
    names = ["backup_codes" if method == "backup_code" else method for method in methods]
    return json_reply(
        {
            "mfa_required": True,
            "app_user_id": user.id,
            "mfa_challenge": challenge_object(challenge, now),
            "available_methods": names,
            **more,
        }
    )


def _must_enrol(call: Context, user: User) -> bool:
    return call.app.settings.mfa_policy == "required" and _grace_days(call, user) == 0


def _grace_days(call: Context, user: User) -> int:
    """The days that are left to someone who has to set up a second factor."""
    passed = int((call.state.clock() - user.created_at) // DAY)
    return max(call.state.behaviour.mfa_grace_days - passed, 0)


def _advice(call: Context, user: User) -> dict[str, Any]:
    """What stands beside the session of someone who has set up no second factor."""
    settings = call.app.settings
    if settings.mfa_policy == "disabled" or call.state.mfa.verified(user.id):
        return {}
    methods = [name for name in settings.mfa_methods_allowed if name != "backup_codes"]
    if _must_enrol(call, user):
        return {"mfa_enrollment_required": True, "available_methods": methods}
    advice: dict[str, Any] = {"mfa_enrollment_suggested": True, "available_methods": methods}
    if settings.mfa_policy == "required":
        advice["mfa_grace_days_remaining"] = _grace_days(call, user)
    return advice
