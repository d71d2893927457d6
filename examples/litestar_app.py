"""Litestar behind Scute. Settings come from SCUTE_*: see `scute-auth emulator`.

`ScuteAuth` goes around the app, not into its `middleware`, and serves `/auth/*` itself. Litestar
answers every exception on its own, so it is told what to answer to ours: `refused`.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from litestar import Litestar, Request, Response, WebSocket, get, post, websocket
from litestar.response import Stream

from examples import pages
from scute_asgi import ScuteAuth, current_profile
from scute_auth import NotSignedIn, ScuteUnavailable, current_user, optional_user, refusal_of


@get("/", media_type="text/html")
async def home() -> str:
    user = optional_user()
    if user is None:
        return pages.home(None)
    try:
        profile = await current_profile()
    except ScuteUnavailable:
        return pages.home(user.id)
    return pages.home(profile.email or user.id)


@get("/me")
async def me() -> dict[str, str]:
    return {"user_id": current_user().id}


@get("/optional")
async def optional() -> dict[str, str | None]:
    user = optional_user()
    return {"user_id": user.id if user else None}


@get("/private", media_type="text/html")
async def private() -> str:
    return pages.private(current_user().id)


@post("/notes")
async def add_note() -> dict[str, str]:
    return {"user_id": current_user().id, "note": "saved"}


@get("/stream")
async def stream() -> Stream:
    user = current_user()

    async def chunks() -> AsyncIterator[str]:
        for number in range(4):
            yield f"{number}\n"
            await asyncio.sleep(0.25)
        yield user.id

    return Stream(chunks(), media_type="text/plain")


@get("/boom")
async def boom() -> None:
    raise RuntimeError("this view always fails")


@get("/own-response")
async def own_response() -> Response[str]:
    return Response("a response of my own", media_type="text/plain", headers={"X-Own": "yes"})


@websocket("/ws")
async def who_am_i(socket: WebSocket[Any, Any, Any]) -> None:
    user = current_user()
    await socket.accept()
    await socket.send_json({"user_id": user.id})
    await socket.close()


def refused(
    request: Request[Any, Any, Any], error: NotSignedIn | ScuteUnavailable
) -> Response[bytes]:
    reply = refusal_of(error)
    return Response(reply.body, status_code=reply.status, headers=dict(reply.headers))


site = Litestar(
    [home, me, optional, private, add_note, stream, boom, own_response, who_am_i],
    exception_handlers={NotSignedIn: refused, ScuteUnavailable: refused},
    logging_config=None,
)
app = ScuteAuth(site)
