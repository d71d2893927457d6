"""What a handler is given, and the kinds of answers that it makes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from scute_auth.effects import HttpReply
from scute_emulator.api.credentials import access_token
from scute_emulator.api.refusals import not_found
from scute_emulator.api.request import ApiRequest
from scute_emulator.state import State
from scute_emulator.state.apps import App
from scute_emulator.state.sessions import Session
from scute_emulator.state.users import User

__all__ = ["Context", "json_reply", "nothing", "redirect"]


@dataclass(frozen=True, slots=True)
class Context:
    """A call whose credentials hold."""

    state: State
    app: App
    request: ApiRequest
    params: Mapping[str, str]

    @property
    def session(self) -> Session:
        """The session of the access token that the caller presents."""
        return access_token(self.state, self.app, self.request).session

    @property
    def user(self) -> User:
        """The user whose access token this is."""
        return self.state.users.by_id(self.session.user_id)

    @property
    def named_user(self) -> User:
        """The user that the path names."""
        user = self.state.users.get(self.app.id, self.params["user"])
        if user is None:
            raise not_found("User")
        return user


def json_reply(body: object, status: int = 200) -> HttpReply:
    headers = (("content-type", "application/json"),)
    return HttpReply(status, headers, json.dumps(body).encode("utf-8"))


def nothing() -> HttpReply:
    return HttpReply(204, ())


def redirect(location: str) -> HttpReply:
    return HttpReply(302, (("location", location),))
