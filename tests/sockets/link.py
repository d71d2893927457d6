"""The channel between a case and the app in a server process: questions over a Unix socket.

A case's clock, gates, emulator and records stay with the case; the app asks for them. Each
question has a connection of its own, so threads, greenlets and tasks need no lock. Pickled, for
both ends are ours and the socket lies in a directory of this user alone.
"""

import asyncio
import pickle
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.conformance.site import Clock

__all__ = ["Answering", "Desk", "Link"]

BACKLOG = 4096
"""More than there are users at once: a full queue makes a Unix socket refuse."""

Answering = Callable[..., Awaitable[Any]]


class Link:
    """The app's end. Each answer brings the case's time along."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = str(path)
        self._clock = clock

    def ask(self, question: str, *arguments: object) -> Any:
        """For code that blocks; gevent makes it wait without blocking others."""
        with socket.socket(socket.AF_UNIX) as channel:
            channel.connect(self._path)
            channel.sendall(pickle.dumps((question, arguments)))
            channel.shutdown(socket.SHUT_WR)
            with channel.makefile("rb") as answer:
                return self._taken(answer.read())

    async def aask(self, question: str, *arguments: object) -> Any:
        reader, writer = await asyncio.open_unix_connection(self._path)
        try:
            writer.write(pickle.dumps((question, arguments)))
            writer.write_eof()
            return self._taken(await reader.read())
        finally:
            writer.close()

    def _taken(self, answer: bytes) -> Any:
        self._clock.now, value = pickle.loads(answer)
        return value


class Desk:
    """The case's end: answers each question with the function of that name."""

    def __init__(self, path: Path, clock: Clock, answers: Mapping[str, Answering]) -> None:
        self._path = path
        self._clock = clock
        self._answers = answers
        self._errors: list[Exception] = []
        self.heard = 0
        """How many questions have been asked, and how many answered, together."""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_unix_server(self._begin, self._path, backlog=BACKLOG)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._errors:
            raise self._errors[0]

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._answer(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question, arguments = pickle.loads(await reader.read())
            self.heard += 1
            value = await self._answers[question](*arguments)
            self.heard += 1
            writer.write(pickle.dumps((self._clock(), value)))
            # Whoever asked may have been cancelled meanwhile.
            with suppress(ConnectionError):
                await writer.drain()
        except Exception as error:  # noqa: BLE001 - the case must see it, at its end
            self._errors.append(error)
        finally:
            writer.close()
