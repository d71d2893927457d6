"""ScuteAuth for any WSGI app: needs no framework, and the other WSGI adapters stand on it."""

from scute_wsgi.middleware import ScuteAuth, current_of, respond
from scute_wsgi.permissions import check_permissions, decisions_of, permitted
from scute_wsgi.profile import current_profile, profile_of
from scute_wsgi.request import read_body, request_view
from scute_wsgi.sending import BodyInContext, send_reply

__all__ = [
    "BodyInContext",
    "ScuteAuth",
    "check_permissions",
    "current_of",
    "current_profile",
    "decisions_of",
    "permitted",
    "profile_of",
    "read_body",
    "request_view",
    "respond",
    "send_reply",
]
