"""The ASGI app that a server is started with: hands each request to its site's app."""

import asyncio
from collections.abc import Callable
from typing import Any

from scute_asgi.types import Message, Receive, Scope, Send
from tests.conformance.asgi_driver import AsgiDriver, StartFailed
from tests.sockets.order import HEADER, Order
from tests.sockets.stage import Stage, StagedSite, logger

__all__ = ["app"]

_HEADER = HEADER.encode("ascii")

stage = Stage()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        return await _lifespan(receive, send)
    order = Order.parse(dict(scope["headers"])[_HEADER].decode("ascii"))
    if order.task == "serve":
        return await _serve(stage.site(order), order, _dressed(scope, order), receive, send)
    answer = await TASKS[order.task](order)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(answer).encode("utf-8")})


async def _serve(
    site: StagedSite, order: Order, scope: Scope, receive: Receive, send: Send
) -> None:
    names = {name.decode("latin-1") for name, value in scope["headers"] if value}
    await site.link.aask("arrive", order.request, names)
    assert isinstance(site.driver, AsgiDriver)
    scope["state"] = dict(site.driver.state)
    try:
        await site.app(scope, receive, send)
    except Exception:
        logger.exception("the app raised")
        raise
    finally:
        await site.link.aask("leave", *site.farewell(order.request))


def _dressed(scope: Scope, order: Order) -> Scope:
    """As a server behind a proxy makes the scope; with a root path, `path` holds it too."""
    root = order.root_path
    return {
        **scope,
        "scheme": order.scheme,
        "root_path": root,
        "path": root + scope["path"],
        "raw_path": root.encode() + (scope.get("raw_path") or b""),
        "headers": [line for line in scope["headers"] if line[0] != _HEADER],
    }


async def _open(order: Order) -> str:
    site = stage.build(order, await stage.link(order).aask("instruct"))
    try:
        await site.driver.start()
    except StartFailed as error:
        stage.forget(order)
        return str(error)
    return ""


async def _settle(_: Order) -> int:
    for _turn in range(20):
        await asyncio.sleep(0)
    names = [task.get_name() for task in asyncio.all_tasks()]
    return stage.flights() + sum(name.startswith("scute ") for name in names)


async def _close(order: Order) -> str:
    site = stage.forget(order)
    await site.driver.stop()
    await site.link.aask("leave", *site.farewell(order.request))
    return ""


TASKS: dict[str, Callable[[Order], Any]] = {"open": _open, "settle": _settle, "close": _close}


async def _lifespan(receive: Receive, send: Send) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        complete: Message = {"type": f"lifespan.{phase}.complete"}
        await send(complete)
