"""The `SCUTE` setting: `SCUTE = {"APP_ID": ..., "SECRET": ...}`, one key for each setting.

What it does not say comes from the `SCUTE_*` variables. Django's `SECRET_KEY` and its fallbacks
seal our cookies, and `CSRF_TRUSTED_ORIGINS` are trusted, as everywhere else in the project.
"""

from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any, cast

from django.conf import settings
from django.core import mail
from django.utils.module_loading import import_string

from scute_auth import ConfigError, ScuteConfig

__all__ = [
    "OWN",
    "EmulatorRefused",
    "config_of_project",
    "imported",
    "imported_handlers",
    "own",
    "project_values",
]

OWN: dict[str, Any] = {
    "ON_SIGN_IN": None,
    "ON_SIGN_OUT": None,
    "WEBHOOKS": None,
    "RENDERER": "scute_django.templates.render",
    "CACHE": None,
}
"""The settings that only Django has, each with its default."""


class EmulatorRefused(ConfigError):
    """With `DEBUG = False`, a signing key that everybody has would open every door."""


def project_values() -> dict[str, Any]:
    """What the project put into `SCUTE`; a key that means nothing is refused."""
    values: dict[str, Any] = getattr(settings, "SCUTE", {})
    if not isinstance(cast(object, values), dict):
        raise ConfigError('SCUTE: use a dictionary, like {"APP_ID": ..., "SECRET": ...}')
    known = [*OWN, *(setting.name.upper() for setting in fields(ScuteConfig))]
    for name in values:
        if name not in known:
            near = get_close_matches(name.upper(), known, n=1)
            hint = f": did you mean {near[0]!r}?" if near else ""
            raise ConfigError(f"SCUTE: {name!r} is no setting{hint}")
    return values


def own(name: str) -> Any:
    """One of the settings that only Django has; None counts as not set."""
    value = project_values().get(name)
    return OWN[name] if value is None else value


def imported(name: str) -> Any:
    """A setting that is a function or its dotted path: the function."""
    return _function(name, own(name))


def imported_handlers(name: str) -> dict[str, Any]:
    """A setting that has such a function for each name."""
    values: object = own(name) or {}
    if not isinstance(values, dict):
        raise ConfigError(f'SCUTE[{name!r}]: use a dictionary, like {{"user.created": ...}}')
    given = cast("dict[str, Any]", values)
    return {each: _function(name, value) for each, value in given.items()}


def _function(name: str, value: Any) -> Any:
    try:
        found = import_string(value) if isinstance(value, str) else value
    except ImportError as error:
        raise ConfigError(f"SCUTE[{name!r}]: {error}") from error
    if found is not None and not callable(found):
        raise ConfigError(f"SCUTE[{name!r}]: use a function or its dotted path, not {value!r}")
    return found


def config_of_project() -> ScuteConfig:
    """The settings of this project, or `ConfigError`."""
    values = {name.lower(): value for name, value in project_values().items() if name not in OWN}
    config = ScuteConfig.from_mapping(
        values, framework_keys=(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
    if config.emulator and not (settings.DEBUG or _is_test_run()):
        raise EmulatorRefused("the Scute emulator is for development: DEBUG=False refuses it")
    trusted = (*config.trusted_origins, *_trusted_by_django())
    return replace(config, trusted_origins=trusted)


def _trusted_by_django() -> tuple[str, ...]:
    """The origins that Django's own CSRF check trusts; one with a `*` names none in particular."""
    return tuple(origin.lower() for origin in settings.CSRF_TRUSTED_ORIGINS if "*" not in origin)


def _is_test_run() -> bool:
    # Test runners switch DEBUG off; only they make an outbox (Django's `setup_test_environment`).
    return hasattr(mail, "outbox")
