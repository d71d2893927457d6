"""The project's `Scute` and `AsyncScute`, made once for the process from its settings.

A server needs one of the two: its handler decides which. Tests that change settings get new ones.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.core.signals import setting_changed
from django.dispatch import receiver

from scute_auth import AsyncScute, Scute
from scute_django.cache import AsyncDjangoCacheStore, DjangoCacheStore
from scute_django.conf import config_of_project, own
from scute_django.hooks import async_hooks, hooks

__all__ = ["async_scute", "scute", "store_of_project"]

Made = TypeVar("Made")

_READ = frozenset({"SCUTE", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "CSRF_TRUSTED_ORIGINS", "DEBUG"})


@cache
def scute() -> Scute:
    """For code that blocks: WSGI, synchronous middleware, commands."""
    config, store = config_of_project(), store_of_project(DjangoCacheStore)
    return Scute(config, store=store, hooks=hooks(config))


@cache
def async_scute() -> AsyncScute:
    """For ASGI."""
    config, store = config_of_project(), store_of_project(AsyncDjangoCacheStore)
    return AsyncScute(config, store=store, hooks=async_hooks(config))


def store_of_project(kind: Callable[[str], Made]) -> Made | None:
    """What its processes share, if it names a cache for that."""
    alias = own("CACHE")
    return None if alias is None else kind(alias)


@receiver(setting_changed)
def _forget(*, setting: str, **_: Any) -> None:
    if setting in _READ:
        scute.cache_clear()
        async_scute.cache_clear()
