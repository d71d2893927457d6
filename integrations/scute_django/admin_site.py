"""The admin behind Scute: `"scute_django.admin_site.ScuteAdminConfig"` in `INSTALLED_APPS`.

It stands in the place of `"django.contrib.admin"`. The form for a password is gone, and cannot be
posted either.
"""

from collections.abc import Callable
from functools import update_wrapper
from importlib import import_module
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from scute_auth import SignedIn
from scute_django.requests import current_of
from scute_django.responses import to_response

__all__ = ["ScuteAdminConfig", "ScuteAdminSite"]

View = TypeVar("View", bound=Callable[..., Any])


class ScuteAdminSite(AdminSite):
    """Sends strangers to the sign-in page and back to where they wanted to go.

    Who is signed in and no staff is told so, and how to leave; there is no form to try others.
    """

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff only, and never somebody who acts as staff with support access."""
        result = current_of(request).result
        if isinstance(result, SignedIn) and result.user.is_impersonated:
            return False
        return super().has_permission(request)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        inner = super().admin_view(view, cacheable)
        if view == self.logout:
            return inner

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if self.has_permission(request):
                return inner(request, *args, **kwargs)
            return _refuse(request)

        return cast(View, update_wrapper(guarded, inner))

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Where old links lead; nothing that is posted here is read."""
        if request.method == "GET" and self.has_permission(request):
            return super().login(request, extra_context)
        return _refuse(request)


class ScuteAdminConfig(AdminConfig):
    default_site = "scute_django.admin_site.ScuteAdminSite"

    def ready(self) -> None:
        super().ready()
        # Also where our own app, which brings them, is forgotten.
        import_module("scute_django.checks")


def _refuse(request: HttpRequest) -> HttpResponse:
    current = current_of(request)
    if request.user.is_authenticated or isinstance(current.result, SignedIn):
        text = current.scute.config.messages["staff_only"]
        return to_response(current.scute.not_allowed(current.view, current.result, text), request)
    return to_response(current.scute.refusal(current.view, current.result), request)
