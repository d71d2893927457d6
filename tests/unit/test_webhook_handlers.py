"""The app's functions for Scute's events, called by either façade."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from scute_auth import AsyncScute, Hooks, Scute, WebhookEvent
from scute_auth.errors import ConfigError, Reason
from scute_auth.http import Reply, RequestView
from scute_auth.identity import SignedOut
from scute_auth.store import MemoryStore
from scute_auth.webhooks import signature
from tests.unit.sessions import Clock, config_of, new_emulator, request

SECRET = "whsec_3f9d1c5b7a2e4860"
NOBODY = SignedOut(Reason.MISSING)

Respond = Callable[[RequestView], Reply]
Open = Callable[[dict[str, Any]], Respond]


def in_threads(webhooks: dict[str, Any]) -> Respond:
    clock = Clock()
    emulator = new_emulator(clock)
    config = config_of(emulator, webhook_secrets=(SECRET,))
    store = MemoryStore(clock=clock)
    scute = Scute(
        config,
        clock=clock,
        transport=emulator.transport,
        store=store,
        hooks=Hooks(webhooks=webhooks),
    )
    return lambda view: scute.respond(view, NOBODY)


def on_asyncio(webhooks: dict[str, Any]) -> Respond:
    clock = Clock()
    emulator = new_emulator(clock)
    config = config_of(emulator, webhook_secrets=(SECRET,))
    scute = AsyncScute(
        config,
        clock=clock,
        transport=emulator.transport,
        store=MemoryStore(clock=clock),
        hooks=Hooks(webhooks=webhooks),
    )
    return lambda view: asyncio.run(scute.respond(view, NOBODY))


@pytest.fixture(params=[in_threads, on_asyncio], ids=["threads", "asyncio"])
def opened(request: pytest.FixtureRequest) -> Open:
    made: Open = request.param
    return made


def delivery(event_type: str = "user.created", **members: Any) -> RequestView:
    event = {"id": "dlv_1", "event_type": event_type, "app_id": "app_demo", **members}
    body = json.dumps(event).encode()
    headers = {"x-webhook-signature": signature(SECRET, int(Clock().now), body)}
    return request("POST", "/auth/webhook", headers, body=body)


def test_each_that_fits_is_called_in_order(opened: Open) -> None:
    told: list[tuple[str, str]] = []
    patterns = ["*", "user.*", "user.created", "user.updated", "verification.*"]

    def noting(pattern: str) -> Callable[[WebhookEvent], None]:
        return lambda event: told.append((pattern, event.id))

    assert opened({pattern: noting(pattern) for pattern in patterns})(delivery()).status == 200
    assert told == [("*", "dlv_1"), ("user.*", "dlv_1"), ("user.created", "dlv_1")]


def test_an_event_that_nobody_waits_for_is_taken(opened: Open) -> None:
    assert opened({"user.created": print})(delivery("user.deleted")).status == 200
    assert opened({})(delivery()).status == 200


def test_a_replay_reaches_no_handler(opened: Open) -> None:
    told: list[WebhookEvent] = []
    respond = opened({"*": told.append})

    answers = [respond(delivery()).status for _ in range(3)]

    assert answers == [200, 409, 409]
    assert len(told) == 1


def test_a_handler_that_raises_is_called_again_at_scutes_next_try(opened: Open) -> None:
    told: list[str] = []

    def failing(event: WebhookEvent) -> None:
        told.append(event.id)
        if len(told) == 1:
            raise ZeroDivisionError

    respond = opened({"user.created": failing})

    with pytest.raises(ZeroDivisionError):  # the framework's 500, and its report
        respond(delivery())
    assert respond(delivery()).status == 200
    assert respond(delivery()).status == 409
    assert told == ["dlv_1", "dlv_1"]


def test_behind_one_that_raises_no_other_is_called(opened: Open) -> None:
    told: list[WebhookEvent] = []

    with pytest.raises(TypeError):
        opened({"*": len, "user.created": told.append})(delivery())
    assert told == []


def test_coroutine_functions_are_awaited_and_plain_ones_block_nobody() -> None:
    told: list[object] = []

    async def awaited(event: WebhookEvent) -> None:
        await asyncio.sleep(0)
        told.append(event.type)

    def plain(event: WebhookEvent) -> None:
        told.append(threading.current_thread() is threading.main_thread())

    on_asyncio({"user.created": awaited, "*": plain})(delivery())

    assert told == ["user.created", False]


async def test_what_is_cancelled_is_handled_at_the_next_try() -> None:
    emulator = new_emulator(Clock())
    started = asyncio.Event()
    told: list[str] = []

    async def slow(event: WebhookEvent) -> None:
        if not started.is_set():
            started.set()
            await asyncio.Event().wait()
        told.append(event.id)

    scute = AsyncScute(
        config_of(emulator, webhook_secrets=(SECRET,)),
        clock=emulator.state.clock,
        store=MemoryStore(clock=emulator.state.clock),
        hooks=Hooks(webhooks={"*": slow}),
    )
    going = asyncio.create_task(scute.respond(delivery(), NOBODY))
    await started.wait()
    going.cancel()
    await asyncio.wait({going})

    assert going.cancelled()
    assert (await scute.respond(delivery(), NOBODY)).status == 200
    assert told == ["dlv_1"]


async def test_a_thread_that_nobody_waits_for_any_more_keeps_its_claim() -> None:
    """It cannot be cancelled: a copy would run beside it."""
    emulator = new_emulator(Clock())
    loop = asyncio.get_running_loop()
    started, let_go, ended = asyncio.Event(), threading.Event(), asyncio.Event()

    def slow(event: WebhookEvent) -> None:
        loop.call_soon_threadsafe(started.set)
        let_go.wait(30)
        loop.call_soon_threadsafe(ended.set)

    scute = AsyncScute(
        config_of(emulator, webhook_secrets=(SECRET,)),
        clock=emulator.state.clock,
        store=MemoryStore(clock=emulator.state.clock),
        hooks=Hooks(webhooks={"*": slow}),
    )
    going = asyncio.create_task(scute.respond(delivery(), NOBODY))
    await started.wait()
    going.cancel()
    await asyncio.wait({going})

    meanwhile = await scute.respond(delivery(), NOBODY)
    let_go.set()
    await ended.wait()

    assert going.cancelled()
    assert meanwhile.status == 503


def test_scute_takes_no_coroutine_function() -> None:
    async def awaited(event: WebhookEvent) -> None: ...

    with pytest.raises(ConfigError, match="hooks"):
        in_threads({"user.created": awaited})


@pytest.mark.parametrize(
    "name",
    ["", "User.Created", "user.created ", "user..created", ".", "user.", "user-created", "us*r"],
)
def test_what_is_no_events_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="webhooks"):
        Hooks(webhooks={name: print})


def test_what_is_no_function_is_refused() -> None:
    handlers: Any = {"user.created": "shop.hooks.welcome"}

    with pytest.raises(ConfigError, match="webhooks"):
        Hooks(webhooks=handlers)


def test_handlers_without_a_secret_are_told_so(caplog: pytest.LogCaptureFixture) -> None:
    emulator = new_emulator(Clock())

    with caplog.at_level(logging.WARNING, "scute_auth"):
        Scute(config_of(emulator), hooks=Hooks(webhooks={"*": print}))
        Scute(config_of(emulator, webhook_secrets=(SECRET,)), hooks=Hooks(webhooks={"*": print}))

    assert [line for line in caplog.messages if "SCUTE_WEBHOOK_SECRETS" in line] == [
        "webhooks: none comes in without SCUTE_WEBHOOK_SECRETS"
    ]
