"""`{% load scute %}`: our texts, for templates that take the place of ours."""

from typing import Any

from django.template import Context, Library

__all__ = ["register", "scute_text"]

register = Library()


@register.simple_tag(takes_context=True)
def scute_text(context: Context, key: str, **values: object) -> Any:
    """A text with its names filled in: `{% scute_text "with_provider" provider=each.name %}`."""
    return context["texts"].say(key, **values)
