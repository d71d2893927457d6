"""The apps of the workspace; each is found by its public id and by its UUID."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scute_emulator.state.settings import AppSettings, changed

__all__ = ["App", "Apps"]


@dataclass(frozen=True, slots=True)
class App:
    id: str
    uuid: str
    secret: str = field(repr=False)
    workspace_id: str
    settings: AppSettings
    created_at: float
    updated_at: float


class Apps:
    def __init__(self, first: App) -> None:
        self._apps = {first.id: first}
        self._first_id = first.id
        self._deleted: set[str] = set()

    @property
    def first(self) -> App:
        """The app that the emulator was started for."""
        return self._apps[self._first_id]

    def find(self, either_id: str) -> App | None:
        return next((app for app in self.all() if either_id in (app.id, app.uuid)), None)

    def all(self, workspace_id: str | None = None) -> list[App]:
        """Of one workspace, or of all."""
        return [
            app
            for app in self._apps.values()
            if app.id not in self._deleted and workspace_id in (None, app.workspace_id)
        ]

    def add(self, app: App) -> None:
        self._apps[app.id] = app

    def update(self, app_id: str, values: Mapping[str, Any], now: float) -> App:
        app = self._apps[app_id]
        app = replace(app, settings=changed(app.settings, values), updated_at=now)
        self._apps[app_id] = app
        return app

    def delete(self, app_id: str) -> None:
        """Soft, as at Scute: it is kept, and found no more."""
        self._deleted.add(app_id)
