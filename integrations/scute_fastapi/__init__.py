"""scute-auth for FastAPI: `add_middleware(ScuteAuth)`, `auth_router()`, `Depends(current_user)`."""

from scute_asgi import check_permissions, permitted, request_view
from scute_fastapi.dependencies import (
    CurrentMachine,
    CurrentUser,
    current_machine,
    current_profile,
    current_user,
    optional_machine,
    optional_user,
    require_machine,
    require_permission,
    require_user,
)
from scute_fastapi.middleware import ScuteAuth, auth_router
from scute_fastapi.schema import describe
from scute_starlette import to_response

__all__ = [
    "CurrentMachine",
    "CurrentUser",
    "ScuteAuth",
    "auth_router",
    "check_permissions",
    "current_machine",
    "current_profile",
    "current_user",
    "describe",
    "optional_machine",
    "optional_user",
    "permitted",
    "request_view",
    "require_machine",
    "require_permission",
    "require_user",
    "to_response",
]
