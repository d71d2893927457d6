"""What a delivery says, in both of the ways that Scute's pages have it; what is empty is left out.

guides/webhooks (the older one) names the app by its UUID and has all else in `data`;
webhooks/payload names it by its public id, and the user beside it.
"""

import json
from collections.abc import Mapping
from typing import Any

from scute_emulator.api.shapes import iso
from scute_emulator.state.events import Event
from scute_emulator.state.users import User

__all__ = ["guide_payload", "payload"]


def payload(event: Event, delivery_id: str, user: Mapping[str, Any] | None = None) -> bytes:
    """As webhooks/payload has it; `user` stands for an event that did not happen."""
    if user is None and event.user is not None:
        user = _user(event.user)
    beside = {
        "verification_id": event.subject,
        "challenge_id": event.subject,
        "user": user and dict(user),
        "metadata": dict(event.metadata),
    }
    return _body(event, delivery_id, event.app_id, beside, {})


def guide_payload(event: Event, delivery_id: str, app_uuid: str) -> bytes:
    """As guides/webhooks has it."""
    inside = {"verification_id": event.subject, "meta_data": dict(event.metadata)}
    return _body(event, delivery_id, app_uuid, {}, inside)


def _body(
    event: Event,
    delivery_id: str,
    app_id: str,
    beside: Mapping[str, Any],
    inside: Mapping[str, Any],
) -> bytes:
    body = {
        "id": delivery_id,
        "created_at": iso(event.happened_at),
        "event_type": event.kind,
        "app_id": app_id,
        **{name: value for name, value in beside.items() if value},
        "data": {**event.data, **{name: value for name, value in inside.items() if value}},
        "api_version": "v1",
    }
    return json.dumps(body).encode("utf-8")


def _user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "app_user_id": user.id,
        "external_id": user.external_id,
        "email": user.email,
        "phone": user.phone,
    }
