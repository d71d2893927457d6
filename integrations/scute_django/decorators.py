"""`@require_user` for views that are functions, and `@public` for those that need nobody."""

from typing import Any, TypeVar

__all__ = ["is_public", "public"]

View = TypeVar("View")

_PUBLIC = "scute_public"


def public(view: View) -> View:
    """Let everybody into this view although the settings say `require_by_default`."""
    setattr(view, _PUBLIC, True)
    return view


def is_public(view: Any) -> bool:
    """Was this view marked as public?"""
    return getattr(view, _PUBLIC, False) is True
