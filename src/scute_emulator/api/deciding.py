"""One decision for one user: the policy, with what the question brings along.

A completed step-up that names the permission counts for five minutes; how long it does at Scute,
and how an unusable one is called there, is not documented (?).
"""

from collections.abc import Mapping
from typing import Any, cast

from scute_emulator.api.context import Context
from scute_emulator.api.refusals import Refusal
from scute_emulator.state.authz import AccessRequest
from scute_emulator.state.policy import Decision, decide
from scute_emulator.state.users import User

__all__ = ["decision_for", "target"]

PROOF_LIFETIME = 300
NOT_IMPERSONATED = (None, "", False, 0, "0", "f", "F", "false", "FALSE", "off", "OFF")


def decision_for(call: Context, user: User, fields: Mapping[str, Any]) -> dict[str, Any]:
    permission, resource = target(fields)
    authz, now = call.state.authz, call.state.clock()
    approval = _approval(call, user, fields.get("approval"), permission, resource)
    decision = decide(
        authz.policy(call.app.id),
        permission,
        authz.held(call.app.id, user.id, resource, now),
        impersonated=_is_impersonated(fields),
        approved=approval is not None,
        verified=_is_verified(call, user, fields.get("challenge"), permission),
    )
    if decision.verdict == "allow" and approval is not None:
        approval.use(now)
    return {
        "decision": decision.verdict,
        "allowed": decision.verdict == "allow",
        "reason": decision.reason,
        "permission": permission,
        "roles": list(decision.roles),
        "explanation": _explained(user, permission, decision),
        **_asked_for(call, permission, resource, decision, fields),
    }


def target(fields: Mapping[str, Any]) -> tuple[str, str | None]:
    """The permission that is meant, and the object, if one is named."""
    action, resource = fields.get("action"), fields.get("resource") or ""
    if isinstance(resource, dict):
        named = cast("dict[str, Any]", resource)
        resource = ":".join(str(named[part]) for part in ("type", "key") if named.get(part))
    if not isinstance(action, str) or not action.strip() or not isinstance(resource, str):
        raise Refusal(422, "invalid_check", "Name an action, and a resource like invoice:7")
    kind, _, key = resource.partition(":")
    kind, action = kind.strip().lower(), action.strip().lower()
    return f"{kind}:{action}" if kind else action, f"{kind}:{key}" if key else None


def _asked_for(
    call: Context,
    permission: str,
    resource: str | None,
    decision: Decision,
    fields: Mapping[str, Any],
) -> dict[str, Any]:
    """What would turn this into an allow, and that what was given does not."""
    if decision.verdict == "allow_with_step_up":
        method = call.state.authz.policy(call.app.id).permissions[permission].verification_method
        step_up = {"method": method, "ttl": PROOF_LIFETIME, "authorizes_action": permission}
        return {"step_up": step_up | _unusable(fields, "challenge")}
    if decision.verdict == "allow_with_approval":
        approval = {"permission": permission} | ({"resource": resource} if resource else {})
        return {"approval": approval | _unusable(fields, "approval")}
    return {}


def _unusable(fields: Mapping[str, Any], name: str) -> dict[str, str]:
    return {"error": f"{name}_not_usable"} if fields.get(name) else {}


def _explained(user: User, permission: str, decision: Decision) -> str:
    who, roles = user.identifier.value, ", ".join(decision.roles)
    texts = {
        "unknown_permission": f"No permission is called {permission}.",
        "permission_disabled": f"{permission} is switched off.",
        "no_role_grants_permission": f"No role of {who} grants {permission}.",
        "impersonating": f"{permission} is refused while someone else acts as {who}.",
        "approval_required": f"{who} may {permission} ({roles}) once a reviewer approves.",
        "verification_required": f"{who} may {permission} ({roles}) after a fresh verification.",
        "role_grant": f"{who} may {permission}: {roles} grants it.",
        "verified": f"{who} may {permission}: {roles} grants it, and the verification is fresh.",
        "approved": f"{who} may {permission}: {roles} grants it, and a reviewer approved.",
    }
    return texts[decision.reason]


def _is_impersonated(fields: Mapping[str, Any]) -> bool:
    context = fields.get("context")
    told = cast("dict[str, Any]", context) if isinstance(context, dict) else {}
    return told.get("impersonated") not in NOT_IMPERSONATED


def _is_verified(call: Context, user: User, token: object, permission: str) -> bool:
    """Has the user completed a step-up for exactly this, of the wanted method, of late?"""
    rules = call.state.authz.policy(call.app.id).permissions.get(permission)
    found = call.state.challenges.get(call.app.id, token) if isinstance(token, str) else None
    if rules is None or found is None:
        return False
    return (
        (found.purpose, found.status, found.user_id) == ("step_up", "completed", user.id)
        and found.metadata.get("authorizes_action") == permission
        and rules.verification_method in ("any", found.method)
        and call.state.clock() < found.completed_at + PROOF_LIFETIME
    )


def _approval(
    call: Context, user: User, request_id: object, permission: str, resource: str | None
) -> AccessRequest | None:
    """The approval for exactly this operation, if it is still good."""
    if not isinstance(request_id, str):
        return None
    found = call.state.authz.request(call.app.id, request_id)
    if found is None or found.status_at(call.state.clock()) != "approved":
        return None
    asked = (found.user_id, found.permission, found.resource)
    return found if asked == (user.id, permission, resource) else None
