"""Flask behind a single page. Settings come from SCUTE_*: see `scute-auth emulator`."""

from flask import Flask, Response, send_from_directory

from examples.spa.page import BUILT, headers, settings
from scute_auth import ScuteConfig
from scute_flask import ScuteAuth, current_user, require_user

config = ScuteConfig.from_mapping({"browser_sdk": True})

app = Flask(__name__, static_folder=BUILT, static_url_path="/static")
ScuteAuth(app, config=config)


@app.get("/")
def page() -> Response:
    response = send_from_directory(BUILT, "index.html")
    response.headers.update(headers(config))
    return response


@app.get("/settings")
def page_settings() -> dict[str, str]:
    return settings(config)


@app.get("/api/me")
@require_user
def me() -> dict[str, str]:
    return {"user_id": current_user.id}
