"""Ids and secrets from the injected randomness."""

from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

__all__ = ["Randomness", "new_id", "new_token"]

Randomness: TypeAlias = Callable[[int], bytes]


def new_id(random: Randomness) -> str:
    return str(UUID(bytes=random(16), version=4))


def new_token(random: Randomness, length: int = 16) -> str:
    """As hex digits: two for each byte."""
    return random(length).hex()
