"""What happened in the app."""

from collections.abc import Mapping

from scute_auth.api import apps as rows
from scute_auth.client.models.apps import Event
from scute_auth.client.paging import Page, page_of
from scute_auth.client.request import Request, asked

__all__ = ["list"]


def list(
    *,
    page: int | None = None,
    per_page: int | None = None,
    filters: Mapping[str, str] | None = None,
    token: str | None = None,
) -> Request[Page[Event]]:
    """List events, a page at a time; which `filters` there are is Scute's to say."""
    query = {**(filters or {}), **asked(page=page, per_page=per_page)}
    return Request(rows.EVENTS_LIST, page_of("events", Event), query=query, token=token or "")
