"""Roles and permissions: may this user do this? A resource is written `type:id`.

Pass `context={"impersonated": True, "actor": ...}` where somebody else acts as the user.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from scute_auth.api import permissions as rows
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
from scute_auth.client.reading import inside, many, nothing, reading, whole
from scute_auth.client.request import Request, asked, given

__all__ = [
    "approve_request",
    "authorized_users",
    "check",
    "check_batch",
    "create_request",
    "deny_request",
    "filter",
    "give_role",
    "import_policy",
    "my_check",
    "my_check_batch",
    "my_permissions",
    "permissions",
    "policy",
    "policy_document",
    "requests",
    "resources",
    "roles",
    "roles_of",
    "snapshot",
    "take_role",
]

_decisions = many("results", Decision)
_request = inside("request", AccessRequest)


def check(
    user_id: str,
    action: str,
    *,
    resource: str | None = None,
    context: Mapping[str, Any] | None = None,
    challenge: str | None = None,
    approval: str | None = None,
) -> Request[Decision]:
    """Decide one thing. `challenge` is a completed step-up, `approval` an approved request."""
    body = given(
        user_id=user_id,
        action=action,
        resource=resource,
        context=context,
        challenge=challenge,
        approval=approval,
    )
    return Request(rows.AUTHZ_CHECK, reading(Decision), body=body)


def check_batch(checks: Sequence[Mapping[str, Any]]) -> Request[tuple[Decision, ...]]:
    """Decide up to 100 things at once; each check has the fields of `check`."""
    return Request(rows.AUTHZ_CHECK_BATCH, _decisions, body={"checks": [*checks]})


def my_check(action: str, *, token: str, resource: str | None = None) -> Request[Decision]:
    """Decide one thing for the signed-in user."""
    body = given(action=action, resource=resource)
    return Request(rows.AUTHZ_MY_CHECK, reading(Decision), body=body, token=token)


def my_check_batch(
    checks: Sequence[Mapping[str, Any]], *, token: str
) -> Request[tuple[Decision, ...]]:
    """Decide up to 100 things for the signed-in user."""
    return Request(rows.AUTHZ_MY_CHECK_BATCH, _decisions, body={"checks": [*checks]}, token=token)


def my_permissions(*, token: str, resource: str | None = None) -> Request[Permissions]:
    """List what the signed-in user's roles grant."""
    query = asked(resource=resource)
    return Request(rows.AUTHZ_MY_PERMISSIONS, reading(Permissions), query=query, token=token)


def permissions(user_id: str, *, resource: str | None = None) -> Request[Permissions]:
    """List what a user's roles grant, everywhere or on one resource."""
    path, query = {"user": user_id}, asked(resource=resource)
    return Request(rows.AUTHZ_PERMISSIONS, reading(Permissions), path=path, query=query)


def authorized_users(
    action: str, *, resource: str | None = None, limit: int | None = None, offset: int | None = None
) -> Request[AuthorizedUsers]:
    """List who may."""
    query = asked(action=action, resource=resource, limit=limit, offset=offset)
    return Request(rows.AUTHZ_AUTHORIZED_USERS, reading(AuthorizedUsers), query=query)


def filter(
    user_id: str,
    action: str,
    resource_type: str,
    *,
    context: Mapping[str, Any] | None = None,
) -> Request[Filter]:
    """Ask which rows of a kind a user may act on."""
    body = given(user_id=user_id, action=action, resource_type=resource_type, context=context)
    return Request(rows.AUTHZ_FILTER, reading(Filter), body=body)


def requests(
    *, status: str | None = None, user_id: str | None = None
) -> Request[tuple[AccessRequest, ...]]:
    """List who asks for more."""
    query = asked(status=status, user_id=user_id)
    return Request(rows.AUTHZ_REQUESTS, many("requests", AccessRequest), query=query)


def create_request(
    user_id: str,
    *,
    role: str | None = None,
    action: str | None = None,
    resource: str | None = None,
    reason: str | None = None,
    duration: int | None = None,
) -> Request[AccessRequest]:
    """Ask for a role, or for the approval of one operation; `duration` in seconds."""
    body = given(
        user_id=user_id,
        role=role,
        action=action,
        resource=resource,
        reason=reason,
        duration=duration,
    )
    return Request(rows.AUTHZ_CREATE_REQUEST, _request, body=body)


def approve_request(
    request_id: str, *, reviewer_id: str | None = None, note: str | None = None
) -> Request[AccessRequest]:
    """Agree. A role is held from now on; an operation may be done once."""
    path, body = {"request": request_id}, given(reviewer_id=reviewer_id, note=note)
    return Request(rows.AUTHZ_APPROVE_REQUEST, _request, path=path, body=body)


def deny_request(
    request_id: str, *, reviewer_id: str | None = None, note: str | None = None
) -> Request[AccessRequest]:
    """Refuse."""
    path, body = {"request": request_id}, given(reviewer_id=reviewer_id, note=note)
    return Request(rows.AUTHZ_DENY_REQUEST, _request, path=path, body=body)


def roles_of(user_id: str) -> Request[tuple[RoleGrant, ...]]:
    """List a user's roles."""
    return Request(rows.AUTHZ_ROLES_OF, many("roles", RoleGrant), path={"user": user_id})


def give_role(
    user_id: str, role: str, *, resource: str | None = None, duration: int | None = None
) -> Request[RoleGrant]:
    """Give a user a role, everywhere or on one resource; `duration` in seconds."""
    path, body = {"user": user_id}, given(role=role, resource=resource, duration=duration)
    return Request(rows.AUTHZ_GIVE_ROLE, reading(RoleGrant), path=path, body=body)


def take_role(user_id: str, role: str, *, resource: str | None = None) -> Request[None]:
    """Take a role away."""
    path, query = {"user": user_id, "role": role}, asked(resource=resource)
    return Request(rows.AUTHZ_TAKE_ROLE, nothing, path=path, query=query)


def roles() -> Request[tuple[Role, ...]]:
    """List the app's roles."""
    return Request(rows.AUTHZ_ROLES, many("roles", Role))


def resources() -> Request[tuple[ResourceKind, ...]]:
    """List the kinds of things that permissions are about."""
    return Request(rows.AUTHZ_RESOURCES, many("resources", ResourceKind))


def policy() -> Request[dict[str, Any]]:
    """Show the policy."""
    return Request(rows.AUTHZ_POLICY, whole)


def policy_document() -> Request[dict[str, Any]]:
    """Show the policy as a document that `import_policy` takes."""
    return Request(rows.AUTHZ_POLICY_DOCUMENT, whole)


def import_policy(document: Mapping[str, Any], *, dry_run: bool = True) -> Request[PolicyImport]:
    """Replace the policy, or say what that would change."""
    body = {"document": document, "dry_run": dry_run}
    return Request(rows.AUTHZ_IMPORT_POLICY, reading(PolicyImport), body=body)


def snapshot() -> Request[Snapshot]:
    """Get the policy as a signed token, for decisions without a call."""
    return Request(rows.AUTHZ_SNAPSHOT, reading(Snapshot))
