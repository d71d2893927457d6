"""The signed-in user's second factors."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import signing_in as rows
from scute_auth.client.models.factors import (
    BackupCodes,
    Enrolment,
    MfaMethod,
    MfaMethods,
    MfaStatus,
)
from scute_auth.client.reading import inside, nothing, reading
from scute_auth.client.request import Request, asked, given

__all__ = [
    "enrol",
    "methods",
    "new_backup_codes",
    "remove",
    "set_default",
    "status",
    "verify_enrolment",
]


def methods(*, token: str) -> Request[MfaMethods]:
    """List the user's second factors."""
    return Request(rows.MFA_METHODS, reading(MfaMethods), token=token)


def status(*, token: str | None = None, identifier: str | None = None) -> Request[MfaStatus]:
    """Does this user have a second factor: that of the token, or of the address or number?"""
    query = asked(identifier=identifier)
    return Request(rows.MFA_STATUS, reading(MfaStatus), query=query, token=token or "")


def enrol(
    method: str,
    *,
    token: str,
    name: str | None = None,
    secret_data: Mapping[str, Any] | None = None,
    challenge: str | None = None,
) -> Request[Enrolment]:
    """Begin to set up a second factor: totp, sms or email.

    `challenge` is a completed step-up, where Scute wants one (`verification_required`).
    """
    body = given(method=method, name=name, secret_data=secret_data, challenge=challenge)
    return Request(rows.MFA_ENROL, reading(Enrolment), body=body, token=token)


def verify_enrolment(enrolment_id: str, code: str, *, token: str) -> Request[MfaMethod]:
    """Finish it with its first code. A wrong one is `Invalid` with `invalid_code`."""
    body = {"enrollment_id": enrolment_id, "code": code}
    parse = inside("enrollment", MfaMethod)
    return Request(rows.MFA_VERIFY_ENROLMENT, parse, body=body, token=token)


def set_default(method_id: str, *, token: str) -> Request[None]:
    """Choose which second factor is asked for first."""
    return Request(rows.MFA_SET_DEFAULT, nothing, path={"method": method_id}, token=token)


def remove(method_id: str, *, token: str, challenge: str | None = None) -> Request[None]:
    """Remove a second factor; `challenge` as for `enrol`."""
    query = asked(challenge=challenge)
    return Request(rows.MFA_REMOVE, nothing, path={"method": method_id}, query=query, token=token)


def new_backup_codes(*, token: str, challenge: str | None = None) -> Request[BackupCodes]:
    """Make new backup codes; the old ones are void. `challenge` as for `enrol`."""
    body = given(challenge=challenge)
    return Request(rows.MFA_NEW_BACKUP_CODES, reading(BackupCodes), body=body, token=token)
