"""Passkeys. The options are for a browser, and so are the answers to them its own."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import signing_in as rows
from scute_auth.client.models.factors import Device, PasskeyOptions
from scute_auth.client.models.sessions import MfaRequired, ScuteSession, sign_in
from scute_auth.client.reading import nothing, reading
from scute_auth.client.request import Request

__all__ = [
    "finish_device",
    "finish_login",
    "finish_registration",
    "revoke_device",
    "start_device",
    "start_login",
    "start_registration",
]

_options = reading(PasskeyOptions)


def start_registration(identifier: str) -> Request[PasskeyOptions]:
    """Ask for the options of a passkey for a new user."""
    return Request(rows.WEBAUTHN_START_REGISTRATION, _options, body={"identifier": identifier})


def finish_registration(credential: Mapping[str, Any]) -> Request[ScuteSession | MfaRequired]:
    """Register a user with the passkey that the browser made."""
    return Request(rows.WEBAUTHN_FINISH_REGISTRATION, sign_in, body=credential)


def start_login(identifier: str) -> Request[PasskeyOptions]:
    """Ask for the options of a sign-in with a passkey."""
    return Request(rows.WEBAUTHN_START_LOGIN, _options, body={"identifier": identifier})


def finish_login(credential: Mapping[str, Any]) -> Request[ScuteSession | MfaRequired]:
    """Sign in with what the browser's passkey has signed."""
    return Request(rows.WEBAUTHN_FINISH_LOGIN, sign_in, body=credential)


def start_device(*, token: str) -> Request[PasskeyOptions]:
    """Ask for the options of one more passkey of the signed-in user."""
    return Request(rows.WEBAUTHN_START_DEVICE, _options, token=token)


def finish_device(credential: Mapping[str, Any], *, token: str) -> Request[Device]:
    """Keep the passkey that the browser made."""
    return Request(rows.WEBAUTHN_FINISH_DEVICE, reading(Device), body=credential, token=token)


def revoke_device(device_id: str, *, token: str) -> Request[None]:
    """Remove one of the user's passkeys."""
    path = {"passkey": device_id}
    return Request(rows.WEBAUTHN_REVOKE_DEVICE, nothing, path=path, token=token)
