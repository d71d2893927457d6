"""Flask behind Scute. Settings come from SCUTE_*: see `scute-auth emulator`."""

import time
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response

from examples import pages
from scute_auth import ScuteUnavailable
from scute_flask import ScuteAuth, current_profile, current_user, optional_user, require_user

app = Flask(__name__)
ScuteAuth(app)


@app.get("/")
def home() -> str:
    if not current_user:
        return pages.home(None)
    try:
        profile = current_profile()
    except ScuteUnavailable:
        return pages.home(current_user.id)
    return pages.home(profile.email or current_user.id)


@app.get("/me")
@require_user
def me() -> dict[str, str]:
    return {"user_id": current_user.id}


@app.get("/optional")
def optional() -> dict[str, Any]:
    user = optional_user()
    return {"user_id": user.id if user else None}


@app.get("/private")
@require_user
def private() -> str:
    return pages.private(current_user.id)


@app.post("/notes")
@require_user
def add_note() -> tuple[dict[str, str], int]:
    return {"user_id": current_user.id, "note": "saved"}, 201


@app.get("/stream")
@require_user
def stream() -> Response:
    def chunks() -> Iterator[str]:
        for number in range(4):
            yield f"{number}\n"
            time.sleep(0.25)
        yield current_user.id

    return Response(chunks(), mimetype="text/plain")


@app.get("/boom")
def boom() -> str:
    raise RuntimeError("this view always fails")


@app.get("/own-response")
def own_response() -> Response:
    return Response("a response of my own", headers={"X-Own": "yes"}, mimetype="text/plain")
