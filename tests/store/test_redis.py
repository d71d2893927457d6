"""Worker processes that share nothing but a real Redis renew a session once: security.md R02."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from scute_auth import (
    Hooks,
    MemoryStore,
    Reason,
    RequestView,
    Scute,
    ScuteConfig,
    SignedOut,
    Unavailable,
    WebhookEvent,
)
from scute_auth.store import Store
from scute_emulator import Emulator
from tests.store.redis_server import running_redis
from tests.store.redis_store import RedisStore

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_redis(tmp_path_factory.mktemp("redis")) as path:
        yield path


@pytest.fixture
def store(redis_socket: str) -> Iterator[RedisStore]:
    store = RedisStore(redis_socket)
    for key in store.all_keys():
        store.delete(key.decode())
    yield store
    store.close()


def workers_ask(socket: str, cookie: str, count: int = 2) -> list[list[str | None]]:
    """The verdicts of worker processes that begin together, ten threads each."""
    command = [sys.executable, "-m", "tests.store.worker", socket, cookie]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    workers = [
        subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": path},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    verdicts: list[list[str | None]] = []
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        output, _ = worker.communicate(timeout=60)
        verdicts += json.loads(output)
    return verdicts


def cookies(session: dict[str, Any]) -> str:
    config = ScuteConfig.from_env()
    names = [config.cookie_names(purpose, secure=False)[0] for purpose in ("access", "refresh")]
    return f"{names[0]}={session['access']}; {names[1]}={session['refresh']}"


def refreshes(emulator: Emulator) -> list[tuple[int | None, int]]:
    return [(call.status, call.count) for call in emulator.calls() if "refresh" in call.path]


@pytest.mark.parametrize("rotates", [True, False], ids=["rotates", "stays"])
def test_two_processes_with_twenty_threads_make_one_refresh(
    scute_emulator: Emulator, redis_socket: str, store: RedisStore, rotates: bool
) -> None:
    scute_emulator.settings(rotate_refresh=rotates, reuse_revokes=rotates)
    session = scute_emulator.create_session("ana@example.com", access_lifetime=-100)

    verdicts = workers_ask(redis_socket, cookies(session))

    assert refreshes(scute_emulator) == [(200, 1)]
    assert len(verdicts) == 20
    assert len({tuple(verdict) for verdict in verdicts}) == 1
    user_id, access, refresh = verdicts[0]
    assert user_id == session["user_id"]
    assert access != session["access"]
    assert (refresh != session["refresh"]) is rotates


def test_what_lies_in_redis_holds_no_token(
    scute_emulator: Emulator, redis_socket: str, store: RedisStore
) -> None:
    scute_emulator.settings(rotate_refresh=True)
    session = scute_emulator.create_session("ana@example.com", access_lifetime=-100)

    verdicts = workers_ask(redis_socket, cookies(session), count=1)

    held = b"".join(key + (store.get(key.decode()) or b"") for key in store.all_keys()).decode()
    assert held
    for token in (session["access"], session["refresh"], *verdicts[0][1:]):
        assert token is not None
        assert not any(part in held for part in token.split("."))


def test_both_processes_learn_that_a_session_has_ended(
    scute_emulator: Emulator, redis_socket: str, store: RedisStore
) -> None:
    session = scute_emulator.create_session("ana@example.com", access_lifetime=-100)
    scute_emulator.state.sessions.revoke_all(session["user_id"])

    verdicts = workers_ask(redis_socket, cookies(session))

    assert refreshes(scute_emulator) == [(401, 1)]
    assert all("refresh_rejected" in (verdict[0] or "") for verdict in verdicts)


class TestTheStoresAgree:
    """What `MemoryStore` does is what a shared one does."""

    @pytest.fixture(params=["memory", "redis"])
    def either(self, request: pytest.FixtureRequest) -> Store:
        if request.param == "memory":
            return MemoryStore()
        redis: RedisStore = request.getfixturevalue("store")
        return redis

    def test_what_is_set_can_be_read_until_it_is_deleted(self, either: Store) -> None:
        assert either.get("k") is None
        either.set("k", b"\x00\xff", 10)
        either.set("k", b"v", 10)
        assert either.get("k") == b"v"
        either.delete("k")
        either.delete("k")
        assert either.get("k") is None

    def test_only_the_first_add_writes(self, either: Store) -> None:
        assert either.add("k", b"1", 10) is True
        assert either.add("k", b"2", 10) is False
        assert either.get("k") == b"1"
        either.delete("k")
        assert either.add("k", b"3", 10) is True


def test_a_redis_that_is_gone_is_an_outage_and_no_sign_out(scute_emulator: Emulator) -> None:
    session = scute_emulator.create_session("ana@example.com", access_lifetime=-100)
    store = RedisStore("/nonexistent/redis.sock")

    headers = ((b"host", b"127.0.0.1"), (b"cookie", cookies(session).encode()))
    with Scute(store=store) as scute:
        result = scute.authenticate(RequestView("http", "GET", "http", "/", headers))
    store.close()

    assert isinstance(result, Unavailable)
    assert result.changes.cookies == ()
    assert refreshes(scute_emulator) == []


async def test_the_store_in_the_readme_is_one(redis_socket: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    source = next(block for block in blocks if "class RedisStore" in block)
    names: dict[str, Any] = {}
    exec(compile(source.partition("\napp.add_middleware")[0], "README.md", "exec"), names)
    store = names["RedisStore"](f"unix://{redis_socket}")

    written = [await store.aadd("readme", b"1", 10), await store.aadd("readme", b"2", 10)]
    found = await store.aget("readme")
    await store.aset("readme", b"3", 10)
    replaced = await store.aget("readme")
    await store.adelete("readme")
    gone = await store.aget("readme")
    await store._redis.aclose()

    assert written == [True, False]
    assert (found, replaced, gone) == (b"1", b"3", None)


def test_a_webhook_that_comes_to_two_processes_at_once_is_handled_once(
    scute_emulator: Emulator, redis_socket: str, store: RedisStore
) -> None:
    heard: list[WebhookEvent] = []
    sent = scute_emulator.webhooks.sign("user.created")
    headers = [(name.encode(), value.encode()) for name, value in sent.headers.items()]
    view = RequestView("http", "POST", "http", "/auth/webhook", headers, body=sent.body)
    stores = [store, RedisStore(redis_socket)]
    scutes = [Scute(store=each, hooks=Hooks(webhooks={"*": heard.append})) for each in stores]
    together = Barrier(20)

    def deliver(number: int) -> int:
        together.wait()
        return scutes[number % 2].respond(view, SignedOut(Reason.MISSING)).status

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(deliver, range(20)))
    stores[1].close()

    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 409, 503}
    assert len(heard) == 1
