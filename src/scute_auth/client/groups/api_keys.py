"""The app's API keys: secrets like its first one."""

from scute_auth.api import apps as rows
from scute_auth.client.models.apps import ApiKey, api_key
from scute_auth.client.reading import many, nothing
from scute_auth.client.request import Request

__all__ = ["create", "delete", "list", "show", "update"]


def create(nickname: str, *, token: str | None = None) -> Request[ApiKey]:
    """Create a key. It is told this once, as `token` of the answer."""
    body = {"nickname": nickname}
    return Request(rows.API_KEYS_CREATE, api_key, body=body, token=token or "")


def list(*, token: str | None = None) -> Request[tuple[ApiKey, ...]]:
    """List the keys, without what they open."""
    return Request(rows.API_KEYS_LIST, many("api_keys", ApiKey), token=token or "")


def show(key_id: str, *, token: str | None = None) -> Request[ApiKey]:
    """Show one key."""
    return Request(rows.API_KEYS_SHOW, api_key, path={"key": key_id}, token=token or "")


def update(key_id: str, nickname: str, *, token: str | None = None) -> Request[ApiKey]:
    """Give a key another name."""
    path, body = {"key": key_id}, {"nickname": nickname}
    return Request(rows.API_KEYS_UPDATE, api_key, path=path, body=body, token=token or "")


def delete(key_id: str, *, token: str | None = None) -> Request[None]:
    """Revoke a key."""
    return Request(rows.API_KEYS_DELETE, nothing, path={"key": key_id}, token=token or "")
