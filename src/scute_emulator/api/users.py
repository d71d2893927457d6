"""User management for backends: the calls with an app's or the workspace's secret."""

from collections.abc import Mapping
from typing import Any, get_args

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.mail import mail_link
from scute_emulator.api.meta import declared, meta_errors, undeclared
from scute_emulator.api.paging import page_of
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.shapes import iso, session_objects, user_object
from scute_emulator.state.users import Status, User, identifier

__all__ = [
    "activate",
    "create",
    "deactivate",
    "delete",
    "invite",
    "list_sessions",
    "list_users",
    "overwrite",
    "revoke_session",
    "show",
    "update",
]

STATUSES = get_args(Status)


def list_users(call: Context) -> HttpReply:
    query = call.request.query
    users = [user for user in call.state.users.of(call.app.id) if _fits(user, query)]
    page = page_of(users, query)
    return json_reply(
        {
            "users": [user_object(call.state, user) for user in page.items],
            "total_pages": page.total,
            "current_page": page.number,
            "next_page": page.number + 1 if page.number < page.total else None,
            "prev_page": page.number - 1 if page.number > 1 else None,
            "per_page": page.size,
        }
    )


def create(call: Context) -> HttpReply:
    user, errors = _create(call)
    if call.request.fields.get("send_invite") is True:
        mail_link(call, user, "invite")
    return json_reply({"user": user_object(call.state, user), **errors})


def invite(call: Context) -> HttpReply:
    user, errors = _create(call)
    mail_link(call, user, "invite")
    return json_reply({"user": user_object(call.state, user), **errors})


def show(call: Context) -> HttpReply:
    return json_reply({"user": user_object(call.state, call.named_user)})


def update(call: Context) -> HttpReply:
    """Merge the metadata, and set the other fields that were sent."""
    return _update(call, {**call.named_user.meta, **_meta(call)})


def overwrite(call: Context) -> HttpReply:
    """As `update`, but the metadata sent replaces all that there was."""
    return _update(call, _meta(call))


def activate(call: Context) -> HttpReply:
    return _changed(call, status="active")


def deactivate(call: Context) -> HttpReply:
    """No sign-in from now on; the sessions end too."""
    call.state.sessions.revoke_all(call.named_user.id)
    return _changed(call, status="inactive")


def delete(call: Context) -> HttpReply:
    call.state.forget_user(call.named_user)
    return json_reply({"message": "ok"})


def list_sessions(call: Context) -> HttpReply:
    return json_reply(session_objects(call.state, call.named_user))


def revoke_session(call: Context) -> HttpReply:
    session = call.state.sessions.get(call.named_user.id, call.params["session"])
    if session is None:
        raise not_found("Session")
    session.revoked = True
    return json_reply({"message": "ok"})


def _create(call: Context) -> tuple[User, dict[str, Any]]:
    request, app, users = call.request, call.app, call.state.users
    sent = request.text("identifier") or request.text("email") or request.text("phone")
    who = identifier(sent)
    if who is None:
        raise Refusal(400, "invalid_identifier", "The identifier is not valid")
    if users.find(app.id, who) is not None:
        raise Refusal(422, "identifier_already_exists", "There is such a user already")
    meta = _sent_meta(call)
    values = _plain_fields(call)
    user = users.add(app.id, who, call.state.clock(), meta=declared(app, meta), **values)
    return user, meta_errors(app, meta)


def _update(call: Context, meta: Mapping[str, Any]) -> HttpReply:
    return _changed(call, meta=meta, **_plain_fields(call))


def _changed(call: Context, **values: Any) -> HttpReply:
    user = call.state.users.update(call.named_user, call.state.clock(), **values)
    return json_reply({"user": user_object(call.state, user)})


def _sent_meta(call: Context) -> Mapping[str, Any]:
    return call.request.object("user_meta") or call.request.object("meta")


def _meta(call: Context) -> Mapping[str, Any]:
    meta = _sent_meta(call)
    if unknown := undeclared(call.app, meta):
        raise Refusal(422, "invalid_user_meta", "Undeclared fields", {"fields": unknown})
    return meta


def _plain_fields(call: Context) -> dict[str, Any]:
    request = call.request
    status = request.text("status")
    if status and status not in STATUSES:
        raise Refusal(422, "invalid_status", f"status must be one of {', '.join(STATUSES)}")
    names = (request.text(f"{part}_name") for part in ("first", "middle", "last"))
    values = {
        "name": request.text("name") or " ".join(name for name in names if name),
        "external_id": request.text("external_id"),
        "status": status,
    }
    return {name: value for name, value in values.items() if value}


def _fits(user: User, query: Mapping[str, str]) -> bool:
    exact = {"id": user.id, "email": user.email, "phone": user.phone, "status": user.status}
    if any(query.get(name, value) != value for name, value in exact.items()):
        return False
    if "created_before" in query and iso(user.created_at) >= query["created_before"]:
        return False
    words = (query.get("q") or query.get("search") or "").lower()
    return any(words in (value or "").lower() for value in (user.email, user.phone, user.name))
