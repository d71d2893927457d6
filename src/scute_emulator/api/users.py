"""User management for backends: the calls with an app's or the workspace's secret."""

from collections.abc import Mapping
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.mail import mail_link
from scute_emulator.api.meta import declared, meta_errors
from scute_emulator.api.paging import page_of, place_of
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.shapes import session_objects, user_object
from scute_emulator.api.user_fields import (
    addresses,
    checked_meta,
    fits,
    plain_values,
    sent_meta,
)
from scute_emulator.state.users import Status

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


def list_users(call: Context) -> HttpReply:
    query = call.request.query
    users = [user for user in call.state.users.of(call.app.id) if fits(user, query)]
    page = page_of(users, query)
    shown = [user_object(call.state, user) for user in page.items]
    return json_reply({"users": shown, **place_of(page)})


def create(call: Context) -> HttpReply:
    """Active at once, unless he is invited or the backend says otherwise."""
    is_invited = call.request.fields.get("send_invite") is True
    return _created(call, "pending" if is_invited else "active", is_invited=is_invited)


def invite(call: Context) -> HttpReply:
    return _created(call, "pending", is_invited=True)


def show(call: Context) -> HttpReply:
    return json_reply({"user": user_object(call.state, call.named_user)})


def update(call: Context) -> HttpReply:
    """Merge the metadata, and set the other fields that were sent."""
    return _update(call, {**call.named_user.meta, **checked_meta(call)})


def overwrite(call: Context) -> HttpReply:
    """As `update`, but the metadata sent replaces all that there was."""
    return _update(call, checked_meta(call))


def activate(call: Context) -> HttpReply:
    return _changed(call, status="active")


def deactivate(call: Context) -> HttpReply:
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


def _created(call: Context, status: Status, *, is_invited: bool) -> HttpReply:
    app, meta, who = call.app, sent_meta(call), addresses(call)
    if not who:
        raise Refusal(400, "invalid_identifier", "The identifier is not valid")
    values = {each.kind: each.value for each in who} | plain_values(call)
    values = {"status": status, "meta": declared(app, meta), **values}
    user = call.state.users.add(app.id, who[0], call.state.clock(), **values)
    if is_invited:
        mail_link(call, user, "invite")
    return json_reply({"user": user_object(call.state, user), **meta_errors(app, meta)})


def _update(call: Context, meta: Mapping[str, Any]) -> HttpReply:
    """Another address is not verified yet."""
    user = call.named_user
    moved = {who.kind: who.value for who in addresses(call, user) if who not in user.identifiers}
    unproven = {f"{kind}_verified": False for kind in moved}
    return _changed(call, meta=meta, **moved, **unproven, **plain_values(call))


def _changed(call: Context, **values: Any) -> HttpReply:
    """Who is inactive signs in no more, and his sessions end."""
    if values.get("status") == "inactive":
        call.state.sessions.revoke_all(call.named_user.id)
    user = call.state.users.update(call.named_user, call.state.clock(), **values)
    return json_reply({"user": user_object(call.state, user)})
