"""ScuteAuth for any ASGI app: needs no framework, and the other ASGI adapters stand on it."""

from scute_asgi.middleware import ScuteAuth, current_of, request_view, respond
from scute_asgi.profile import current_profile
from scute_asgi.sending import Sender, send_reply

__all__ = [
    "ScuteAuth",
    "Sender",
    "current_of",
    "current_profile",
    "request_view",
    "respond",
    "send_reply",
]
