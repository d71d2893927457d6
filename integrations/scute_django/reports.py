"""What Django tells of an error, on its debug page and in mails to `ADMINS`: none of our cookies.

It hides its own session's cookie there. With ours, whoever reads such a mail would be signed in.
"""

from typing import Any

from django.http import HttpRequest
from django.views.debug import get_exception_reporter_filter

__all__ = ["hide_cookies"]


class _WithoutOurCookies:
    """The project's own filter in all but one thing."""

    def __init__(self, inner: Any, app_id: str) -> None:
        self._inner = inner
        self._app_id = app_id

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        shown: dict[str, Any] = self._inner.get_safe_cookies(request)
        # Their names, and no others, end with the id of the app.
        ours = [name for name in shown if name.endswith(self._app_id)]
        return shown | dict.fromkeys(ours, self._inner.cleansed_substitute)


def hide_cookies(request: Any, app_id: str) -> None:
    """Put our filter around the one that this request has."""
    inner = get_exception_reporter_filter(request)
    request.exception_reporter_filter = _WithoutOurCookies(inner, app_id)
