"""The project's `Scute` and `AsyncScute`, made once for the process from its settings.

A server needs one of the two: its handler decides which. Tests that change settings get new ones.
"""

from functools import cache
from typing import Any

from django.core.signals import setting_changed
from django.dispatch import receiver

from scute_auth import AsyncScute, Scute
from scute_django.cache import AsyncDjangoCacheStore, DjangoCacheStore
from scute_django.conf import config_of_project, own
from scute_django.hooks import async_hooks, hooks

__all__ = ["async_scute", "scute"]

_READ = frozenset({"SCUTE", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "CSRF_TRUSTED_ORIGINS", "DEBUG"})


@cache
def scute() -> Scute:
    """For code that blocks: WSGI, synchronous middleware, commands."""
    alias = own("CACHE")
    store = None if alias is None else DjangoCacheStore(alias)
    return Scute(config_of_project(), store=store, hooks=hooks())


@cache
def async_scute() -> AsyncScute:
    """For ASGI."""
    alias = own("CACHE")
    store = None if alias is None else AsyncDjangoCacheStore(alias)
    return AsyncScute(config_of_project(), store=store, hooks=async_hooks())


@receiver(setting_changed)
def _forget(*, setting: str, **_: Any) -> None:
    if setting in _READ:
        scute.cache_clear()
        async_scute.cache_clear()
