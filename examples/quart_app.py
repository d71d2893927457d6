"""Quart behind Scute. Settings come from SCUTE_*: see `scute-auth emulator`.

`ScuteAuth` goes in front of `app.asgi_app` and serves `/auth/*` itself. Quart answers every
exception on its own, so it is told what to answer to ours: `refused`.
"""

import asyncio
from collections.abc import AsyncIterator

from quart import Quart, Response, websocket
from quart.typing import ResponseReturnValue

from examples import pages
from scute_asgi import ScuteAuth, current_profile
from scute_auth import NotSignedIn, ScuteUnavailable, current_user, optional_user, refusal_of

app = Quart(__name__)
app.asgi_app = ScuteAuth(app.asgi_app)  # type: ignore[method-assign] # as Quart's docs do it


@app.errorhandler(NotSignedIn)
@app.errorhandler(ScuteUnavailable)
async def refused(error: NotSignedIn | ScuteUnavailable) -> ResponseReturnValue:
    reply = refusal_of(error)
    return reply.body, reply.status, dict(reply.headers)


@app.get("/")
async def home() -> str:
    user = optional_user()
    if user is None:
        return pages.home(None)
    try:
        profile = await current_profile()
    except ScuteUnavailable:
        return pages.home(user.id)
    return pages.home(profile.email or user.id)


@app.get("/me")
async def me() -> ResponseReturnValue:
    return {"user_id": current_user().id}


@app.get("/optional")
async def optional() -> ResponseReturnValue:
    user = optional_user()
    return {"user_id": user.id if user else None}


@app.get("/private")
async def private() -> str:
    return pages.private(current_user().id)


@app.post("/notes")
async def add_note() -> ResponseReturnValue:
    return {"user_id": current_user().id, "note": "saved"}, 201


@app.get("/stream")
async def stream() -> Response:
    user = current_user()

    async def chunks() -> AsyncIterator[str]:
        for number in range(4):
            yield f"{number}\n"
            await asyncio.sleep(0.25)
        yield user.id

    return Response(chunks(), mimetype="text/plain")


@app.get("/boom")
async def boom() -> str:
    raise RuntimeError("this view always fails")


@app.get("/own-response")
async def own_response() -> Response:
    return Response("a response of my own", mimetype="text/plain", headers={"X-Own": "yes"})


@app.websocket("/ws")
async def who_am_i() -> None:
    user = current_user()
    await websocket.send_json({"user_id": user.id})
