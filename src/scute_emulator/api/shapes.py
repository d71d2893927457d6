"""The JSON objects of the API, field by field (the protocol's "Objects")."""

from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from scute_emulator.state import State
from scute_emulator.state.apps import App
from scute_emulator.state.issuing import Grant
from scute_emulator.state.sessions import Session
from scute_emulator.state.users import User

__all__ = ["app_object", "grant_object", "iso", "lookup_object", "session_object", "user_object"]


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def app_object(state: State, app: App) -> dict[str, Any]:
    return {
        "id": app.id,
        **{setting.name: getattr(app.settings, setting.name) for setting in fields(app.settings)},
        "public_key": state.keys.current.pem(),
        "created_at": iso(app.created_at),
        "updated_at": iso(app.updated_at),
    }


def grant_object(state: State, grant: Grant) -> dict[str, Any]:
    body = {name: value for name, value in asdict(grant).items() if value is not None}
    if state.behaviour.iso_times:
        for name in ("access_expires_at", "refresh_expires_at"):
            if name in body:
                body[name] = iso(body[name])
    return body


def session_object(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "type": session.kind,
        "display_name": session.user_agent or "Unknown device",
        "nickname": None,
        "credential_id": None,
        "user_agent": session.user_agent,
        "user_agent_shortname": session.user_agent.split("/", 1)[0],
        "platform": None,
        "browser": None,
        "created_at": iso(session.created_at),
        "updated_at": iso(session.last_used_at),
        "last_used_at": iso(session.last_used_at),
        "last_used_at_ip": "127.0.0.1",
    }


def user_object(state: State, user: User) -> dict[str, Any]:
    last = user.last_login_at
    return {
        "id": user.id,
        "app_id": user.app_id,
        "user_id": user.base_id,
        "external_id": user.external_id,
        "status": user.status,
        "email": user.email,
        "email_verified": user.email_verified,
        "phone": user.phone,
        "phone_verified": user.phone_verified,
        "name": user.name,
        "meta": dict(user.meta),
        "webauthn_enabled": False,
        "webauthn_types": [],
        "sessions": [session_object(session) for session in state.sessions.of(user.id)],
        "required_fields": [],
        "login_count": user.login_count,
        "last_login_at": None if last is None else iso(last),
        "last_used_at": None if last is None else iso(last),
        "signup_date": iso(user.created_at),
        "created_at": iso(user.created_at),
        "updated_at": iso(user.updated_at),
    }


def lookup_object(user: User) -> dict[str, Any]:
    who = user.identifier
    return {
        "id": user.id,
        "status": user.status,
        who.kind: who.value,
        "email_verified": user.email_verified,
        "phone_verified": user.phone_verified,
        "webauthn_enabled": False,
    }
