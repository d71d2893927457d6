"""The public keys that tokens are verified with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scute_auth.client.reading import Model, anything

__all__ = ["KeySet", "PublicKey"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey(Model):
    """`public_key` is a PEM document."""

    public_key: str
    key_id: str | None = None
    algorithm: str | None = None
    workspace_id: str | None = None
    generated_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet(Model):
    """JSON Web Keys (RFC 7517)."""

    keys: tuple[Mapping[str, Any], ...] = anything()
