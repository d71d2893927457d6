"""What a group of calls is given: something that makes them."""

from typing import Protocol, TypeVar

from scute_auth.client.request import Request

__all__ = ["AsyncCalls", "AsyncSend", "Calls", "Send"]

T = TypeVar("T")


class Send(Protocol):
    """Makes a call; `timeout` in seconds, None for the client's own."""

    def __call__(self, request: Request[T], timeout: float | None, /) -> T: ...


class AsyncSend(Protocol):
    """The same, awaited."""

    async def __call__(self, request: Request[T], timeout: float | None, /) -> T: ...


class Calls:
    """A group of calls that block."""

    __slots__ = ("_send",)

    def __init__(self, send: Send) -> None:
        self._send = send


class AsyncCalls:
    """A group of calls that are awaited."""

    __slots__ = ("_send",)

    def __init__(self, send: AsyncSend) -> None:
        self._send = send
