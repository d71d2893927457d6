"""Calls over httpx2, each under one deadline from connecting to the last byte.

httpx2's own timeouts are per read: a server that drips a byte a second never meets them. In
async code a cancelled task ends the call; here every socket operation gets what is left.
Redirects are not followed, bodies are capped, and nothing is read from the environment
(proxies, `.netrc`); for a proxy, give a client of your own.
"""

import asyncio
import os
import ssl
import time
import weakref
from typing import Any
from weakref import WeakKeyDictionary

import httpx2

from scute_auth.deadline import DeadlinePool, deadline
from scute_auth.effects import HttpCall, HttpFailure, HttpOutcome, HttpReply
from scute_auth.wire_log import hide_secrets

__all__ = ["AsyncHttpxTransport", "HttpxTransport", "async_transport", "blocking_transport"]

_LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=10, keepalive_expiry=30)
_MARGIN = 0.25
"""Seconds by which a timeout of httpx2's comes before the cancellation of the whole call."""

_LIMITS_ONE_OFF = httpx2.Limits(max_connections=100, max_keepalive_connections=0)


class HttpxTransport:
    """Sends calls with an `httpx2.Client` (or one of httpx's), made anew after a fork."""

    def __init__(self, client: Any = None) -> None:
        hide_secrets()
        self._given = client
        self._ssl_context = None if client is not None else ssl.create_default_context()
        self._begin()

    def send(self, call: HttpCall) -> HttpOutcome:
        if self._pid != os.getpid():
            self._begin()
        token = deadline.set(time.monotonic() + call.timeout)
        try:
            return self._send(call)
        except Exception as error:  # noqa: BLE001 - of three libraries; what is not known goes on
            return _failure(error)
        finally:
            deadline.reset(token)

    def close(self) -> None:
        """Close the connections of a client that is ours; a given one stays open."""
        if self._given is None:
            self._client.close()

    def _send(self, call: HttpCall) -> HttpOutcome:
        request = _request(self._client, call, timeout=call.timeout)
        response = self._client.send(request, stream=True, follow_redirects=False, auth=None)
        body = bytearray()
        try:
            if _is_encoded(response):
                return HttpFailure("encoding")
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > call.max_bytes:
                    return HttpFailure("too_large")
                if time.monotonic() > deadline.get():
                    return HttpFailure("timeout")
        finally:
            response.close()
        return _reply(response, body)

    def _begin(self) -> None:
        client, pid = self._given, os.getpid()
        if client is None:
            pool = DeadlinePool(self._ssl_context, _LIMITS)
            client = httpx2.Client(transport=pool, trust_env=False)
            weakref.finalize(self, _close_here, client, pid)
        self._client: Any = client
        # Last: a second thread of a forked child must not take the parent's client for its own.
        self._pid = pid


class AsyncHttpxTransport:
    """Sends calls with an `httpx2.AsyncClient` (or one of httpx's), one per event loop.

    Connections are kept only in the loop that `open` was called in and until `aclose`: a loop
    that ends without a word would leave them open.
    """

    def __init__(self, client: Any = None) -> None:
        hide_secrets()
        self._given = client
        self._verify = ssl.create_default_context() if client is None else True
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()

    async def asend(self, call: HttpCall) -> HttpOutcome:
        try:
            async with asyncio.timeout(call.timeout):
                return await self._send(call)
        except TimeoutError:
            return HttpFailure("timeout")
        except Exception as error:  # noqa: BLE001 - of three libraries; what is not known goes on
            return _failure(error)

    def open(self) -> None:
        """Keep connections in the running loop, until `aclose`."""
        if self._given is None:
            self._clients[asyncio.get_running_loop()] = self._new_client(_LIMITS)

    async def aclose(self) -> None:
        """Close the connections of this loop's client; a given one stays open."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    async def _send(self, call: HttpCall) -> HttpOutcome:
        client = self._given or self._client()
        # Its own timeouts come first: of a TLS handshake that hangs, httpcore2 closes the socket
        # after a timeout, and forgets it after a cancellation.
        request = _request(client, call, timeout=call.timeout - min(_MARGIN, call.timeout / 4))
        response = await client.send(request, stream=True, follow_redirects=False, auth=None)
        body = bytearray()
        try:
            if _is_encoded(response):
                return HttpFailure("encoding")
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > call.max_bytes:
                    return HttpFailure("too_large")
        finally:
            await response.aclose()
        return _reply(response, body)

    def _client(self) -> Any:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = self._new_client(_LIMITS_ONE_OFF)
        return client

    def _new_client(self, limits: httpx2.Limits) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(verify=self._verify, trust_env=False, limits=limits)


def blocking_transport(given: Any) -> Any:
    """What was given, if it sends calls; around a client of httpx's or httpx2's, or one of ours."""
    # Their clients have a `send` too, of another kind.
    is_transport = hasattr(given, "send") and not hasattr(given, "build_request")
    return given if is_transport else HttpxTransport(given)


def async_transport(given: Any) -> Any:
    """The same for asyncio."""
    return given if hasattr(given, "asend") else AsyncHttpxTransport(given)


def _request(client: Any, call: HttpCall, *, timeout: float) -> Any:
    # The client's own default headers and cookies stay out of it: a call is exactly its data.
    request = client.build_request(call.method, call.url, content=call.body, timeout=timeout)
    keep = [(name, value) for name, value in request.headers.raw if name.lower() in _FRAMING]
    request.headers = type(request.headers)(
        keep + [(name.encode("ascii"), value.encode("ascii")) for name, value in call.headers]
    )
    return request


_FRAMING = frozenset({b"host", b"content-length"})


def _is_encoded(response: Any) -> bool:
    encoding: str = response.headers.get("content-encoding", "identity")
    return encoding.lower() != "identity"


def _reply(response: Any, body: bytearray) -> HttpReply:
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in response.headers.raw
    )
    return HttpReply(response.status_code, headers, bytes(body))


def _failure(error: Exception) -> HttpFailure:
    """What httpx2, httpx and httpcore2 raise has the same names in all three."""
    names = {base.__name__ for base in type(error).__mro__}
    if "TimeoutException" in names:
        return HttpFailure("timeout")
    if names & {"NetworkError", "ProxyError", "ConnectionNotAvailable"}:
        return HttpFailure("network")
    if names & {"ProtocolError", "UnicodeError", "InvalidURL"}:
        return HttpFailure("protocol")
    raise error


def _close_here(client: httpx2.Client, pid: int) -> None:
    """Close a forgotten client, but never the parent's connections from a forked child."""
    if pid == os.getpid():
        client.close()
