"""Passkeys over HTTP: add one to a signed-in user, sign in with one, remove one."""

from scute_auth.effects import HttpReply
from scute_emulator.api.ceremonies import (
    USER_VERIFICATION,
    assertion_options,
    finish_assertion,
    finish_registration,
    registration_options,
)
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.identifying import known_user, read_identifier, refuse_outsiders
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.signing_in import pass_first_factor
from scute_emulator.api.telling import tell_failed_login

__all__ = ["finish_device", "finish_login", "register_device", "revoke_device", "start_login"]


def register_device(call: Context) -> HttpReply:
    _require_passkeys(call)
    options = registration_options(call, call.user)
    return json_reply({"user_verification": USER_VERIFICATION, "options": options})


def finish_device(call: Context) -> HttpReply:
    """The body is the credential as browsers write it in JSON; a `nickname` may stand in it."""
    _require_passkeys(call)
    passkey = finish_registration(call, call.user, call.request.fields)
    if passkey is None:
        raise Refusal(422, "invalid_credential", "This passkey could not be added")
    return json_reply(
        {"id": passkey.id, "nickname": passkey.nickname, "user_agent": passkey.user_agent}
    )


def revoke_device(call: Context) -> HttpReply:
    """The sessions that began with it live on; they are ended like any other."""
    passkey = call.state.passkeys.get(call.user.id, call.params["device"])
    if passkey is None:
        raise not_found("Device")
    call.state.passkeys.remove(passkey)
    return json_reply({"message": "ok"})


def start_login(call: Context) -> HttpReply:
    """Strangers get options too, which lead nowhere."""
    _require_passkeys(call)
    refuse_outsiders(call, read_identifier(call))
    options = assertion_options(call, known_user(call))
    return json_reply({"user_verification": USER_VERIFICATION, "options": options})


def finish_login(call: Context) -> HttpReply:
    _require_passkeys(call)
    passkey = finish_assertion(call, call.request.fields)
    if passkey is None:
        tell_failed_login(call, "webauthn", "invalid_credential")
        raise Refusal(422, "invalid_credential", "This passkey was not recognised")
    user = call.state.users.by_id(passkey.user_id)
    refuse_outsiders(call, user.identifier)
    return pass_first_factor(call, user, "webauthn", credential_id=passkey.credential)


def _require_passkeys(call: Context) -> None:
    if not call.app.settings.passkeys_enabled:
        raise Refusal(403, "passkeys_disabled", "Passkeys are switched off")
