"""Where Scute tells the app what happened; `scute_auth.webhooks` verifies what arrives."""

from collections.abc import Mapping, Sequence
from typing import Any

from scute_auth.api import apps as rows
from scute_auth.client.models.webhooks import WebhookDelivery, WebhookEndpoint, webhook
from scute_auth.client.paging import Page, page_of
from scute_auth.client.reading import many, nothing
from scute_auth.client.request import Request, asked, given

__all__ = ["create", "delete", "deliveries", "list", "show", "test", "update"]


def list() -> Request[tuple[WebhookEndpoint, ...]]:
    """List the endpoints."""
    return Request(rows.WEBHOOKS_LIST, many("webhook_endpoints", WebhookEndpoint))


def create(
    url: str,
    *,
    event_types: Sequence[str] | None = None,
    retry_limit: int | None = None,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    enabled: bool | None = None,
    token: str | None = None,
) -> Request[WebhookEndpoint]:
    """Create an endpoint. Its `secret` is told this once: put it into `SCUTE_WEBHOOK_SECRETS`."""
    fields = given(
        url=url,
        event_types=None if event_types is None else [*event_types],
        retry_limit=retry_limit,
        description=description,
        metadata=metadata,
        enabled=enabled,
    )
    return Request(rows.WEBHOOKS_CREATE, webhook, body={"webhook": fields}, token=token or "")


def show(webhook_id: str) -> Request[WebhookEndpoint]:
    """Show one endpoint."""
    return Request(rows.WEBHOOKS_SHOW, webhook, path={"webhook": webhook_id})


def update(webhook_id: str, fields: Mapping[str, Any]) -> Request[WebhookEndpoint]:
    """Change an endpoint."""
    path, body = {"webhook": webhook_id}, {"webhook": fields}
    return Request(rows.WEBHOOKS_UPDATE, webhook, path=path, body=body)


def delete(webhook_id: str) -> Request[None]:
    """Delete an endpoint."""
    return Request(rows.WEBHOOKS_DELETE, nothing, path={"webhook": webhook_id})


def test(webhook_id: str) -> Request[None]:
    """Have a `webhook.test` event sent."""
    return Request(rows.WEBHOOKS_TEST, nothing, path={"webhook": webhook_id})


def deliveries(
    webhook_id: str,
    *,
    page: int | None = None,
    per_page: int | None = None,
    status: str | None = None,
) -> Request[Page[WebhookDelivery]]:
    """List what was sent, or was to be, a page of at most 100 at a time."""
    query = asked(page=page, per_page=per_page, status=status)
    parse = page_of("deliveries", WebhookDelivery)
    return Request(rows.WEBHOOKS_DELIVERIES, parse, path={"webhook": webhook_id}, query=query)
