"""Scute's events in a Django project: the signal, the functions of the setting, both modes."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from anyio.to_thread import run_sync
from django.http import HttpRequest
from django.test import override_settings
from django.urls import include, path

from scute_auth import ConfigError, ScuteConfig, WebhookEvent
from scute_auth.webhooks import signature
from scute_django.hooks import async_hooks, hooks
from scute_django.signals import webhook_received
from scute_emulator import Emulator
from tests.integrations.django_site import opened

SECRET = "whsec_3f9d1c5b7a2e4860"
URLS = path("auth/", include("scute_django.urls"))
MODES = pytest.mark.parametrize("mode", ["wsgi", "asgi"])
CONFIG = ScuteConfig("app_demo")

heard: list[tuple[str, object]] = []


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    heard.clear()
    yield
    webhook_received.disconnect(receive)


def receive(*, sender: object, request: HttpRequest, event: WebhookEvent, **_: Any) -> None:
    assert sender is WebhookEvent
    assert request.path == "/auth/webhook"
    heard.append(("signal", event.type))


def now(event: WebhookEvent) -> None:
    heard.append(("now", event.type))


async def later(event: WebhookEvent) -> None:
    heard.append(("later", event.type))


def failing(event: WebhookEvent) -> None:
    raise ZeroDivisionError


async def delivered(emulator: Emulator, mode: str, django: dict[str, Any], **settings: Any) -> int:
    """The status that Scute gets for an event; Django's own CSRF check is on."""
    # The store is the process's: the name is this test's own.
    event = {"id": emulator.state.apps.first.secret, "event_type": "user.created"}
    event["app_id"] = "app_demo"
    body = json.dumps(event)
    signed = signature(SECRET, int(emulator.state.clock()), body.encode())
    given: dict[str, Any] = {"webhook_secrets": (SECRET,), **settings}
    with opened(emulator, URLS, django=django, **given) as project:
        client: Any = project.client() if mode == "wsgi" else project.aclient()
        client.handler.enforce_csrf_checks = True
        send = partial(
            client.post,
            "/auth/webhook",
            body,
            "application/json",
            headers={"X-Webhook-Signature": signed},
        )
        answer = await run_sync(send) if mode == "wsgi" else await send()
    status: int = answer.status_code
    return status


@MODES
async def test_an_event_is_a_signal(emulator: Emulator, mode: str) -> None:
    webhook_received.connect(receive)

    assert await delivered(emulator, mode, {}) == 200
    assert heard == [("signal", "user.created")]


@MODES
async def test_functions_of_the_setting_are_called_behind_it(emulator: Emulator, mode: str) -> None:
    webhook_received.connect(receive)
    given = {"user.*": f"{__name__}.now", "user.created": later, "user.updated": failing}

    assert await delivered(emulator, mode, {"SCUTE": {"WEBHOOKS": given}}) == 200
    assert heard == [(way, "user.created") for way in ("signal", "now", "later")]


@MODES
async def test_a_function_that_raises_has_scute_send_it_again(
    emulator: Emulator, mode: str
) -> None:
    given = {"SCUTE": {"WEBHOOKS": {"*": failing}}}

    assert await delivered(emulator, mode, given) == 500
    assert await delivered(emulator, mode, {}) == 200


@MODES
async def test_without_a_secret_there_is_no_such_page(emulator: Emulator, mode: str) -> None:
    webhook_received.connect(receive)

    assert await delivered(emulator, mode, {}, webhook_secrets=()) == 404
    assert heard == []


@pytest.mark.parametrize("make", [hooks, async_hooks], ids=["sync", "async"])
@pytest.mark.parametrize(
    "given",
    [{"user.created": "no.such.function"}, {"user.created": 3}, {"User Created": now}, [now]],
    ids=["no module", "a number", "no name", "a list"],
)
def test_what_is_no_function_for_an_event_is_found_at_start(make: Any, given: Any) -> None:
    django = {"SCUTE": {"WEBHOOKS": given}}

    with override_settings(**django), pytest.raises(ConfigError, match=r"webhooks|WEBHOOKS"):
        make(CONFIG)
