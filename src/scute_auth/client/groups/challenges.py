"""Challenges: proofs that people are asked for, to sign in, for a step-up, or for a contact."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import signing_in as rows
from scute_auth.client.models.challenges import Challenge, Completed, challenge
from scute_auth.client.models.sessions import MfaRequired, ScuteSession, sign_in
from scute_auth.client.models.sessions import session as _session
from scute_auth.client.reading import nothing, read
from scute_auth.client.request import Request, given

__all__ = ["cancel", "create", "deny", "resend", "session", "show", "verify"]


def create(
    purpose: str,
    method: str,
    *,
    app_user_id: str | None = None,
    identifier: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    intent: str | None = None,
    intent_fields: Mapping[str, Any] | None = None,
    callback_url: str | None = None,
    redirect_url: str | None = None,
    as_backend: bool = True,
) -> Request[Challenge]:
    """Ask a user for a proof.

    `purpose`: authenticate, mfa, step_up, verify_contact, verify_identity, change_identifier or
    custom. `method`: email_otp, sms_otp, magic_link, totp, backup_code, webauthn or push.
    A step-up for a permission names it in `metadata` as `authorizes_action`. With `as_backend`
    the call carries the secret; a sign-in's own steps (authenticate, mfa) need none.
    """
    body = given(
        purpose=purpose,
        method=method,
        app_user_id=app_user_id,
        identifier=identifier,
        metadata=metadata,
        intent=intent,
        intent_fields=intent_fields,
        callback_url=callback_url,
        redirect_url=redirect_url,
    )
    row = rows.CHALLENGES_CREATE
    return Request(row.with_secret() if as_backend else row, challenge, body=body)


def show(challenge_token: str) -> Request[Challenge]:
    """Ask how a challenge stands."""
    return Request(rows.CHALLENGES_SHOW, challenge, path={"challenge": challenge_token})


def verify(
    challenge_token: str, *, code: str | None = None, credential: Mapping[str, Any] | None = None
) -> Request[ScuteSession | MfaRequired | Completed]:
    """Answer a challenge with a code, or with what a passkey has signed.

    One that was made to sign in answers a session. A wrong code is `Invalid`.
    """
    body = given(code=code, credential=credential)
    path = {"challenge": challenge_token}
    return Request(rows.CHALLENGES_VERIFY, _verified, path=path, body=body)


def resend(challenge_token: str) -> Request[Challenge]:
    """Send another code, for a new challenge; the old one is cancelled."""
    path = {"challenge": challenge_token}
    return Request(rows.CHALLENGES_RESEND, challenge, path=path, body={})


def deny(challenge_token: str) -> Request[Challenge]:
    """Say that it was not oneself."""
    return Request(rows.CHALLENGES_DENY, challenge, path={"challenge": challenge_token})


def cancel(challenge_token: str) -> Request[None]:
    """Give a challenge up."""
    return Request(rows.CHALLENGES_CANCEL, nothing, path={"challenge": challenge_token})


def session(challenge_token: str) -> Request[ScuteSession]:
    """Collect the session of a sign-in that was approved elsewhere: once, then `Conflict`."""
    path = {"challenge": challenge_token}
    return Request(rows.CHALLENGES_SESSION, _session, path=path, body={})


def _verified(value: Any) -> ScuteSession | MfaRequired | Completed:
    if value.get("status") == "completed" and "access" not in value:
        return read(Completed, value)
    return sign_in(value)
