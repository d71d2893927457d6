"""The shared app as a Flask one writes it, with async views."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from scute_auth import current_user, optional_user
from scute_flask import require_user
from tests.conformance.harness import Harness
from tests.conformance.harnesses.flask import serve, stream_of
from tests.conformance.site import Setup

__all__ = ["HARNESS"]


class Pages:
    """The core's own functions serve here as well: they know no Flask."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    async def home(self) -> ResponseReturnValue:
        user = optional_user()
        return user.id if user else '<a href="/auth/sign-in">Sign in</a>'

    @require_user
    async def me(self) -> ResponseReturnValue:
        user = current_user()
        self._setup.enter("me", user.id)
        return {"user_id": user.id}

    async def optional(self) -> ResponseReturnValue:
        user = optional_user()
        return jsonify({"user_id": user.id if user else None})

    async def private(self) -> ResponseReturnValue:
        user = current_user()
        self._setup.enter("private", user.id)
        return f"<p>{user.id}</p>"

    @require_user
    async def notes(self) -> ResponseReturnValue:
        self._setup.enter("notes", current_user().id)
        return {"user_id": current_user().id}, 201

    @require_user
    async def stream(self) -> ResponseReturnValue:
        return stream_of(self._setup), {"Content-Type": "text/plain"}

    async def boom(self) -> ResponseReturnValue:
        raise RuntimeError("boom")

    async def own_response(self) -> ResponseReturnValue:
        return Response("own", headers=list(request.args.items(multi=True)))


HARNESS = Harness("flask_async", lambda setup: serve(setup, Pages), has_websocket=False)
