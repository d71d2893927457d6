"""Who delivers the app's messages."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import apps as rows
from scute_auth.client.models.apps import MessageServiceProvider
from scute_auth.client.reading import inside, many
from scute_auth.client.request import Request

__all__ = ["list", "update", "upsert"]

_provider = inside("message_service_provider", MessageServiceProvider)


def list(*, token: str | None = None) -> Request[tuple[MessageServiceProvider, ...]]:
    """List the providers."""
    parse = many("message_service_providers", MessageServiceProvider)
    return Request(rows.MESSAGE_SERVICE_PROVIDERS_LIST, parse, token=token or "")


def upsert(
    fields: Mapping[str, Any], *, token: str | None = None
) -> Request[MessageServiceProvider]:
    """Create or change a provider."""
    row = rows.MESSAGE_SERVICE_PROVIDERS_UPSERT
    return Request(row, _provider, body=fields, token=token or "")


def update(
    provider_id: str, fields: Mapping[str, Any], *, token: str | None = None
) -> Request[MessageServiceProvider]:
    """Change a provider."""
    row, path = rows.MESSAGE_SERVICE_PROVIDERS_UPDATE, {"provider": provider_id}
    return Request(row, _provider, path=path, body=fields, token=token or "")
