"""A store over Redis, as an app with several processes brings one: four calls, nothing more."""

from typing import Any

import redis
import redis.asyncio
from redis.backoff import NoBackoff
from redis.retry import Retry

__all__ = ["AsyncRedisStore", "RedisStore"]


class RedisStore:
    def __init__(self, path: str) -> None:
        self._redis: Any = redis.Redis(unix_socket_path=path, retry=Retry(NoBackoff(), 0))

    def get(self, key: str) -> bytes | None:
        value: bytes | None = self._redis.get(key)
        return value

    def set(self, key: str, value: bytes, ttl: float) -> None:
        self._redis.set(key, value, px=int(ttl * 1000))

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        return bool(self._redis.set(key, value, px=int(ttl * 1000), nx=True))

    def delete(self, key: str) -> None:
        self._redis.delete(key)

    def all_keys(self) -> list[bytes]:
        found: list[bytes] = self._redis.keys("*")
        return found

    def close(self) -> None:
        self._redis.close()


class AsyncRedisStore:
    """The same for asyncio."""

    def __init__(self, path: str) -> None:
        self._redis: Any = redis.asyncio.Redis(unix_socket_path=path)

    async def aget(self, key: str) -> bytes | None:
        value: bytes | None = await self._redis.get(key)
        return value

    async def aset(self, key: str, value: bytes, ttl: float) -> None:
        await self._redis.set(key, value, px=int(ttl * 1000))

    async def aadd(self, key: str, value: bytes, ttl: float) -> bool:
        return bool(await self._redis.set(key, value, px=int(ttl * 1000), nx=True))

    async def adelete(self, key: str) -> None:
        await self._redis.delete(key)
