"""Our pages through the project's own templates, where it has any."""

from collections.abc import Mapping
from typing import Any

from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from scute_auth.pages import default_renderer

__all__ = ["render"]


def render(name: str, context: Mapping[str, Any]) -> str:
    """The project's `scute/<name>.html` if there is one, else the page that we bring."""
    try:
        template = get_template(f"scute/{name}.html")
    except TemplateDoesNotExist:
        return default_renderer(name, context)
    return template.render(dict(context))
