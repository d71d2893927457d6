"""WebAuthn as the relying party sees it: options out, attestations and assertions in.

The app's origin decides the relying party's id. Browsers take no IP address for one: to try
passkeys, an app on this machine must be opened as http://localhost.
"""

import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from scute_emulator.api.context import Context
from scute_emulator.state.chance import new_id
from scute_emulator.state.passkeys import Ceremony, Passkey
from scute_emulator.state.users import User

__all__ = [
    "USER_VERIFICATION",
    "assertion_options",
    "finish_assertion",
    "finish_registration",
    "registration_options",
]

USER_VERIFICATION = UserVerificationRequirement.PREFERRED

MALFORMED = (WebAuthnException, ValueError, TypeError, AttributeError, LookupError)
"""What the parsing of something that is no credential may end in."""


def registration_options(call: Context, user: User) -> dict[str, Any]:
    """As `navigator.credentials.create` takes them in `publicKey`, as JSON."""
    options = generate_registration_options(
        rp_id=_party(call),
        rp_name=call.app.settings.name,
        user_name=user.identifier.value,
        user_id=user.id.encode("ascii"),
        challenge=call.state.passkeys.begin(call.app.id, user.id, call.state.clock()),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=USER_VERIFICATION
        ),
        exclude_credentials=_descriptors(call, user),
    )
    return cast("dict[str, Any]", json.loads(options_to_json(options)))


def assertion_options(call: Context, user: User | None) -> dict[str, Any]:
    """As `navigator.credentials.get` takes them; for a stranger they lead nowhere."""
    named = None if user is None else user.id
    options = generate_authentication_options(
        rp_id=_party(call),
        challenge=call.state.passkeys.begin(call.app.id, named, call.state.clock()),
        allow_credentials=_descriptors(call, user),
        user_verification=USER_VERIFICATION,
    )
    return cast("dict[str, Any]", json.loads(options_to_json(options)))


def finish_registration(call: Context, user: User, credential: Mapping[str, Any]) -> Passkey | None:
    """The user's new passkey; None if anything about it is wrong."""
    ceremony = _ceremony(call, credential, once=True)
    if ceremony is None or ceremony.user_id != user.id:
        return None
    try:
        made = verify_registration_response(
            credential=dict(credential),
            expected_challenge=ceremony.challenge,
            expected_rp_id=_party(call),
            expected_origin=_origins(call),
        )
    except MALFORMED:
        return None
    if call.state.passkeys.by_credential(made.credential_id) is not None:
        return None
    agent = call.request.headers.get("user-agent", "")
    passkey = Passkey(
        id=new_id(call.state.random),
        user_id=user.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        nickname=call.request.text("nickname") or agent.split("/", 1)[0] or "Passkey",
        user_agent=agent,
        created_at=call.state.clock(),
    )
    call.state.passkeys.add(passkey)
    return passkey


def finish_assertion(
    call: Context, credential: object, options: Mapping[str, Any] | None = None
) -> Passkey | None:
    """The passkey that signed, if it is its owner's ceremony: that of these options, if given.

    Those of a challenge may be answered again after a miss, as often as the challenge says.
    """
    if not isinstance(credential, dict):
        return None
    answer = cast("dict[str, Any]", credential)
    ceremony = _ceremony(call, answer, once=options is None)
    passkey = _passkey(call, answer)
    if ceremony is None or passkey is None or ceremony.user_id != passkey.user_id:
        return None
    if options is not None and options["challenge"] != bytes_to_base64url(ceremony.challenge):
        return None
    try:
        used = verify_authentication_response(
            credential=answer,
            expected_challenge=ceremony.challenge,
            expected_rp_id=_party(call),
            expected_origin=_origins(call),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except MALFORMED:
        return None
    passkey.sign_count, passkey.last_used_at = used.new_sign_count, call.state.clock()
    return passkey


def _ceremony(call: Context, credential: Mapping[str, Any], *, once: bool) -> Ceremony | None:
    """The ceremony that the browser says it answers; with `once` it is used up."""
    try:
        data = base64url_to_bytes(credential["response"]["clientDataJSON"])
        challenge = parse_client_data_json(data).challenge
    except MALFORMED:
        return None
    return call.state.passkeys.ceremony(call.app.id, challenge, call.state.clock(), once=once)


def _passkey(call: Context, credential: Mapping[str, Any]) -> Passkey | None:
    try:
        credential_id = base64url_to_bytes(credential["id"])
    except MALFORMED:
        return None
    return call.state.passkeys.by_credential(credential_id)


def _descriptors(call: Context, user: User | None) -> list[PublicKeyCredentialDescriptor]:
    own = [] if user is None else call.state.passkeys.of(user.id)
    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in own]


def _party(call: Context) -> str:
    return urlsplit(call.app.settings.origin).hostname or "localhost"


def _origins(call: Context) -> list[str]:
    settings = call.app.settings
    return [origin.rstrip("/") for origin in (settings.origin, *settings.additional_origins)]
