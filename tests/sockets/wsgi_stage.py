"""The WSGI app that a server is started with: hands each request to its site's app."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from scute_wsgi.types import Environ, StartResponse
from tests.conformance.asgi_driver import StartFailed
from tests.sockets.order import HEADER, Order
from tests.sockets.stage import Stage, StagedSite, logger

__all__ = ["app"]

_KEY = f"HTTP_{HEADER.upper().replace('-', '_')}"

stage = Stage()


def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    order = Order.parse(environ.pop(_KEY))
    if order.task == "serve":
        return _serve(stage.site(order), order, environ, start_response)
    answer = TASKS[order.task](order)
    start_response("200 OK", [("content-type", "text/plain")])
    return [str(answer).encode("utf-8")]


def _serve(
    site: StagedSite, order: Order, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    environ["wsgi.url_scheme"] = order.scheme
    environ["SCRIPT_NAME"] = order.root_path
    lines = (key for key, value in environ.items() if key.startswith("HTTP_") and value)
    names = {key[5:].lower().replace("_", "-") for key in lines}
    site.link.ask("arrive", order.request, names)
    try:
        body = site.app(environ, start_response)
    except Exception:
        logger.exception("the app raised")
        site.link.ask("leave", *site.farewell(order.request))
        raise
    return _Body(body, site, order.request)


class _Body:
    """The app's body, as lazy as it was; tells the case once the server has closed it."""

    def __init__(self, body: Iterable[bytes], site: StagedSite, request: int) -> None:
        self._body = body
        self._site = site
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        except Exception:
            logger.exception("the app raised")
            raise
        finally:
            self._site.link.ask("leave", *self._site.farewell(self._request))


def _open(order: Order) -> str:
    site = stage.build(order, stage.link(order).ask("instruct"))
    try:
        asyncio.run(site.driver.start())
    except StartFailed as error:
        stage.forget(order)
        return str(error)
    return ""


def _settle(_: Order) -> int:
    return stage.flights()


def _close(order: Order) -> str:
    site = stage.forget(order)
    asyncio.run(site.driver.stop())
    site.link.ask("leave", *site.farewell(order.request))
    return ""


TASKS: dict[str, Callable[[Order], Any]] = {"open": _open, "settle": _settle, "close": _close}
