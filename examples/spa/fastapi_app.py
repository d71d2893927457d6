"""FastAPI behind a single page. Settings come from SCUTE_*: see `scute-auth emulator`."""

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from examples.spa.page import BUILT, headers, settings
from scute_auth import ScuteConfig
from scute_fastapi import CurrentUser, ScuteAuth, auth_router

config = ScuteConfig.from_mapping({"browser_sdk": True})

app = FastAPI(title="FastAPI behind a single page")
app.add_middleware(ScuteAuth, config=config)
app.include_router(auth_router())
app.mount("/static", StaticFiles(directory=BUILT))


@app.get("/")
async def page() -> FileResponse:
    return FileResponse(BUILT / "index.html", headers=headers(config))


@app.get("/settings")
async def page_settings() -> dict[str, str]:
    return settings(config)


@app.get("/api/me")
async def me(user: CurrentUser) -> dict[str, str]:
    return {"user_id": user.id}
