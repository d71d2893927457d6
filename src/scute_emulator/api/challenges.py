"""Challenges over HTTP: create, show, verify, resend, deny and cancel.

Whoever holds a challenge's token may answer it. Making one is for backends, but for two: to ask
for a code to sign in, and to go on with a sign-in whose first step was passed a moment ago.
"""

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from scute_auth.effects import HttpReply
from scute_emulator.api.challenging import (
    answer_challenge,
    offered,
    refuse_over,
    start_challenge,
    way_to,
)
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.credentials import require_secret
from scute_emulator.api.identifying import asked_user, read_identifier
from scute_emulator.api.refusals import Refusal, not_authorized, not_found
from scute_emulator.api.shapes import challenge_object
from scute_emulator.api.signing_in import complete, pass_first_factor, sign_in_by_code
from scute_emulator.api.telling import tell_challenge
from scute_emulator.state.challenges import Challenge, ChallengeMethod, Purpose
from scute_emulator.state.users import Identifier, User, identifier

__all__ = ["cancel", "claim_session", "create", "deny", "resend", "show", "verify"]

PURPOSES: Mapping[str, Purpose] = {name: name for name in get_args(Purpose)}
METHODS: Mapping[str, ChallengeMethod] = {name: name for name in get_args(ChallengeMethod)}

Word = TypeVar("Word")


def create(call: Context) -> HttpReply:
    purpose, method = _word(call, "purpose", PURPOSES), _word(call, "method", METHODS)
    if purpose == "authenticate":
        challenge = _to_sign_in(call, method)
    elif purpose == "mfa":
        challenge = _second_step(call, method)
    else:
        require_secret(call.state, call.app, call.request)
        to = _contact(call, method) if purpose == "verify_contact" else None
        challenge = start_challenge(call, _named(call), purpose, method, to=to, **_sent(call))
    return _shown(call, challenge, 201)


def show(call: Context) -> HttpReply:
    return _shown(call, _challenge(call))


def verify(call: Context) -> HttpReply:
    """A session where the challenge signs someone in; else what a backend wants to know."""
    challenge = _challenge(call)
    user = call.state.users.by_id(challenge.user_id)
    if challenge.purpose == "authenticate":
        return sign_in_by_code(call, challenge, user, "challenge", call.request.fields)
    answer_challenge(call, challenge, call.request.fields)
    if challenge.purpose == "mfa":
        return complete(call, user, "mfa")
    body: dict[str, Any] = {
        "status": "completed",
        "challenge": challenge_object(challenge, call.state.clock()),
    }
    if challenge.intent is not None:
        body |= {"intent": challenge.intent, "intent_fields": challenge.intent_fields}
    if challenge.method == "backup_code":
        body["remaining_backup_codes"] = call.state.mfa.backup_codes_left(user.id)
    return json_reply(body)


def claim_session(call: Context) -> HttpReply:
    """The session of a sign-in that was agreed to elsewhere, once."""
    challenge = _challenge(call)
    status = challenge.status_at(call.state.clock())
    if challenge.purpose != "authenticate":
        raise Refusal(422, "invalid_purpose", "This challenge signs nobody in")
    if status != "completed":
        raise Refusal(422, f"challenge_{status}", f"This challenge is {status}")
    if challenge.claimed:
        raise Refusal(409, "session_already_claimed", "The session was claimed already")
    challenge.claimed = True
    return pass_first_factor(call, call.state.users.by_id(challenge.user_id), "challenge")


def resend(call: Context) -> HttpReply:
    """Another code under another token; the old one is worthless."""
    old = _challenge(call)
    if old.recipient is None:
        raise Refusal(422, "method_not_available", "Nothing is sent for this challenge")
    refuse_over(old, call.state.clock())
    old.status = "cancelled"
    new = start_challenge(
        call,
        call.state.users.by_id(old.user_id),
        old.purpose,
        old.method,
        to=old.recipient,
        first_factor=old.first_factor,
        metadata=old.metadata,
        intent=old.intent,
        intent_fields=old.intent_fields,
        callback_url=old.callback_url,
    )
    return _shown(call, new)


def deny(call: Context) -> HttpReply:
    challenge = _challenge(call)
    refuse_over(challenge, call.state.clock())
    challenge.deny()
    tell_challenge(call.state, "failed", challenge)
    return _shown(call, challenge)


def cancel(call: Context) -> HttpReply:
    """A sign-in that waited for this may go on by another method."""
    challenge = _challenge(call)
    refuse_over(challenge, call.state.clock())
    challenge.status = "cancelled"
    return json_reply({"message": "ok"})


def _to_sign_in(call: Context, method: ChallengeMethod) -> Challenge:
    user, who = asked_user(call), read_identifier(call)
    if method not in (way_to(who), "entra_push"):
        raise Refusal(422, "method_not_available", "Nobody signs in this way")
    to = None if method == "entra_push" else who
    return start_challenge(call, user, "authenticate", method, to=to, **_sent(call))


def _second_step(call: Context, method: ChallengeMethod) -> Challenge:
    """Switch the method, in a sign-in that waits; whether a user exists is not told."""
    user = call.state.users.get(call.app.id, call.request.text("app_user_id"))
    now = call.state.clock()
    if user is None:
        raise not_authorized()
    waiting = call.state.challenges.waiting(call.app.id, user.id, now)
    if waiting is None:
        raise not_authorized()
    if method not in offered(call, user, waiting.kind):
        raise Refusal(422, "method_not_available", "The user has not set this up")
    return start_challenge(call, user, "mfa", method, first_factor=waiting)


def _named(call: Context) -> User:
    user = call.state.users.get(call.app.id, call.request.text("app_user_id"))
    who = identifier(call.request.fields.get("identifier"))
    if user is None and who is not None:
        user = call.state.users.find(call.app.id, who)
    if user is None:
        raise not_found("User")
    return user


def _contact(call: Context, method: ChallengeMethod) -> Identifier | None:
    """The address to prove, which need not be the user's yet."""
    who = identifier(call.request.fields.get("identifier"))
    return who if who is not None and method == way_to(who) else None


def _sent(call: Context) -> dict[str, Any]:
    request = call.request
    return {
        "metadata": request.object("metadata"),
        "intent": request.text("intent") or None,
        "intent_fields": request.object("intent_fields") or None,
        "callback_url": request.text("callback_url") or request.text("redirect_url") or None,
    }


def _challenge(call: Context) -> Challenge:
    found = call.state.challenges.get(call.app.id, call.params["challenge"])
    if found is None:
        raise not_found("Challenge")
    return found


def _shown(call: Context, challenge: Challenge, status: int = 200) -> HttpReply:
    return json_reply({"challenge": challenge_object(challenge, call.state.clock())}, status)


def _word(call: Context, name: str, words: Mapping[str, Word]) -> Word:
    found = words.get(call.request.text(name))
    if found is None:
        raise Refusal(422, f"invalid_{name}", f"{name} must be one of {', '.join(words)}")
    return found
