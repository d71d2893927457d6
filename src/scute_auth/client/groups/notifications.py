"""What the signed-in user is told by the app."""

from typing import Any

from scute_auth.api import apps as rows
from scute_auth.client.models.apps import Notification, notification
from scute_auth.client.paging import Page, page_of
from scute_auth.client.reading import whole
from scute_auth.client.request import Request, asked

__all__ = ["dismiss", "list", "mark_all_read", "mark_read", "show", "statistics"]


def list(
    *,
    token: str,
    page: int | None = None,
    per_page: int | None = None,
    category: str | None = None,
    unread: bool | None = None,
) -> Request[Page[Notification]]:
    """List the user's notifications, a page at a time.

    How many are unread is in the page's `raw`.
    """
    query = asked(page=page, per_page=per_page, category=category, unread=unread)
    parse = page_of("notifications", Notification)
    return Request(rows.NOTIFICATIONS_LIST, parse, query=query, token=token)


def show(notification_id: str, *, token: str) -> Request[Notification]:
    """Show one."""
    path = {"notification": notification_id}
    return Request(rows.NOTIFICATIONS_SHOW, notification, path=path, token=token)


def statistics(*, token: str) -> Request[dict[str, Any]]:
    """Count them by priority and category."""
    return Request(rows.NOTIFICATIONS_STATISTICS, whole, token=token)


def mark_read(notification_id: str, *, token: str) -> Request[Notification]:
    """Mark one as read."""
    path = {"notification": notification_id}
    return Request(rows.NOTIFICATIONS_MARK_READ, notification, path=path, token=token)


def mark_all_read(*, token: str) -> Request[dict[str, Any]]:
    """Mark all as read."""
    return Request(rows.NOTIFICATIONS_MARK_ALL_READ, whole, token=token)


def dismiss(notification_id: str, *, token: str) -> Request[Notification]:
    """Dismiss one, where it is dismissible."""
    path = {"notification": notification_id}
    return Request(rows.NOTIFICATIONS_DISMISS, notification, path=path, token=token)
