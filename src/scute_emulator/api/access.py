"""Roles and policy as a backend manages them, and the requests of those who want more."""

from dataclasses import asdict
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply, nothing
from scute_emulator.api.deciding import target
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.shapes import iso
from scute_emulator.state.authz import AccessRequest, Grant, RequestStatus
from scute_emulator.state.chance import new_id
from scute_emulator.state.policy import PolicyError, read_policy
from scute_emulator.state.users import User

__all__ = [
    "approve",
    "create_request",
    "deny",
    "grant_role",
    "import_policy",
    "list_requests",
    "list_resources",
    "list_roles",
    "list_user_roles",
    "revoke_role",
    "show_policy",
    "show_snapshot",
]

SNAPSHOT_LIFETIME = 300
REQUEST_LIFETIME = 7 * 86_400
"""Neither is documented (?)."""


def list_roles(call: Context) -> HttpReply:
    roles = call.state.authz.policy(call.app.id).roles
    return json_reply(
        {
            "roles": [
                {
                    "slug": slug,
                    "name": role.name,
                    "permissions": list(role.permissions),
                    "default": role.default,
                }
                for slug, role in roles.items()
            ]
        }
    )


def list_resources(call: Context) -> HttpReply:
    resources = call.state.authz.policy(call.app.id).resources
    return json_reply(
        {"resources": [{"slug": slug, "actions": list(each)} for slug, each in resources.items()]}
    )


def show_policy(call: Context) -> HttpReply:
    return json_reply(call.state.authz.policy(call.app.id).document)


def show_snapshot(call: Context) -> HttpReply:
    """The policy, signed with the keys of sessions; what it is for stands in `aud` and `typ`."""
    state, now = call.state, int(call.state.clock())
    policy = state.authz.policy(call.app.id)
    ends = now + SNAPSHOT_LIFETIME
    claims = {
        "typ": "scute-authz-snapshot",
        "aud": call.app.id,
        "version": state.authz.version(call.app.id),
        "policy": {
            "permissions": {slug: asdict(rules) for slug, rules in policy.permissions.items()},
            "roles": {slug: asdict(role) for slug, role in policy.roles.items()},
        },
        "iat": now,
        "exp": ends,
    }
    return json_reply(
        {
            "version": claims["version"],
            "token": state.issuer.sign(claims, state.behaviour),
            "expires_at": iso(ends),
            "jwks": f"/v1/auth/{call.app.id}/jwks",
        }
    )


def import_policy(call: Context) -> HttpReply:
    """Only with `dry_run` false is anything changed. What differs is not told in detail here."""
    before = call.state.authz.policy(call.app.id)
    try:
        policy = read_policy(call.request.fields.get("document"))
    except PolicyError as error:
        raise Refusal(422, "invalid_policy", str(error)) from None
    is_dry = call.request.fields.get("dry_run") is not False
    changes = [
        {"op": "update", "kind": "policy", "key": part}
        for part in ("resources", "permissions", "roles")
        if getattr(before, part) != getattr(policy, part)
    ]
    applies = bool(changes) and not is_dry
    if applies:
        call.state.authz.set_policy(call.app.id, policy)
    return json_reply({"dry_run": is_dry, "applied": applies, "changes": changes})


def list_user_roles(call: Context) -> HttpReply:
    now, grants = call.state.clock(), call.state.authz.grants(call.named_user.id)
    return json_reply({"roles": [_grant_object(grant, now) for grant in grants]})


def grant_role(call: Context) -> HttpReply:
    user, now = call.named_user, call.state.clock()
    grant = Grant(_role(call), call.request.text("resource") or None, now, _until(call, now))
    call.state.authz.grant(user.id, grant)
    return json_reply(_grant_object(grant, now), 201)


def revoke_role(call: Context) -> HttpReply:
    resource = call.request.query.get("resource")
    if not call.state.authz.revoke(call.named_user.id, call.params["role"], resource):
        raise not_found("Role")
    return nothing()


def list_requests(call: Context) -> HttpReply:
    now = call.state.clock()
    found = call.state.authz.requests(call.app.id, call.request.query, now)
    return json_reply({"requests": [_request_object(each, now) for each in found]})


