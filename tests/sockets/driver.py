"""A driver over real sockets: the app runs in a server's process, all else stays with the case."""

import asyncio
import inspect
import logging
import os
from typing import Any

from scute_auth.effects import HttpCall, HttpOutcome
from tests.conformance.asgi_driver import StartFailed
from tests.conformance.client import Request
from tests.conformance.site import Setup
from tests.sockets.exchange import Arrival, Exchange, SocketExchange, SocketSocket, patiently
from tests.sockets.link import Answering, Desk
from tests.sockets.order import HEADER, Instructions, Order, Task
from tests.sockets.servers import ServerProcess
from tests.sockets.stage import socket_path
from tests.sockets.wire import PATIENCE, Connection

__all__ = ["SocketDriver"]

_A_WHILE = 3
"""Round trips; in each of them the app's process gives way to whoever can run there."""


class SocketDriver:
    def __init__(self, process: ServerProcess, harness: str, setup: Setup) -> None:
        self._process = process
        self._harness = harness
        self._setup = setup
        self._site = process.next_number()
        self._arrivals: list[Arrival] = []
        self._exchanges: list[Exchange] = []
        answers: dict[str, Answering] = {
            "instruct": self._instruct,
            "arrive": self._arrive,
            "leave": self._leave,
            "enter": self._enter,
            "gate": setup.gate.await_open,
            "scute": self._scute,
            "hook": self._hook,
        }
        self._desk = Desk(socket_path(process.directory, self._site), setup.clock, answers)

    async def start(self) -> None:
        await self._process.running()
        await self._desk.open()
        if problem := await self._do("open"):
            await self._desk.close()
            raise StartFailed(problem)

    async def stop(self) -> None:
        for arrival in self._arrivals:
            if arrival.came.is_set():
                await patiently(arrival.left, "the app does not end")
        await self._do("close")
        await self._desk.close()

    def begin(self, request: Request) -> SocketExchange:
        return SocketExchange(self._begun(request))

    def connect(self, request: Request) -> SocketSocket:
        return SocketSocket(self._begun(SocketSocket.handshake(request)))

    async def settled(self) -> None:
        """Every request has come, and the app does nothing more of its own accord."""
        for exchange in self._exchanges:
            await exchange.is_under_way()
        seen, still = "", 0
        async with asyncio.timeout(PATIENCE):
            while still < _A_WHILE:
                before, seen = seen, f"{await self._do('settle')} {self._desk.heard}"
                still = still + 1 if seen == before else 0

    def _begun(self, request: Request) -> Exchange:
        order = self._order("serve", request.scheme, request.root_path)
        self._arrivals.append(arrival := Arrival())
        exchange = Exchange(self._process, request, order, arrival)
        self._exchanges.append(exchange)
        return exchange

    def _order(self, task: Task, scheme: str = "https", root_path: str = "") -> Order:
        now = self._setup.clock()
        return Order(self._site, len(self._arrivals), now, task, scheme, root_path)

    async def _do(self, task: Task) -> str:
        """Give an order that is no request of the case's."""
        connection = await Connection.open(self._process.port)
        line = (HEADER.encode("ascii"), self._order(task).text().encode("ascii"))
        await connection.send(Request("GET", b"/", headers=((b"host", b"stage"),)), (line,))
        head, body = await connection.head(), b""
        while (chunk := await connection.chunk()) is not None:
            body += chunk
        await connection.close()
        assert head.status == 200, body
        return body.decode("utf-8")

    async def _instruct(self) -> Instructions:
        hooks = self._setup.hooks
        heard = ("on_sign_in", "on_sign_out", "webhooks")
        return Instructions(
            self._harness,
            self._setup.config,
            {name: value for name, value in os.environ.items() if name.startswith("SCUTE_")},
            id(self._setup.store),
            tuple(name for name in heard if getattr(hooks, name) is not None),
        )

    async def _arrive(self, request: int, names: set[str]) -> None:
        self._arrivals[request].seen = names
        self._arrivals[request].came.set()

    async def _leave(
        self, request: int, left_behind: str | None, records: list[tuple[str, int, str]]
    ) -> None:
        for name, level, text in records:
            logging.getLogger(name).log(level, "%s", text)
        if request < len(self._arrivals):
            self._arrivals[request].left_behind = left_behind
            self._arrivals[request].left.set()

    async def _enter(self, route: str, user_id: str | None) -> None:
        self._setup.enter(route, user_id)

    async def _scute(self, call: HttpCall) -> HttpOutcome:
        return await self._setup.transport.asend(call)

    async def _hook(self, name: str, *arguments: Any) -> Exception | None:
        """What a hook raises is to be raised in the app."""
        hooks = self._setup.hooks
        called = hooks.handlers(*arguments) if name == "webhooks" else [getattr(hooks, name)]
        try:
            for hook in called:
                answer = hook(*arguments)
                if inspect.isawaitable(answer):
                    await answer
        except Exception as error:  # noqa: BLE001 - it is the app's
            return error
        return None
