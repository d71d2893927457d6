"""The signed-in user's second factors: list them, set one up, choose the default, remove.

Long after the sign-in, what would weaken an account asks for a fresh proof: a challenge that the
user has completed, which then counts once.
"""

from collections.abc import Mapping
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply, nothing
from scute_emulator.api.mail import send_code
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.shapes import method_object
from scute_emulator.state.chance import new_id
from scute_emulator.state.codes import (
    new_totp_secret,
    provisioning_uri,
    same_code,
    secret_text,
)
from scute_emulator.state.mfa import MethodKind, MfaMethod
from scute_emulator.state.users import Identifier, identifier

__all__ = [
    "enrol",
    "list_methods",
    "new_backup_codes",
    "remove",
    "set_default",
    "status",
    "verify_enrolment",
]

NAMES: Mapping[MethodKind, str] = {
    "totp": "Authenticator",
    "email": "E-mail",
    "sms": "Text message",
}


def list_methods(call: Context) -> HttpReply:
    """Enrolments that are not verified yet are in the list too."""
    mfa, user = call.state.mfa, call.user
    return json_reply(
        {
            "methods": [method_object(method) for method in mfa.of(user.id)],
            "backup_codes_available": mfa.backup_codes_left(user.id),
            "mfa_enabled": bool(mfa.verified(user.id)),
        }
    )


def status(call: Context) -> HttpReply:
    """One's own, or anyone's by identifier: of a stranger as of someone who has set up nothing."""
    mfa = call.state.mfa
    if "identifier" not in call.request.query:
        return json_reply({"mfa_enabled": bool(mfa.verified(call.user.id))})
    who = identifier(call.request.query["identifier"])
    user = call.state.users.find(call.app.id, who) if who is not None else None
    return json_reply({"mfa_enabled": user is not None and bool(mfa.verified(user.id))})


def enrol(call: Context) -> HttpReply:
    """Begin to set a method up. The secret of an authenticator is shown this once."""
    state, user = call.state, call.user
    kind = _wanted(call)
    recipient = None if kind == "totp" else _recipient(call, kind)
    if state.mfa.verified(user.id):
        _require_fresh(call)
    method = MfaMethod(
        id=new_id(state.random),
        user_id=user.id,
        method=kind,
        name=call.request.text("name") or NAMES[kind],
        created_at=state.clock(),
        secret=new_totp_secret(state.random) if kind == "totp" else b"",
        recipient=recipient,
        code=send_code(call, recipient) if recipient else "",
    )
    state.mfa.add(method)
    body: dict[str, Any] = {"enrollment": method_object(method)}
    if kind == "totp":
        account, issuer = user.identifier.value, call.app.settings.name
        body["provisioning_uri"] = provisioning_uri(method.secret, account, issuer)
        body["secret"] = secret_text(method.secret)
    return json_reply(body)


def verify_enrolment(call: Context) -> HttpReply:
    now, code = call.state.clock(), call.request.text("code")
    method = call.state.mfa.get(call.user.id, call.request.text("enrollment_id"))
    if method is None or method.verified:
        raise not_found("Enrollment")
    if now >= method.expires_at or method.tries_left == 0:
        raise Refusal(422, "enrollment_expired", "This enrollment is over")
    is_right = method.take_totp(code, now) if method.secret else same_code(code, method.code)
    if not is_right:
        method.tries_left -= 1
        details = {"remaining_attempts": method.tries_left}
        raise Refusal(422, "invalid_code", "Invalid code", details)
    call.state.mfa.verify(method)
    return json_reply({"enrollment": method_object(method)})


def set_default(call: Context) -> HttpReply:
    method = _method(call)
    if not method.verified:
        raise Refusal(422, "method_not_verified", "This method is not verified yet")
    call.state.mfa.set_default(method)
    return json_reply({"method": method_object(method)})


def remove(call: Context) -> HttpReply:
    """An enrolment that was never verified protects nothing: it goes without a proof."""
    method = _method(call)
    if method.verified:
        _require_fresh(call)
    call.state.mfa.remove(method)
    return nothing()


def new_backup_codes(call: Context) -> HttpReply:
    """Shown this once; the earlier ones are worthless now."""
    if not call.state.mfa.verified(call.user.id):
        raise Refusal(422, "mfa_not_enabled", "Set up a second factor first")
    _require_fresh(call)
    return json_reply({"backup_codes": call.state.mfa.new_backup_codes(call.user.id)})


def _wanted(call: Context) -> MethodKind:
    settings, given = call.app.settings, call.request.text("method")
    if settings.mfa_policy == "disabled":
        raise Refusal(403, "mfa_disabled", "Second factors are switched off")
    for kind in NAMES:
        if kind == given and kind in settings.mfa_methods_allowed:
            return kind
    raise Refusal(422, "invalid_method", "This method is not allowed")


def _recipient(call: Context, kind: MethodKind) -> Identifier:
    """The address in `secret_data`, else the user's own of that kind."""
    wanted, own = ("email", call.user.email) if kind == "email" else ("phone", call.user.phone)
    who = identifier(call.request.text("secret_data") or own)
    if who is None or who.kind != wanted:
        raise Refusal(422, "invalid_recipient", "Nothing can be sent there")
    return who


def _require_fresh(call: Context) -> None:
    """A sign-in of late, or a challenge completed since, in the body or the query."""
    minutes, request = call.app.settings.mfa_reverify_minutes, call.request
    since = call.state.clock() - minutes * 60
    if call.session.created_at >= since:
        return
    proof = request.text("challenge") or request.query.get("challenge", "")
    if not call.state.challenges.spend(call.app.id, call.user.id, proof, since):
        raise Refusal(403, "verification_required", "Verify that it is you first")


def _method(call: Context) -> MfaMethod:
    method = call.state.mfa.get(call.user.id, call.params["method"])
    if method is None:
        raise not_found("Method")
    return method
