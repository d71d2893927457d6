"""The public keys: as a key set on both documented paths, and as PEM."""

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.shapes import iso

__all__ = ["public_key", "show_jwks"]


def show_jwks(call: Context) -> HttpReply:
    return json_reply(call.state.keys.jwks())


def public_key(call: Context) -> HttpReply:
    key = call.state.keys.current
    return json_reply(
        {
            "public_key": key.pem(),
            "key_id": key.kid,
            "algorithm": "RS256",
            "workspace_id": call.app.workspace_id,
            "generated_at": iso(key.created_at),
        }
    )
