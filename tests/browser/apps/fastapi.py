"""The app under FastAPI and uvicorn."""

from contextlib import AbstractContextManager
from socket import socket
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse

from scute_auth import User
from scute_fastapi import CurrentUser, ScuteAuth, auth_router, optional_user, require_user
from tests.browser.apps.setup import STEP_UP, Setup, home, page_for
from tests.browser.recording import recording
from tests.browser.serving import serve

__all__ = ["with_fastapi"]


def with_fastapi(setup: Setup, listening: socket) -> AbstractContextManager[None]:
    app = FastAPI(openapi_url=None, default_response_class=HTMLResponse)

    @app.get("/")
    async def index(user: Annotated[User | None, Depends(optional_user)]) -> str:
        return home(user)

    @app.get("/private")
    async def private(user: CurrentUser) -> str:
        return page_for(user, "Private")

    @app.get("/danger")
    async def danger(user: Annotated[User, Depends(require_user(step_up=STEP_UP))]) -> str:
        return page_for(user, "Danger")

    app.include_router(auth_router())
    app.add_middleware(ScuteAuth, scute=setup.async_scute())
    return serve(recording(app, setup.seen), listening)
