"""The project's cache as a shared store: what a store must do, against real caches."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import override_settings

from scute_auth import (
    AsyncScute,
    AuthResult,
    ConfigError,
    RequestView,
    Scute,
    SignedIn,
    Unavailable,
)
from scute_django.cache import AsyncDjangoCacheStore, DjangoCacheStore
from scute_emulator import Emulator
from tests.integrations.support import config_of, expired_cookies
from tests.store.redis_server import running_redis

BACKENDS = "django.core.cache.backends"


@pytest.fixture(scope="module")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_redis(tmp_path_factory.mktemp("redis")) as path:
        yield path


def using(backend: str, **more: Any) -> override_settings:
    return override_settings(CACHES={"default": {"BACKEND": f"{BACKENDS}.{backend}", **more}})


def expired_request(emulator: Emulator) -> RequestView:
    """From a browser whose access token has expired."""
    lines = expired_cookies(emulator).items()
    headers = tuple((name.lower().encode(), text.encode()) for name, text in lines)
    return RequestView("http", "GET", "http", "/", headers)


@pytest.fixture(params=["locmem.LocMemCache", "redis.RedisCache"])
def cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """A cache that may be shared, empty."""
    if "redis" in request.param:
        place = f"unix://{request.getfixturevalue('redis_socket')}"
    else:
        place = "the store's tests"
    with using(request.param, LOCATION=place):
        caches["default"].clear()
        yield
        caches["default"].clear()


@pytest.mark.usefixtures("cache")
class TestStore:
    def test_what_is_set_can_be_read_until_it_is_deleted(self) -> None:
        store = DjangoCacheStore()

        before = store.get("k")
        store.set("k", b"\x00\xff", 10)
        store.set("k", b"v", 10)
        found = store.get("k")
        store.delete("k")
        store.delete("k")

        assert (before, found, store.get("k")) == (None, b"v", None)

    async def test_the_async_one_does_the_same(self) -> None:
        store = AsyncDjangoCacheStore()

        before = await store.aget("k")
        added = [await store.aadd("k", b"\x00\xff", 10), await store.aadd("k", b"2", 10)]
        first = await store.aget("k")
        await store.aset("k", b"v", 10)
        found = await store.aget("k")
        await store.adelete("k")

        assert (before, added, first, found) == (None, [True, False], b"\x00\xff", b"v")
        assert await store.aget("k") is None

    def test_of_many_that_add_at_once_one_writes(self) -> None:
        store = DjangoCacheStore()

        def add(number: int) -> bool:
            return store.add("k", b"%d" % number, 10)

        with ThreadPoolExecutor(10) as pool:
            written = list(pool.map(add, range(40)))

        assert written.count(True) == 1
        assert store.get("k") == b"%d" % written.index(True)

    def test_a_lifetime_below_a_second_is_one(self) -> None:
        """Django's Redis cache would delete it at once, and every process would have the lock."""
        store = DjangoCacheStore()

        assert store.add("k", b"1", 0.4) is True
        assert store.add("k", b"2", 0.4) is False

    def test_what_somebody_else_put_there_is_nothing(self) -> None:
        caches["default"].set("k", {"not": "bytes"})

        assert DjangoCacheStore().get("k") is None

    def test_processes_that_share_it_renew_a_session_once(self, emulator: Emulator) -> None:
        """Two façades share nothing else, like two processes."""
        emulator.settings(rotate_refresh=True, reuse_revokes=True)
        view = expired_request(emulator)
        scutes = [
            Scute(config_of(emulator), transport=emulator.transport, store=DjangoCacheStore())
            for _ in range(2)
        ]

        def authenticate(number: int) -> AuthResult:
            return scutes[number % 2].authenticate(view)

        with ThreadPoolExecutor(10) as pool:
            results = list(pool.map(authenticate, range(10)))

        assert len({result.user.id for result in results if isinstance(result, SignedIn)}) == 1
        assert all(isinstance(result, SignedIn) for result in results)
        assert [c.count for c in emulator.calls() if "refresh" in c.path] == [1]

    async def test_the_async_facade_renews_through_it(self, emulator: Emulator) -> None:
        store = AsyncDjangoCacheStore()
        scute = AsyncScute(config_of(emulator), transport=emulator.transport, store=store)

        result = await scute.authenticate(expired_request(emulator))

        assert isinstance(result, SignedIn)


@pytest.mark.parametrize(
    ("backend", "why"),
    [
        ("dummy.DummyCache", "it keeps nothing"),
        ("filebased.FileBasedCache", "not atomic"),
        ("db.DatabaseCache", "not atomic"),
    ],
)
@pytest.mark.parametrize("kind", [DjangoCacheStore, AsyncDjangoCacheStore])
def test_a_cache_that_cannot_lock_is_refused(
    kind: type, backend: str, why: str, tmp_path: Path
) -> None:
    with using(backend, LOCATION=str(tmp_path / "cache")), pytest.raises(ConfigError, match=why):
        kind()


def test_a_cache_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match=r"CACHES\['sessions'\] cannot be used"):
        DjangoCacheStore("sessions")


def test_local_memory_is_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    with using("locmem.LocMemCache"), caplog.at_level(logging.WARNING, "scute_auth"):
        DjangoCacheStore()

    assert "CACHES['default'] lives in one process" in caplog.text


def test_a_cache_that_is_gone_is_an_outage_and_no_sign_out(emulator: Emulator) -> None:
    with using("redis.RedisCache", LOCATION="unix:///nonexistent/redis.sock"):
        store = DjangoCacheStore()
        scute = Scute(config_of(emulator), transport=emulator.transport, store=store)
        result = scute.authenticate(expired_request(emulator))

    assert isinstance(result, Unavailable)
    assert result.changes.cookies == ()
