"""Child workspaces: one app each, with a key of its own.

Here they share the parent's signing keys; at Scute each workspace has its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Child", "Children"]


@dataclass(frozen=True, slots=True)
class Child:
    """`told` is what the parent said of it: branding, countries and such."""

    id: str
    name: str
    app_id: str
    api_key_id: str
    created_at: float
    told: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Children:
    def __init__(self) -> None:
        self._children: dict[str, Child] = {}

    def add(self, child: Child) -> None:
        self._children[child.id] = child

    def all(self) -> list[Child]:
        return list(self._children.values())

    def get(self, child_id: str) -> Child | None:
        return self._children.get(child_id)
