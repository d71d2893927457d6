"""Making challenges, and checking what is answered to them."""

from collections.abc import Mapping
from typing import Any

from scute_emulator.api.ceremonies import assertion_options, finish_assertion
from scute_emulator.api.context import Context
from scute_emulator.api.mail import send_code
from scute_emulator.api.refusals import Refusal
from scute_emulator.api.telling import tell_challenge, tell_failed_login
from scute_emulator.state.challenges import (
    CHALLENGE_LIFETIME,
    Challenge,
    ChallengeMethod,
    FirstFactor,
    Purpose,
)
from scute_emulator.state.chance import new_token
from scute_emulator.state.codes import same_code
from scute_emulator.state.mfa import MethodKind
from scute_emulator.state.users import Identifier, User

__all__ = ["answer_challenge", "offered", "refuse_over", "start_challenge", "way_to"]

CHALLENGE_OF: Mapping[MethodKind, ChallengeMethod] = {
    "totp": "totp",
    "email": "email_otp",
    "sms": "sms_otp",
}
SENT = ("email_otp", "sms_otp")


def offered(call: Context, user: User, first: str) -> list[ChallengeMethod]:
    """The second factors that the user may be asked for at sign-in, his default first.

    Whether Scute offers a passkey is not documented (?): here it does beside another method, after
    another `first` step, where the app allows `webauthn`.
    """
    state, settings = call.state, call.app.settings
    if settings.mfa_policy == "disabled" and not state.behaviour.mfa_required:
        return []
    allowed = settings.mfa_methods_allowed
    methods: list[ChallengeMethod] = []
    for each in state.mfa.verified(user.id):
        method = CHALLENGE_OF[each.method]
        if each.method in allowed and method not in methods:
            methods.append(method)
    if methods and "backup_codes" in allowed and state.mfa.backup_codes_left(user.id):
        methods.append("backup_code")
    takes_passkeys = settings.passkeys_enabled and "webauthn" in allowed
    if methods and takes_passkeys and first != "webauthn" and state.passkeys.of(user.id):
        methods.append("webauthn")
    return methods


def way_to(who: Identifier) -> ChallengeMethod:
    """How a code reaches this address."""
    return "email_otp" if who.kind == "email" else "sms_otp"


def start_challenge(
    call: Context,
    user: User,
    purpose: Purpose,
    method: ChallengeMethod,
    *,
    to: Identifier | None = None,
    first_factor: FirstFactor | None = None,
    metadata: Mapping[str, Any] | None = None,
    intent: str | None = None,
    intent_fields: Mapping[str, Any] | None = None,
    callback_url: str | None = None,
) -> Challenge:
    """A new challenge; a code that must be sent is sent, to an address of the user unless `to`."""
    state, settings = call.state, call.app.settings
    if to is None and not _has_means(call, user, method):
        raise Refusal(422, "method_not_available", "The user cannot be asked in this way")
    recipient = to or (_address(call, user, method) if method in SENT else None)
    lifetime = settings.otp_expiration if purpose == "authenticate" else CHALLENGE_LIFETIME
    challenge = Challenge(
        token=new_token(state.random, 24),
        app_id=call.app.id,
        user_id=user.id,
        purpose=purpose,
        method=method,
        expires_at=state.clock() + lifetime,
        recipient=recipient,
        code=send_code(call, recipient) if recipient else "",
        options=assertion_options(call, user) if method == "webauthn" else None,
        first_factor=first_factor,
        metadata={**(metadata or {}), **(_number(call) if method == "entra_push" else {})},
        intent=intent,
        intent_fields=intent_fields,
        callback_url=callback_url,
    )
    state.challenges.add(challenge)
    tell_challenge(call.state, "created", challenge)
    return challenge


def answer_challenge(call: Context, challenge: Challenge, fields: Mapping[str, Any]) -> None:
    """Complete the challenge, or refuse and count the miss."""
    now = call.state.clock()
    refuse_over(challenge, now)
    if not _is_right(call, challenge, fields):
        _miss(call, challenge)
        details = {"remaining_attempts": challenge.tries_left}
        raise Refusal(422, "invalid_code", "Invalid code", details)
    challenge.complete(now)
    tell_challenge(call.state, "completed", challenge)
    for method in call.state.mfa.verified(challenge.user_id):
        if CHALLENGE_OF[method.method] == challenge.method:
            method.last_used_at = now


def refuse_over(challenge: Challenge, now: float) -> None:
    status = challenge.status_at(now)
    if status != "pending":
        raise Refusal(422, f"challenge_{status}", f"This challenge is {status}")


def _is_right(call: Context, challenge: Challenge, fields: Mapping[str, Any]) -> bool:
    state, user_id = call.state, challenge.user_id
    if challenge.options is not None:
        passkey = finish_assertion(call, fields.get("credential"), challenge.options)
        return passkey is not None and passkey.user_id == user_id
    code = fields.get("code")
    if not isinstance(code, str):
        return False
    if challenge.method == "totp":
        apps = [each for each in state.mfa.verified(user_id) if each.method == "totp"]
        return any(each.take_totp(code, state.clock()) for each in apps)
    if challenge.method == "backup_code":
        return state.mfa.take_backup_code(user_id, code)
    return same_code(code, challenge.code)


def _miss(call: Context, challenge: Challenge) -> None:
    challenge.miss()
    if challenge.purpose in ("authenticate", "mfa"):
        user = call.state.users.by_id(challenge.user_id)
        tell_failed_login(call, challenge.method, "invalid_code", user)
    if challenge.status == "failed":
        tell_challenge(call.state, "failed", challenge)


def _number(call: Context) -> dict[str, str]:
    """What the person picks on the phone, so that nobody agrees to a stranger's push."""
    return {"number": str(10 + call.state.random(1)[0] % 90)}


def _has_means(call: Context, user: User, method: ChallengeMethod) -> bool:
    state = call.state
    if method == "backup_code":
        return state.mfa.backup_codes_left(user.id) > 0
    if method == "webauthn":
        return bool(state.passkeys.of(user.id))
    if method == "totp":
        return any(each.method == "totp" for each in state.mfa.verified(user.id))
    return method == "entra_push" or _address(call, user, method) is not None


def _address(call: Context, user: User, method: ChallengeMethod) -> Identifier | None:
    """The address that the user has set up as a second factor, else his own of that kind."""
    for each in call.state.mfa.verified(user.id):
        if each.recipient is not None and CHALLENGE_OF[each.method] == method:
            return each.recipient
    if method == "email_otp":
        return Identifier("email", user.email) if user.email else None
    return Identifier("phone", user.phone) if user.phone else None
