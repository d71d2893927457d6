"""The data that an app asks of its users: one more field.

Whether the app's secret alone may add one is not clear (protocol L.12); here it may.
"""

import re
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.refusals import Refusal
from scute_emulator.state.chance import new_id

__all__ = ["create"]

TYPES = ("string", "boolean", "integer", "date", "phone", "email", "text", "url")
FLAGS = ("required", "visible_profile", "visible_registration", "as_verification_identifier")


def create(call: Context) -> HttpReply:
    """It is in the app's public settings from now on."""
    schema = call.app.settings.user_meta_data_schema
    field = _field(call, len(schema) + 1)
    if any(each.get("field_name") == field["field_name"] for each in schema):
        raise Refusal(422, "invalid_meta_field", "There is such a field already")
    values = {"user_meta_data_schema": [*schema, field]}
    call.state.apps.update(call.app.id, values, call.state.clock())
    return json_reply(field)


def _field(call: Context, last: int) -> dict[str, Any]:
    request = call.request
    name, kind = request.text("name").strip(), request.text("field_type") or "string"
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    position = request.fields.get("position", last)
    flags = {flag: request.fields.get(flag, False) for flag in FLAGS}
    if not slug:
        raise Refusal(422, "invalid_meta_field", "name is missing")
    if kind not in TYPES:
        raise Refusal(422, "invalid_meta_field", f"field_type: one of {', '.join(TYPES)}")
    if type(position) is not int or not all(isinstance(flag, bool) for flag in flags.values()):
        raise Refusal(422, "invalid_meta_field", "position is a number, the flags are booleans")
    return {
        "id": new_id(call.state.random),
        "name": name,
        "field_name": slug,
        "field_type": kind,
        "position": position,
        **flags,
    }
