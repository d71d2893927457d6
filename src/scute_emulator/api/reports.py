"""What the browser SDKs report of their own errors: taken, and kept by nobody."""

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply

__all__ = ["take"]


def take(call: Context) -> HttpReply:
    return json_reply({"message": "ok"})