def create_request(call: Context) -> HttpReply:
    """For a role, or for the approval of one operation."""
    now, user = call.state.clock(), _asker(call)
    request = AccessRequest(
        id=new_id(call.state.random),
        app_id=call.app.id,
        user_id=user.id,
        created_at=now,
        expires_at=now + REQUEST_LIFETIME,
        reason=call.request.text("reason"),
        duration=_duration(call),
    )
    if "role" in call.request.fields:
        request.role = _role(call)
        request.resource = call.request.text("resource") or None
    else:
        request.permission, request.resource = _operation(call)
    call.state.authz.add_request(request)
    return json_reply(_request_object(request, now), 201)


def approve(call: Context) -> HttpReply:
    """A role is held from now on; an operation may be done once."""
    request = _decided(call, "approved")
    if request.role is not None:
        now = call.state.clock()
        until = None if request.duration is None else now + request.duration
        call.state.authz.grant(request.user_id, Grant(request.role, request.resource, now, until))
    return json_reply(_request_object(request, call.state.clock()))


def deny(call: Context) -> HttpReply:
    return json_reply(_request_object(_decided(call, "denied"), call.state.clock()))


def _decided(call: Context, status: RequestStatus) -> AccessRequest:
    """The decision is the backend's, or that of a reviewer, who never is who asks."""
    now = call.state.clock()
    request = call.state.authz.request(call.app.id, call.params["request"])
    if request is None:
        raise not_found("Request")
    if request.status_at(now) != "pending":
        raise Refusal(422, "request_not_pending", f"This request is {request.status_at(now)}")
    reviewer = call.request.text("reviewer_id")
    if reviewer and call.state.users.get(call.app.id, reviewer) is None:
        raise Refusal(422, "invalid_reviewer", "There is no such reviewer")
    if reviewer == request.user_id:
        raise Refusal(403, "own_request", "Nobody decides about what he asks for himself")
    request.decide(status, now, reviewer or "backend", call.request.text("note"))
    return request


def _asker(call: Context) -> User:
    user = call.state.users.get(call.app.id, call.request.text("user_id"))
    if user is None:
        raise not_found("User")
    return user


def _role(call: Context) -> str:
    role = call.request.text("role")
    if role not in call.state.authz.policy(call.app.id).roles:
        raise Refusal(422, "unknown_role", "There is no such role")
    return role


def _operation(call: Context) -> tuple[str, str | None]:
    permission, resource = target(call.request.fields)
    if permission not in call.state.authz.policy(call.app.id).permissions:
        raise Refusal(422, "unknown_permission", f"No permission is called {permission}")
    return permission, resource


def _until(call: Context, now: float) -> float | None:
    duration = _duration(call)
    return None if duration is None else now + duration


def _duration(call: Context) -> int | None:
    duration = call.request.fields.get("duration")
    if duration is None or (type(duration) is int and duration > 0):
        return duration
    raise Refusal(422, "invalid_duration", "duration: give seconds")


def _grant_object(grant: Grant, now: float) -> dict[str, Any]:
    body: dict[str, Any] = {
        "role": grant.role,
        "active": grant.holds(now),
        "granted_at": iso(grant.granted_at),
    }
    if grant.resource is not None:
        body["resource"] = grant.resource
    if grant.expires_at is not None:
        body["expires_at"] = iso(grant.expires_at)
    return body


def _request_object(request: AccessRequest, now: float) -> dict[str, Any]:
    """Only what there is to say."""
    every: dict[str, Any] = {
        "id": request.id,
        "kind": "operation" if request.role is None else "role",
        "user_id": request.user_id,
        "status": request.status_at(now),
        "role": request.role,
        "permission": request.permission,
        "resource": request.resource,
        "reason": request.reason or None,
        "duration_seconds": request.duration,
        "created_at": iso(request.created_at),
        "expires_at": iso(request.expires_at),
        "decided_at": None if request.decided_at is None else iso(request.decided_at),
        "decided_by": request.decided_by or None,
        "decision_note": request.decision_note or None,
        "used_at": None if request.used_at is None else iso(request.used_at),
    }
    return {name: value for name, value in every.items() if value is not None}
