"""One worker process of an app: authenticates one request in ten threads, when it is told to.

Usage: worker.py REDIS_SOCKET COOKIE_HEADER, with the `SCUTE_*` settings in the environment.
Prints "ready", reads a line, and prints its verdicts as JSON.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scute_auth import RequestView, Scute, SignedIn
from tests.store.redis_store import RedisStore


def main(socket: str, cookie: str) -> None:
    headers = ((b"host", b"127.0.0.1:8000"), (b"cookie", cookie.encode("ascii")))
    view = RequestView("http", "GET", "http", "/", headers)
    store = RedisStore(socket)
    with Scute(store=store) as scute, ThreadPoolExecutor(10) as pool:
        print("ready", flush=True)
        sys.stdin.readline()
        results = list(pool.map(scute.authenticate, [view] * 10))
    store.close()
    print(json.dumps([_told(result) for result in results]))


def _told(result: Any) -> list[str | None]:
    if isinstance(result, SignedIn):
        return [result.user.id, result.session.access, result.session.refresh]
    return [repr(result)]


if __name__ == "__main__":
    main(*sys.argv[1:])
