"""What Scute sends: taken once, on every framework, by who signed it and by nothing else."""

import json
from typing import Any

from scute_auth import WebhookEvent
from scute_auth.runtime import Hooks
from scute_auth.webhooks import MAX_WEBHOOK, signature
from tests.conformance.client import Response
from tests.conformance.opening import Sites
from tests.conformance.site import Site

SECRET = "whsec_3f9d1c5b7a2e4860"


async def opened(sites: Sites, **handlers: Any) -> Site:
    webhooks = {name.replace("_", "."): handler for name, handler in handlers.items()}
    return await sites.open(
        webhook_secrets=(SECRET,), hooks=Hooks(webhooks=webhooks), require_by_default=True
    )


def event(**members: Any) -> bytes:
    known = {"id": "dlv_1", "event_type": "user.created", "app_id": "app_demo"}
    return json.dumps({**known, **members}, ensure_ascii=False, separators=(",", " : ")).encode()


async def delivered(site: Site, body: bytes, signed: bytes | None = None) -> Response:
    """As Scute sends it; `signed` is what the signature is over."""
    at = int(site.clock())
    headers = {
        "content-type": "application/json",
        "user-agent": "AppName-Webhooks/1.0",
        "x-webhook-signature": signature(SECRET, at, body if signed is None else signed),
    }
    return await site.client.request("POST", "/auth/webhook", headers=headers, body=body)


async def test_an_event_reaches_its_handler_and_its_replay_does_not(sites: Sites) -> None:
    heard: list[WebhookEvent] = []
    site = await opened(sites, user_created=heard.append, user_updated=heard.append)
    body = event(data={"name": "Zo\u00eb \u2603"}, user={"id": "usr_1"})

    taken, replayed = await delivered(site, body), await delivered(site, body)

    assert (taken.status, taken.json) == (200, {"status": "handled"})
    assert (replayed.status, replayed.reason) == (409, "replayed")
    assert [told.data["name"] for told in heard] == ["Zo\u00eb \u2603"]
    assert not taken.set_cookies


async def test_a_webhook_that_was_written_again_on_its_way_is_refused(sites: Sites) -> None:
    heard: list[WebhookEvent] = []
    site = await opened(sites, user_created=heard.append)
    body = event()

    refused = await delivered(site, json.dumps(json.loads(body)).encode(), signed=body)

    assert (refused.status, refused.reason) == (400, "signature")
    assert heard == []


async def test_a_handler_that_raises_is_called_again_at_the_next_try(sites: Sites) -> None:
    heard: list[WebhookEvent] = []

    def failing(told: WebhookEvent) -> None:
        heard.append(told)
        if len(heard) == 1:
            raise ValueError("the database is away")

    site = await opened(sites, user_created=failing)

    answers = [(await delivered(site, event())).status for _ in range(3)]

    assert answers == [500, 200, 409]
    assert len(heard) == 2


async def test_a_webhook_may_be_larger_than_a_form_and_not_huge(sites: Sites) -> None:
    heard: list[WebhookEvent] = []
    site = await opened(sites, user_created=heard.append)
    large = event().ljust(MAX_WEBHOOK)

    assert (await delivered(site, large)).status == 200
    assert len(heard) == 1
    assert (await delivered(site, large + b" ")).status == 413


async def test_without_a_secret_nobody_takes_webhooks(site: Site) -> None:
    assert (await delivered(site, event())).status == 404
