"""Plain ASGI behind Scute, without a framework. Settings come from SCUTE_*.

`ScuteAuth` serves `/auth/*` itself, and turns what `current_user()` raises into the right answer.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from examples import pages
from scute_asgi import ScuteAuth, current_profile
from scute_auth import ScuteUnavailable, current_user, optional_user

Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]


async def home(send: Send) -> None:
    user = optional_user()
    if user is None:
        return await answer(send, pages.home(None))
    try:
        profile = await current_profile()
    except ScuteUnavailable:
        return await answer(send, pages.home(user.id))
    await answer(send, pages.home(profile.email or user.id))


async def me(send: Send) -> None:
    await answer(send, {"user_id": current_user().id})


async def optional(send: Send) -> None:
    user = optional_user()
    await answer(send, {"user_id": user.id if user else None})


async def private(send: Send) -> None:
    await answer(send, pages.private(current_user().id))


async def add_note(send: Send) -> None:
    await answer(send, {"user_id": current_user().id, "note": "saved"}, status=201)


async def stream(send: Send) -> None:
    user = current_user()
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for number in range(4):
        chunk = f"{number}\n".encode()
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await asyncio.sleep(0.25)
    await send({"type": "http.response.body", "body": user.id.encode()})


async def boom(send: Send) -> None:
    raise RuntimeError("this view always fails")


async def own_response(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"x-own", b"yes")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"a response of my own"})


async def who_am_i(receive: Receive, send: Send) -> None:
    user = current_user()
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": json.dumps({"user_id": user.id})})
    await send({"type": "websocket.close"})


async def answer(send: Send, content: str | dict[str, Any], *, status: int = 200) -> None:
    if isinstance(content, str):
        kind, body = b"text/html; charset=utf-8", content
    else:
        kind, body = b"application/json", json.dumps(content)
    headers = [(b"content-type", kind)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


async def not_found(send: Send) -> None:
    await answer(send, {"detail": "not found"}, status=404)


ROUTES = {
    ("GET", "/"): home,
    ("GET", "/me"): me,
    ("GET", "/optional"): optional,
    ("GET", "/private"): private,
    ("POST", "/notes"): add_note,
    ("GET", "/stream"): stream,
    ("GET", "/boom"): boom,
    ("GET", "/own-response"): own_response,
}


async def site(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
    elif scope["type"] == "websocket":
        await who_am_i(receive, send)
    else:
        await ROUTES.get((scope["method"], scope["path"]), not_found)(send)


app = ScuteAuth(site)
