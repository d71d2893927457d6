"""`ScuteClient`: the whole API for code that blocks."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from scute_auth.client.base import DEFAULT_TIMEOUT, Settings
from scute_auth.client.blocking_groups import Groups
from scute_auth.client.request import Request
from scute_auth.config import ScuteConfig
from scute_auth.driver import Driver, Transport
from scute_auth.store import MemoryStore
from scute_auth.transport import blocking_transport

__all__ = ["ScuteClient"]

T = TypeVar("T")

_NONE: Mapping[str, Any] = MappingProxyType({})


class ScuteClient(Groups):
    """Scute's API for code that blocks, in groups: `client.users.show("usr_1")`.

    Settings come from the environment unless `config` is given. Safe to share by threads, and
    after a fork. `timeout` is one deadline for a whole call, its repetitions included.

    `paths` and `credentials` correct what the client only infers, by operation:
    `paths={"events.list": "/v1/..."}`, `credentials={"events.list": ["secret", "user"]}`.
    """

    def __init__(
        self,
        config: ScuteConfig | None = None,
        *,
        transport: "Transport | Any" = None,
        clock: Callable[[], float] = time.time,
        timeout: float = DEFAULT_TIMEOUT,
        paths: Mapping[str, str] = _NONE,
        credentials: Mapping[str, Sequence[str]] = _NONE,
    ) -> None:
        self._settings = Settings(config, clock, timeout, paths, credentials)
        self._transport = blocking_transport(transport)
        self._driver = Driver(self._transport, MemoryStore(), clock=clock)
        super().__init__(self._send)

    @property
    def config(self) -> ScuteConfig:
        return self._settings.config

    def _send(self, request: Request[T], timeout: float | None) -> T:
        return self._driver.run(self._settings.flow(request, timeout))

    def close(self) -> None:
        """Close the connections that are ours."""
        if (close := getattr(self._transport, "close", None)) is not None:
            close()

    def __enter__(self) -> "ScuteClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
