"""What `app.extensions["scute"]` holds: the app's own `Scute`, and the check before it is used."""

from collections.abc import Callable
from threading import Lock

from flask import Flask

from scute_auth import ConfigError, Scute, ScuteConfig
from scute_auth.paths import is_auth_path
from scute_flask.views import check_views

__all__ = ["BLUEPRINT", "EXTENSION", "Installed", "installed_on"]

EXTENSION = BLUEPRINT = "scute"


class Installed:
    """ScuteAuth on one app."""

    def __init__(
        self, make: Callable[[], Scute], settings: Callable[[], ScuteConfig], prefix: str
    ) -> None:
        self._make = make
        self._settings = settings
        self._prefix = prefix
        self._lock = Lock()
        self._made: Scute | None = None
        self._ready: Scute | None = None

    def load(self) -> Scute:
        """Make the `Scute`, which is slow: a request should not have to."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def ready(self, app: Flask) -> Scute:
        """The `Scute` to ask; the first request finds out what no later one can mend."""
        if self._ready is not None:
            return self._ready
        with self._lock:
            scute = self.load()
            if scute.config != self._settings():
                # The app was given more settings after `init_app`: they may be what closes it.
                scute = self._made = self._make()
            self._check(app, scute)
            self._ready = scute
        return scute

    def _check(self, app: Flask, scute: Scute) -> None:
        if scute.config.auth_prefix != self._prefix:
            raise ConfigError(
                f"auth_prefix is {scute.config.auth_prefix!r}, but the auth routes lie at "
                f"{self._prefix!r}: set SCUTE_AUTH_PREFIX before init_app"
            )
        for rule in app.url_map.iter_rules():
            is_ours = rule.endpoint.startswith(f"{BLUEPRINT}.")
            if is_auth_path(self._prefix, rule.rule) and not is_ours:
                raise ConfigError(
                    f"the route {rule.rule!r} ({rule.endpoint}) lies below {self._prefix!r}, where "
                    "scute-auth answers: move it, or set SCUTE_AUTH_PREFIX"
                )
        check_views(app)


def installed_on(app: Flask) -> Installed:
    found: Installed | None = app.extensions.get(EXTENSION)
    if found is None:
        raise ConfigError("ScuteAuth is not installed on this app: ScuteAuth(app), or init_app")
    return found
