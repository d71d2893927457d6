"""The `/auth/*` routes as a blueprint: whatever comes, the core answers."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, render_template
from flask.blueprints import BlueprintSetupState
from jinja2 import TemplateNotFound

from scute_auth.endpoints import ENDPOINTS
from scute_auth.pages import default_renderer
from scute_flask.current import current_of, to_response
from scute_flask.installed import BLUEPRINT

__all__ = ["answer", "auth_blueprint", "template_renderer"]


def auth_blueprint(prefix: str) -> Blueprint:
    """The routes below the prefix, named `scute.sign_in`, `scute.sign_out`, ..."""
    paths = [(one.name, one.path.replace("{", "<").replace("}", ">")) for one in ENDPOINTS]
    paths += [("unknown", path) for path in ("", "/", "/<path:rest>")]

    def add_routes(state: BlueprintSetupState) -> None:
        for name, path in paths:
            endpoint = f"{BLUEPRINT}.{name}"
            # Straight to the router: any method, for the core says which one a route takes.
            state.app.url_map.add(state.app.url_rule_class(prefix + path, endpoint=endpoint))
            state.app.view_functions[endpoint] = answer

    blueprint = Blueprint(BLUEPRINT, __name__)
    blueprint.record(add_routes)
    return blueprint


def answer(**_: str) -> Response:
    """Hand the request to the core."""
    current = current_of()
    return to_response(current.scute.respond(current.view, current.result))


def template_renderer(name: str, context: Mapping[str, Any]) -> str:
    """The app's own `scute/<name>.html`, if it has one, else the page that comes with us."""
    try:
        template = current_app.jinja_env.get_template(f"scute/{name}.html")
    except TemplateNotFound:
        return default_renderer(name, context)
    return render_template(template, **context)
