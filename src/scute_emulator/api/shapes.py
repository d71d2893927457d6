"""The JSON objects of the API, field by field (the protocol's "Objects")."""

from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from scute_emulator.api.meta import missing
from scute_emulator.state import State
from scute_emulator.state.apps import App
from scute_emulator.state.challenges import Challenge
from scute_emulator.state.issuing import Grant
from scute_emulator.state.mfa import MfaMethod
from scute_emulator.state.passkeys import Passkey
from scute_emulator.state.sessions import Session
from scute_emulator.state.users import Identifier, User

__all__ = [
    "app_object",
    "challenge_object",
    "grant_object",
    "impersonation_object",
    "iso",
    "lookup_object",
    "method_object",
    "session_objects",
    "user_object",
]


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def app_object(state: State, app: App) -> dict[str, Any]:
    settings = {each.name: getattr(app.settings, each.name) for each in fields(app.settings)}
    if not settings["colors"]:
        # Scute's pages know them from its Create app only: who set none is told of none.
        del settings["colors"]
    return {
        "id": app.id,
        **settings,
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


def session_objects(state: State, user: User) -> list[dict[str, Any]]:
    """The user's sessions, and his passkeys as devices: those have a `credential_id`."""
    now = state.clock()
    live = [each for each in state.sessions.of(user.id) if not each.is_over(now)]
    devices = [_device_object(passkey) for passkey in state.passkeys.of(user.id)]
    return [*(_session_object(session) for session in live), *devices]


def _session_object(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "type": session.kind,
        "display_name": _device(session.user_agent),
        "nickname": None,
        "credential_id": None,
        **_agent(session.user_agent),
        **_times(session.created_at, session.last_used_at),
    }


def _device_object(passkey: Passkey) -> dict[str, Any]:
    return {
        "id": passkey.id,
        "type": "webauthn",
        "display_name": passkey.nickname,
        "nickname": passkey.nickname,
        "credential_id": passkey.credential,
        **_agent(passkey.user_agent),
        **_times(passkey.created_at, passkey.last_used_at or passkey.created_at),
    }


def _device(agent: str) -> str:
    """A browser in a few words, as people know it: `Firefox on Linux`."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), agent.split("/", 1)[0])
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return (f"{browser} on {system}" if system else browser) or "Unknown device"


_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
"""What a browser says of itself, the most telling mark first."""


def _agent(text: str) -> dict[str, Any]:
    short = text.split("/", 1)[0]
    return {"user_agent": text, "user_agent_shortname": short, "platform": None, "browser": None}


def _times(created_at: float, last_used_at: float) -> dict[str, Any]:
    return {
        "created_at": iso(created_at),
        "updated_at": iso(last_used_at),
        "last_used_at": iso(last_used_at),
        "last_used_at_ip": "127.0.0.1",
    }


def impersonation_object(session: Session) -> dict[str, Any]:
    return {
        "actor": dict(session.actor or {}),
        "reason": session.reason,
        "started_at": iso(session.created_at),
        "expires_at": None if session.ends_at is None else iso(session.ends_at),
    }


def challenge_object(challenge: Challenge, now: float) -> dict[str, Any]:
    """A passkey's options stand in `metadata` (?); without an intent the field is not there."""
    options = {} if challenge.options is None else {"options": challenge.options}
    body: dict[str, Any] = {
        "token": challenge.token,
        "status": challenge.status_at(now),
        "purpose": challenge.purpose,
        "method": challenge.method,
        "expires_at": iso(challenge.expires_at),
        "remaining_attempts": challenge.tries_left,
        "time_remaining": max(int(challenge.expires_at - now), 0),
        "delivery_required": challenge.recipient is not None,
        "metadata": {**challenge.metadata, **options},
    }
    if challenge.intent is not None:
        body |= {"intent": challenge.intent, "intent_fields": challenge.intent_fields}
    if challenge.callback_url is not None:
        body["callback_url"] = challenge.callback_url
    return body


def method_object(method: MfaMethod) -> dict[str, Any]:
    return {
        "id": method.id,
        "method": method.method,
        "name": method.name,
        "verified": method.verified,
        "is_default": method.is_default,
        "last_used_at": None if method.last_used_at is None else iso(method.last_used_at),
        "created_at": iso(method.created_at),
    }


def user_object(state: State, user: User) -> dict[str, Any]:
    last, app = user.last_login_at, state.apps.find(user.app_id)
    return {
        "id": user.id,
        "app_id": user.app_id,
        "user_id": user.base_id,
        "workspace_id": None if app is None else app.workspace_id,
        "external_id": user.external_id,
        "status": user.status,
        "email": user.email,
        "email_verified": user.email_verified,
        "phone": user.phone,
        "phone_verified": user.phone_verified,
        "name": user.name,
        "meta": dict(user.meta),
        "authz_attributes": dict(user.authz_attributes),
        "webauthn_enabled": bool(state.passkeys.of(user.id)),
        "webauthn_types": [],
        "sessions": session_objects(state, user),
        "required_fields": _required_fields(app, user),
        "login_count": user.login_count,
        "last_login_at": None if last is None else iso(last),
        "last_used_at": None if last is None else iso(last),
        "signup_date": iso(user.created_at),
        "created_at": iso(user.created_at),
        "updated_at": iso(user.updated_at),
    }


def _required_fields(app: App | None, user: User) -> list[dict[str, Any]]:
    lacking = [] if app is None else missing(app, user.meta)
    return [{"field": name, "required": True} for name in lacking]


def lookup_object(state: State, user: User, who: Identifier) -> dict[str, Any]:
    """Of his addresses only the one that was asked for."""
    return {
        "id": user.id,
        "status": user.status,
        who.kind: who.value,
        "email_verified": user.email_verified,
        "phone_verified": user.phone_verified,
        "webauthn_enabled": bool(state.passkeys.of(user.id)),
    }
