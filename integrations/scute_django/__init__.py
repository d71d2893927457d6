"""scute-auth for Django: the middleware, `request.scute_user`, `@require_user`, `scute:` URLs."""

from scute_auth import current_machine, current_user, optional_machine, optional_user
from scute_django.decorators import public, require_machine, require_permission, require_user
from scute_django.mixins import UserRequiredMixin
from scute_django.permissions import (
    acheck_permissions,
    apermitted,
    check_permissions,
    permitted,
)
from scute_django.profile import acurrent_profile, current_profile
from scute_django.requests import ScuteRequest, request_view
from scute_django.responses import to_response

__all__ = [
    "ScuteRequest",
    "UserRequiredMixin",
    "acheck_permissions",
    "acurrent_profile",
    "apermitted",
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
    "to_response",
]
