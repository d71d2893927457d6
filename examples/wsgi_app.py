"""Plain WSGI behind Scute, without a framework. Settings come from SCUTE_*.

`ScuteAuth` serves `/auth/*` itself, and turns what `current_user()` raises into the right answer.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from examples import pages
from scute_auth import ScuteUnavailable, current_user, optional_user
from scute_wsgi import ScuteAuth, current_profile

Start: TypeAlias = Callable[[str, list[tuple[str, str]]], Any]


def home(start: Start) -> Iterable[bytes]:
    user = optional_user()
    if user is None:
        return answer(start, pages.home(None))
    try:
        profile = current_profile()
    except ScuteUnavailable:
        return answer(start, pages.home(user.id))
    return answer(start, pages.home(profile.email or user.id))


def me(start: Start) -> Iterable[bytes]:
    return answer(start, {"user_id": current_user().id})


def optional(start: Start) -> Iterable[bytes]:
    user = optional_user()
    return answer(start, {"user_id": user.id if user else None})


def private(start: Start) -> Iterable[bytes]:
    return answer(start, pages.private(current_user().id))


def add_note(start: Start) -> Iterable[bytes]:
    return answer(start, {"user_id": current_user().id, "note": "saved"}, "201 Created")


def stream(start: Start) -> Iterator[bytes]:
    user = current_user()
    start("200 OK", [("Content-Type", "text/plain")])
    for number in range(4):
        yield f"{number}\n".encode()
        time.sleep(0.25)
    yield user.id.encode()


def boom(start: Start) -> Iterable[bytes]:
    raise RuntimeError("this view always fails")


def own_response(start: Start) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain"), ("X-Own", "yes")])
    return [b"a response of my own"]


def answer(start: Start, content: str | dict[str, Any], status: str = "200 OK") -> Iterable[bytes]:
    if isinstance(content, str):
        kind, body = "text/html; charset=utf-8", content
    else:
        kind, body = "application/json", json.dumps(content)
    start(status, [("Content-Type", kind)])
    return [body.encode()]


def not_found(start: Start) -> Iterable[bytes]:
    return answer(start, {"detail": "not found"}, "404 Not Found")


ROUTES: dict[tuple[str, str], Callable[[Start], Iterable[bytes]]] = {
    ("GET", "/"): home,
    ("GET", "/me"): me,
    ("GET", "/optional"): optional,
    ("GET", "/private"): private,
    ("POST", "/notes"): add_note,
    ("GET", "/stream"): stream,
    ("GET", "/boom"): boom,
    ("GET", "/own-response"): own_response,
}


def site(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    view = ROUTES.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]), not_found)
    return view(start)


app = ScuteAuth(site)
