"""Webhook endpoints and their deliveries.

The answer to "list" and the one to "test" are not documented (?).
"""

import json
from collections.abc import Mapping
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.paging import page_of
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.shapes import iso
from scute_emulator.api.webhook_payload import guide_payload, payload
from scute_emulator.state import State
from scute_emulator.state.chance import new_token
from scute_emulator.state.events import Event
from scute_emulator.state.webhook_endpoints import Endpoint
from scute_emulator.state.webhooks import Delivery

__all__ = [
    "create",
    "delete",
    "deliver_event",
    "delivery_object",
    "list_deliveries",
    "list_endpoints",
    "show",
    "test",
    "update",
]


def list_endpoints(call: Context) -> HttpReply:
    found = call.state.webhooks.of(call.app.id)
    return json_reply({"webhook_endpoints": [_endpoint(each) for each in found]})


def create(call: Context) -> HttpReply:
    """The secret is shown this once."""
    state = call.state
    try:
        made = state.webhooks.add(call.app.id, _values(call), state.clock())
    except ValueError as error:
        raise Refusal(422, "invalid_webhook", str(error)) from None
    return json_reply({"webhook_endpoint": _endpoint(made) | {"secret": made.secret}}, 201)


def show(call: Context) -> HttpReply:
    return json_reply({"webhook_endpoint": _endpoint(_named(call))})


def update(call: Context) -> HttpReply:
    state = call.state
    try:
        changed = state.webhooks.change(_named(call), _values(call), state.clock())
    except ValueError as error:
        raise Refusal(422, "invalid_webhook", str(error)) from None
    return json_reply({"webhook_endpoint": _endpoint(changed)})


def delete(call: Context) -> HttpReply:
    call.state.webhooks.delete(_named(call))
    return json_reply({"message": "ok"})


def test(call: Context) -> HttpReply:
    """A `webhook.test` to this endpoint, whatever it wants to hear of."""
    state, endpoint = call.state, _named(call)
    now = state.clock()
    event = Event(f"evt_{new_token(state.random, 10)}", "webhook.test", call.app.id, now)
    state.webhooks.pinged(endpoint, now)
    _queue(state, endpoint, event)
    return json_reply({"message": "Test webhook sent"})


def list_deliveries(call: Context) -> HttpReply:
    query, endpoint = call.request.query, _named(call)
    wanted = query.get("status")
    page = page_of(
        [
            each
            for each in call.state.webhooks.deliveries(call.app.id)
            if each.endpoint.id == endpoint.id and wanted in (None, each.status)
        ],
        query,
    )
    pagination = {
        "current_page": page.number,
        "total_pages": page.total,
        "total_count": page.count,
        "per_page": page.size,
    }
    shown = [delivery_object(each) for each in page.items]
    return json_reply({"deliveries": shown, "pagination": pagination})


def deliver_event(state: State, event: Event) -> None:
    """Queue an event for each endpoint of its app that wants it."""
    for endpoint in state.webhooks.of(event.app_id):
        if endpoint.wants(event.kind):
            _queue(state, endpoint, event)


def _queue(state: State, endpoint: Endpoint, event: Event) -> None:
    app, is_older = state.apps.find(event.app_id), state.behaviour.guide_webhooks

    def body(delivery_id: str) -> bytes:
        if app is not None and is_older:
            return guide_payload(event, delivery_id, app.uuid)
        return payload(event, delivery_id)

    state.webhooks.queue(endpoint, event.id, state.clock(), body)


def _named(call: Context) -> Endpoint:
    endpoint = call.state.webhooks.find(call.app.id, call.params["webhook"])
    if endpoint is None:
        raise not_found("Webhook endpoint")
    return endpoint


def _values(call: Context) -> Mapping[str, Any]:
    return call.request.object("webhook") or call.request.fields


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    pinged = endpoint.last_ping_at
    return {
        "id": endpoint.id,
        "app_id": endpoint.app_id,
        "url": endpoint.url,
        "event_types": list(endpoint.event_types),
        "retry_limit": endpoint.retry_limit,
        "description": endpoint.description,
        "metadata": dict(endpoint.metadata),
        "enabled": endpoint.enabled,
        "last_ping_at": None if pinged is None else iso(pinged),
        "created_at": iso(endpoint.created_at),
        "updated_at": iso(endpoint.updated_at),
    }


def delivery_object(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "webhook_endpoint_id": delivery.endpoint.id,
        "event_id": delivery.event_id,
        "status": delivery.status,
        "retry_count": delivery.retry_count,
        "signature": delivery.signature,
        "payload": json.loads(delivery.payload),
        "response_status": delivery.response_status,
        "response_body": delivery.response_body,
        "failure_reason": delivery.failure_reason,
        "created_at": iso(delivery.created_at),
        "updated_at": iso(delivery.updated_at),
    }
