"""One of the project's caches as the store that processes share: `DjangoCacheStore("default")`.

A session is renewed once because `add` is atomic; caches whose `add` is not are refused.
"""

import logging
from math import ceil
from typing import Any

from django.core.cache import DEFAULT_CACHE_ALIAS, InvalidCacheBackendError, caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache

from scute_auth import ConfigError

__all__ = ["AsyncDjangoCacheStore", "DjangoCacheStore"]

logger = logging.getLogger("scute_auth")

_NOT_ATOMIC = {
    DummyCache: "it keeps nothing",
    FileBasedCache: "between two processes its add() is not atomic",
    # Two that find the same expired row both overwrite it, and both believe to be the first.
    DatabaseCache: "its add() is not atomic where an expired entry is left",
}


class _Cache:
    """Django keeps a cache object per thread and task, so it is asked for each time."""

    def __init__(self, alias: str = DEFAULT_CACHE_ALIAS) -> None:
        self._alias = alias
        try:
            cache = self._cache
        except InvalidCacheBackendError as error:
            raise ConfigError(f"CACHES[{alias!r}] cannot be used: {error}") from None
        for kind, why in _NOT_ATOMIC.items():
            if isinstance(cache, kind):
                raise ConfigError(
                    f"CACHES[{alias!r}] cannot be shared by processes that renew sessions: {why}; "
                    "use Redis or Memcached"
                )
        self.is_local = isinstance(cache, LocMemCache)
        if self.is_local:
            logger.warning("CACHES[%r] lives in one process: others do not see it", alias)

    @property
    def _cache(self) -> Any:
        return caches[self._alias]


class DjangoCacheStore(_Cache):
    """A `Store` in `CACHES[alias]`: Redis or Memcached (in one process: the local memory)."""

    def get(self, key: str) -> bytes | None:
        return _bytes(self._cache.get(key))

    def set(self, key: str, value: bytes, ttl: float) -> None:
        self._cache.set(key, value, _seconds(ttl))

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        return bool(self._cache.add(key, value, _seconds(ttl)))

    def delete(self, key: str) -> None:
        self._cache.delete(key)


class AsyncDjangoCacheStore(_Cache):
    """The same for `AsyncScute`. Django's own caches work in a thread: only a renewal needs it."""

    async def aget(self, key: str) -> bytes | None:
        return _bytes(await self._cache.aget(key))

    async def aset(self, key: str, value: bytes, ttl: float) -> None:
        await self._cache.aset(key, value, _seconds(ttl))

    async def aadd(self, key: str, value: bytes, ttl: float) -> bool:
        return bool(await self._cache.aadd(key, value, _seconds(ttl)))

    async def adelete(self, key: str) -> None:
        await self._cache.adelete(key)


def _bytes(value: Any) -> bytes | None:
    """What somebody else put under our key is nothing."""
    return value if isinstance(value, bytes) else None


def _seconds(ttl: float) -> int:
    """Django's Redis and Memcached take whole seconds, and forget at once what has none."""
    return max(1, ceil(ttl))
