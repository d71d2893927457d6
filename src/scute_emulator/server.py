"""The emulator as an ASGI app: the API, the control endpoints, and pages for people."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any, TypeAlias

from scute_auth.effects import HttpCall, HttpReply
from scute_emulator.api.context import json_reply
from scute_emulator.api.refusals import Refusal
from scute_emulator.api.request import path_of, read_request
from scute_emulator.border import is_foreign, is_rebound
from scute_emulator.control import control
from scute_emulator.cors import is_preflight, preflight, readable
from scute_emulator.emulator import Emulator
from scute_emulator.pages import PAGES, page

__all__ = ["EmulatorApp"]

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY = 1024 * 1024


class _ClientGone(Exception):
    """Nobody is left to answer."""


class EmulatorApp:
    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            call = await _read(scope, receive)
            reply = await self._reply(call, receive)
        except _ClientGone:
            return
        except Refusal as refusal:
            reply = json_reply(refusal.body(), refusal.status)
        if reply is None:
            await _drop(scope, receive)
        else:
            await _send(send, reply, head=scope["method"] == "HEAD")

    async def _reply(self, call: HttpCall, receive: Receive) -> HttpReply | None:
        headers = dict(call.headers)
        if is_rebound(headers):
            raise Refusal(403, "forbidden", "The emulator answers under loopback names only")
        path = path_of(call)
        if path != "/_emulator" and not path.startswith("/_emulator/"):
            return await self._api(call, receive)
        request = read_request(call)
        is_page = path in PAGES
        if is_foreign(call.method, headers, is_page=is_page):
            raise Refusal(403, "forbidden", "Refused: this came from another origin")
        return page(self._emulator, request) if is_page else control(self._emulator, request)

    async def _api(self, call: HttpCall, receive: Receive) -> HttpReply | None:
        host = self._emulator.host
        if is_preflight(call):
            with host.lock:
                return preflight(host.state, call)
        reply = await self._answer(call, receive)
        if reply is None:
            return None
        with host.lock:
            return readable(host.state, call, reply)

    async def _answer(self, call: HttpCall, receive: Receive) -> HttpReply | None:
        exchange = self._emulator.host.exchange(call)
        try:
            while True:
                await _wait(next(exchange), receive)
        except StopIteration as end:
            reply: HttpReply | None = end.value
            return reply


async def _read(scope: Scope, receive: Receive) -> HttpCall:
    headers: Mapping[str, str] = {
        name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
    }
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            raise Refusal(413, "too_large", "The body is too large")
    if not scope["raw_path"].startswith(b"/"):
        raise Refusal(400, "invalid_target", "The request target is no path")
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    url = "http://emulator" + target.decode("latin-1")
    return HttpCall(scope["method"], url, tuple(headers.items()), body)


async def _wait(seconds: float, receive: Receive) -> None:
    """Wait; a call whose client goes away meanwhile is never acted on."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _until_gone(receive)
            raise _ClientGone


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _drop(scope: Scope, receive: Receive) -> None:
    """Close the connection without a byte of an answer."""
    scope["state"]["transport"].abort()
    await _until_gone(receive)


async def _send(send: Send, reply: HttpReply, *, head: bool) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    headers.append((b"content-length", str(len(reply.body)).encode("ascii")))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else reply.body})
