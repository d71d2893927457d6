"""The API in groups, as calls that block.

Made by tools/make_clients.py of the
functions in `scute_auth.client.groups`: change those.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scute_auth.client.calling import Calls, Send
from scute_auth.client.groups import (
    alternate_phones,
    api_keys,
    apps,
    auth_providers,
    authz,
    challenges,
    errors,
    events,
    impersonation,
    keys,
    m2m,
    magic_links,
    message_service_providers,
    mfa,
    notifications,
    oauth,
    otp,
    sessions,
    tokens,
    user_meta_fields,
    users,
    verification,
    webauthn,
    webhooks,
    workspaces,
)
from scute_auth.client.models.apps import (
    ApiKey,
    App,
    Event,
    MessageServiceProvider,
    MetaField,
    Notification,
    Provider,
    SsoDomain,
)
from scute_auth.client.models.challenges import Challenge, Completed
from scute_auth.client.models.factors import (
    AlternatePhone,
    BackupCodes,
    Device,
    Enrolment,
    MfaMethod,
    MfaMethods,
    MfaStatus,
    PasskeyOptions,
    PhoneAdded,
)
from scute_auth.client.models.keys import KeySet, PublicKey
from scute_auth.client.models.machines import MachineSession, MachineTokens, MachineVerified
from scute_auth.client.models.permissions import (
    AccessRequest,
    AuthorizedUsers,
    Decision,
    Filter,
    Permissions,
    PolicyImport,
    ResourceKind,
    Role,
    RoleGrant,
    Snapshot,
)
from scute_auth.client.models.sessions import (
    CurrentUser,
    ImpersonatedSession,
    Impersonation,
    LinkSent,
    MfaRequired,
    OtpSent,
    ScuteSession,
)
from scute_auth.client.models.users import UserRecord, UserSession
from scute_auth.client.models.verification import Verification, VerificationStarted
from scute_auth.client.models.webhooks import WebhookDelivery, WebhookEndpoint
from scute_auth.client.models.workspaces import ChildWorkspace, Membership, Workspace
from scute_auth.client.paging import Page, each

__all__ = [
    "AlternatePhonesCalls",
    "ApiKeysCalls",
    "AppsCalls",
    "AuthProvidersCalls",
    "AuthzCalls",
    "ChallengesCalls",
    "ErrorsCalls",
    "EventsCalls",
    "Groups",
    "ImpersonationCalls",
    "KeysCalls",
    "M2MCalls",
    "MagicLinksCalls",
    "MessageServiceProvidersCalls",
    "MfaCalls",
    "NotificationsCalls",
    "OauthCalls",
    "OtpCalls",
    "SessionsCalls",
    "TokensCalls",
    "UserMetaFieldsCalls",
    "UsersCalls",
    "VerificationCalls",
    "WebauthnCalls",
    "WebhooksCalls",
    "WorkspacesCalls",
]


class AlternatePhonesCalls(Calls):
    """Further telephone numbers of the signed-in user."""

    __slots__ = ()

    def list(self, *, token: str, timeout: float | None = None) -> tuple[AlternatePhone, ...]:
        """List the user's further numbers.

        `GET /v1/auth/{app_id}/current_user/alternate_phones`
        """
        return self._send(alternate_phones.list(token=token), timeout)

    def add(self, phone: str, *, token: str, timeout: float | None = None) -> PhoneAdded:
        """Add a number: a code is sent to it.

        `POST /v1/auth/{app_id}/current_user/alternate_phones`
        """
        return self._send(alternate_phones.add(phone, token=token), timeout)

    def verify(
        self, challenge_token: str, code: str, *, token: str, timeout: float | None = None
    ) -> None:
        """Confirm a number with the code that was sent to it.

        `POST /v1/auth/{app_id}/current_user/alternate_phones/verify`
        """
        return self._send(alternate_phones.verify(challenge_token, code, token=token), timeout)

    def remove(self, phone: str, *, token: str, timeout: float | None = None) -> None:
        """Remove a number.

        `DELETE /v1/auth/{app_id}/current_user/alternate_phones/{phone}`
        """
        return self._send(alternate_phones.remove(phone, token=token), timeout)


class ApiKeysCalls(Calls):
    """The app's API keys: secrets like its first one."""

    __slots__ = ()

    def create(
        self, nickname: str, *, token: str | None = None, timeout: float | None = None
    ) -> ApiKey:
        """Create a key. It is told this once, as `token` of the answer.

        `POST /v1/apps/{app_id}/api_keys`, see
        docs.scute.io/api-reference/api-keys/create-api-key
        """
        return self._send(api_keys.create(nickname, token=token), timeout)

    def list(self, *, token: str | None = None, timeout: float | None = None) -> tuple[ApiKey, ...]:
        """List the keys, without what they open.

        `GET /v1/apps/{app_id}/api_keys`, see
        docs.scute.io/api-reference/api-keys/list-api-keys

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(api_keys.list(token=token), timeout)

    def show(
        self, key_id: str, *, token: str | None = None, timeout: float | None = None
    ) -> ApiKey:
        """Show one key.

        `GET /v1/apps/{app_id}/api_keys/{key}`, see
        docs.scute.io/api-reference/api-keys/show-api-key

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(api_keys.show(key_id, token=token), timeout)

    def update(
        self, key_id: str, nickname: str, *, token: str | None = None, timeout: float | None = None
    ) -> ApiKey:
        """Give a key another name.

        `PATCH /v1/apps/{app_id}/api_keys/{key}`, see
        docs.scute.io/api-reference/api-keys/update-api-key

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(api_keys.update(key_id, nickname, token=token), timeout)

    def delete(
        self, key_id: str, *, token: str | None = None, timeout: float | None = None
    ) -> None:
        """Revoke a key.

        `DELETE /v1/apps/{app_id}/api_keys/{key}`, see
        docs.scute.io/api-reference/api-keys/delete-api-key

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(api_keys.delete(key_id, token=token), timeout)


