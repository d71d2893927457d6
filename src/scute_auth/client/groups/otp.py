"""Signing in by a code in a mail or a text message."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import signing_in as rows
from scute_auth.client.models.sessions import MfaRequired, OtpSent, ScuteSession, sign_in
from scute_auth.client.reading import read
from scute_auth.client.request import Request, given

__all__ = ["send", "verify"]


def send(
    identifier: str,
    *,
    user_meta: Mapping[str, Any] | None = None,
    webauthn_enabled: bool = False,
) -> Request[OtpSent]:
    """Send a code to sign in or to register with."""
    body = given(identifier=identifier, user_meta=user_meta, webauthn_enabled=webauthn_enabled)
    return Request(rows.OTP_SEND, _sent, body=body)


def verify(code: str, challenge: str) -> Request[ScuteSession | MfaRequired]:
    """Sign in with a code; `challenge` is that of `send`, or the user's id."""
    return Request(rows.OTP_VERIFY, sign_in, body={"otp": code, "user_id": challenge})


def _sent(value: Any) -> OtpSent:
    """The challenge stands where a user's id once stood (protocol D.8)."""
    beside = {name: other for name, other in value.items() if name not in ("otp", "user_id")}
    return read(OtpSent, {**beside, **value["otp"], "challenge": value["user_id"]})
