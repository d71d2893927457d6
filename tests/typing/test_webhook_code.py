"""What a type checker sees of webhooks: mypy and pyright read this file."""

from collections.abc import Mapping
from typing import Any, assert_type

from django.dispatch import receiver
from django.http import HttpRequest
from fastapi import FastAPI
from flask import Flask, request
from starlette.requests import Request
from starlette.testclient import TestClient

import scute_fastapi
import scute_flask
from scute_auth import Hooks, WebhookError, WebhookEvent, WebhookReason
from scute_auth.testing import SendWebhook
from scute_auth.webhooks import WebhookKind, WebhookUser, verify_webhook
from scute_django.signals import webhook_received


async def welcome(event: WebhookEvent) -> None:
    assert_type(event.user, WebhookUser | None)
    assert_type(event.kind, WebhookKind | None)
    assert_type(event.created_at, float | None)
    assert_type(event.metadata, Mapping[str, Any])
    if event.user is not None:
        assert_type(event.user.email, str | None)


def note(event: WebhookEvent) -> int:
    return len(event.type)


@receiver(webhook_received)
def log(event: WebhookEvent, **kwargs: Any) -> None: ...


def from_django(got: HttpRequest, secret: str) -> WebhookEvent:
    return verify_webhook(got.headers, got.body, secret)


def from_flask(secrets: list[str]) -> WebhookEvent:
    return verify_webhook(request.headers, request.get_data(), secrets, tolerance=60)


async def from_starlette(got: Request, secrets: tuple[str, ...]) -> WebhookReason | None:
    try:
        event = verify_webhook(got.headers, await got.body(), secrets, now=1.0)
    except WebhookError as error:
        assert_type(error.reason, WebhookReason)
        return error.reason
    assert_type(event, WebhookEvent)
    return None


def from_lambda(headers: dict[str, str], raw: list[tuple[bytes, bytes]]) -> None:
    verify_webhook(headers, b"", "whsec_1234567890")
    verify_webhook(raw, b"", "whsec_1234567890")


def in_a_test(scute_webhook: SendWebhook) -> None:
    scute_webhook(TestClient(FastAPI()), "user.created", user={"id": "1"}, metadata={"ticket": 7})


def test_a_handler_may_be_plain_or_a_coroutine_function() -> None:
    FastAPI().add_middleware(scute_fastapi.ScuteAuth, webhooks={"user.created": welcome, "*": note})
    scute_flask.ScuteAuth(Flask(__name__), webhooks={"*": note})

    assert Hooks(webhooks={"*": note, "user.*": welcome}).webhooks
