"""One server process of an app, on a port of its own, which it prints when it listens.

Usage: server.py [REDIS_SOCKET], with the `SCUTE_*` settings in the environment. Without a socket
it keeps its counts to itself.
"""

import socket
import sys

import uvicorn

from scute_asgi import ScuteAuth
from scute_asgi.types import Receive, Scope, Send
from scute_auth import AsyncScute, MemoryStore
from tests.store.redis_store import AsyncRedisStore


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def main(redis: str = "") -> None:
    scute = AsyncScute(store=AsyncRedisStore(redis) if redis else MemoryStore())
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(listening.getsockname()[1], flush=True)
    app = ScuteAuth(_nothing, scute=scute)
    settings = uvicorn.Config(app, lifespan="off", ws="none", log_level="warning")
    uvicorn.Server(settings).run(sockets=[listening])


if __name__ == "__main__":
    main(*sys.argv[1:])
