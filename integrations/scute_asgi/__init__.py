"""ScuteAuth for any ASGI app: needs no framework, and the other ASGI adapters stand on it."""

from scute_asgi.middleware import ScuteAuth, current_of, request_view, respond
from scute_asgi.permissions import check_permissions, permitted
from scute_asgi.profile import current_profile
from scute_asgi.sending import Sender, send_reply

__all__ = [
    "ScuteAuth",
    "Sender",
    "check_permissions",
    "current_of",
    "current_profile",
    "permitted",
    "request_view",
    "respond",
    "send_reply",
]
