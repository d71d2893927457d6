"""What a type checker sees of verifications: mypy and pyright read this file."""

from collections.abc import Mapping
from typing import Any, assert_type

import pytest

from scute_auth import (
    AsyncScute,
    IntentVerification,
    Scute,
    ScuteClient,
    ScuteConfig,
    TokenError,
    WebhookEvent,
)
from scute_auth.m2m import M2MAuth
from scute_auth.risk import Risk


def ask(client: ScuteClient, machine: M2MAuth) -> str:
    assert_type(machine.short_token(), str)
    started = client.verification.create_with_intent("x", {}, token=machine.short_token())
    return started.verification_id


def taken(scute: Scute, token: str, kept: dict[str, str]) -> Mapping[str, Any]:
    result = scute.verify_intent_token(token, verification_id=kept.get("T-1"), once=False)
    assert_type(result, IntentVerification)
    assert_type(result.is_verified, bool)
    assert_type(result.risk, Risk | None)
    return result.metadata


async def awaited(scute: AsyncScute, token: str) -> float | None:
    result = await scute.verify_intent_token(token)
    return None if result.risk is None else result.risk.score


def heard(event: WebhookEvent, client: ScuteClient, token: str) -> None:
    assert_type(event.risk, Risk | None)
    assert_type(client.verification.show("v", token=token).risk, Risk | None)


def test_without_a_token_there_is_no_result() -> None:
    with Scute(ScuteConfig("app_demo")) as scute, pytest.raises(TokenError):
        taken(scute, "", {})
