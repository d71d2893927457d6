"""Workspace sessions: a user of one app gets a session at another app of the workspace."""

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.credentials import presented
from scute_emulator.api.identifying import refuse_inactive
from scute_emulator.api.refusals import Refusal, not_authorized
from scute_emulator.api.shapes import grant_object
from scute_emulator.state.users import User

__all__ = ["create_session"]


def create_session(call: Context) -> HttpReply:
    state = call.state
    user = _caller(call)
    target = state.apps.find(call.request.text("app_id"))
    if target is None or target.workspace_id != state.workspace_id:
        raise Refusal(404, "app_not_in_workspace", "There is no such app in this workspace")
    there = state.users.find(target.id, user.identifier)
    if there is None:
        there = state.users.add(target.id, user.identifier, state.clock())
    refuse_inactive(call, there)
    there = state.users.signed_in(there, state.clock())
    return json_reply(grant_object(state, state.start_session(target, there, kind="xlogin")))


def _caller(call: Context) -> User:
    """The user behind the access token, of whichever app of the workspace it is."""
    text = presented(call.request.headers.get("x-authorization"))
    for app in call.state.apps.all(call.state.workspace_id):
        token = call.state.live_token(app, text, "access")
        user = token and call.state.users.get(app.id, token.session.user_id)
        if user:
            return user
    raise not_authorized()
