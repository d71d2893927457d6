"""Flows for the tests of both drivers, one of which counts how often it was not needed."""

import threading
from collections.abc import Generator
from typing import Any

from scute_auth.effects import (
    Answer,
    Effect,
    Flow,
    HttpCall,
    HttpOutcome,
    HttpReply,
    Log,
    Shared,
    Sleep,
    Spawn,
    StoreCall,
)
from scute_auth.errors import ScuteUnavailable

CALL = HttpCall("GET", "http://127.0.0.1:1/")


class Tracked(Generator[Effect, Answer, Any]):
    """A flow that notes when it is closed unused."""

    def __init__(self, flow: Flow[Any], closed: threading.Semaphore) -> None:
        self._flow = flow
        self._closed = closed

    def send(self, value: Answer) -> Effect:
        return self._flow.send(value)

    def throw(self, *error: Any) -> Effect:
        return self._flow.throw(*error)

    def close(self) -> None:
        self._flow.close()
        self._closed.release()


class BrokenStore:
    """A store that fails, with something in its message that nobody should read."""

    def get(self, key: str) -> bytes | None:
        raise ConnectionError("redis://:s3cret@host")

    def set(self, key: str, value: bytes, ttl: float) -> None:
        raise TimeoutError("redis://:s3cret@host")

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        raise OSError("redis://:s3cret@host")

    def delete(self, key: str) -> None:
        raise RuntimeError("redis://:s3cret@host")

    async def aget(self, key: str) -> bytes | None:
        return self.get(key)

    async def aset(self, key: str, value: bytes, ttl: float) -> None:
        self.set(key, value, ttl)

    async def aadd(self, key: str, value: bytes, ttl: float) -> bool:
        return self.add(key, value, ttl)

    async def adelete(self, key: str) -> None:
        self.delete(key)


def every_effect() -> Flow[list[Any]]:
    """Asks for one of each, and returns the answers."""
    answers = [
        (yield Log(20, "%s of %d", ("one", 2))),
        (yield HttpCall("GET", "http://127.0.0.1:1/", timeout=1.0)),
        (yield StoreCall("add", "k", b"v", 60.0)),
        (yield StoreCall("add", "k", b"w", 60.0)),
        (yield StoreCall("get", "k")),
        (yield StoreCall("set", "k", b"x", 60.0)),
        (yield StoreCall("get", "k")),
        (yield StoreCall("delete", "k")),
        (yield StoreCall("get", "k")),
        (yield Sleep(0.001)),
        (yield Shared("shared", returning("result"))),
        (yield Spawn("spawned", returning("nobody looks"))),
    ]
    return [answer.value for answer in answers]


EVERY_ANSWER = [
    *(None, HttpReply(200), True, False, b"v", None, b"x", None, None, None, "result", None),
]


def returning(value: Any) -> Flow[Any]:
    yield Log(10, "returning")
    return value


def raising(error: BaseException) -> Flow[Any]:
    yield Log(10, "raising")
    raise error


def calling() -> Flow[HttpOutcome]:
    """One call, whose outcome is the result."""
    outcome: HttpOutcome = (yield CALL).value
    return outcome


def sharing(name: str, flow: Flow[Any]) -> Flow[Any]:
    return (yield Shared(name, flow)).value


def spawning(name: str, flow: Flow[Any]) -> Flow[str]:
    yield Spawn(name, flow)
    return "went on"


def rescuing(effect: Effect) -> Flow[str]:
    """Catches at the `yield`, as flows do, and goes on."""
    try:
        yield effect
    except ScuteUnavailable as error:
        answer = yield Log(10, "rescued")
        return f"{error} {answer.now}"
    return "not raised"
