"""What happened, in the words of Scute's webhooks; whoever delivers them watches here.

Kinds: `user.created`, `user.updated`, `user.identifier_changed`, `auth.login.failed`,
`challenge.created`, `challenge.completed`, `challenge.failed`, `verification.{email|sms}.*`.
What `data` says beside a challenge or a verification is not documented (?).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scute_emulator.state.chance import Randomness, new_token
from scute_emulator.state.users import User

__all__ = ["Event", "Events"]


@dataclass(frozen=True, slots=True)
class Event:
    """`user` is as he was then; `subject` names the challenge or verification, if there is one."""

    id: str
    kind: str
    app_id: str
    happened_at: float
    user: User | None = None
    subject: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])


Watcher: TypeAlias = Callable[[Event], object]


class Events:
    def __init__(self, random: Randomness) -> None:
        self._random = random
        self._events: list[Event] = []
        self._watchers: list[Watcher] = []

    def happened(
        self,
        kind: str,
        app_id: str,
        now: float,
        *,
        user: User | None = None,
        subject: str | None = None,
        data: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Event:
        """Record an event, and tell those who watch."""
        event = Event(
            id=f"evt_{new_token(self._random, 10)}",
            kind=kind,
            app_id=app_id,
            happened_at=now,
            user=user,
            subject=subject,
            data=data or {},
            metadata=metadata or {},
        )
        self._events.append(event)
        for watcher in self._watchers:
            watcher(event)
        return event

    def watch(self, watcher: Watcher) -> None:
        """Call this with each event from now on, while whoever hosts the state holds its lock."""
        self._watchers.append(watcher)

    def of(self, app_id: str, kind: str | None = None) -> list[Event]:
        """An app's events, oldest first."""
        return [
            each for each in self._events if each.app_id == app_id and kind in (None, each.kind)
        ]
