"""Settings as Flask users give them: `app.config["SCUTE_..."]` first, then the environment."""

import os
from typing import Any, cast

from flask import Flask

from scute_auth import ScuteConfig

__all__ = ["config_of", "is_told", "prefix_of"]

_PREFIX = "SCUTE_"
_APP_ID = "SCUTE_APP_ID"


def config_of(app: Flask) -> ScuteConfig:
    """Every setting; `SECRET_KEY` and its fallbacks seal our cookies, unless others are given."""
    config = _config(app)
    keys = (config.get("SECRET_KEY"), *(config.get("SECRET_KEY_FALLBACKS") or ()))
    return ScuteConfig.from_mapping(_given(app), framework_keys=[_text(key) for key in keys if key])


def is_told(app: Flask) -> bool:
    """Is it known already which Scute app this is?"""
    return bool(_config(app).get(_APP_ID) or os.environ.get(_APP_ID, "").strip())


def prefix_of(app: Flask) -> str:
    """Where our routes lie. What is set by now must be right; the app id may still come."""
    return ScuteConfig.from_mapping(_given(app) | {"app_id": "app_not_told_yet"}).auth_prefix


def _given(app: Flask) -> dict[str, Any]:
    return {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in _config(app).items()
        if name.startswith(_PREFIX)
    }


def _config(app: Flask) -> dict[str, Any]:
    return cast("dict[str, Any]", app.config)


def _text(key: str | bytes) -> str:
    return key if isinstance(key, str) else key.decode("latin-1")
