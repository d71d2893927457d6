"""Roles and policy as a backend manages them."""

from dataclasses import asdict
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply, nothing
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.shapes import iso
from scute_emulator.state.authz import Grant
from scute_emulator.state.policy import PolicyError, read_policy

__all__ = [
    "duration_of",
    "grant_role",
    "import_policy",
    "known_role",
    "list_resources",
    "list_roles",
    "list_user_roles",
    "revoke_role",
    "show_policy",
    "show_snapshot",
]

SNAPSHOT_LIFETIME = 300
"""Not documented (?)."""


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
    grant = Grant(known_role(call), call.request.text("resource") or None, now, _until(call, now))
    call.state.authz.grant(user.id, grant)
    return json_reply(_grant_object(grant, now), 201)


def revoke_role(call: Context) -> HttpReply:
    resource = call.request.query.get("resource")
    if not call.state.authz.revoke(call.named_user.id, call.params["role"], resource):
        raise not_found("Role")
    return nothing()


def known_role(call: Context) -> str:
    """The role that was sent, if the policy has it."""
    role = call.request.text("role")
    if role not in call.state.authz.policy(call.app.id).roles:
        raise Refusal(422, "unknown_role", "There is no such role")
    return role


def duration_of(call: Context) -> int | None:
    """Seconds, or none for good."""
    duration = call.request.fields.get("duration")
    if duration is None or (type(duration) is int and duration > 0):
        return duration
    raise Refusal(422, "invalid_duration", "duration: give seconds")


def _until(call: Context, now: float) -> float | None:
    duration = duration_of(call)
    return None if duration is None else now + duration


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
