"""Webhook endpoints, with the secret."""

from scute_emulator.api import webhooks
from scute_emulator.api.route import SECRET, Route

__all__ = ["ROUTES"]

H = "/v1/apps/{app}/webhooks"

ROUTES = (
    Route("GET", H, SECRET, webhooks.list_endpoints),
    Route("POST", H, SECRET, webhooks.create),
    Route("GET", H + "/{webhook}", SECRET, webhooks.show),
    Route("PATCH", H + "/{webhook}", SECRET, webhooks.update),
    Route("DELETE", H + "/{webhook}", SECRET, webhooks.delete),
    Route("POST", H + "/{webhook}/test", SECRET, webhooks.test),
    Route("GET", H + "/{webhook}/deliveries", SECRET, webhooks.list_deliveries),
)
