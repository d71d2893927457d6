"""Signing in with a code by mail or SMS: a challenge by another name."""

from scute_auth.effects import HttpReply
from scute_emulator.api.challenging import start_challenge, way_to
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.identifying import asked_user, read_identifier
from scute_emulator.api.meta import meta_errors
from scute_emulator.api.refusals import not_found
from scute_emulator.api.shapes import iso
from scute_emulator.api.signing_in import sign_in_by_code
from scute_emulator.state.chance import new_id

__all__ = ["send", "verify"]


def send(call: Context) -> HttpReply:
    """For sign-in and registration alike. `user_id` holds the challenge's token: an old name."""
    state, meta = call.state, call.request.object("user_meta")
    user, who = asked_user(call, meta), read_identifier(call)
    challenge = start_challenge(call, user, "authenticate", way_to(who), to=who)
    otp = {"success": True, "sent_at": iso(state.clock()), "id": new_id(state.random)}
    return json_reply({"otp": otp, "user_id": challenge.token, **meta_errors(call.app, meta)})


def verify(call: Context) -> HttpReply:
    """`user_id` is the challenge's token, or a user's id: then the code sent last is meant."""
    state, named = call.state, call.request.text("user_id")
    challenge = state.challenges.get(call.app.id, named)
    challenge = challenge or state.challenges.newest_code(call.app.id, named)
    if challenge is None or challenge.purpose != "authenticate":
        raise not_found("Challenge")
    user = state.users.by_id(challenge.user_id)
    fields = {"code": call.request.text("otp")}
    return sign_in_by_code(call, challenge, user, "otp", fields)
