"""User metadata: only fields that the app has declared are kept."""

from collections.abc import Mapping
from typing import Any

from scute_emulator.state.apps import App
from scute_emulator.state.users import User

__all__ = ["declared", "has_missing", "meta_errors", "undeclared"]


def undeclared(app: App, meta: Mapping[str, Any]) -> list[str]:
    known = {field.get("field_name") for field in app.settings.user_meta_data_schema}
    return sorted(set(meta) - known)


def declared(app: App, meta: Mapping[str, Any]) -> dict[str, Any]:
    """The part that is kept where a user is created."""
    dropped = undeclared(app, meta)
    return {name: value for name, value in meta.items() if name not in dropped}


def meta_errors(app: App, meta: Mapping[str, Any]) -> dict[str, Any]:
    """What stands beside a success whose metadata was kept in part."""
    dropped = undeclared(app, meta)
    return {"user_meta_errors": {name: ["is not declared"] for name in dropped}} if dropped else {}


def has_missing(app: App, user: User) -> bool:
    """Does the user lack a field that the app requires?"""
    schema = app.settings.user_meta_data_schema
    required = {field.get("field_name") for field in schema if field.get("required")}
    return bool(required - set(user.meta))
