"""`AsyncScuteClient`: the whole API for asyncio."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from scute_auth.async_driver import AsyncDriver, AsyncTransport
from scute_auth.client.awaiting_groups import AsyncGroups
from scute_auth.client.base import DEFAULT_TIMEOUT, Settings
from scute_auth.client.request import Request
from scute_auth.config import ScuteConfig
from scute_auth.store import MemoryStore
from scute_auth.transport import async_transport

__all__ = ["AsyncScuteClient"]

T = TypeVar("T")

_NONE: Mapping[str, Any] = MappingProxyType({})


class AsyncScuteClient(AsyncGroups):
    """Scute's API for asyncio, in groups: `await client.users.show("usr_1")`.

    Settings come from the environment unless `config` is given. One serves any number of event
    loops; entered as a context manager it keeps connections open in that loop until it is left.
    `timeout` is one deadline for a whole call, its repetitions included.

    `paths` and `credentials` correct what the client only infers, by operation:
    `paths={"events.list": "/v1/..."}`, `credentials={"events.list": ["secret", "user"]}`.
    """

    def __init__(
        self,
        config: ScuteConfig | None = None,
        *,
        transport: "AsyncTransport | Any" = None,
        clock: Callable[[], float] = time.time,
        timeout: float = DEFAULT_TIMEOUT,
        paths: Mapping[str, str] = _NONE,
        credentials: Mapping[str, Sequence[str]] = _NONE,
    ) -> None:
        self._settings = Settings(config, clock, timeout, paths, credentials)
        self._transport = async_transport(transport)
        self._driver = AsyncDriver(self._transport, MemoryStore(), clock=clock)
        super().__init__(self._send)

    @property
    def config(self) -> ScuteConfig:
        return self._settings.config

    async def _send(self, request: Request[T], timeout: float | None) -> T:
        return await self._driver.run(self._settings.flow(request, timeout))

    async def aclose(self) -> None:
        """Close the connections that are ours in this event loop."""
        if (aclose := getattr(self._transport, "aclose", None)) is not None:
            await aclose()

    async def __aenter__(self) -> "AsyncScuteClient":
        if (begin := getattr(self._transport, "open", None)) is not None:
            begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
