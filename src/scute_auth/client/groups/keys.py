"""The public keys that tokens are verified with."""

from scute_auth.api import sessions as rows
from scute_auth.client.models.keys import KeySet, PublicKey
from scute_auth.client.reading import reading
from scute_auth.client.request import Request

__all__ = ["jwks", "jwks_documented", "public_key"]


def jwks() -> Request[KeySet]:
    """Get the key set, where Scute's own SDKs get it."""
    return Request(rows.KEYS_JWKS, reading(KeySet))


def jwks_documented() -> Request[KeySet]:
    """Get the key set, where Scute's reference says it is."""
    return Request(rows.KEYS_JWKS_DOCUMENTED, reading(KeySet))


def public_key() -> Request[PublicKey]:
    """Get the current key as PEM."""
    return Request(rows.KEYS_PUBLIC_KEY, reading(PublicKey))
