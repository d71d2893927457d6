"""Fifty users' streams in gevent's greenlets, all in one thread: run by test_wsgi_processes.py.

Each stream gives way to the others between its pieces. Prints the number of users that were seen.
"""

from gevent import monkey

monkey.patch_all()

from collections.abc import Iterator  # noqa: E402 - nothing may be imported before the patch
from concurrent.futures import ThreadPoolExecutor  # noqa: E402
from functools import partial  # noqa: E402

import gevent  # noqa: E402

from scute_auth import Scute, current_user  # noqa: E402
from scute_auth.context import variable  # noqa: E402
from scute_emulator import Emulator  # noqa: E402
from scute_wsgi import ScuteAuth  # noqa: E402
from scute_wsgi.types import Environ, StartResponse  # noqa: E402
from tests.conformance.client import Request  # noqa: E402
from tests.conformance.wsgi_driver import environ_of  # noqa: E402
from tests.integrations.support import config_of  # noqa: E402

PIECES = 10


def stream(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    for _ in range(PIECES):
        gevent.sleep(0)
        yield current_user().id.encode()
        gevent.sleep(0)


def serve(app: ScuteAuth, cookies: str) -> list[bytes]:
    """As a server's greenlet does it; between two pieces nobody may be left in it."""
    headers = ((b"host", b"127.0.0.1:8000"), (b"cookie", cookies.encode()))
    body = app(environ_of(Request("GET", b"/", headers=headers, scheme="http")), _start_response)
    pieces: list[bytes] = []
    for piece in body:
        assert variable.get() is None
        gevent.sleep(0)
        pieces.append(piece)
    assert variable.get() is None
    return pieces


def _start_response(status: str, headers: list[tuple[str, str]], exc_info: object) -> None:
    assert status == "200 OK", status


def main() -> None:
    emulator = Emulator()
    config = config_of(emulator)
    app = ScuteAuth(stream, scute=Scute(config, transport=emulator.transport))
    sessions = [
        # Every second one has to be refreshed first, in a flight of its own.
        emulator.create_session(f"user{number}@example.com", access_lifetime=(-1) ** number * 3600)
        for number in range(50)
    ]
    names = [config.cookie_names(purpose, secure=False)[0] for purpose in ("access", "refresh")]
    cookies = [f"{names[0]}={s['access']}; {names[1]}={s['refresh']}" for s in sessions]
    with ThreadPoolExecutor(len(cookies)) as greenlets:  # gevent makes greenlets of its threads
        answers = list(greenlets.map(partial(serve, app), cookies))

    assert answers == [[session["user_id"].encode()] * PIECES for session in sessions]
    print(len(answers))


main()
