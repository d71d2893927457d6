"""Names for the sign-in routes, `scute:sign_in` and so on: `include("scute_django.urls")`.

The prefix must be `auth_prefix`: below it the middleware answers, in its own mode and before any
view. What gets as far as a view here came in somewhere else, or past the middleware.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from scute_auth import ConfigError
from scute_auth.endpoints import ENDPOINTS
from scute_django.accounts import require_app
from scute_django.requests import current_of

__all__ = ["app_name", "misplaced", "urlpatterns"]

app_name = "scute"

# Where our app is not installed, its checks are not either: `manage.py check` finds it here.
require_app()


def misplaced(request: HttpRequest, **_: str) -> HttpResponse:
    """Say what is wrong with the set-up."""
    prefix = current_of(request).scute.config.auth_prefix
    raise ConfigError(
        f"scute_django.urls is included so that it answers {request.path_info!r}, but auth_prefix "
        f"is {prefix!r}: give path() and SCUTE['AUTH_PREFIX'] the same prefix"
    )


urlpatterns = [
    path(
        known.path.lstrip("/").replace("{", "<str:").replace("}", ">"),
        misplaced,
        name=known.name,
    )
    for known in ENDPOINTS
]
