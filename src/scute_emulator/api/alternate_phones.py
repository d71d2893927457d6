"""The signed-in user's further phone numbers: each is proven by a code before it counts.

The answers' fields are not documented (?).
"""

from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.challenging import answer_challenge, start_challenge
from scute_emulator.api.context import Context, json_reply, nothing
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.shapes import challenge_object
from scute_emulator.state.users import identifier

__all__ = ["add", "list_phones", "remove", "verify"]


def list_phones(call: Context) -> HttpReply:
    return json_reply(_shown(call.user.alternate_phones))


def add(call: Context) -> HttpReply:
    who, user = identifier(call.request.fields.get("phone")), call.user
    if who is None or who.kind != "phone":
        raise Refusal(422, "invalid_phone", "The phone number is not valid")
    if who.value in (user.phone, *user.alternate_phones):
        raise Refusal(422, "phone_already_exists", "This is the user's number already")
    challenge = start_challenge(call, user, "verify_contact", "sms_otp", to=who)
    shown = challenge_object(challenge, call.state.clock())
    return json_reply({"challenge_token": challenge.token, "challenge": shown})


def verify(call: Context) -> HttpReply:
    token, user = call.request.text("challenge_token"), call.user
    challenge = call.state.challenges.get(call.app.id, token)
    if challenge is None or (challenge.user_id, challenge.purpose) != (user.id, "verify_contact"):
        raise not_found("Challenge")
    if challenge.recipient is None or challenge.recipient.kind != "phone":
        raise not_found("Challenge")
    answer_challenge(call, challenge, call.request.fields)
    phones = dict.fromkeys((*user.alternate_phones, challenge.recipient.value))
    return json_reply(_kept(call, tuple(phones)))


def remove(call: Context) -> HttpReply:
    phones, who = call.user.alternate_phones, identifier(call.params["phone"])
    if who is None or who.value not in phones:
        raise not_found("Phone")
    _kept(call, tuple(phone for phone in phones if phone != who.value))
    return nothing()


def _kept(call: Context, phones: tuple[str, ...]) -> dict[str, Any]:
    call.state.users.update(call.user, call.state.clock(), alternate_phones=phones)
    return _shown(phones)


def _shown(phones: tuple[str, ...]) -> dict[str, Any]:
    return {"alternate_phones": [{"phone": phone, "verified": True} for phone in phones]}
