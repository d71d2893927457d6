"""User metadata: only fields that the app has declared are kept."""

from collections.abc import Mapping
from typing import Any

from scute_emulator.state.apps import App

__all__ = ["declared", "meta_errors", "missing", "undeclared"]


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


def missing(app: App, meta: Mapping[str, Any]) -> list[str]:
    """The fields that the app requires and that are not there, or empty."""
    schema = app.settings.user_meta_data_schema
    names = (str(field.get("field_name")) for field in schema if field.get("required"))
    return [name for name in names if meta.get(name) in (None, "")]
