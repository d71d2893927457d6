"""Django REST framework: `ScuteAuthentication`, first in the list of authentication classes.

`request.user` is the project's user (or a `StatelessUser` without `ScuteBackend`), `request.auth`
is our `SignedIn`. The middleware has decided already, CSRF too; nothing is verified twice.
"""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from scute_auth import SignedIn
from scute_auth.context import demand
from scute_django.accounts import project_user
from scute_django.requests import current_of

__all__ = ["ScuteAuthentication"]

_CHALLENGE = "Bearer"


class ScuteAuthentication(BaseAuthentication):
    """Knows whom Scute knows; a request without a user goes on to the next class, or fails."""

    def authenticate(self, request: Request) -> tuple[Any, SignedIn] | None:
        result = current_of(request._request).result
        if not isinstance(result, SignedIn):
            return None
        user = project_user(request._request, result)
        if user is None:
            raise PermissionDenied("There is no active account here for who signed in.")
        return user, result

    def authenticate_header(self, request: Request) -> str:
        """Asked for where a user is required and nobody is there.

        Where DRF would answer in its own words, the core's error is raised instead and becomes
        the core's answer, as in any other view: 401 with a reason, a person's browser sent to
        the sign-in page, 503 in an outage. An app with an exception handler of its own is left
        to it, unless the answer is no 401 at all.
        """
        # DRF's views load the authentication classes of the settings: this module before them.
        from rest_framework.views import exception_handler

        current = current_of(request._request)
        if isinstance(current.result, SignedIn):
            return _CHALLENGE
        reply = current.scute.refusal(current.view, current.result)
        challenge = dict(reply.headers).get("www-authenticate")
        view = request.parser_context["view"]
        if challenge is None or view.get_exception_handler() is exception_handler:
            demand(current)
        return str(challenge)
