"""Webhooks: where Scute tells an app what happened, and what it told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scute_auth.client.reading import Model, hidden, inside, mapping

__all__ = ["WebhookDelivery", "WebhookEndpoint", "webhook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint(Model):
    """`secret` signs the deliveries: Scute tells it at creation, and it is shown nowhere."""

    id: str
    url: str | None = None
    event_types: tuple[str, ...] = ()
    secret: str | None = hidden(None)
    retry_limit: int | None = None
    enabled: bool = False
    description: str | None = None
    metadata: Mapping[str, Any] = mapping()
    last_ping_at: float | None = None
    created_at: float | None = None
    updated_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery(Model):
    """`status`: pending, processing, delivered or failed."""

    id: str
    webhook_endpoint_id: str | None = None
    event_id: str | None = None
    status: str | None = None
    retry_count: int | None = None
    signature: str | None = hidden(None)
    payload: Mapping[str, Any] = mapping()
    response_status: int | None = None
    response_body: str | None = None
    failure_reason: str | None = None
    created_at: float | None = None
    updated_at: float | None = None


webhook = inside("webhook_endpoint", WebhookEndpoint)
