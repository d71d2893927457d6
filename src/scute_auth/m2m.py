"""`M2MAuth`: this service's calls to others carry its machine token, got, kept and renewed.

For httpx2 as it is, for httpx by `for_httpx()`. One token serves all threads, event loops and
clients that share the object; it is renewed once, however many calls wait for it.
"""

import logging
import time
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

import httpx2

from scute_auth.async_driver import AsyncDriver
from scute_auth.backoff import Backoff
from scute_auth.calls import ask
from scute_auth.config import ScuteConfig
from scute_auth.driver import Driver
from scute_auth.effects import Flow, Log, Shared
from scute_auth.errors import ConfigError, ScuteUnavailable
from scute_auth.operations import M2M_CREATE_TOKEN
from scute_auth.store import MemoryStore
from scute_auth.transport import AsyncHttpxTransport, HttpxTransport

if TYPE_CHECKING:
    import httpx

__all__ = ["M2MAuth"]

_MARGIN = 60.0
"""Seconds before its end at which a token is renewed, or in the last quarter of a shorter life."""

_YOUNG = 5.0
"""Seconds: a token that was got just now and is refused would be refused again, if got again."""

_LONGEST_WAIT = 10.0
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str = field(repr=False)
    short: str = field(repr=False)
    got_at: float
    renew_at: float
    ends_at: float


class _Token:
    """The token of one machine, and the flow that has a good one at hand."""

    def __init__(self, config: ScuteConfig, client_name: str) -> None:
        self._config = config
        self._client_name = client_name
        self._kept: _Kept | None = None
        self._early = Backoff()

    def get(self, now: float, refused: str | None = None) -> Flow[_Kept]:
        """A token that is good for a while; if it can be, another than the one `refused`."""
        kept = self._kept
        if kept is not None and self._serves(kept, now, refused):
            return kept
        try:
            answer = yield Shared("m2m token", self._fetch(now))
        except ScuteUnavailable:
            if kept is None or (refused is None and kept.ends_at <= now):
                raise
            # Better the old one than none; who was refused with it has the service's answer.
            failed = yield Log(logging.WARNING, "no new machine token: the old one serves on")
            self._early.failed(failed.now, longest=_LONGEST_WAIT)
            return kept
        self._early.succeeded()
        return cast(_Kept, answer.value)

    def _serves(self, kept: _Kept, now: float, refused: str | None) -> bool:
        waits = not self._early.allows(now)
        if refused in (kept.token, kept.short):
            return waits or now < kept.got_at + _YOUNG
        return now < kept.renew_at or (waits and now < kept.ends_at)

    def _fetch(self, now: float) -> Flow[_Kept]:
        body = {"client_name": self._client_name}
        token, short, ends_at = yield from ask(self._config, M2M_CREATE_TOKEN, body=body)
        renew_at = ends_at - min(_MARGIN, (ends_at - now) / 4)
        self._kept = kept = _Kept(token, short or token, now, renew_at, ends_at)
        return kept


class M2MAuth(httpx2.Auth):
    """`httpx2.Client(auth=M2MAuth("billing"))`, and the same for `AsyncClient`.

    `client_name` is how the called services know this machine. Settings come from `config`, else
    from the `SCUTE_*` variables; the app's secret is needed. `header` may be `x-authorization`:
    clients take that one along when they follow a redirect to another origin, so let them follow
    none. A 401 of the called service makes it get a new token, and send the call once more.
    Raises `ScuteUnavailable` or `ApiError` where no token can be had.
    """

    def __init__(
        self,
        client_name: str,
        config: ScuteConfig | None = None,
        *,
        header: Literal["authorization", "x-authorization"] = "authorization",
        clock: Callable[[], float] = time.time,
        transport: Any = None,
    ) -> None:
        if not client_name.strip():
            raise ConfigError("M2MAuth needs the name of this machine")
        if header not in ("authorization", "x-authorization"):
            raise ConfigError("M2MAuth(header=...): use 'authorization' or 'x-authorization'")
        self._client_name = client_name
        self._header = header
        self._clock = clock
        self._token = _Token(ScuteConfig.from_env() if config is None else config, client_name)
        store = MemoryStore()
        self._driver = Driver(transport or HttpxTransport(), store, clock=clock)
        self._async_driver = AsyncDriver(transport or AsyncHttpxTransport(), store, clock=clock)

    def __repr__(self) -> str:
        return f"M2MAuth({self._client_name!r})"

    def short_token(self, refused: str | None = None) -> str:
        """The machine's token as Scute's own API takes it, for `client.verification`: the `scm2m_`
        one, or the JWT where Scute gave no other. If one was `refused` (401), a new one."""
        return self._driver.run(self._token.get(self._clock(), refused)).short

    async def ashort_token(self, refused: str | None = None) -> str:
        """The same, awaited."""
        return (await self._async_driver.run(self._token.get(self._clock(), refused))).short

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        token = self._driver.run(self._token.get(self._clock())).token
        response = yield self._carrying(request, token)
        if response.status_code == _UNAUTHORIZED and _can_be_repeated(request):
            new = self._driver.run(self._token.get(self._clock(), token)).token
            if new != token:
                yield self._carrying(request, new)

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        token = (await self._async_driver.run(self._token.get(self._clock()))).token
        response = yield self._carrying(request, token)
        if response.status_code == _UNAUTHORIZED and _can_be_repeated(request):
            new = (await self._async_driver.run(self._token.get(self._clock(), token))).token
            if new != token:
                yield self._carrying(request, new)

    def for_httpx(self) -> "httpx.Auth":
        """The same for clients of httpx; both share the token."""
        import httpx

        auth = httpx.Auth()
        auth.sync_auth_flow = self.sync_auth_flow  # type: ignore[method-assign]
        auth.async_auth_flow = self.async_auth_flow  # type: ignore[method-assign]
        return auth

    def _carrying(self, request: Any, token: str) -> Any:
        request.headers[self._header] = f"Bearer {token}"
        return request


def _can_be_repeated(request: Any) -> bool:
    """Is its body still there? What was streamed is gone."""
    try:
        request.content  # noqa: B018 - raises where it was not read
    except RuntimeError:
        return False
    return True
