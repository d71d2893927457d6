"""What an app's people are told in their notification list; ordered by tests and demos."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Notification", "Notifications"]


@dataclass(frozen=True, slots=True)
class Notification:
    id: str
    app_id: str
    user_id: str
    title: str
    body: str
    created_at: float
    event_type: str = "custom"
    category: str = "general"
    priority: str = "normal"
    action_url: str | None = None
    action_text: str | None = None
    dismissible: bool = True
    read: bool = False
    expires_at: float | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Notifications:
    def __init__(self) -> None:
        self._notifications: list[Notification] = []

    def add(self, notification: Notification) -> None:
        self._notifications.insert(0, notification)

    def of(self, user_id: str) -> list[Notification]:
        """Newest first."""
        return [each for each in self._notifications if each.user_id == user_id]

    def forget(self, user_id: str) -> None:
        self._notifications = [each for each in self._notifications if each.user_id != user_id]