class AppsCalls(Calls):
    """Apps. The one of the settings is meant where no other is named."""

    __slots__ = ()

    def create(
        self,
        name: str,
        *,
        origin: str | None = None,
        callback_url: str | None = None,
        login_url: str | None = None,
        workspace_id: str | None = None,
        settings: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> App:
        """Create an app in the workspace of the secret; `settings` are any others of Scute's.

        `POST /v1/apps`, see
        docs.scute.io/api-reference/apps/create-app
        """
        return self._send(
            apps.create(
                name,
                origin=origin,
                callback_url=callback_url,
                login_url=login_url,
                workspace_id=workspace_id,
                settings=settings,
            ),
            timeout,
        )

    def list(
        self, *, workspace_id: str | None = None, timeout: float | None = None
    ) -> tuple[App, ...]:
        """List the apps of a workspace; that of the secret unless another is named.

        `GET /v1/apps`, see
        docs.scute.io/api-reference/apps/list-apps
        """
        return self._send(apps.list(workspace_id=workspace_id), timeout)

    def show(self, *, app_id: str | None = None, timeout: float | None = None) -> App:
        """Show the public settings of an app.

        `GET /v1/apps/{app_id}`, see
        docs.scute.io/api-reference/apps/show-app
        """
        return self._send(apps.show(app_id=app_id), timeout)

    def update(
        self,
        settings: Mapping[str, Any],
        *,
        app_id: str | None = None,
        token: str | None = None,
        timeout: float | None = None,
    ) -> App:
        """Change settings of an app. One page wants a member's token beside the secret: `token`.

        `PATCH /v1/apps/{app_id}`, see
        docs.scute.io/api-reference/apps/update-app
        """
        return self._send(apps.update(settings, app_id=app_id, token=token), timeout)

    def delete(self, app_id: str, *, timeout: float | None = None) -> None:
        """Delete an app.

        `DELETE /v1/apps/{app_id}`, see
        docs.scute.io/api-reference/apps/delete-app
        """
        return self._send(apps.delete(app_id), timeout)


class AuthProvidersCalls(Calls):
    """The ways to sign in that the app has set up."""

    __slots__ = ()

    def list(
        self, *, token: str | None = None, timeout: float | None = None
    ) -> tuple[Provider, ...]:
        """List the providers of mail, of messages and of OAuth sign-ins.

        `GET /v1/apps/{app_id}/auth_providers`, see
        docs.scute.io/api-reference/auth-providers/list-auth-providers

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(auth_providers.list(token=token), timeout)

    def upsert(
        self, fields: Mapping[str, Any], *, token: str | None = None, timeout: float | None = None
    ) -> Provider:
        """Create or change a provider; its client's secret is among the `fields`.

        `POST /v1/apps/{app_id}/auth_providers`, see
        docs.scute.io/api-reference/auth-providers/upsert-auth-provider

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(auth_providers.upsert(fields, token=token), timeout)


class AuthzCalls(Calls):
    """Roles and permissions: may this user do this? A resource is written `type:id`.

    Pass `context={"impersonated": True, "actor": ...}` where somebody else acts as the user.
    """

    __slots__ = ()

    def check(
        self,
        user_id: str,
        action: str,
        *,
        resource: str | None = None,
        context: Mapping[str, Any] | None = None,
        challenge: str | None = None,
        approval: str | None = None,
        timeout: float | None = None,
    ) -> Decision:
        """Decide one thing. `challenge` is a completed step-up, `approval` an approved request.

        `POST /v1/auth/{app_id}/authz/check`
        """
        return self._send(
            authz.check(
                user_id,
                action,
                resource=resource,
                context=context,
                challenge=challenge,
                approval=approval,
            ),
            timeout,
        )

    def check_batch(
        self, checks: Sequence[Mapping[str, Any]], *, timeout: float | None = None
    ) -> tuple[Decision, ...]:
        """Decide up to 100 things at once; each check has the fields of `check`.

        `POST /v1/auth/{app_id}/authz/check-batch`
        """
        return self._send(authz.check_batch(checks), timeout)

    def my_check(
        self, action: str, *, token: str, resource: str | None = None, timeout: float | None = None
    ) -> Decision:
        """Decide one thing for the signed-in user.

        `POST /v1/auth/{app_id}/authz/me/check`
        """
        return self._send(authz.my_check(action, token=token, resource=resource), timeout)

    def my_check_batch(
        self, checks: Sequence[Mapping[str, Any]], *, token: str, timeout: float | None = None
    ) -> tuple[Decision, ...]:
        """Decide up to 100 things for the signed-in user.

        `POST /v1/auth/{app_id}/authz/me/check-batch`
        """
        return self._send(authz.my_check_batch(checks, token=token), timeout)

    def my_permissions(
        self, *, token: str, resource: str | None = None, timeout: float | None = None
    ) -> Permissions:
        """List what the signed-in user's roles grant.

        `GET /v1/auth/{app_id}/authz/me/permissions`
        """
        return self._send(authz.my_permissions(token=token, resource=resource), timeout)

    def permissions(
        self, user_id: str, *, resource: str | None = None, timeout: float | None = None
    ) -> Permissions:
        """List what a user's roles grant, everywhere or on one resource.

        `GET /v1/auth/{app_id}/authz/users/{user}/permissions`
        """
        return self._send(authz.permissions(user_id, resource=resource), timeout)

    def authorized_users(
        self,
        action: str,
        *,
        resource: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        timeout: float | None = None,
    ) -> AuthorizedUsers:
        """List who may.

        `GET /v1/auth/{app_id}/authz/authorized-users`
        """
        return self._send(
            authz.authorized_users(action, resource=resource, limit=limit, offset=offset), timeout
        )

    def filter(
        self,
        user_id: str,
        action: str,
        resource_type: str,
        *,
        context: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Filter:
        """Ask which rows of a kind a user may act on.

        `POST /v1/auth/{app_id}/authz/filter`
        """
        return self._send(authz.filter(user_id, action, resource_type, context=context), timeout)

    def requests(
        self, *, status: str | None = None, user_id: str | None = None, timeout: float | None = None
    ) -> tuple[AccessRequest, ...]:
        """List who asks for more.

        `GET /v1/apps/{app_id}/authz/requests`
        """
        return self._send(authz.requests(status=status, user_id=user_id), timeout)

    def create_request(
        self,
        user_id: str,
        *,
        role: str | None = None,
        action: str | None = None,
        resource: str | None = None,
        reason: str | None = None,
        duration: int | None = None,
        timeout: float | None = None,
    ) -> AccessRequest:
        """Ask for a role, or for the approval of one operation; `duration` in seconds.

        `POST /v1/apps/{app_id}/authz/requests`
        """
        return self._send(
            authz.create_request(
                user_id,
                role=role,
                action=action,
                resource=resource,
                reason=reason,
                duration=duration,
            ),
            timeout,
        )

    def approve_request(
        self,
        request_id: str,
        *,
        reviewer_id: str | None = None,
        note: str | None = None,
        timeout: float | None = None,
    ) -> AccessRequest:
        """Agree. A role is held from now on; an operation may be done once.

        `POST /v1/apps/{app_id}/authz/requests/{request}/approve`
        """
        return self._send(
            authz.approve_request(request_id, reviewer_id=reviewer_id, note=note), timeout
        )

    def deny_request(
        self,
        request_id: str,
        *,
        reviewer_id: str | None = None,
        note: str | None = None,
        timeout: float | None = None,
    ) -> AccessRequest:
        """Refuse.

        `POST /v1/apps/{app_id}/authz/requests/{request}/deny`
        """
        return self._send(
            authz.deny_request(request_id, reviewer_id=reviewer_id, note=note), timeout
        )

    def roles_of(self, user_id: str, *, timeout: float | None = None) -> tuple[RoleGrant, ...]:
        """List a user's roles.

        `GET /v1/apps/{app_id}/authz/users/{user}/roles`
        """
        return self._send(authz.roles_of(user_id), timeout)

    def give_role(
        self,
        user_id: str,
        role: str,
        *,
        resource: str | None = None,
        duration: int | None = None,
        timeout: float | None = None,
    ) -> RoleGrant:
        """Give a user a role, everywhere or on one resource; `duration` in seconds.

        `POST /v1/apps/{app_id}/authz/users/{user}/roles`
        """
        return self._send(
            authz.give_role(user_id, role, resource=resource, duration=duration), timeout
        )

    def take_role(
        self, user_id: str, role: str, *, resource: str | None = None, timeout: float | None = None
    ) -> None:
        """Take a role away.

        `DELETE /v1/apps/{app_id}/authz/users/{user}/roles/{role}`
        """
        return self._send(authz.take_role(user_id, role, resource=resource), timeout)

    def roles(self, *, timeout: float | None = None) -> tuple[Role, ...]:
        """List the app's roles.

        `GET /v1/apps/{app_id}/authz/roles`
        """
        return self._send(authz.roles(), timeout)

    def resources(self, *, timeout: float | None = None) -> tuple[ResourceKind, ...]:
        """List the kinds of things that permissions are about.

        `GET /v1/apps/{app_id}/authz/resources`
        """
        return self._send(authz.resources(), timeout)

    def policy(self, *, timeout: float | None = None) -> dict[str, Any]:
        """Show the policy.

        `GET /v1/apps/{app_id}/authz/policy`
        """
        return self._send(authz.policy(), timeout)

    def policy_document(self, *, timeout: float | None = None) -> dict[str, Any]:
        """Show the policy as a document that `import_policy` takes.

        `GET /v1/apps/{app_id}/authz/policy/document`
        """
        return self._send(authz.policy_document(), timeout)

    def import_policy(
        self, document: Mapping[str, Any], *, dry_run: bool = True, timeout: float | None = None
    ) -> PolicyImport:
        """Replace the policy, or say what that would change.

        `POST /v1/apps/{app_id}/authz/policy/import`
        """
        return self._send(authz.import_policy(document, dry_run=dry_run), timeout)

    def snapshot(self, *, timeout: float | None = None) -> Snapshot:
        """Get the policy as a signed token, for decisions without a call.

        `GET /v1/apps/{app_id}/authz/snapshot`
        """
        return self._send(authz.snapshot(), timeout)


class ChallengesCalls(Calls):
    """Challenges: proofs that people are asked for, to sign in, for a step-up, or for a contact."""

    __slots__ = ()

    def create(
        self,
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
        timeout: float | None = None,
    ) -> Challenge:
        """Ask a user for a proof.

        `purpose`: authenticate, mfa, step_up, verify_contact, verify_identity, change_identifier or
        custom. `method`: email_otp, sms_otp, magic_link, totp, backup_code, webauthn or push.
        A step-up for a permission names it in `metadata` as `authorizes_action`. With `as_backend`
        the call carries the secret; a sign-in's own steps (authenticate, mfa) need none.

        `POST /v1/auth/{app_id}/challenges`, see
        docs.scute.io/api-reference/challenges/create-a-challenge
        """
        return self._send(
            challenges.create(
                purpose,
                method,
                app_user_id=app_user_id,
                identifier=identifier,
                metadata=metadata,
                intent=intent,
                intent_fields=intent_fields,
                callback_url=callback_url,
                redirect_url=redirect_url,
                as_backend=as_backend,
            ),
            timeout,
        )

    def show(self, challenge_token: str, *, timeout: float | None = None) -> Challenge:
        """Ask how a challenge stands.

        `GET /v1/auth/{app_id}/challenges/{challenge}`, see
        docs.scute.io/api-reference/challenges/get-challenge-status
        """
        return self._send(challenges.show(challenge_token), timeout)

    def verify(
        self,
        challenge_token: str,
        *,
        code: str | None = None,
        credential: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> ScuteSession | MfaRequired | Completed:
        """Answer a challenge with a code, or with what a passkey has signed.

        One that was made to sign in answers a session. A wrong code is `Invalid`.

        `POST /v1/auth/{app_id}/challenges/{challenge}/verify`, see
        docs.scute.io/api-reference/challenges/verify-a-challenge
        """
        return self._send(
            challenges.verify(challenge_token, code=code, credential=credential), timeout
        )

    def resend(self, challenge_token: str, *, timeout: float | None = None) -> Challenge:
        """Send another code, for a new challenge; the old one is cancelled.

        `POST /v1/auth/{app_id}/challenges/{challenge}/resend`, see
        docs.scute.io/api-reference/challenges/resend-challenge
        """
        return self._send(challenges.resend(challenge_token), timeout)

    def deny(self, challenge_token: str, *, timeout: float | None = None) -> Challenge:
        """Say that it was not oneself.

        `POST /v1/auth/{app_id}/challenges/{challenge}/deny`, see
        docs.scute.io/api-reference/challenges/deny-a-challenge
        """
        return self._send(challenges.deny(challenge_token), timeout)

    def cancel(self, challenge_token: str, *, timeout: float | None = None) -> None:
        """Give a challenge up.

        `DELETE /v1/auth/{app_id}/challenges/{challenge}`, see
        docs.scute.io/api-reference/challenges/cancel-a-challenge
        """
        return self._send(challenges.cancel(challenge_token), timeout)

    def session(self, challenge_token: str, *, timeout: float | None = None) -> ScuteSession:
        """Collect the session of a sign-in that was approved elsewhere: once, then `Conflict`.

        `POST /v1/auth/{app_id}/challenges/{challenge}/session`
        """
        return self._send(challenges.session(challenge_token), timeout)


class ErrorsCalls(Calls):
    """Reports of errors, as Scute's browser SDK sends them."""

    __slots__ = ()

    def report(self, fields: Mapping[str, Any], *, timeout: float | None = None) -> None:
        """Tell Scute of an error; what it wants to know is not documented.

        `POST /v1/auth/{app_id}/errors`
        """
        return self._send(errors.report(fields), timeout)


class EventsCalls(Calls):
    """What happened in the app."""

    __slots__ = ()

    def list(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        category: str | None = None,
        event_type: str | None = None,
        user_id: str | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
        token: str | None = None,
        timeout: float | None = None,
    ) -> Page[Event]:
        """List events, a page of `limit` at a time; dates are in ISO 8601.

        The reference asks for a `token`, a user's access token, beside the secret.

        `GET /v1/apps/{app_id}/events`, see
        docs.scute.io/api-reference/events/list-events
        """
        return self._send(
            events.list(
                page=page,
                limit=limit,
                category=category,
                event_type=event_type,
                user_id=user_id,
                start_date=start_date,
                end_date=end_date,
                token=token,
            ),
            timeout,
        )

    def iterate(
        self,
        *,
        limit: int | None = None,
        category: str | None = None,
        event_type: str | None = None,
        user_id: str | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
        token: str | None = None,
        timeout: float | None = None,
    ) -> Iterator[Event]:
        """Iterate over all items of `list`; each page is fetched when it is come to."""
        return each(
            lambda page: self.list(
                limit=limit,
                category=category,
                event_type=event_type,
                user_id=user_id,
                start_date=start_date,
                end_date=end_date,
                token=token,
                page=page,
                timeout=timeout,
            )
        )


class ImpersonationCalls(Calls):
    """Support access: a backend starts a session as one of its users, where the app allows it."""

    __slots__ = ()

    def start(
        self,
        user_id: str,
        reason: str,
        *,
        minutes: int | None = None,
        actor_user_id: str | None = None,
        actor: Mapping[str, Any] | None = None,
        challenge: str | None = None,
        approval: str | None = None,
        timeout: float | None = None,
    ) -> ImpersonatedSession:
        """Start a session as the user. It has an access token alone: when that expires, it is over.

        Who acts is another user of the app (`actor_user_id`), or whomever `actor` names (`id`,
        `email`, `name`). Pass `context={"impersonated": True, "actor": ...}` to each authz check.

        `POST /v1/apps/{app_id}/users/{user}/impersonate`
        """
        return self._send(
            impersonation.start(
                user_id,
                reason,
                minutes=minutes,
                actor_user_id=actor_user_id,
                actor=actor,
                challenge=challenge,
                approval=approval,
            ),
            timeout,
        )

    def list(self, user_id: str, *, timeout: float | None = None) -> tuple[Impersonation, ...]:
        """List who acts as this user now.

        `GET /v1/apps/{app_id}/users/{user}/impersonations`
        """
        return self._send(impersonation.list(user_id), timeout)

    def end(
        self, user_id: str, *, session_id: str | None = None, timeout: float | None = None
    ) -> int:
        """End one of these sessions, or all of them: how many.

        `DELETE /v1/apps/{app_id}/users/{user}/impersonate`
        """
        return self._send(impersonation.end(user_id, session_id=session_id), timeout)


class KeysCalls(Calls):
    """The public keys that tokens are verified with."""

    __slots__ = ()

    def jwks(self, *, timeout: float | None = None) -> KeySet:
        """Get the key set, where Scute's own SDKs get it.

        `GET /v1/auth/{app_id}/.well-known/jwks.json`
        """
        return self._send(keys.jwks(), timeout)

    def jwks_documented(self, *, timeout: float | None = None) -> KeySet:
        """Get the key set, where Scute's reference says it is.

        `GET /v1/auth/{app_id}/jwks`, see
        docs.scute.io/api-reference/rsa-keys/get-jwks-json-web-key-set-for-jwt-verification
        """
        return self._send(keys.jwks_documented(), timeout)

    def public_key(self, *, timeout: float | None = None) -> PublicKey:
        """Get the current key as PEM.

        `GET /v1/auth/{app_id}/public_key`, see
        docs.scute.io/api-reference/rsa-keys/get-rsa-public-key-for-jwt-verification
        """
        return self._send(keys.public_key(), timeout)


class M2MCalls(Calls):
    """Machines: services that call with a token of their own."""

    __slots__ = ()

    def create_token(self, client_name: str, *, timeout: float | None = None) -> MachineTokens:
        """Start a machine's session and get its tokens.

        `POST /v1/apps/{app_id}/m2m/token`, see
        docs.scute.io/api-reference/m2m-sessions/create-m2m-access-token
        """
        return self._send(m2m.create_token(client_name), timeout)

    def list(self, *, timeout: float | None = None) -> tuple[MachineSession, ...]:
        """List the machines' sessions.

        `GET /v1/apps/{app_id}/m2m/sessions`, see
        docs.scute.io/api-reference/m2m-sessions/list-all-m2m-sessions-for-an-app
        """
        return self._send(m2m.list(), timeout)

    def verify(self, *, token: str, timeout: float | None = None) -> MachineVerified:
        """Is this machine's session live? Takes its JWT or its short token.

        `GET /v1/apps/{app_id}/m2m/verify`, see
        docs.scute.io/api-reference/m2m-sessions/verify-the-active-m2m-session
        """
        return self._send(m2m.verify(token=token), timeout)

    def refresh(self, *, refresh_token: str, timeout: float | None = None) -> MachineTokens:
        """Get new tokens for a machine's session.

        `POST /v1/apps/{app_id}/m2m/refresh`, see
        docs.scute.io/api-reference/m2m-sessions/refresh-the-m2m-access-token
        """
        return self._send(m2m.refresh(refresh_token=refresh_token), timeout)

    def revoke(self, session_id: str, *, timeout: float | None = None) -> None:
        """End a machine's session.

        `DELETE /v1/apps/{app_id}/m2m/sessions/{session}`, see
        docs.scute.io/api-reference/m2m-sessions/revoke-a-specific-m2m-session

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(m2m.revoke(session_id), timeout)

    def revoke_current(self, *, token: str, timeout: float | None = None) -> None:
        """End the session of this very token.

        `DELETE /v1/apps/{app_id}/m2m/sessions/current`, see
        docs.scute.io/api-reference/m2m-sessions/revoke-the-current-m2m-session

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(m2m.revoke_current(token=token), timeout)


class MagicLinksCalls(Calls):
    """Signing in by a link in a mail."""

    __slots__ = ()

    def send_login(
        self, identifier: str, *, webauthn_enabled: bool = False, timeout: float | None = None
    ) -> LinkSent:
        """Send a link to sign in with. Scute creates the user that it does not know.

        `POST /v1/auth/{app_id}/magic_links/login`, see
        docs.scute.io/api-reference/magic-links/send-login-magic-link
        """
        return self._send(
            magic_links.send_login(identifier, webauthn_enabled=webauthn_enabled), timeout
        )

    def send_registration(
        self,
        identifier: str,
        *,
        user_meta: Mapping[str, Any] | None = None,
        webauthn_enabled: bool = False,
        timeout: float | None = None,
    ) -> LinkSent:
        """Send a link to register with, and keep what the user told of himself.

        `POST /v1/auth/{app_id}/magic_links/register`, see
        docs.scute.io/api-reference/magic-links/send-registration-magic-link
        """
        return self._send(
            magic_links.send_registration(
                identifier, user_meta=user_meta, webauthn_enabled=webauthn_enabled
            ),
            timeout,
        )

    def status(
        self, link_id: str, *, timeout: float | None = None
    ) -> ScuteSession | MfaRequired | None:
        """Was the link opened? None if not yet; then a session, once.

        `POST /v1/auth/{app_id}/magic_links/status`, see
        docs.scute.io/api-reference/magic-links/check-magic-link-status
        """
        return self._send(magic_links.status(link_id), timeout)

    def authenticate(
        self, token: str, *, timeout: float | None = None
    ) -> ScuteSession | MfaRequired:
        """Sign in with a link's token (`sct_magic`, `sct_oauth`), which works once.

        `PATCH /v1/auth/{app_id}/magic_links/authenticate`, see
        docs.scute.io/api-reference/magic-links/authenticate-with-magic-link
        """
        return self._send(magic_links.authenticate(token), timeout)

    def confirm_invitation(
        self,
        token: str,
        *,
        user_meta: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> ScuteSession | MfaRequired:
        """Accept an invitation with its link's token, and tell what the app requires.

        `POST /v1/auth/{app_id}/magic_links/confirm_invite`, see
        docs.scute.io/api-reference/magic-links/confirm-workspace-invitation
        """
        return self._send(magic_links.confirm_invitation(token, user_meta=user_meta), timeout)


class MessageServiceProvidersCalls(Calls):
    """Who delivers the app's messages."""

    __slots__ = ()

    def list(
        self, *, token: str | None = None, timeout: float | None = None
    ) -> tuple[MessageServiceProvider, ...]:
        """List the providers.

        `GET /v1/apps/{app_id}/message_service_providers`, see
        docs.scute.io/api-reference/message-service-providers/list-message-service-providers

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(message_service_providers.list(token=token), timeout)

    def upsert(
        self, fields: Mapping[str, Any], *, token: str | None = None, timeout: float | None = None
    ) -> MessageServiceProvider:
        """Create or change a provider.

        `POST /v1/apps/{app_id}/message_service_providers`, see
        docs.scute.io/api-reference/message-service-providers/upsert-message-service-provider

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(message_service_providers.upsert(fields, token=token), timeout)

    def update(
        self,
        provider_id: str,
        fields: Mapping[str, Any],
        *,
        token: str | None = None,
        timeout: float | None = None,
    ) -> MessageServiceProvider:
        """Change a provider.

        `PATCH /v1/apps/{app_id}/message_service_providers/{provider}`, see
        docs.scute.io/api-reference/message-service-providers/update-message-service-provider

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(
            message_service_providers.update(provider_id, fields, token=token), timeout
        )


class MfaCalls(Calls):
    """The signed-in user's second factors."""

    __slots__ = ()

    def methods(self, *, token: str, timeout: float | None = None) -> MfaMethods:
        """List the user's second factors.

        `GET /v1/auth/{app_id}/mfa/methods`
        """
        return self._send(mfa.methods(token=token), timeout)

    def status(
        self,
        *,
        token: str | None = None,
        identifier: str | None = None,
        timeout: float | None = None,
    ) -> MfaStatus:
        """Does this user have a second factor: that of the token, or of the address or number?

        `GET /v1/auth/{app_id}/mfa/status`
        """
        return self._send(mfa.status(token=token, identifier=identifier), timeout)

    def enrol(
        self,
        method: str,
        *,
        token: str,
        name: str | None = None,
        secret_data: Mapping[str, Any] | None = None,
        challenge: str | None = None,
        timeout: float | None = None,
    ) -> Enrolment:
        """Begin to set up a second factor: totp, sms or email.

        `challenge` is a completed step-up, where Scute wants one (`verification_required`).

        `POST /v1/auth/{app_id}/mfa/enroll`
        """
        return self._send(
            mfa.enrol(method, token=token, name=name, secret_data=secret_data, challenge=challenge),
            timeout,
        )

    def verify_enrolment(
        self, enrolment_id: str, code: str, *, token: str, timeout: float | None = None
    ) -> MfaMethod:
        """Finish it with its first code. A wrong one is `Invalid` with `invalid_code`.

        `POST /v1/auth/{app_id}/mfa/enroll/verify`
        """
        return self._send(mfa.verify_enrolment(enrolment_id, code, token=token), timeout)

    def set_default(self, method_id: str, *, token: str, timeout: float | None = None) -> None:
        """Choose which second factor is asked for first.

        `PATCH /v1/auth/{app_id}/mfa/methods/{method}/default`
        """
        return self._send(mfa.set_default(method_id, token=token), timeout)

    def remove(
        self,
        method_id: str,
        *,
        token: str,
        challenge: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Remove a second factor; `challenge` as for `enrol`.

        `DELETE /v1/auth/{app_id}/mfa/methods/{method}`
        """
        return self._send(mfa.remove(method_id, token=token, challenge=challenge), timeout)

    def new_backup_codes(
        self, *, token: str, challenge: str | None = None, timeout: float | None = None
    ) -> BackupCodes:
        """Make new backup codes; the old ones are void. `challenge` as for `enrol`.

        `POST /v1/auth/{app_id}/mfa/backup-codes`
        """
        return self._send(mfa.new_backup_codes(token=token, challenge=challenge), timeout)


class NotificationsCalls(Calls):
    """What the signed-in user is told by the app."""

    __slots__ = ()

    def list(
        self,
        *,
        token: str,
        page: int | None = None,
        per_page: int | None = None,
        category: str | None = None,
        unread: bool | None = None,
        timeout: float | None = None,
    ) -> Page[Notification]:
        """List the user's notifications, a page at a time.

        How many are unread is in the page's `raw`.

        `GET /v1/apps/{app_id}/notifications`, see
        docs.scute.io/api-reference/notifications/list-notifications
        """
        return self._send(
            notifications.list(
                token=token, page=page, per_page=per_page, category=category, unread=unread
            ),
            timeout,
        )

    def show(
        self, notification_id: str, *, token: str, timeout: float | None = None
    ) -> Notification:
        """Show one.

        `GET /v1/apps/{app_id}/notifications/{notification}`, see
        docs.scute.io/api-reference/notifications/get-notification

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(notifications.show(notification_id, token=token), timeout)

    def statistics(self, *, token: str, timeout: float | None = None) -> dict[str, Any]:
        """Count them by priority and category.

        `GET /v1/apps/{app_id}/notifications/stats`, see
        docs.scute.io/api-reference/notifications/get-notification-statistics

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(notifications.statistics(token=token), timeout)

    def mark_read(
        self, notification_id: str, *, token: str, timeout: float | None = None
    ) -> Notification:
        """Mark one as read.

        `PATCH /v1/apps/{app_id}/notifications/{notification}/read`, see
        docs.scute.io/api-reference/notifications/mark-notification-as-read

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(notifications.mark_read(notification_id, token=token), timeout)

    def mark_all_read(self, *, token: str, timeout: float | None = None) -> dict[str, Any]:
        """Mark all as read.

        `PATCH /v1/apps/{app_id}/notifications/mark_all_read`, see
        docs.scute.io/api-reference/notifications/mark-all-notifications-as-read

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(notifications.mark_all_read(token=token), timeout)

    def dismiss(
        self, notification_id: str, *, token: str, timeout: float | None = None
    ) -> Notification:
        """Dismiss one, where it is dismissible.

        `PATCH /v1/apps/{app_id}/notifications/{notification}/dismiss`, see
        docs.scute.io/api-reference/notifications/dismiss-notification

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(notifications.dismiss(notification_id, token=token), timeout)

    def iterate(
        self,
        *,
        token: str,
        per_page: int | None = None,
        category: str | None = None,
        unread: bool | None = None,
        timeout: float | None = None,
    ) -> Iterator[Notification]:
        """Iterate over all items of `list`; each page is fetched when it is come to."""
        return each(
            lambda page: self.list(
                token=token,
                per_page=per_page,
                category=category,
                unread=unread,
                page=page,
                timeout=timeout,
            )
        )


class OauthCalls(Calls):
    """Signing in through other providers: where a browser is to go.

    `authorize` and `saml_login` begin a sign-in: a browser goes there rather than a backend.
    """

    __slots__ = ()

    def authorize(self, provider: str, *, timeout: float | None = None) -> str:
        """Begin a sign-in with an OAuth provider: the URL of its page.

        `GET /v1/auth/{app_id}/oauth/authorize`, see
        docs.scute.io/api-reference/oauth/initiate-oauth-authorization
        """
        return self._send(oauth.authorize(provider), timeout)

    def callback(self, code: str, state: str, *, timeout: float | None = None) -> str:
        """What the provider's answer leads to: the app's login URL, with a token to sign in with.

        `GET /v1/auth/{app_id}/oauth/callback`, see
        docs.scute.io/api-reference/oauth/oauth-callback-handler
        """
        return self._send(oauth.callback(code, state), timeout)

    def saml_login(self, *, timeout: float | None = None) -> str:
        """Begin a sign-in with the organisation's identity provider: the URL of its page.

        `GET /v1/auth/{app_id}/saml/login`
        """
        return self._send(oauth.saml_login(), timeout)

    def discover(self, email: str, *, timeout: float | None = None) -> SsoDomain:
        """Find the organisation that signs in the people of this address; `NotFound` if none does.

        `GET /v1/auth/saml/discover`
        """
        return self._send(oauth.discover(email), timeout)


class OtpCalls(Calls):
    """Signing in by a code in a mail or a text message."""

    __slots__ = ()

    def send(
        self,
        identifier: str,
        *,
        user_meta: Mapping[str, Any] | None = None,
        webauthn_enabled: bool = False,
        timeout: float | None = None,
    ) -> OtpSent:
        """Send a code to sign in or to register with.

        `POST /v1/auth/{app_id}/otps/login`, see
        docs.scute.io/api-reference/otp/send-otp-code
        """
        return self._send(
            otp.send(identifier, user_meta=user_meta, webauthn_enabled=webauthn_enabled), timeout
        )

    def verify(
        self, code: str, challenge: str, *, timeout: float | None = None
    ) -> ScuteSession | MfaRequired:
        """Sign in with a code; `challenge` is that of `send`, or the user's id.

        `POST /v1/auth/{app_id}/otps/verify`, see
        docs.scute.io/api-reference/otp/verify-otp-code
        """
        return self._send(otp.verify(code, challenge), timeout)


class SessionsCalls(Calls):
    """The signed-in user, by his own token: who he is, and his sessions."""

    __slots__ = ()

    def current_user(self, *, token: str, timeout: float | None = None) -> CurrentUser:
        """Show the user of a token; `Unauthorized` where the session is over.

        `GET /v1/auth/{app_id}/current_user`, see
        docs.scute.io/api-reference/session-management/get-current-user
        """
        return self._send(sessions.current_user(token=token), timeout)

    def update_meta(
        self, user_meta: Mapping[str, Any], *, token: str, timeout: float | None = None
    ) -> UserRecord:
        """Change the user's metadata; what is not named stays.

        `PATCH /v1/auth/{app_id}/current_user/meta`, see
        docs.scute.io/api-reference/session-management/update-current-user-metadata
        """
        return self._send(sessions.update_meta(user_meta, token=token), timeout)

    def sign_out(self, *, token: str, timeout: float | None = None) -> None:
        """End this session, and no other of the user's.

        `DELETE /v1/auth/{app_id}/current_user`, see
        docs.scute.io/api-reference/session-management/sign-out-current-user
        """
        return self._send(sessions.sign_out(token=token), timeout)

    def list(self, *, token: str, timeout: float | None = None) -> tuple[UserSession, ...]:
        """List the user's sessions and passkeys.

        `GET /v1/auth/{app_id}/sessions`, see
        docs.scute.io/api-reference/session-management/list-all-sessions
        """
        return self._send(sessions.list(token=token), timeout)

    def revoke(self, session_id: str, *, token: str, timeout: float | None = None) -> None:
        """End one of the user's sessions. Tokens that were given out live until they expire.

        `DELETE /v1/auth/{app_id}/sessions/{session}`, see
        docs.scute.io/api-reference/session-management/revoke-session
        """
        return self._send(sessions.revoke(session_id, token=token), timeout)


class TokensCalls(Calls):
    """Tokens: refreshed, exchanged, verified. No refresh is ever sent twice."""

    __slots__ = ()

    def refresh(self, *, refresh_token: str, timeout: float | None = None) -> ScuteSession:
        """Get a new access token. Keep the old refresh token where no new one comes.

        `POST /v1/auth/{app_id}/tokens/refresh`, see
        docs.scute.io/api-reference/tokens/refresh-access-token
        """
        return self._send(tokens.refresh(refresh_token=refresh_token), timeout)

    def rotate_access(self, *, token: str, timeout: float | None = None) -> ScuteSession:
        """Exchange an access token for a whole session, with a refresh token.

        `POST /v1/auth/{app_id}/tokens/rotate_access`
        """
        return self._send(tokens.rotate_access(token=token), timeout)

    def force_refresh(self, *, refresh_token: str, timeout: float | None = None) -> ScuteSession:
        """Refresh as the app's backend; undocumented.

        `POST /v1/auth/{app_id}/tokens/force_refresh`
        """
        return self._send(tokens.force_refresh(refresh_token=refresh_token), timeout)

    def verify_access(self, *, token: str, timeout: float | None = None) -> bool:
        """Is this access token good, as Scute sees it? `Unauthorized` if it is over.

        `POST /v1/auth/{app_id}/tokens/verify/access`, see
        docs.scute.io/api-reference/tokens/verify-access-token
        """
        return self._send(tokens.verify_access(token=token), timeout)

    def verify_refresh(self, *, refresh_token: str, timeout: float | None = None) -> bool:
        """Is this refresh token good, as Scute sees it? `Unauthorized` if it is over.

        `POST /v1/auth/{app_id}/tokens/verify/refresh`, see
        docs.scute.io/api-reference/tokens/verify-refresh-token

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(tokens.verify_refresh(refresh_token=refresh_token), timeout)


class UserMetaFieldsCalls(Calls):
    """The data that the app asks of its users."""

    __slots__ = ()

    def list(self, *, timeout: float | None = None) -> tuple[MetaField, ...]:
        """List the fields.

        `GET /v1/apps/{app_id}/user_meta_fields`, see
        docs.scute.io/api-reference/user-meta-fields/list-user-meta-fields

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(user_meta_fields.list(), timeout)

    def create(
        self,
        name: str,
        field_type: str,
        *,
        required: bool | None = None,
        visible_profile: bool | None = None,
        visible_registration: bool | None = None,
        position: int | None = None,
        as_verification_identifier: bool | None = None,
        token: str | None = None,
        timeout: float | None = None,
    ) -> MetaField:
        """Create a field: of type string, boolean, integer, date, phone, email, text or url.

        `POST /v1/apps/{app_id}/user_meta_fields`, see
        docs.scute.io/api-reference/user-meta-fields/create-user-meta-field
        """
        return self._send(
            user_meta_fields.create(
                name,
                field_type,
                required=required,
                visible_profile=visible_profile,
                visible_registration=visible_registration,
                position=position,
                as_verification_identifier=as_verification_identifier,
                token=token,
            ),
            timeout,
        )

    def update(
        self,
        field_id: str,
        fields: Mapping[str, Any],
        *,
        token: str | None = None,
        timeout: float | None = None,
    ) -> MetaField:
        """Change a field.

        `PATCH /v1/apps/{app_id}/user_meta_fields/{field}`, see
        docs.scute.io/api-reference/user-meta-fields/update-user-meta-field

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(user_meta_fields.update(field_id, fields, token=token), timeout)

    def delete(
        self, field_id: str, *, token: str | None = None, timeout: float | None = None
    ) -> None:
        """Delete a field.

        `DELETE /v1/apps/{app_id}/user_meta_fields/{field}`, see
        docs.scute.io/api-reference/user-meta-fields/delete-user-meta-field

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(user_meta_fields.delete(field_id, token=token), timeout)

    def update_positions(
        self, field_ids: Sequence[str], *, token: str | None = None, timeout: float | None = None
    ) -> tuple[MetaField, ...]:
        """Put the fields in this order.

        `PATCH /v1/apps/{app_id}/user_meta_fields/positions`, see
        docs.scute.io/api-reference/user-meta-fields/update-meta-fields-positions

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(user_meta_fields.update_positions(field_ids, token=token), timeout)


class UsersCalls(Calls):
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
        timeout: float | None = None,
    ) -> UserRecord:
        """Create a user by e-mail address, phone number or both; an `identifier` is either.

        What Scute does not take of `user_meta` is in the record's `meta_errors`.

        `POST /v1/{app_id}/users`, see
        docs.scute.io/api-reference/users/create-user
        """
        return self._send(
            users.create(
                identifier,
                email=email,
                phone=phone,
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
        """Create many users at once; how is Scute's to say. `scute-auth users import` does without.

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

        Beware: where the app lets anybody sign up, Scute creates the user that it does not know. To
        look without that, with the app's secret: `list(email=...)`, `list(phone=...)`.

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


class VerificationCalls(Calls):
    """Verifications: a person is asked to confirm an address, a number, or something he is to do.

    A backend begins them with a machine's token (see `m2m.create_token`), the user answers with his
    own.
    """

    __slots__ = ()

    def search(
        self, identifier: str, *, token: str | None = None, timeout: float | None = None
    ) -> tuple[UserRecord, ...]:
        """Find users by the beginning of an address or number.

        `GET /v1/verify/{app_id}/verifications/search`, see
        docs.scute.io/api-reference/verification/autocomplete-search-by-identifier

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(verification.search(identifier, token=token), timeout)

    def create(
        self, fields: Mapping[str, Any], *, token: str | None = None, timeout: float | None = None
    ) -> Verification:
        """Ask for the verification of an `identifier`.

        `POST /v1/verify/{app_id}/verifications`, see
        docs.scute.io/api-reference/verification/create-verification

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(verification.create(fields, token=token), timeout)

    def create_with_intent(
        self,
        intent_name: str,
        meta_data: Mapping[str, Any],
        *,
        token: str,
        method: str | None = None,
        verification_type: str | None = None,
        redirect_url: str | None = None,
        timeout: float | None = None,
    ) -> VerificationStarted:
        """Ask a person to confirm something that he is to do, by mail or text message.

        `meta_data` says who: `contact_email`, or `contact_phones` (`phone_number`, `phone_type`),
        maybe `contact_name`, `ticket_id` and others. `method`: email or sms; `verification_type`:
        magic_link or otp. The person comes back to `redirect_url` with a `scute_token`.

        `POST /v1/verify/{app_id}/verifications/intent`, see
        docs.scute.io/api-reference/verification/create-verification-with-intent
        """
        return self._send(
            verification.create_with_intent(
                intent_name,
                meta_data,
                token=token,
                method=method,
                verification_type=verification_type,
                redirect_url=redirect_url,
            ),
            timeout,
        )

    def list(
        self,
        *,
        token: str,
        status: str | None = None,
        page: int | None = None,
        per_page: int | None = None,
        timeout: float | None = None,
    ) -> Page[Verification]:
        """List the user's own verifications, a page at a time.

        `GET /v1/verify/{app_id}/verifications`
        """
        return self._send(
            verification.list(token=token, status=status, page=page, per_page=per_page), timeout
        )

    def list_of_app(
        self,
        *,
        token: str,
        status: str | None = None,
        page: int | None = None,
        per_page: int | None = None,
        timeout: float | None = None,
    ) -> Page[Verification]:
        """List all verifications of the app, a page at a time.

        `GET /v1/verify/{app_id}/verifications/app`, see
        docs.scute.io/api-reference/verification/list-verification-requests
        """
        return self._send(
            verification.list_of_app(token=token, status=status, page=page, per_page=per_page),
            timeout,
        )

    def show(
        self, verification_id: str, *, token: str, timeout: float | None = None
    ) -> Verification:
        """Ask how a verification stands.

        `GET /v1/verify/{app_id}/verifications/{verification}`, see
        docs.scute.io/api-reference/verification/show-verification-request
        """
        return self._send(verification.show(verification_id, token=token), timeout)

    def verify(
        self, verification_id: str, code: str, *, token: str, timeout: float | None = None
    ) -> Verification:
        """Answer with the code that was sent.

        `POST /v1/verify/{app_id}/verifications/{verification}/verify`, see
        docs.scute.io/api-reference/verification/verify-code
        """
        return self._send(verification.verify(verification_id, code, token=token), timeout)

    def approve(
        self, verification_id: str, *, token: str, timeout: float | None = None
    ) -> Verification:
        """Agree.

        `POST /v1/verify/{app_id}/verifications/{verification}/approve`
        """
        return self._send(verification.approve(verification_id, token=token), timeout)

    def deny(
        self,
        verification_id: str,
        *,
        token: str,
        reason: str | None = None,
        timeout: float | None = None,
    ) -> Verification:
        """Refuse.

        `POST /v1/verify/{app_id}/verifications/{verification}/deny`
        """
        return self._send(verification.deny(verification_id, token=token, reason=reason), timeout)

    def resend(
        self, verification_id: str, *, token: str, timeout: float | None = None
    ) -> Verification:
        """Have the message sent again.

        `POST /v1/verify/{app_id}/verifications/{verification}/resend`
        """
        return self._send(verification.resend(verification_id, token=token), timeout)

    def delete(self, verification_id: str, *, token: str, timeout: float | None = None) -> None:
        """Delete a verification.

        `DELETE /v1/verify/{app_id}/verifications/{verification}`
        """
        return self._send(verification.delete(verification_id, token=token), timeout)

    def iterate(
        self,
        *,
        token: str,
        status: str | None = None,
        per_page: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[Verification]:
        """Iterate over all items of `list`; each page is fetched when it is come to."""
        return each(
            lambda page: self.list(
                token=token, status=status, per_page=per_page, page=page, timeout=timeout
            )
        )

    def iterate_list_of_app(
        self,
        *,
        token: str,
        status: str | None = None,
        per_page: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[Verification]:
        """Iterate over all items of `list_of_app`; each page is fetched when it is come to."""
        return each(
            lambda page: self.list_of_app(
                token=token, status=status, per_page=per_page, page=page, timeout=timeout
            )
        )


class WebauthnCalls(Calls):
    """Passkeys. The options are for a browser, and so are the answers to them its own."""

    __slots__ = ()

    def start_registration(
        self, identifier: str, *, timeout: float | None = None
    ) -> PasskeyOptions:
        """Ask for the options of a passkey for a new user.

        `POST /v1/auth/{app_id}/webauthn/register/initialize`, see
        docs.scute.io/api-reference/webauthn/initialize-webauthn-registration

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(webauthn.start_registration(identifier), timeout)

    def finish_registration(
        self, credential: Mapping[str, Any], *, timeout: float | None = None
    ) -> ScuteSession | MfaRequired:
        """Register a user with the passkey that the browser made.

        `POST /v1/auth/{app_id}/webauthn/register/finalize`, see
        docs.scute.io/api-reference/webauthn/finalize-webauthn-registration

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(webauthn.finish_registration(credential), timeout)

    def start_login(self, identifier: str, *, timeout: float | None = None) -> PasskeyOptions:
        """Ask for the options of a sign-in with a passkey.

        `POST /v1/auth/{app_id}/webauthn/login/initialize`, see
        docs.scute.io/api-reference/webauthn/initialize-webauthn-login
        """
        return self._send(webauthn.start_login(identifier), timeout)

    def finish_login(
        self, credential: Mapping[str, Any], *, timeout: float | None = None
    ) -> ScuteSession | MfaRequired:
        """Sign in with what the browser's passkey has signed.

        `POST /v1/auth/{app_id}/webauthn/login/finalize`, see
        docs.scute.io/api-reference/webauthn/finalize-webauthn-login
        """
        return self._send(webauthn.finish_login(credential), timeout)

    def start_device(self, *, token: str, timeout: float | None = None) -> PasskeyOptions:
        """Ask for the options of one more passkey of the signed-in user.

        `POST /v1/auth/{app_id}/devices/register`, see
        docs.scute.io/api-reference/webauthn/register-new-webauthn-device
        """
        return self._send(webauthn.start_device(token=token), timeout)

    def finish_device(
        self, credential: Mapping[str, Any], *, token: str, timeout: float | None = None
    ) -> Device:
        """Keep the passkey that the browser made.

        `POST /v1/auth/{app_id}/devices/finalize`, see
        docs.scute.io/api-reference/webauthn/finalize-webauthn-device-registration
        """
        return self._send(webauthn.finish_device(credential, token=token), timeout)

    def revoke_device(self, device_id: str, *, token: str, timeout: float | None = None) -> None:
        """Remove one of the user's passkeys.

        `DELETE /v1/auth/{app_id}/devices/{passkey}`, see
        docs.scute.io/api-reference/webauthn/revoke-webauthn-device
        """
        return self._send(webauthn.revoke_device(device_id, token=token), timeout)


class WebhooksCalls(Calls):
    """Where Scute tells the app what happened; `scute_auth.webhooks` verifies what arrives."""

    __slots__ = ()

    def list(self, *, timeout: float | None = None) -> tuple[WebhookEndpoint, ...]:
        """List the endpoints.

        `GET /v1/apps/{app_id}/webhooks`, see
        docs.scute.io/api-reference/webhooks/list-webhook-endpoints
        """
        return self._send(webhooks.list(), timeout)

    def create(
        self,
        url: str,
        *,
        event_types: Sequence[str] | None = None,
        retry_limit: int | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        enabled: bool | None = None,
        token: str | None = None,
        timeout: float | None = None,
    ) -> WebhookEndpoint:
        """Create an endpoint. Its `secret` is told this once: put it into `SCUTE_WEBHOOK_SECRETS`.

        `POST /v1/apps/{app_id}/webhooks`, see
        docs.scute.io/api-reference/webhooks/create-webhook-endpoint
        """
        return self._send(
            webhooks.create(
                url,
                event_types=event_types,
                retry_limit=retry_limit,
                description=description,
                metadata=metadata,
                enabled=enabled,
                token=token,
            ),
            timeout,
        )

    def show(self, webhook_id: str, *, timeout: float | None = None) -> WebhookEndpoint:
        """Show one endpoint.

        `GET /v1/apps/{app_id}/webhooks/{webhook}`, see
        docs.scute.io/api-reference/webhooks/get-webhook-endpoint
        """
        return self._send(webhooks.show(webhook_id), timeout)

    def update(
        self, webhook_id: str, fields: Mapping[str, Any], *, timeout: float | None = None
    ) -> WebhookEndpoint:
        """Change an endpoint.

        `PATCH /v1/apps/{app_id}/webhooks/{webhook}`, see
        docs.scute.io/api-reference/webhooks/update-webhook-endpoint
        """
        return self._send(webhooks.update(webhook_id, fields), timeout)

    def delete(self, webhook_id: str, *, timeout: float | None = None) -> None:
        """Delete an endpoint.

        `DELETE /v1/apps/{app_id}/webhooks/{webhook}`, see
        docs.scute.io/api-reference/webhooks/delete-webhook-endpoint
        """
        return self._send(webhooks.delete(webhook_id), timeout)

    def test(self, webhook_id: str, *, timeout: float | None = None) -> None:
        """Have a `webhook.test` event sent.

        `POST /v1/apps/{app_id}/webhooks/{webhook}/test`, see
        docs.scute.io/api-reference/webhooks/test-webhook-endpoint
        """
        return self._send(webhooks.test(webhook_id), timeout)

    def deliveries(
        self,
        webhook_id: str,
        *,
        page: int | None = None,
        per_page: int | None = None,
        status: str | None = None,
        timeout: float | None = None,
    ) -> Page[WebhookDelivery]:
        """List what was sent, or was to be, a page of at most 100 at a time.

        `GET /v1/apps/{app_id}/webhooks/{webhook}/deliveries`, see
        docs.scute.io/api-reference/webhooks/get-webhook-deliveries
        """
        return self._send(
            webhooks.deliveries(webhook_id, page=page, per_page=per_page, status=status), timeout
        )

    def iterate_deliveries(
        self,
        webhook_id: str,
        *,
        per_page: int | None = None,
        status: str | None = None,
        timeout: float | None = None,
    ) -> Iterator[WebhookDelivery]:
        """Iterate over all items of `deliveries`; each page is fetched when it is come to."""
        return each(
            lambda page: self.deliveries(
                webhook_id, per_page=per_page, status=status, page=page, timeout=timeout
            )
        )


class WorkspacesCalls(Calls):
    """Workspaces. The one of the settings is meant where no other is named.

    A member acts with his own token; sessions across apps and children need the workspace's secret.
    """

    __slots__ = ()

    def list(self, *, token: str, timeout: float | None = None) -> tuple[Workspace, ...]:
        """List the workspaces that the user is a member of.

        `GET /v1/workspaces`, see
        docs.scute.io/api-reference/workspaces/list-workspaces

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(workspaces.list(token=token), timeout)

    def create(
        self, fields: Mapping[str, Any], *, token: str, timeout: float | None = None
    ) -> Workspace:
        """Create a workspace; the user becomes its owner.

        `POST /v1/workspaces`, see
        docs.scute.io/api-reference/workspaces/create-workspace

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(workspaces.create(fields, token=token), timeout)

    def show(
        self, *, token: str, workspace_id: str | None = None, timeout: float | None = None
    ) -> Workspace:
        """Show a workspace by its id or slug.

        `GET /v1/workspaces/{workspace_id}`, see
        docs.scute.io/api-reference/workspaces/show-workspace

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(workspaces.show(token=token, workspace_id=workspace_id), timeout)

    def update(
        self,
        fields: Mapping[str, Any],
        *,
        token: str,
        workspace_id: str | None = None,
        timeout: float | None = None,
    ) -> Workspace:
        """Change a workspace.

        `PATCH /v1/workspaces/{workspace_id}`, see
        docs.scute.io/api-reference/workspaces/update-workspace

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(
            workspaces.update(fields, token=token, workspace_id=workspace_id), timeout
        )

    def apps(
        self,
        *,
        workspace_id: str | None = None,
        token: str | None = None,
        timeout: float | None = None,
    ) -> tuple[App, ...]:
        """List the apps of a workspace.

        `GET /v1/workspaces/{workspace_id}/apps`, see
        docs.scute.io/api-reference/workspace-apps/list-workspace-apps

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(workspaces.apps(workspace_id=workspace_id, token=token), timeout)

    def create_session(
        self,
        app_id: str,
        *,
        token: str,
        workspace_id: str | None = None,
        timeout: float | None = None,
    ) -> ScuteSession:
        """Sign a user into another app of the workspace, by his token of this one.

        `POST /v1/workspaces/{workspace_id}/sessions`, see
        docs.scute.io/api-reference/workspace-sessions/create-workspace-session
        """
        return self._send(
            workspaces.create_session(app_id, token=token, workspace_id=workspace_id), timeout
        )

    def memberships(
        self, *, token: str, workspace_id: str | None = None, timeout: float | None = None
    ) -> tuple[Membership, ...]:
        """List the members.

        `GET /v1/workspaces/{workspace_id}/memberships`, see
        docs.scute.io/api-reference/workspace-memberships/list-workspace-memberships

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(workspaces.memberships(token=token, workspace_id=workspace_id), timeout)

    def add_member(
        self,
        identifier: str,
        *,
        token: str,
        role: str | None = None,
        workspace_id: str | None = None,
        timeout: float | None = None,
    ) -> Membership:
        """Invite a member; an administrator may.

        `POST /v1/workspaces/{workspace_id}/memberships`, see
        docs.scute.io/api-reference/workspace-memberships/create-workspace-membership

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(
            workspaces.add_member(identifier, token=token, role=role, workspace_id=workspace_id),
            timeout,
        )

    def update_member(
        self,
        membership_id: str,
        role: str,
        *,
        token: str,
        workspace_id: str | None = None,
        timeout: float | None = None,
    ) -> Membership:
        """Give a member another role.

        `PATCH /v1/workspaces/{workspace_id}/memberships/{membership}`, see
        docs.scute.io/api-reference/workspace-memberships/update-workspace-membership

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(
            workspaces.update_member(membership_id, role, token=token, workspace_id=workspace_id),
            timeout,
        )

    def remove_member(
        self,
        membership_id: str,
        *,
        token: str,
        workspace_id: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Remove a member.

        `DELETE /v1/workspaces/{workspace_id}/memberships/{membership}`, see
        docs.scute.io/api-reference/workspace-memberships/delete-workspace-membership

        Experimental: path and credentials are inferred. The client's `paths` and
        `credentials` correct them.
        """
        return self._send(
            workspaces.remove_member(membership_id, token=token, workspace_id=workspace_id), timeout
        )

    def children(
        self, *, workspace_id: str | None = None, timeout: float | None = None
    ) -> tuple[ChildWorkspace, ...]:
        """List the workspaces below this one.

        `GET /v1/workspaces/{workspace_id}/children`
        """
        return self._send(workspaces.children(workspace_id=workspace_id), timeout)

    def create_child(
        self,
        name: str,
        *,
        fields: Mapping[str, Any] | None = None,
        workspace_id: str | None = None,
        timeout: float | None = None,
    ) -> ChildWorkspace:
        """Create a workspace below this one. Its `api_key_token` is told this once.

        `fields` are Scute's: `branding_*`, `magic_link_expiry`, `countries`, `webhook_url`,
        `verification_*`.

        `POST /v1/workspaces/{workspace_id}/children`
        """
        return self._send(
            workspaces.create_child(name, fields=fields, workspace_id=workspace_id), timeout
        )

    def show_child(
        self, child_id: str, *, workspace_id: str | None = None, timeout: float | None = None
    ) -> ChildWorkspace:
        """Show one of the workspaces below this one.

        `GET /v1/workspaces/{workspace_id}/children/{child}`
        """
        return self._send(workspaces.show_child(child_id, workspace_id=workspace_id), timeout)


class Groups:
    """All groups, each under its name."""

    def __init__(self, send: Send) -> None:
        self.alternate_phones = AlternatePhonesCalls(send)
        self.api_keys = ApiKeysCalls(send)
        self.apps = AppsCalls(send)
        self.auth_providers = AuthProvidersCalls(send)
        self.authz = AuthzCalls(send)
        self.challenges = ChallengesCalls(send)
        self.errors = ErrorsCalls(send)
        self.events = EventsCalls(send)
        self.impersonation = ImpersonationCalls(send)
        self.keys = KeysCalls(send)
        self.m2m = M2MCalls(send)
        self.magic_links = MagicLinksCalls(send)
        self.message_service_providers = MessageServiceProvidersCalls(send)
        self.mfa = MfaCalls(send)
        self.notifications = NotificationsCalls(send)
        self.oauth = OauthCalls(send)
        self.otp = OtpCalls(send)
        self.sessions = SessionsCalls(send)
        self.tokens = TokensCalls(send)
        self.user_meta_fields = UserMetaFieldsCalls(send)
        self.users = UsersCalls(send)
        self.verification = VerificationCalls(send)
        self.webauthn = WebauthnCalls(send)
        self.webhooks = WebhooksCalls(send)
        self.workspaces = WorkspacesCalls(send)
