"""scute-auth for Starlette: `app.add_middleware(ScuteAuth)`, `auth_routes()`, `@require_user`."""

from scute_asgi import check_permissions, permitted, request_view
from scute_auth import current_machine, current_user, optional_machine, optional_user
from scute_starlette.decorators import require_machine, require_permission, require_user
from scute_starlette.guard import current_profile
from scute_starlette.middleware import ScuteAuth
from scute_starlette.refusals import to_response
from scute_starlette.routes import auth_routes

__all__ = [
    "ScuteAuth",
    "auth_routes",
    "check_permissions",
    "current_machine",
    "current_profile",
    "current_user",
    "optional_machine",
    "optional_user",
    "permitted",
    "request_view",
    "require_machine",
    "require_permission",
    "require_user",
    "to_response",
]
