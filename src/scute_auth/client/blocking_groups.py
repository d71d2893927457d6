"""The API in groups, as calls that block.

Made by tools/make_clients.py of the
functions in `scute_auth.client.groups`: change those.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from scute_auth.client.calling import Calls, Send
from scute_auth.client.groups import users
from scute_auth.client.models.users import UserRecord, UserSession
from scute_auth.client.paging import Page, each

__all__ = ["Groups", "Users"]


class Users(Calls):
    """The users of the app."""

    __slots__ = ()

    def list(
        self,
        *,
        page: int | None = None,
        per_page: int | None = None,
        q: str | None = None,
        id: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        status: str | None = None,
        created_before: str | None = None,
        timeout: float | None = None,
    ) -> Page[UserRecord]:
        """List users, a page at a time. `q` finds parts of names, addresses and numbers.

        `GET /v1/{app_id}/users`, see
        docs.scute.io/api-reference/users/list-users
        """
        return self._send(
            users.list(
                page=page,
                per_page=per_page,
                q=q,
                id=id,
                email=email,
                phone=phone,
                status=status,
                created_before=created_before,
            ),
            timeout,
        )

    def create(
        self,
        identifier: str,
        *,
        user_meta: Mapping[str, Any] | None = None,
        external_id: str | None = None,
        first_name: str | None = None,
        middle_name: str | None = None,
        last_name: str | None = None,
        status: str | None = None,
        send_invite: bool | None = None,
        add_as_workspace_member: bool | None = None,
        workspace_role: str | None = None,
        timeout: float | None = None,
    ) -> UserRecord:
        """Create a user by e-mail address or phone number.

        What Scute does not take of `user_meta` is in the record's `meta_errors`.

        `POST /v1/{app_id}/users`, see
        docs.scute.io/api-reference/users/create-user
        """
        return self._send(
            users.create(
                identifier,
                user_meta=user_meta,
                external_id=external_id,
                first_name=first_name,
                middle_name=middle_name,
                last_name=last_name,
                status=status,
                send_invite=send_invite,
                add_as_workspace_member=add_as_workspace_member,
                workspace_role=workspace_role,
            ),
            timeout,
        )

    def show(self, user_id: str, *, timeout: float | None = None) -> UserRecord:
        """Show one user.

        `GET /v1/{app_id}/users/{user}`, see
        docs.scute.io/api-reference/users/show-user
        """
        return self._send(users.show(user_id), timeout)

    def update(
        self,
        user_id: str,
        *,
        user_meta: Mapping[str, Any] | None = None,
        authz_attributes: Mapping[str, Any] | None = None,
        fields: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> UserRecord:
        """Change a user; metadata that is not named stays. `fields` are any others of Scute's.

        `PATCH /v1/{app_id}/users/{user}`
        """
        return self._send(
            users.update(
                user_id, user_meta=user_meta, authz_attributes=authz_attributes, fields=fields
            ),
            timeout,
        )

    def replace(
        self, user_id: str, fields: Mapping[str, Any], *, timeout: float | None = None
    ) -> UserRecord:
        """Overwrite a user: metadata that is not named is gone.

        `PUT /v1/{app_id}/users/{user}`
        """
        return self._send(users.replace(user_id, fields), timeout)

    def update_meta(
        self, user_id: str, user_meta: Mapping[str, Any], *, timeout: float | None = None
    ) -> UserRecord:
        """Change a user's metadata.

        `PATCH /v1/{app_id}/users/{user}/meta`, see
        docs.scute.io/api-reference/users/update-user-metadata

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(users.update_meta(user_id, user_meta), timeout)

    def activate(self, user_id: str, *, timeout: float | None = None) -> UserRecord:
        """Let a deactivated user sign in again.

        `POST /v1/{app_id}/users/{user}/activate`, see
        docs.scute.io/api-reference/users/activate-user
        """
        return self._send(users.activate(user_id), timeout)

    def deactivate(self, user_id: str, *, timeout: float | None = None) -> UserRecord:
        """End a user's sessions, and let him sign in no more.

        `POST /v1/{app_id}/users/{user}/deactivate`, see
        docs.scute.io/api-reference/users/deactivate-user
        """
        return self._send(users.deactivate(user_id), timeout)

    def invite(
        self,
        identifier: str,
        *,
        user_meta: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> UserRecord:
        """Create a user who is pending, and send an invitation.

        `POST /v1/{app_id}/users/invite`, see
        docs.scute.io/api-reference/users/invite-user
        """
        return self._send(users.invite(identifier, user_meta=user_meta), timeout)

    def import_many(
        self, fields: Mapping[str, Any], *, timeout: float | None = None
    ) -> dict[str, Any]:
        """Create many users at once; how is Scute's to say. See `scute-auth users import`.

        `POST /v1/{app_id}/users/import`, see
        docs.scute.io/api-reference/users/import-users

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(users.import_many(fields), timeout)

    def delete(self, user_id: str, *, timeout: float | None = None) -> None:
        """Delete a user. Who then signs in with the same address gets a new account.

        `DELETE /v1/{app_id}/users/{user}`, see
        docs.scute.io/api-reference/users/delete-user
        """
        return self._send(users.delete(user_id), timeout)

    def sessions(self, user_id: str, *, timeout: float | None = None) -> tuple[UserSession, ...]:
        """List a user's sessions and passkeys.

        `GET /v1/{app_id}/users/{user}/sessions`
        """
        return self._send(users.sessions(user_id), timeout)

    def revoke_session(
        self, user_id: str, session_id: str, *, timeout: float | None = None
    ) -> None:
        """End one of a user's sessions. Tokens that were given out live until they expire.

        `DELETE /v1/{app_id}/users/{user}/sessions/{session}`
        """
        return self._send(users.revoke_session(user_id, session_id), timeout)

    def previous_accounts(
        self, user_id: str, *, timeout: float | None = None
    ) -> tuple[UserRecord, ...]:
        """List the deleted accounts that this user had before.

        `GET /v1/{app_id}/users/{user}/previous_accounts`
        """
        return self._send(users.previous_accounts(user_id), timeout)

    def merge(self, user_id: str, from_user_id: str, *, timeout: float | None = None) -> UserRecord:
        """Take over what an earlier account held; `Invalid` with `already_merged` the second time.

        `POST /v1/{app_id}/users/{user}/merge`
        """
        return self._send(users.merge(user_id, from_user_id), timeout)

    def look_up(self, identifier: str, *, timeout: float | None = None) -> UserRecord | None:
        """Find a user by his whole address or number, without a credential.

        Beware: where the app lets anybody sign up, Scute creates the user that it does not know.

        `GET /v1/auth/{app_id}/users`
        """
        return self._send(users.look_up(identifier), timeout)

    def lack_meta(self, user_id: str, *, timeout: float | None = None) -> bool:
        """Does the user lack data that the app requires?

        `GET /v1/auth/{app_id}/users/metafields`
        """
        return self._send(users.lack_meta(user_id), timeout)

    def iterate(
        self,
        *,
        per_page: int | None = None,
        q: str | None = None,
        id: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        status: str | None = None,
        created_before: str | None = None,
        timeout: float | None = None,
    ) -> Iterator[UserRecord]:
        """Iterate over all items of `list`; each page is fetched when it is come to."""
        return each(
            lambda page: self.list(
                per_page=per_page,
                q=q,
                id=id,
                email=email,
                phone=phone,
                status=status,
                created_before=created_before,
                page=page,
                timeout=timeout,
            )
        )


class Groups:
    """All groups, each under its name."""

    def __init__(self, send: Send) -> None:
        self.users = Users(send)
