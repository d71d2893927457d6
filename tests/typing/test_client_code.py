"""What a type checker sees of the API client: models, and nothing of which no type is known.

mypy and pyright read this file; pytest only imports what it shows.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any, assert_type

from scute_auth import AsyncScuteClient, ScuteClient, ScuteConfig
from scute_auth.client import Page
from scute_auth.client.models.apps import App, Event, Notification
from scute_auth.client.models.challenges import Completed
from scute_auth.client.models.machines import MachineTokens
from scute_auth.client.models.permissions import Decision
from scute_auth.client.models.sessions import CurrentUser, MfaRequired, ScuteSession
from scute_auth.client.models.users import UserRecord, UserSession
from scute_auth.client.models.verification import VerificationStarted
from scute_auth.client.models.webhooks import WebhookDelivery, WebhookEndpoint
from scute_auth.errors import ApiError, RateLimited


def blocking(client: ScuteClient, token: str) -> None:
    assert_type(client.users.show("u"), UserRecord)
    assert_type(client.users.list(status="active", timeout=2.0), Page[UserRecord])
    assert_type(client.users.list().items, tuple[UserRecord, ...])
    assert_type(client.users.iterate(), Iterator[UserRecord])
    assert_type(client.users.show("u").created_at, float | None)
    assert_type(client.users.show("u").raw["x"], Any)
    assert_type(client.users.look_up("a@b.example"), UserRecord | None)
    assert_type(client.users.sessions("u"), tuple[UserSession, ...])
    assert_type(client.apps.show(), App)
    assert_type(client.events.iterate(), Iterator[Event])
    assert_type(client.magic_links.status("l"), ScuteSession | MfaRequired | None)
    assert_type(client.challenges.verify("c"), ScuteSession | MfaRequired | Completed)
    assert_type(client.sessions.current_user(token=token), CurrentUser)
    assert_type(client.tokens.verify_access(token=token), bool)
    assert_type(client.m2m.create_token("reports"), MachineTokens)
    assert_type(client.webhooks.deliveries("w"), Page[WebhookDelivery])
    assert_type(client.authz.check("u", "read").is_allowed, bool)
    assert_type(client.authz.check_batch([]), tuple[Decision, ...])
    assert_type(client.users.delete("u"), None)


async def awaiting(client: AsyncScuteClient, token: str) -> None:
    assert_type(await client.users.show("u"), UserRecord)
    assert_type(await client.users.list(), Page[UserRecord])
    assert_type(client.users.iterate(), AsyncIterator[UserRecord])
    assert_type(client.notifications.iterate(token=token), AsyncIterator[Notification])
    assert_type(await client.webhooks.create("https://a.example"), WebhookEndpoint)
    assert_type(await client.otp.verify("1", "c"), ScuteSession | MfaRequired)
    started = await client.verification.create_with_intent("x", {}, token=token)
    assert_type(started, VerificationStarted)
    async for user in client.users.iterate():
        assert_type(user, UserRecord)
    async with client as entered:
        assert_type(entered, AsyncScuteClient)


def errors(client: ScuteClient) -> float:
    try:
        client.users.list()
    except RateLimited as error:
        return error.retry_after
    except ApiError as error:
        assert_type(error.details, dict[str, Any])
        return float(error.status)
    return 0.0


def test_client_code_is_well_typed() -> None:
    with ScuteClient(ScuteConfig("app_demo")) as client:
        assert_type(client, ScuteClient)
    assert callable(blocking)
    assert callable(awaiting)
    assert callable(errors)
