"""Child workspaces, which a parent makes with its key: each comes with an app and a key to it."""

import re
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.shapes import iso
from scute_emulator.state.chance import new_id
from scute_emulator.state.children import Child

__all__ = ["create", "list_children", "show"]

TOLD = ("magic_link_expiry", "countries", "webhook_url")
TOLD_BY_PREFIX = ("branding_", "verification_")


def create(call: Context) -> HttpReply:
    """The key's token is shown this once."""
    state, now, request = call.state, call.state.clock(), call.request
    name = request.text("name").strip()
    if not name:
        raise Refusal(422, "name_required", "name is missing")
    child_id = new_id(state.random)
    app = state.create_app({"name": name}, child_id)
    key = state.api_keys.add(app.id, name, now)
    told = {each: value for each, value in request.fields.items() if _is_told(each)}
    child = Child(child_id, name, app.id, key.id, now, told)
    state.children.add(child)
    return json_reply({**_shown(child), "api_key_token": key.token}, 201)


def list_children(call: Context) -> HttpReply:
    return json_reply({"children": [_shown(child) for child in call.state.children.all()]})


def show(call: Context) -> HttpReply:
    child = call.state.children.get(call.params["child"])
    if child is None:
        raise not_found("Child workspace")
    return json_reply(_shown(child))


def _is_told(name: str) -> bool:
    return name in TOLD or name.startswith(TOLD_BY_PREFIX)


def _shown(child: Child) -> dict[str, Any]:
    return {
        **child.told,
        "id": child.id,
        "name": child.name,
        "slug": re.sub(r"[^a-z0-9]+", "-", child.name.lower()).strip("-"),
        "app_id": child.app_id,
        "api_key_id": child.api_key_id,
        "created_at": iso(child.created_at),
    }
