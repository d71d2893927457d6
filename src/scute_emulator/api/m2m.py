"""Machine tokens: made with the secret, verified and refreshed with themselves.

Revoking has no documented path (protocol D.21): tests do it through the emulator object.
"""

from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.credentials import machine_token
from scute_emulator.api.refusals import Refusal, not_authorized
from scute_emulator.api.shapes import iso
from scute_emulator.state import State
from scute_emulator.state.apps import App
from scute_emulator.state.chance import new_id, new_token
from scute_emulator.state.machines import MachineSession, MachineToken, TokenKind

__all__ = ["create", "list_sessions", "new_session", "refresh", "verify"]


def create(call: Context) -> HttpReply:
    name = call.request.text("client_name").strip()
    if not name:
        raise Refusal(400, "client_name_required", "client_name is missing")
    agent = call.request.headers.get("user-agent", "")
    return json_reply(new_session(call.state, call.app, name, agent))


def verify(call: Context) -> HttpReply:
    token = machine_token(call.state, call.app, call.request)
    if token.kind == "refresh":
        raise not_authorized()
    session = token.session
    session.last_used_at = call.state.clock()
    names = {"session_id": session.id, "client_name": session.client_name}
    return json_reply({"message": "verified", "verified": True, **names})


def refresh(call: Context) -> HttpReply:
    """Its page says "the M2M token", and not which of them."""
    token = machine_token(call.state, call.app, call.request)
    return json_reply(_tokens(call.state, call.app, token.session))


def list_sessions(call: Context) -> HttpReply:
    return json_reply({"sessions": [_shape(each) for each in call.state.machines.of(call.app.id)]})


def new_session(
    state: State, app: App, name: str, agent: str = "", *, access_lifetime: float | None = None
) -> dict[str, Any]:
    """A new machine session with its tokens; the short one lives as long as a refresh token."""
    session = state.machines.start(app.id, name, state.clock(), agent)
    body = _tokens(state, app, session, access_lifetime)
    short = f"scm2m_{new_token(state.random, 24)}"
    ends = _ends(state, app.settings.refresh_expiration)
    state.machines.remember(short, MachineToken(session, "short", ends))
    return {**body, "client_name": name, "short_token": short}


def _tokens(
    state: State, app: App, session: MachineSession, access_lifetime: float | None = None
) -> dict[str, Any]:
    settings = app.settings
    lifetime = settings.access_expiration if access_lifetime is None else access_lifetime
    ends: dict[TokenKind, int] = {"access": _ends(state, lifetime)}
    if settings.refresh_payload:
        ends["refresh"] = _ends(state, settings.refresh_expiration)
    body: dict[str, Any] = {
        "csrf": new_token(state.random, 32),
        "key_id": state.keys.current.kid,
    }
    for kind, end in ends.items():
        body[kind] = _token(state, app, session, kind, end)
        body[f"{kind}_expires_at"] = iso(end) if state.behaviour.iso_times else end
    return body


def _ends(state: State, lifetime: float) -> int:
    return int(state.clock() + lifetime)


def _token(
    state: State, app: App, session: MachineSession, kind: TokenKind, expires_at: int
) -> str:
    """A machine's claims: no `uuid`, and `m2m` (protocol B.8)."""
    claims: dict[str, Any] = {
        "m2m": True,
        "client_name": session.client_name,
        "aid": session.app_id,
        "uid": session.id if state.behaviour.uid_is_session else new_id(state.random),
        "wid": app.workspace_id,
        "exp": expires_at,
    }
    if state.behaviour.emit_iat:
        claims["iat"] = int(state.clock())
    text = state.issuer.sign(claims, state.behaviour)
    state.machines.remember(text, MachineToken(session, kind, expires_at))
    return text


def _shape(session: MachineSession) -> dict[str, Any]:
    return {
        "id": session.id,
        "status": not session.revoked,
        "type": "m2m",
        "client_name": session.client_name,
        "display_name": session.client_name,
        "last_used_at": iso(session.last_used_at),
        "user_agent": session.user_agent,
        "created_at": iso(session.created_at),
    }
