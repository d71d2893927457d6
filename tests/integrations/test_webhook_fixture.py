"""The plugin's `scute_webhook`, with each kind of client."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from anyio.to_thread import run_sync
from django.test import AsyncClient, Client
from django.urls import include, path
from flask import Flask
from rest_framework.test import APIClient
from starlette.testclient import TestClient

from scute_asgi import ScuteAuth
from scute_auth import ScuteConfig, WebhookEvent
from scute_auth.testing import SendWebhook
from scute_django.signals import webhook_received
from scute_emulator import Emulator
from scute_flask import ScuteAuth as FlaskScuteAuth
from tests.integrations.django_site import opened

heard: list[WebhookEvent] = []
USER = {"id": "usr_1", "email": "ana@example.com"}


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("only our own routes are asked")


app = ScuteAuth(nothing, webhooks={"user.*": heard.append})
"""Made at import, as apps are: it takes its settings with the first request."""


@pytest.fixture(autouse=True)
def silence() -> None:
    heard.clear()


@pytest.mark.parametrize("times", [1, 2])
def test_each_call_is_another_delivery(scute_webhook: SendWebhook, times: int) -> None:
    """In a second test too: the process remembers the deliveries of the first."""
    client = TestClient(app)

    for _ in range(times):
        answer = scute_webhook(
            client, "user.created", user=USER, data={"source": "x"}, metadata={"ticket": 7}
        )
        assert (answer.status_code, answer.json()) == (200, {"status": "handled"})

    assert len(heard) == times
    assert heard[0].user is not None
    assert (heard[0].user.id, heard[0].data, heard[0].metadata) == (
        "usr_1",
        {"source": "x"},
        {"ticket": 7},
    )


async def test_an_async_clients_answer_is_awaited(scute_webhook: SendWebhook) -> None:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await scute_webhook(client, "user.updated")

    assert answer.status_code == 200
    assert [event.type for event in heard] == ["user.updated"]


def test_flasks_client(scute_webhook: SendWebhook) -> None:
    flask_app = Flask(__name__)
    FlaskScuteAuth(flask_app, webhooks={"user.created": heard.append})

    assert scute_webhook(flask_app.test_client(), "user.created").status_code == 200
    assert len(heard) == 1


def hear(*, event: WebhookEvent, **_: Any) -> None:
    heard.append(event)


@pytest.mark.parametrize("kind", [Client, APIClient, AsyncClient])
async def test_djangos_clients(
    scute_emulator: Emulator, scute_webhook: SendWebhook, kind: Callable[..., Any]
) -> None:
    webhook_received.connect(hear)
    client = kind(enforce_csrf_checks=True)
    secrets = (scute_emulator.webhooks.secret,)
    urls = path("auth/", include("scute_django.urls"))
    with opened(scute_emulator, urls, webhook_secrets=secrets):
        answer = await run_sync(scute_webhook, client, "user.created")
        if isinstance(client, AsyncClient):
            answer = await answer
    webhook_received.disconnect(hear)

    assert answer.status_code == 200
    assert len(heard) == 1


def test_an_app_with_settings_of_its_own_gives_them(
    scute_emulator: Emulator, scute_webhook: SendWebhook
) -> None:
    other = scute_emulator.create_app()
    config = ScuteConfig(
        other.id,
        base_url=scute_emulator.base_url,
        emulator=True,
        auth_prefix="/account",
        webhook_secrets=(scute_emulator.webhooks.secret,),
    )
    client = TestClient(ScuteAuth(nothing, config, webhooks={"*": heard.append}))

    assert scute_webhook(client, "user.created", config=config).status_code == 200
    assert heard[0].app_id == other.id
