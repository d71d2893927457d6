"""Refresh, rotate and verify: the calls about tokens themselves."""

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.credentials import access_token, presented_refresh, refresh_token
from scute_emulator.api.refusals import not_authorized
from scute_emulator.api.shapes import grant_object
from scute_emulator.state.sessions import Session

__all__ = ["force_refresh", "refresh", "rotate_access", "verify_access", "verify_refresh"]


def refresh(call: Context) -> HttpReply:
    grant = call.state.refresh(call.app, presented_refresh(call.request))
    if grant is None:
        raise not_authorized()
    return json_reply(grant_object(call.state, grant))


def force_refresh(call: Context) -> HttpReply:
    """A whole payload for a refresh token: for backends, hence the secret."""
    token = refresh_token(call.state, call.app, call.request)
    return _whole_payload(call, token.session)


def rotate_access(call: Context) -> HttpReply:
    """A whole payload, refresh token included, for an access token, even an expired one."""
    token = access_token(call.state, call.app, call.request, expired_too=True)
    return _whole_payload(call, token.session)


def verify_access(call: Context) -> HttpReply:
    return json_reply({"message": "verified", "verified": True})


def verify_refresh(call: Context) -> HttpReply:
    refresh_token(call.state, call.app, call.request)
    return json_reply({"message": "verified", "verified": True})


def _whole_payload(call: Context, session: Session) -> HttpReply:
    """An impersonated session never gets a refresh token."""
    grant = call.state.grant(call.app, session, with_refresh=session.actor is None)
    return json_reply(grant_object(call.state, grant))
