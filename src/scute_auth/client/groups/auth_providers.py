"""The ways to sign in that the app has set up."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import apps as rows
from scute_auth.client.models.apps import Provider
from scute_auth.client.reading import inside, many
from scute_auth.client.request import Request

__all__ = ["list", "upsert"]


def list(*, token: str | None = None) -> Request[tuple[Provider, ...]]:
    """List the providers of mail, of messages and of OAuth sign-ins."""
    parse = many("auth_providers", Provider)
    return Request(rows.AUTH_PROVIDERS_LIST, parse, token=token or "")


def upsert(fields: Mapping[str, Any], *, token: str | None = None) -> Request[Provider]:
    """Create or change a provider; its client's secret is among the `fields`."""
    parse = inside("auth_provider", Provider)
    return Request(rows.AUTH_PROVIDERS_UPSERT, parse, body=fields, token=token or "")
