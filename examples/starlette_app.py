"""Starlette behind Scute. Settings come from SCUTE_*: see `scute-auth emulator`."""

import asyncio
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from examples import pages
from scute_auth import ScuteUnavailable
from scute_starlette import ScuteAuth, auth_routes, current_profile, require_user


async def home(request: Request) -> HTMLResponse:
    if not request.user.is_authenticated:
        return HTMLResponse(pages.home(None))
    try:
        profile = await current_profile(request)
    except ScuteUnavailable:
        return HTMLResponse(pages.home(request.user.id))
    return HTMLResponse(pages.home(profile.email or request.user.id))


@require_user
async def me(request: Request) -> JSONResponse:
    return JSONResponse({"user_id": request.user.id})


async def optional(request: Request) -> JSONResponse:
    user = request.user
    return JSONResponse({"user_id": user.id if user.is_authenticated else None})


@require_user
async def private(request: Request) -> HTMLResponse:
    return HTMLResponse(pages.private(request.user.id))


@require_user
async def add_note(request: Request) -> JSONResponse:
    return JSONResponse({"user_id": request.user.id, "note": "saved"}, status_code=201)


@require_user
async def stream(request: Request) -> StreamingResponse:
    async def chunks() -> AsyncIterator[str]:
        for number in range(4):
            yield f"{number}\n"
            await asyncio.sleep(0.25)
        yield request.user.id

    return StreamingResponse(chunks(), media_type="text/plain")


async def boom(request: Request) -> None:
    raise RuntimeError("this view always fails")


async def own_response(request: Request) -> PlainTextResponse:
    return PlainTextResponse("a response of my own", headers={"X-Own": "yes"})


@require_user
async def who_am_i(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_json({"user_id": websocket.user.id})
    await websocket.close()


app = Starlette(
    routes=[
        Route("/", home),
        Route("/me", me),
        Route("/optional", optional),
        Route("/private", private),
        Route("/notes", add_note, methods=["POST"]),
        Route("/stream", stream),
        Route("/boom", boom),
        Route("/own-response", own_response),
        WebSocketRoute("/ws", who_am_i),
        *auth_routes(),
    ],
    middleware=[Middleware(ScuteAuth)],
)
