"""Apps of the workspace, and their settings."""

from collections.abc import Mapping
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.credentials import secret_owner
from scute_emulator.api.refusals import Refusal
from scute_emulator.api.shapes import app_object
from scute_emulator.state.settings import SettingsError

__all__ = ["create_app", "delete_app", "list_apps", "show_app", "update_app"]

BOUNDS = {
    "access_expiration": (60, 604_800),
    "refresh_expiration": (3600, 31_536_000),
    "magic_link_expiration": (60, 604_800),
    "otp_expiration": (30, 3600),
    "otp_length": (4, 10),
    "mfa_reverify_minutes": (5, 1440),
}
"""What the real settings API takes; the emulator's own control takes any."""


FOR_KEYS = frozenset({"additional_origins", "otp_length", "otp_expiration", "impersonation"})


def show_app(call: Context) -> HttpReply:
    """For anyone: without the settings that only who holds a key is told."""
    body = app_object(call.state, call.app)
    return json_reply({name: value for name, value in body.items() if name not in FOR_KEYS})


def update_app(call: Context) -> HttpReply:
    values = call.request.object("app") or call.request.fields
    for name, (low, high) in BOUNDS.items():
        value = values.get(name, low)
        if not isinstance(value, int) or not low <= value <= high:
            raise Refusal(422, "invalid_setting", f"{name} must lie within {low} and {high}")
    try:
        app = call.state.apps.update(call.app.id, values, call.state.clock())
    except SettingsError as error:
        raise Refusal(422, "invalid_setting", str(error)) from None
    return json_reply({"app": app_object(call.state, app)})


def list_apps(call: Context) -> HttpReply:
    """Those of one workspace for the workspace's key, its own for an app's key."""
    own = secret_owner(call.state, call.request)
    apps = call.state.apps.all(_workspace(call)) if own is None else [own]
    return json_reply({"apps": [app_object(call.state, app) for app in apps]})


def create_app(call: Context) -> HttpReply:
    fields: Mapping[str, Any] = call.request.fields
    wanted = {"name", "origin", "login_url", "callback_url", "colors"}
    values = {name: fields[name] for name in fields if name in wanted}
    try:
        app = call.state.create_app(values, _workspace(call))
    except SettingsError as error:
        raise Refusal(422, "invalid_setting", str(error)) from None
    return json_reply({"app": app_object(call.state, app)}, 201)


def _workspace(call: Context) -> str:
    """The one that is named, if it is the caller's: an app's own, or the key's and its children."""
    request, state = call.request, call.state
    named = request.headers.get("x-workspace") or request.query.get("workspace_id")
    named = named or request.text("workspace_id")
    owner = secret_owner(state, request)
    own = state.workspace_id if owner is None else owner.workspace_id
    mine = {own} if owner is not None else {own, *(child.id for child in state.children.all())}
    if named and named not in mine:
        raise Refusal(403, "workspace_access_denied", "No access to this workspace")
    return named or own


def delete_app(call: Context) -> HttpReply:
    call.state.apps.delete(call.app.id)
    return json_reply({"message": "ok"})
