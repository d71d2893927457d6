"""The verification product: a machine asks, a person answers, and whoever may see it looks.

A person sees and answers what he is asked himself. That `/app` shows him all of the app's is what
the vendor's SDK expects of it; who may call it is not documented (?).
"""

import re
from collections.abc import Mapping
from typing import Any, cast, get_args

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.credentials import user_of_party
from scute_emulator.api.paging import page_of
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.verification_objects import verification_object
from scute_emulator.api.verifying import ask, expire, finish
from scute_emulator.state.chance import new_id
from scute_emulator.state.codes import same_code
from scute_emulator.state.users import Identifier, identifier
from scute_emulator.state.verifications import Verification, VerificationStatus, VerificationType

__all__ = [
    "approve",
    "cancel",
    "create_intent",
    "deny",
    "list_of_app",
    "list_own",
    "resend",
    "show",
    "verify",
]

TYPES: Mapping[str, VerificationType] = {name: name for name in get_args(VerificationType)}


def create_intent(call: Context) -> HttpReply:
    """Whether the person has an account or not; nobody is created."""
    request, now = call.request, call.state.clock()
    meta = request.object("meta_data")
    if not meta:
        raise Refusal(400, "meta_data_required", "meta_data is missing")
    if not request.text("intent_name"):
        raise Refusal(400, "intent_name_required", "intent_name is missing")
    to = _contact(call)
    user = call.state.users.find(call.app.id, to)
    verification = Verification(
        id=new_id(call.state.random),
        app_id=call.app.id,
        to=to,
        intent=request.text("intent_name"),
        type=_type(call),
        created_at=now,
        expires_at=now,
        user_id=None if user is None else user.id,
        metadata=meta,
        redirect_url=_redirect_url(call),
        mode=call.state.behaviour.verification_mode,
    )
    call.state.verifications.add(verification)
    ask(call, verification)
    body = {"verification_id": verification.id, "status": 200, "message": "Verification sent"}
    return json_reply(body)


def list_own(call: Context) -> HttpReply:
    return _listed(call, call.user.id)


def list_of_app(call: Context) -> HttpReply:
    return _listed(call, None)


def show(call: Context) -> HttpReply:
    return _shown(call, _found(call))


def verify(call: Context) -> HttpReply:
    """By the code that was sent, or by the token of the link."""
    verification = _pending(call)
    given = call.request.text("code") or call.request.text("token")
    if not same_code(given, verification.code or verification.token):
        verification.tries_left -= 1
        if verification.tries_left == 0:
            finish(call.state, verification, "failed")
        details = {"remaining_attempts": verification.tries_left}
        raise Refusal(422, "invalid_code", "Invalid code", details)
    finish(call.state, verification, "verified")
    return _shown(call, verification)


def approve(call: Context) -> HttpReply:
    return _answered(call, "verified")


def deny(call: Context) -> HttpReply:
    return _answered(call, "denied", call.request.text("reason"))


def cancel(call: Context) -> HttpReply:
    finish(call.state, _pending(call), "cancelled")
    return json_reply({"message": "ok"})


def resend(call: Context) -> HttpReply:
    verification = _pending(call)
    ask(call, verification)
    return _shown(call, verification)


def _answered(call: Context, status: VerificationStatus, reason: str = "") -> HttpReply:
    verification = _pending(call)
    finish(call.state, verification, status, reason)
    return _shown(call, verification)


def _pending(call: Context) -> Verification:
    verification = _found(call)
    if verification.status != "pending":
        text = f"This verification is {verification.status}"
        raise Refusal(422, f"verification_{verification.status}", text)
    return verification


def _found(call: Context) -> Verification:
    """A person finds only what he is asked himself."""
    expire(call.state)
    found = call.state.verifications.get(call.app.id, call.params["verification"])
    user_id = user_of_party(call.state, call.app, call.request)
    if found is None or user_id not in (None, found.user_id):
        raise not_found("Verification")
    return found


def _listed(call: Context, user_id: str | None) -> HttpReply:
    expire(call.state)
    query = call.request.query
    every = call.state.verifications.of(call.app.id, user_id)
    fitting = [each for each in every if query.get("status", each.status) == each.status]
    shown = [verification_object(call.state, each) for each in page_of(fitting, query).items]
    return json_reply({"verifications": shown})


def _shown(call: Context, verification: Verification) -> HttpReply:
    return json_reply({"verification": verification_object(call.state, verification)})


def _contact(call: Context) -> Identifier:
    """The first phone number for a text message, else the e-mail address."""
    meta = call.request.object("meta_data")
    method = call.request.text("method") or call.request.query.get("method", "email")
    if method not in ("email", "sms"):
        raise Refusal(400, "invalid_method", "method must be email or sms")
    kind = "email" if method == "email" else "phone"
    sent = meta.get("contact_email") if kind == "email" else _first_phone(meta)
    if not sent:
        raise Refusal(400, f"{kind}_required", f"meta_data has no {kind}")
    who = identifier(sent)
    if who is None or who.kind != kind:
        raise Refusal(400, f"invalid_{kind}", f"The {kind} is not valid")
    return who


def _first_phone(meta: Mapping[str, Any]) -> object:
    told = meta.get("contact_phones")
    phones = cast("list[object]", told) if isinstance(told, list) else []
    first = phones[0] if phones else None
    return cast("dict[str, Any]", first).get("phone_number") if isinstance(first, dict) else None


def _type(call: Context) -> VerificationType:
    given = call.request.text("verification_type") or "magic_link"
    found = TYPES.get(given)
    if found is not None:
        return found
    raise Refusal(400, "invalid_verification_type", "verification_type: magic_link or otp")


def _redirect_url(call: Context) -> str | None:
    url = call.request.text("redirect_url")
    if url and not re.fullmatch(r"https?://[^\s<>\"]+", url):
        raise Refusal(400, "invalid_redirect_url", "redirect_url must be an http(s) URL")
    return url or None
