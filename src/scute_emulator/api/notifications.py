"""The signed-in user's notifications. Reading and dismissing them have no documented paths."""

from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.paging import page_of
from scute_emulator.api.shapes import iso
from scute_emulator.state.notifications import Notification

__all__ = ["list_notifications"]


def list_notifications(call: Context) -> HttpReply:
    query, every = call.request.query, call.state.notifications.of(call.user.id)
    page = page_of([each for each in every if _fits(each, query)], query)
    meta = {
        "current_page": page.number,
        "total_pages": page.total,
        "total_count": page.count,
        "unread_count": sum(not each.read for each in every),
    }
    now = call.state.clock()
    shown = [_shown(each, now) for each in page.items]
    return json_reply({"notifications": shown, "meta": meta})


def _fits(notification: Notification, query: Any) -> bool:
    if query.get("category", notification.category) != notification.category:
        return False
    return query.get("unread") not in ("true", "1") or not notification.read


def _shown(notification: Notification, now: float) -> dict[str, Any]:
    created, ends = iso(notification.created_at), notification.expires_at
    return {
        "id": notification.id,
        "app_id": notification.app_id,
        "event_type": notification.event_type,
        "category": notification.category,
        "priority": notification.priority,
        "status": "read" if notification.read else "unread",
        "title": notification.title,
        "body": notification.body,
        "app_user_id": notification.user_id,
        "action_url": notification.action_url,
        "action_text": notification.action_text,
        "requires_action": notification.action_url is not None,
        "dismissible": notification.dismissible,
        "read": notification.read,
        "read_at": created if notification.read else None,
        "dismissed": False,
        "dismissed_at": None,
        "expired": ends is not None and now >= ends,
        "expires_at": None if ends is None else iso(ends),
        "metadata": dict(notification.metadata),
        "created_at": created,
        "updated_at": created,
    }
