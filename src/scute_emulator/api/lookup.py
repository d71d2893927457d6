"""What anyone may ask before signing in: is there such a user, and what does he lack?"""

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.identifying import user_or_new
from scute_emulator.api.meta import missing
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.shapes import lookup_object
from scute_emulator.state.users import identifier

__all__ = ["look_up", "missing_meta"]


def look_up(call: Context) -> HttpReply:
    """As at Scute: with public sign-up on, looking an unknown identifier up creates the user."""
    who = identifier(call.request.query.get("identifier"))
    if who is None:
        raise Refusal(400, "invalid_identifier", "The identifier is not valid")
    user = user_or_new(call, who)
    return json_reply({"user": None if user is None else lookup_object(call.state, user, who)})


def missing_meta(call: Context) -> HttpReply:
    user = call.state.users.get(call.app.id, call.request.query.get("user_id", ""))
    if user is None:
        raise not_found("User")
    return json_reply({"meta": bool(missing(call.app, user.meta))})
