"""API keys: a new one is as good as the app's secret at once."""

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.shapes import iso

__all__ = ["create"]


def create(call: Context) -> HttpReply:
    """The token is shown this once."""
    state = call.state
    key = state.api_keys.add(call.app.id, call.request.text("nickname"), state.clock())
    shown = {
        "id": key.id,
        "nickname": key.nickname,
        "token": key.token,
        "created_at": iso(key.created_at),
    }
    return json_reply({"api_key": shown})
