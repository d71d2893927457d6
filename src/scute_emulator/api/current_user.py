"""The signed-in user: who am I, my data, my sessions, sign me out."""

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.meta import undeclared
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.shapes import impersonation_object, session_objects, user_object

__all__ = ["list_sessions", "revoke_session", "show", "sign_out", "update_meta"]


def show(call: Context) -> HttpReply:
    body: dict[str, object] = {"user": user_object(call.state, call.user)}
    session = call.session
    if session.actor is not None:
        body["impersonation"] = impersonation_object(session)
    return json_reply(body)


def update_meta(call: Context) -> HttpReply:
    meta = call.request.object("user_meta")
    if unknown := undeclared(call.app, meta):
        raise Refusal(422, "invalid_user_meta", "Undeclared fields", {"fields": unknown})
    user = call.user
    user = call.state.users.update(user, call.state.clock(), meta={**user.meta, **meta})
    return json_reply({"user": user_object(call.state, user)})


def sign_out(call: Context) -> HttpReply:
    """End this session; the user's others live on."""
    call.session.revoked = True
    return json_reply({"message": "ok"})


def list_sessions(call: Context) -> HttpReply:
    return json_reply(session_objects(call.state, call.user))


def revoke_session(call: Context) -> HttpReply:
    session = call.state.sessions.get(call.user.id, call.params["session"])
    if session is None:
        raise not_found("Session")
    session.revoked = True
    return json_reply({"message": "ok", "verified": True})
