"""scute-auth for Django: the middleware, `request.scute_user`, `@require_user`."""

from scute_auth import current_user, optional_user

__all__ = ["current_user", "optional_user"]
