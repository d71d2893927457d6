"""The webhooks of an emulator's first app: where they go, and what is on its way.

In memory a delivery is a value that a test sends; a served emulator sends by itself. Either way
to this machine only.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from scute_auth.effects import HttpCall, HttpOutcome
from scute_auth.webhooks import signature
from scute_emulator.api.webhook_payload import payload
from scute_emulator.api.webhooks import deliver_event
from scute_emulator.host import Host
from scute_emulator.state.chance import new_id
from scute_emulator.state.events import Event
from scute_emulator.state.webhook_endpoints import Endpoint
from scute_emulator.state.webhooks import Delivery

__all__ = ["SignedWebhook", "WebhookSender"]


@dataclass(frozen=True, slots=True)
class SignedWebhook:
    """What Scute would send for an event: to be posted as it is, as JSON."""

    headers: Mapping[str, str] = field(repr=False)
    body: bytes


class WebhookSender:
    def __init__(self, host: Host, secret: str) -> None:
        self._host = host
        self.secret = secret
        """Of the endpoints that are added here; those of the API have each their own."""
        self.queued = threading.Event()
        host.state.webhooks.queued = self.queued.set
        host.state.events.watch(partial(deliver_event, host.state))

    def add(
        self, url: str, event_types: Iterable[str] = ("*",), *, retry_limit: int = 3
    ) -> Endpoint:
        """Send the app's events here from now on; ValueError where that is not this machine."""
        values = {"url": url, "event_types": tuple(event_types), "retry_limit": retry_limit}
        with self._host.lock:
            state = self._host.state
            return state.webhooks.add(
                state.apps.first.id, values, state.clock(), secret=self.secret
            )

    def deliveries(self) -> list[Delivery]:
        """Newest first."""
        with self._host.lock:
            return self._host.state.webhooks.deliveries(self._host.state.apps.first.id)

    def due(self) -> list[tuple[Delivery, HttpCall]]:
        """What is to be sent now: make each call, and `settle` it with what came back."""
        with self._host.lock:
            state = self._host.state
            now = state.clock()
            return [(each, state.webhooks.begin(each, now)) for each in state.webhooks.due(now)]

    def settle(self, delivery: Delivery, outcome: HttpOutcome) -> None:
        with self._host.lock:
            self._host.state.webhooks.settle(delivery, outcome, self._host.state.clock())

    def deliver(self, send: Callable[[HttpCall], HttpOutcome]) -> list[Delivery]:
        """Send what is due, one after the other; the answer is what was sent."""
        due = self.due()
        for delivery, call in due:
            self.settle(delivery, send(call))
        return [delivery for delivery, _ in due]

    def wait(self) -> float | None:
        """Seconds until something is due; None if nothing is on its way."""
        with self._host.lock:
            due_at = self._host.state.webhooks.next_due()
            return None if due_at is None else max(0.0, due_at - self._host.state.clock())

    def sign(
        self,
        event_type: str,
        *,
        user: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        subject: str | None = None,
        app_id: str | None = None,
    ) -> SignedWebhook:
        """An event that did not happen, as it would be sent: each call is another delivery."""
        with self._host.lock:
            state = self._host.state
            now, name = state.clock(), new_id(state.random)
            app_id = app_id or state.apps.first.id
        event = Event(name, event_type, app_id, now, None, subject, data or {}, metadata or {})
        body = payload(event, name, user)
        return SignedWebhook({"x-webhook-signature": signature(self.secret, int(now), body)}, body)
