"""drf-spectacular: `ScuteAuthentication` in the document, as two schemes of which one suffices.

The app imports this where drf-spectacular is installed; importing is all that registers it.
"""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from scute_auth.openapi import BEARER, COOKIE, bearer_scheme, cookie_scheme
from scute_django.conf import config_of_project

__all__ = ["ScuteScheme"]


class ScuteScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # theirs
    target_class = "scute_django.rest_framework.ScuteAuthentication"
    match_subclasses = True
    name = [BEARER, COOKIE]  # noqa: RUF012 - its own declaration is no ClassVar

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        return [{BEARER: []}, {COOKIE: []}]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [bearer_scheme(), cookie_scheme(config_of_project())]
