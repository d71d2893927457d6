"""FastAPI behind Scute. Settings come from SCUTE_*: see `scute-auth emulator`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, Request, WebSocket
from fastapi.responses import HTMLResponse, PlainTextResponse, StreamingResponse

from examples import pages
from scute_auth import ScuteUnavailable, User
from scute_fastapi import (
    CurrentUser,
    ScuteAuth,
    auth_router,
    current_profile,
    optional_user,
)

app = FastAPI(title="FastAPI behind Scute")
app.add_middleware(ScuteAuth)
app.include_router(auth_router())

OptionalUser = Annotated[User | None, Depends(optional_user)]


@app.get("/", response_class=HTMLResponse)
async def home(request: Request, user: OptionalUser) -> str:
    if user is None:
        return pages.home(None)
    try:
        profile = await current_profile(request)
    except ScuteUnavailable:
        return pages.home(user.id)
    return pages.home(profile.email or user.id)


@app.get("/me")
async def me(user: CurrentUser) -> dict[str, str]:
    return {"user_id": user.id}


@app.get("/optional")
async def optional(user: OptionalUser) -> dict[str, str | None]:
    return {"user_id": user.id if user else None}


@app.get("/private", response_class=HTMLResponse)
async def private(user: CurrentUser) -> str:
    return pages.private(user.id)


@app.post("/notes", status_code=201)
async def add_note(user: CurrentUser) -> dict[str, str]:
    return {"user_id": user.id, "note": "saved"}


@app.get("/stream")
async def stream(user: CurrentUser) -> StreamingResponse:
    async def chunks() -> AsyncIterator[str]:
        for number in range(4):
            yield f"{number}\n"
            await asyncio.sleep(0.25)
        yield user.id

    return StreamingResponse(chunks(), media_type="text/plain")


@app.get("/boom")
async def boom() -> None:
    raise RuntimeError("this view always fails")


@app.get("/own-response")
async def own_response() -> PlainTextResponse:
    return PlainTextResponse("a response of my own", headers={"X-Own": "yes"})


@app.websocket("/ws")
async def who_am_i(websocket: WebSocket, user: CurrentUser) -> None:
    await websocket.accept()
    await websocket.send_json({"user_id": user.id})
    await websocket.close()
