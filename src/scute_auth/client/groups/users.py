"""The users of the app."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import users as rows
from scute_auth.client.models.users import UserRecord, UserSession, user, user_sessions
from scute_auth.client.paging import Page, page_of
from scute_auth.client.reading import many, nothing, whole
from scute_auth.client.request import Request, asked, given

__all__ = [
    "activate",
    "create",
    "deactivate",
    "delete",
    "import_many",
    "invite",
    "lack_meta",
    "list",
    "look_up",
    "merge",
    "previous_accounts",
    "replace",
    "revoke_session",
    "sessions",
    "show",
    "update",
    "update_meta",
]


def list(
    *,
    page: int | None = None,
    per_page: int | None = None,
    q: str | None = None,
    id: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    status: str | None = None,
    created_before: str | None = None,
) -> Request[Page[UserRecord]]:
    """List users, a page at a time. `q` finds parts of names, addresses and numbers."""
    query = asked(
        page=page,
        per_page=per_page,
        limit=per_page,
        q=q,
        search=q,
        id=id,
        email=email,
        phone=phone,
        status=status,
        created_before=created_before,
    )
    return Request(rows.USERS_LIST, page_of("users", UserRecord), query=query)


def create(
    identifier: str | None = None,
    *,
    email: str | None = None,
    phone: str | None = None,
    user_meta: Mapping[str, Any] | None = None,
    external_id: str | None = None,
    first_name: str | None = None,
    middle_name: str | None = None,
    last_name: str | None = None,
    status: str | None = None,
    send_invite: bool | None = None,
    add_as_workspace_member: bool | None = None,
    workspace_role: str | None = None,
) -> Request[UserRecord]:
    """Create a user by e-mail address, phone number or both; an `identifier` is either.

    What Scute does not take of `user_meta` is in the record's `meta_errors`.
    """
    body = given(
        identifier=identifier,
        email=email,
        phone=phone,
        user_meta=user_meta,
        external_id=external_id,
        first_name=first_name,
        middle_name=middle_name,
        last_name=last_name,
        status=status,
        send_invite=send_invite,
        workspace_role=workspace_role,
        add_as_workspace_member=add_as_workspace_member,
    )
    return Request(rows.USERS_CREATE, user, body=body)


def show(user_id: str) -> Request[UserRecord]:
    """Show one user."""
    return Request(rows.USERS_SHOW, user, path={"user": user_id})


def update(
    user_id: str,
    *,
    user_meta: Mapping[str, Any] | None = None,
    authz_attributes: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
) -> Request[UserRecord]:
    """Change a user; metadata that is not named stays. `fields` are any others of Scute's."""
    body = {**(fields or {}), **given(user_meta=user_meta, authz_attributes=authz_attributes)}
    return Request(rows.USERS_UPDATE, user, path={"user": user_id}, body=body)


def replace(user_id: str, fields: Mapping[str, Any]) -> Request[UserRecord]:
    """Overwrite a user: metadata that is not named is gone."""
    return Request(rows.USERS_REPLACE, user, path={"user": user_id}, body=fields)


def update_meta(user_id: str, user_meta: Mapping[str, Any]) -> Request[UserRecord]:
    """Change a user's metadata."""
    body = {"user_meta": user_meta}
    return Request(rows.USERS_UPDATE_META, user, path={"user": user_id}, body=body)


def activate(user_id: str) -> Request[UserRecord]:
    """Let a deactivated user sign in again."""
    return Request(rows.USERS_ACTIVATE, user, path={"user": user_id})


def deactivate(user_id: str) -> Request[UserRecord]:
    """End a user's sessions, and let him sign in no more."""
    return Request(rows.USERS_DEACTIVATE, user, path={"user": user_id})


def invite(identifier: str, *, user_meta: Mapping[str, Any] | None = None) -> Request[UserRecord]:
    """Create a user who is pending, and send an invitation."""
    body = given(identifier=identifier, user_meta=user_meta)
    return Request(rows.USERS_INVITE, user, body=body)


def import_many(fields: Mapping[str, Any]) -> Request[dict[str, Any]]:
    """Create many users at once; how is Scute's to say. `scute-auth users import` does without."""
    return Request(rows.USERS_IMPORT_MANY, whole, body=fields)


def delete(user_id: str) -> Request[None]:
    """Delete a user. Who then signs in with the same address gets a new account."""
    return Request(rows.USERS_DELETE, nothing, path={"user": user_id})


def sessions(user_id: str) -> Request[tuple[UserSession, ...]]:
    """List a user's sessions and passkeys."""
    return Request(rows.USERS_SESSIONS, user_sessions, path={"user": user_id})


def revoke_session(user_id: str, session_id: str) -> Request[None]:
    """End one of a user's sessions. Tokens that were given out live until they expire."""
    path = {"user": user_id, "session": session_id}
    return Request(rows.USERS_REVOKE_SESSION, nothing, path=path)


def previous_accounts(user_id: str) -> Request[tuple[UserRecord, ...]]:
    """List the deleted accounts that this user had before."""
    parse = many("previous_accounts", UserRecord)
    return Request(rows.USERS_PREVIOUS_ACCOUNTS, parse, path={"user": user_id})


def merge(user_id: str, from_user_id: str) -> Request[UserRecord]:
    """Take over what an earlier account held; `Invalid` with `already_merged` the second time."""
    body = {"from": from_user_id}
    return Request(rows.USERS_MERGE, user, path={"user": user_id}, body=body)


def look_up(identifier: str) -> Request[UserRecord | None]:
    """Find a user by his whole address or number, without a credential.

    Beware: where the app lets anybody sign up, Scute creates the user that it does not know. To
    look without that, with the app's secret: `list(email=...)`, `list(phone=...)`.
    """
    return Request(rows.USERS_LOOK_UP, _found, query={"identifier": identifier})


def lack_meta(user_id: str) -> Request[bool]:
    """Does the user lack data that the app requires?"""
    return Request(rows.USERS_LACK_META, _lacks, query={"user_id": user_id})


def _found(value: Any) -> UserRecord | None:
    return None if value["user"] is None else user(value)


def _lacks(value: Any) -> bool:
    return value["meta"] is True
