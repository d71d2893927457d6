"""An app's webhook endpoints, and what is on its way to them.

Whoever hosts the state sends what is due, and says what became of it. Not documented, and so our
own choice (?): how long a retry waits, and that it is the same delivery, signed anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from scute_auth.effects import HttpCall, HttpOutcome, HttpReply
from scute_auth.webhooks import signature
from scute_emulator.state.chance import Randomness, new_id
from scute_emulator.state.webhook_endpoints import Endpoint, checked, new_secret

__all__ = ["Delivery", "Webhooks"]

Status: TypeAlias = Literal["pending", "processing", "delivered", "failed"]

FIRST_WAIT = 1.0
"""Seconds before the first retry; each further one waits twice as long."""

SHOWN = 1000


@dataclass(slots=True, eq=False)
class Delivery:
    """One event on its way to one endpoint; `payload` is the body, byte for byte."""

    id: str
    endpoint: Endpoint
    event_id: str
    payload: bytes = field(repr=False)
    created_at: float
    updated_at: float
    due_at: float
    status: Status = "pending"
    retry_count: int = 0
    signature: str = field(default="", repr=False)
    response_status: int | None = None
    response_body: str | None = field(default=None, repr=False)
    failure_reason: str | None = None


class Webhooks:
    """`queued` is called with each delivery, while whoever hosts the state holds its lock."""

    def __init__(self, random: Randomness) -> None:
        self._random = random
        self._endpoints: dict[str, Endpoint] = {}
        self._deliveries: list[Delivery] = []
        self.queued: Callable[[], object] = lambda: None

    def add(
        self, app_id: str, values: Mapping[str, Any], now: float, *, secret: str | None = None
    ) -> Endpoint:
        """A new endpoint; ValueError says which value is none."""
        made = Endpoint(new_id(self._random), app_id, secret or new_secret(self._random), now, now)
        endpoint = replace(made, **checked({"url": "", **values}))
        self._endpoints[endpoint.id] = endpoint
        return endpoint

    def of(self, app_id: str) -> list[Endpoint]:
        return [each for each in self._endpoints.values() if each.app_id == app_id]

    def find(self, app_id: str, endpoint_id: str) -> Endpoint | None:
        return next((each for each in self.of(app_id) if each.id == endpoint_id), None)

    def change(self, endpoint: Endpoint, values: Mapping[str, Any], now: float) -> Endpoint:
        changed = replace(endpoint, **checked(values), updated_at=now)
        self._endpoints[endpoint.id] = changed
        return changed

    def pinged(self, endpoint: Endpoint, now: float) -> None:
        self._endpoints[endpoint.id] = replace(endpoint, last_ping_at=now)

    def delete(self, endpoint: Endpoint) -> None:
        del self._endpoints[endpoint.id]

    def queue(
        self, endpoint: Endpoint, event_id: str, now: float, payload: Callable[[str], bytes]
    ) -> Delivery:
        """Send an event to an endpoint; `payload` is told the delivery's id."""
        name = new_id(self._random)
        delivery = Delivery(name, endpoint, event_id, payload(name), now, now, now)
        self._deliveries.append(delivery)
        self.queued()
        return delivery

    def deliveries(self, app_id: str) -> list[Delivery]:
        """Newest first."""
        return [each for each in reversed(self._deliveries) if each.endpoint.app_id == app_id]

    def next_due(self) -> float | None:
        """When the next delivery is to be sent, if there is one."""
        return min((each.due_at for each in self._waiting()), default=None)

    def due(self, now: float) -> list[Delivery]:
        return [each for each in self._waiting() if each.due_at <= now]

    def _waiting(self) -> list[Delivery]:
        """What an endpoint that is there still, and on, has to get."""
        known = self._endpoints
        return [
            each
            for each in self._deliveries
            if each.status == "pending"
            and (endpoint := known.get(each.endpoint.id)) is not None
            and endpoint.enabled
        ]

    def begin(self, delivery: Delivery, now: float) -> HttpCall:
        """The call to make; where it goes and how often is the endpoint's as it is by now."""
        delivery.endpoint = self._endpoints[delivery.endpoint.id]
        delivery.status, delivery.updated_at = "processing", now
        delivery.signature = signature(delivery.endpoint.secret, int(now), delivery.payload)
        headers = (
            ("content-type", "application/json"),
            ("user-agent", "AppName-Webhooks/1.0"),
            ("x-webhook-signature", delivery.signature),
        )
        return HttpCall("POST", delivery.endpoint.url, headers, delivery.payload)

    def settle(self, delivery: Delivery, outcome: HttpOutcome, now: float) -> None:
        """What came back: any 2xx is enough, and for anything else there is a retry."""
        delivery.updated_at = now
        if isinstance(outcome, HttpReply):
            delivery.response_status = outcome.status
            delivery.response_body = outcome.body.decode("utf-8", "replace")[:SHOWN]
            delivery.failure_reason = None
            if 200 <= outcome.status < 300:
                delivery.status = "delivered"
                return
            delivery.failure_reason = f"the answer was {outcome.status}"
        else:
            delivery.response_status = delivery.response_body = None
            delivery.failure_reason = outcome.kind
        if delivery.retry_count >= delivery.endpoint.retry_limit:
            delivery.status = "failed"
        else:
            delivery.status = "pending"
            delivery.due_at = now + FIRST_WAIT * 2**delivery.retry_count
            delivery.retry_count += 1
