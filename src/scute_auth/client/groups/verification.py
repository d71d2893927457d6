"""Verifications: a person is asked to confirm an address, a number, or something he is to do.

A backend begins them with a machine's token (see `m2m.create_token`), the user answers with his
own.
"""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import verification as rows
from scute_auth.client.models.users import UserRecord
from scute_auth.client.models.verification import (
    Verification,
    VerificationStarted,
    verification,
)
from scute_auth.client.paging import Page, page_of
from scute_auth.client.reading import many, nothing, reading
from scute_auth.client.request import Request, asked, given

__all__ = [
    "approve",
    "create",
    "create_with_intent",
    "delete",
    "deny",
    "list",
    "list_of_app",
    "resend",
    "search",
    "show",
    "verify",
]


def search(identifier: str, *, token: str | None = None) -> Request[tuple[UserRecord, ...]]:
    """Find users by the beginning of an address or number."""
    query = {"identifier": identifier}
    parse = many("users", UserRecord)
    return Request(rows.VERIFICATION_SEARCH, parse, query=query, token=token or "")


def create(fields: Mapping[str, Any], *, token: str | None = None) -> Request[Verification]:
    """Ask for the verification of an `identifier`."""
    return Request(rows.VERIFICATION_CREATE, verification, body=fields, token=token or "")


def create_with_intent(
    intent_name: str,
    meta_data: Mapping[str, Any],
    *,
    token: str,
    method: str | None = None,
    verification_type: str | None = None,
    redirect_url: str | None = None,
) -> Request[VerificationStarted]:
    """Ask a person to confirm something that he is to do, by mail or text message.

    `meta_data` says who: `contact_email`, or `contact_phones` (`phone_number`, `phone_type`),
    maybe `contact_name`, `ticket_id` and others. `method`: email or sms; `verification_type`:
    magic_link or otp. The person comes back to `redirect_url` with a `scute_token`.
    """
    body = given(
        intent_name=intent_name,
        meta_data=meta_data,
        method=method,
        verification_type=verification_type,
        redirect_url=redirect_url,
    )
    parse = reading(VerificationStarted)
    return Request(rows.VERIFICATION_CREATE_WITH_INTENT, parse, body=body, token=token)


def list(
    *,
    token: str,
    status: str | None = None,
    page: int | None = None,
    per_page: int | None = None,
) -> Request[Page[Verification]]:
    """List the user's own verifications, a page at a time."""
    query = asked(status=status, page=page, limit=per_page)
    return Request(rows.VERIFICATION_LIST, _page, query=query, token=token)


def list_of_app(
    *,
    token: str,
    status: str | None = None,
    page: int | None = None,
    per_page: int | None = None,
) -> Request[Page[Verification]]:
    """List all verifications of the app, a page at a time."""
    query = asked(status=status, page=page, limit=per_page)
    return Request(rows.VERIFICATION_LIST_OF_APP, _page, query=query, token=token)


def show(verification_id: str, *, token: str) -> Request[Verification]:
    """Ask how a verification stands."""
    path = {"verification": verification_id}
    return Request(rows.VERIFICATION_SHOW, verification, path=path, token=token)


def verify(verification_id: str, code: str, *, token: str) -> Request[Verification]:
    """Answer with the code that was sent."""
    path, body = {"verification": verification_id}, {"code": code}
    return Request(rows.VERIFICATION_VERIFY, verification, path=path, body=body, token=token)


def approve(verification_id: str, *, token: str) -> Request[Verification]:
    """Agree."""
    path = {"verification": verification_id}
    return Request(rows.VERIFICATION_APPROVE, verification, path=path, token=token)


def deny(verification_id: str, *, token: str, reason: str | None = None) -> Request[Verification]:
    """Refuse."""
    path, body = {"verification": verification_id}, given(reason=reason)
    return Request(rows.VERIFICATION_DENY, verification, path=path, body=body, token=token)


def resend(verification_id: str, *, token: str) -> Request[Verification]:
    """Have the message sent again."""
    path = {"verification": verification_id}
    return Request(rows.VERIFICATION_RESEND, verification, path=path, token=token)


def delete(verification_id: str, *, token: str) -> Request[None]:
    """Delete a verification."""
    path = {"verification": verification_id}
    return Request(rows.VERIFICATION_DELETE, nothing, path=path, token=token)


_page = page_of("verifications", Verification)
