"""May this user do this? Checks, one or many, and what they add up to.

For a backend with the secret about anyone, and under `/authz/me` for a user about himself.
"""

from collections.abc import Mapping
from typing import Any, cast

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.deciding import decision_for, target
from scute_emulator.api.paging import count_of
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.state.users import User

__all__ = [
    "authorized_users",
    "check",
    "check_batch",
    "filter_rows",
    "my_check",
    "my_check_batch",
    "my_permissions",
    "user_permissions",
]

MOST_CHECKS = 100


def check(call: Context) -> HttpReply:
    fields = call.request.fields
    return json_reply(decision_for(call, _named(call, fields), fields))


def check_batch(call: Context) -> HttpReply:
    """The answers stand in the order of the questions."""
    return json_reply({"results": [decision_for(call, _named(call, c), c) for c in _checks(call)]})


def my_check(call: Context) -> HttpReply:
    return json_reply(decision_for(call, call.user, _as_i_am(call, call.request.fields)))


def my_check_batch(call: Context) -> HttpReply:
    mine = [_as_i_am(call, each) for each in _checks(call)]
    return json_reply({"results": [decision_for(call, call.user, each) for each in mine]})


def user_permissions(call: Context) -> HttpReply:
    return json_reply(_permissions(call, call.named_user))


def my_permissions(call: Context) -> HttpReply:
    return json_reply(_permissions(call, call.user))


def authorized_users(call: Context) -> HttpReply:
    """Whose roles grant it; where everyone's do, `everyone` says so."""
    authz, query = call.state.authz, call.request.query
    permission, resource = target(query)
    policy, now = authz.policy(call.app.id), call.state.clock()
    every = [
        user
        for user in call.state.users.of(call.app.id)
        if policy.granting(permission, authz.held(call.app.id, user.id, resource, now))
    ]
    first, size = count_of(query.get("offset"), 0), count_of(query.get("limit"), 50)
    shown = [_person(user) for user in every[first : first + size]]
    body = {
        "permission": permission,
        "everyone": bool(policy.granting(permission, policy.held_by_all())),
        "total": len(every),
        "users": shown,
    }
    return json_reply(body if resource is None else {**body, "resource": resource})


def filter_rows(call: Context) -> HttpReply:
    """All rows of a kind or none: conditions are not emulated. No approval is spent on it."""
    fields = call.request.fields
    asked = {name: fields.get(name) for name in ("action", "context")}
    asked["resource"] = call.request.text("resource_type")
    answer = decision_for(call, _named(call, fields), asked)
    is_open = answer["decision"] != "deny"
    body: dict[str, Any] = {
        "permission": answer["permission"],
        "filter": "all" if is_open else "none",
    }
    if answer["decision"] == "allow_with_step_up":
        body["step_up"] = True
    return json_reply(body)


def _as_i_am(call: Context, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Nobody redeems a proof here, nor hides that someone else acts as him."""
    kept = {name: value for name, value in fields.items() if name in ("action", "resource")}
    return {**kept, "context": {"impersonated": call.session.actor is not None}}


def _permissions(call: Context, user: User) -> dict[str, Any]:
    """What the roles grant, app-wide or on one object."""
    authz, resource = call.state.authz, call.request.query.get("resource")
    policy, now = authz.policy(call.app.id), call.state.clock()
    everywhere = authz.held(call.app.id, user.id, None, now)
    held = authz.held(call.app.id, user.id, resource, now)
    granted = [slug for slug in policy.permissions if policy.granting(slug, held)]
    rules = policy.permissions
    body: dict[str, Any] = {
        "user_id": user.id,
        "roles": sorted(everywhere),
        "permissions": granted,
        "step_up": [slug for slug in granted if rules[slug].requires_verification],
        "approval": [slug for slug in granted if rules[slug].requires_approval],
        "conditional": [],
    }
    if resource is not None:
        body |= {"resource": resource, "resource_roles": sorted(held - everywhere)}
    return body


def _checks(call: Context) -> list[Mapping[str, Any]]:
    checks = call.request.fields.get("checks")
    items = cast("list[object]", checks) if isinstance(checks, list) else [None]
    if not all(isinstance(item, dict) for item in items):
        raise Refusal(422, "invalid_checks", "checks: give a list of checks")
    if len(items) > MOST_CHECKS:
        raise Refusal(422, "too_many_checks", f"At most {MOST_CHECKS} checks at once")
    return cast("list[Mapping[str, Any]]", items)


def _named(call: Context, fields: Mapping[str, Any]) -> User:
    user_id = fields.get("user_id")
    user = call.state.users.get(call.app.id, user_id) if isinstance(user_id, str) else None
    if user is None:
        raise not_found("User")
    return user


def _person(user: User) -> dict[str, str]:
    every = {"id": user.id, "email": user.email, "phone": user.phone}
    return {name: value for name, value in every.items() if value is not None}
