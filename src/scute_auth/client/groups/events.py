"""What happened in the app."""

from scute_auth.api import apps as rows
from scute_auth.client.models.apps import Event
from scute_auth.client.paging import Page, page_of
from scute_auth.client.request import Request, asked

__all__ = ["list"]


def list(
    *,
    page: int | None = None,
    limit: int | None = None,
    category: str | None = None,
    event_type: str | None = None,
    user_id: str | None = None,
    start_date: str | None = None,
    end_date: str | None = None,
    token: str | None = None,
) -> Request[Page[Event]]:
    """List events, a page of `limit` at a time; dates are in ISO 8601.

    The reference asks for a `token`, a user's access token, beside the secret.
    """
    query = asked(
        page=page,
        limit=limit,
        category=category,
        slug=event_type,
        user_id=user_id,
        start_date=start_date,
        end_date=end_date,
    )
    return Request(rows.EVENTS_LIST, page_of("events", Event), query=query, token=token or "")
