"""What happened in an app, newest first, as the page of "List events" shows it."""

from collections.abc import Mapping
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.paging import page_of, place_of, time_of
from scute_emulator.api.shapes import iso
from scute_emulator.state.events import Event

__all__ = ["event_object", "list_events"]


def list_events(call: Context) -> HttpReply:
    query = call.request.query
    since, until = time_of(query, "start_date"), time_of(query, "end_date")
    fitting = [
        each
        for each in reversed(call.state.events.of(call.app.id, query.get("slug")))
        if _fits(each, query)
        and (since is None or each.happened_at >= since)
        and (until is None or each.happened_at <= until)
    ]
    page = page_of(fitting, query)
    shown = [event_object(each) for each in page.items]
    return json_reply({"count": page.count, **place_of(page), "events": shown})


def _fits(event: Event, query: Mapping[str, str]) -> bool:
    told = event_object(event)
    category, user_id = query.get("category"), query.get("user_id")
    return category in (None, told["category"]) and user_id in (None, told["app_user_id"])


def event_object(event: Event) -> dict[str, Any]:
    """What only Scute's own servers know (controller, action, address) is null."""
    happened = iso(event.happened_at)
    return {
        "id": event.id,
        "app_id": event.app_id,
        "slug": event.kind,
        "category": event.kind.partition(".")[0],
        "data": dict(event.data),
        "metadata": dict(event.metadata),
        "app_user_id": event.user and event.user.id,
        "controller": None,
        "action": None,
        "params": {},
        "note": None,
        "ip_address": None,
        "user_agent": None,
        "created_at": happened,
        "updated_at": happened,
    }
