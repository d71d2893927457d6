"""scute-auth for Flask: `ScuteAuth(app)` or `init_app(app)`, `current_user`, `@require_user`."""

from scute_flask.current import to_response
from scute_flask.decorators import require_machine, require_permission, require_user
from scute_flask.extension import ScuteAuth
from scute_flask.guard import (
    check_permissions,
    current_machine,
    current_profile,
    optional_machine,
    permitted,
)
from scute_flask.routes import template_renderer
from scute_flask.user import current_user, optional_user
from scute_flask.views import public
from scute_wsgi import request_view

__all__ = [
    "ScuteAuth",
    "check_permissions",
    "current_machine",
    "current_profile",
    "current_user",
    "optional_machine",
    "optional_user",
    "permitted",
    "public",
    "request_view",
    "require_machine",
    "require_permission",
    "require_user",
    "template_renderer",
    "to_response",
]
