"""Who asks for a role, or for the approval of one operation, and who decides."""

from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.deciding import target
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.roles import duration_of, known_role
from scute_emulator.api.shapes import iso
from scute_emulator.state.authz import AccessRequest, Grant, RequestStatus
from scute_emulator.state.chance import new_id
from scute_emulator.state.users import User

__all__ = ["approve", "create_request", "deny", "list_requests"]

REQUEST_LIFETIME = 7 * 86_400
"""Not documented (?)."""


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
        duration=duration_of(call),
    )
    if "role" in call.request.fields:
        request.role = known_role(call)
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


def _operation(call: Context) -> tuple[str, str | None]:
    permission, resource = target(call.request.fields)
    if permission not in call.state.authz.policy(call.app.id).permissions:
        raise Refusal(422, "unknown_permission", f"No permission is called {permission}")
    return permission, resource


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
