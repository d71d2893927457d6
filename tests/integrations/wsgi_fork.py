"""A WSGI app that is warm when its process forks, as under `gunicorn --preload`.

Run by test_wsgi_processes.py. Each child serves ten threads at once whose session has to be
refreshed. Prints whether each was told who it is.
"""

import json
import os
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from scute_auth import Scute, ScuteConfig, current_user
from scute_emulator import Emulator
from scute_wsgi import ScuteAuth
from scute_wsgi.types import Environ, StartResponse
from tests.conformance.client import Request
from tests.conformance.wsgi_driver import environ_of
from tests.integrations.support import config_of


def who(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    user = current_user()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [user.id.encode()]


def answer(app: ScuteAuth, cookies: str) -> str:
    """The status, and who it was."""
    seen: list[str] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object) -> None:
        seen.append(status)

    headers = ((b"host", b"127.0.0.1:8000"), (b"cookie", cookies.encode()))
    environ = environ_of(Request("GET", b"/", headers=headers, scheme="http"))
    seen += [piece.decode() for piece in app(environ, start_response)]
    return " ".join(seen)


@dataclass(frozen=True)
class Person:
    """Somebody whose access token has expired and whose refresh token has not."""

    id: str
    cookies: str


def person_of(emulator: Emulator, config: ScuteConfig, email: str) -> Person:
    session = emulator.create_session(email, access_lifetime=-3600)
    names = [config.cookie_names(purpose, secure=False)[0] for purpose in ("access", "refresh")]
    cookies = f"{names[0]}={session['access']}; {names[1]}={session['refresh']}"
    return Person(session["user_id"], cookies)


def in_a_child(app: ScuteAuth, cookies: str) -> set[str]:
    """The answers that ten threads of a forked process get.

    What runs in the background ends first: the emulator's lock is not made for forks.
    """
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join()
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        with ThreadPoolExecutor(10) as threads:
            answers = set(threads.map(partial(answer, app), [cookies] * 10))
        os.write(write, json.dumps(list(answers)).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said: list[str] = json.loads(pipe.read())
    os.waitpid(child, 0)
    return set(said)


def main() -> None:
    emulator = Emulator()
    config = config_of(emulator)
    app = ScuteAuth(who, scute=Scute(config, transport=emulator.transport))
    ana, eve, bob = (
        person_of(emulator, config, f"{name}@example.com") for name in ("ana", "eve", "bob")
    )

    print(answer(app, ana.cookies) == f"200 OK {ana.id}")
    for person in (eve, bob):
        print(in_a_child(app, person.cookies) == {f"200 OK {person.id}"}, flush=True)


main()
