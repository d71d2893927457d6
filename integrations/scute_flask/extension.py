"""The extension: `ScuteAuth(app)`, or `init_app(app)` for each app that a factory makes."""

from collections.abc import Callable, Mapping
from typing import cast

from flask import Flask, request_finished, request_started
from werkzeug.local import LocalProxy

from scute_auth import ConfigError, Hooks, Scute, ScuteConfig
from scute_auth.pages import Renderer
from scute_auth.runtime import SignInHook, SignOutHook, WebhookHandler
from scute_flask.current import finish, forget, start
from scute_flask.installed import BLUEPRINT, EXTENSION, Installed
from scute_flask.routes import auth_blueprint, template_renderer
from scute_flask.settings import config_of, is_told, prefix_of
from scute_flask.user import current_user

__all__ = ["ScuteAuth"]


class ScuteAuth:
    """Puts a Flask app behind Scute, with its routes as the blueprint `scute`.

    Settings come from `config`, else from `app.config["SCUTE_..."]`, else from the `SCUTE_*`
    variables, when `init_app` runs; all but the prefix of the routes may come as late as the
    first request. The hooks are plain functions. `renderer` turns a page's name and context into
    HTML, `webhooks` has a function for each event of Scute's by its name. `scute` takes a `Scute`
    of your own, with its store, transport and hooks.
    """

    def __init__(
        self,
        app: Flask | None = None,
        config: ScuteConfig | None = None,
        *,
        on_sign_in: SignInHook | None = None,
        on_sign_out: SignOutHook | None = None,
        renderer: Renderer = template_renderer,
        webhooks: Mapping[str, WebhookHandler] | None = None,
        scute: Scute | None = None,
    ) -> None:
        self._config = config if scute is None else scute.config
        self._hooks = Hooks(on_sign_in, on_sign_out, renderer, webhooks=webhooks)
        self._scute = scute
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Install it on one more app."""
        app = _itself(app)
        if EXTENSION in app.extensions:
            raise ConfigError("ScuteAuth is installed on this app already: call init_app once")
        if BLUEPRINT in app.blueprints:
            raise ConfigError(f"this app has a blueprint {BLUEPRINT!r}: scute-auth needs the name")
        prefix = prefix_of(app) if self._config is None else self._config.auth_prefix
        installed = Installed(self._making(app), lambda: self._settings(app), prefix)
        if self._config is not None or is_told(app):
            installed.load()
        app.register_blueprint(auth_blueprint(prefix))
        app.context_processor(lambda: {"current_user": current_user})
        app.teardown_request(forget)
        request_started.connect(start, app)
        request_finished.connect(finish, app)
        app.extensions[EXTENSION] = installed

    def _making(self, app: Flask) -> Callable[[], Scute]:
        def make() -> Scute:
            if self._scute is not None:
                return self._scute
            return Scute(self._settings(app), hooks=self._hooks)

        return make

    def _settings(self, app: Flask) -> ScuteConfig:
        return config_of(app) if self._config is None else self._config


def _itself(app: object) -> Flask:
    """Signals know an app by its identity, and `current_app` is not the app itself."""
    if isinstance(app, LocalProxy):
        app = cast("LocalProxy[Flask]", app)._get_current_object()  # pyright: ignore[reportPrivateUsage] # werkzeug's own way
    return cast(Flask, app)
