"""Signing in through other providers: where a browser is to go.

`authorize` and `saml_login` begin a sign-in: a browser goes there rather than a backend.
"""

from typing import Any

from scute_auth.api import signing_in as rows
from scute_auth.client.models.apps import SsoDomain
from scute_auth.client.reading import reading
from scute_auth.client.request import Request

__all__ = ["authorize", "callback", "discover", "saml_login"]


def authorize(provider: str) -> Request[str]:
    """Begin a sign-in with an OAuth provider: the URL of its page."""
    return Request(rows.OAUTH_AUTHORIZE, _url, query={"provider": provider}, is_redirect=True)


def callback(code: str, state: str) -> Request[str]:
    """What the provider's answer leads to: the app's login URL, with a token to sign in with."""
    query = {"code": code, "state": state}
    return Request(rows.OAUTH_CALLBACK, _url, query=query, is_redirect=True)


def saml_login() -> Request[str]:
    """Begin a sign-in with the organisation's identity provider: the URL of its page."""
    return Request(rows.OAUTH_SAML_LOGIN, _url, is_redirect=True)


def discover(email: str) -> Request[SsoDomain]:
    """Find the organisation that signs in the people of this address; `NotFound` if none does."""
    return Request(rows.OAUTH_DISCOVER, reading(SsoDomain), query={"email": email})


def _url(value: Any) -> str:
    return str(value["url"])
