"""Every setting, with its default, its environment name and its check.

A `ScuteConfig` is a value: two of them serve two Scute apps in one process. Reading the
environment is the one thing here that looks outside, and only `from_env` does it.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from typing import Any, Literal, get_type_hints
from urllib.parse import urlsplit

from scute_auth.colors import parse
from scute_auth.errors import ConfigError
from scute_auth.messages import ENGLISH, Messages
from scute_auth.settings import CookieProfile, Limits, read_settings

__all__ = ["ScuteConfig", "check_webhook_secrets", "is_loopback"]

_MIN_KEY = 16
_WEBHOOK_SECRET = re.compile(r"[!-~]{16,256}")
_APP_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HEADER_NAME = re.compile(r"[a-z0-9-]{1,64}")
_URL = re.compile(r"[!-~]+")
_PATH = re.compile(r"/[!-~]*")
_SITE_PATH = re.compile(r"/(?:(?!/)[!-\[\]-~]+)?")
_PREFIX = re.compile(r"(/(?!\.+(/|$))[A-Za-z0-9_.~-]+)+")
_TIMES = (
    "leeway",
    "keys_lifetime",
    "keys_cooldown",
    "keys_max_stale",
    "refresh_margin",
    "machines_lifetime",
    "decisions_lifetime",
)


@dataclass(frozen=True, slots=True)
class ScuteConfig:
    """All settings of one Scute app. Times are seconds; the README's table explains each."""

    app_id: str
    secret: str | None = field(default=None, repr=False)
    base_url: str = "https://api.scute.io"
    workspace_id: str | None = None
    workspace_secret: str | None = field(default=None, repr=False)
    workspace_apps: tuple[str, ...] = ()
    public_origin: str | None = None
    auth_prefix: str = "/auth"
    leeway: int = 30
    access_lifetime: int | None = None
    keys_lifetime: int = 600
    keys_cooldown: int = 30
    keys_max_stale: int = 3600
    refresh_margin: int = 60
    machines_lifetime: int = 60
    decisions_lifetime: int = 5
    cookies: CookieProfile = field(default=CookieProfile())
    cookie_keys: tuple[str, ...] = field(default=(), repr=False)
    token_headers: tuple[str, ...] = ("x-authorization", "authorization")
    trusted_origins: tuple[str, ...] = ()
    require_by_default: bool = False
    public_paths: tuple[str, ...] = ()
    exempt_paths: tuple[str, ...] = ()
    after_sign_in: str = "/"
    after_sign_out: str = "/"
    check: Literal["local", "remote"] = "local"
    limits: Limits = field(default=Limits())
    messages: Messages = ENGLISH
    accent_color: str | None = None
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    browser_sdk: bool = False
    emulator: bool = False

    def __post_init__(self) -> None:
        _check_kinds(self)
        _check_app_id(self.app_id)
        _check_base_url(self.base_url, emulator=self.emulator)
        _check_times(self)
        _check_paths(self)
        for origin in (self.public_origin, *self.trusted_origins):
            if origin is not None:
                _check_origin(origin)
        if self.accent_color is not None and parse(self.accent_color) is None:
            raise ConfigError("accent_color: write it as #rgb or #rrggbb, like #1d56e0")
        for name in self.token_headers:
            if not _HEADER_NAME.fullmatch(name):
                raise ConfigError(f"token_headers: {name!r} is no header name in lower case")
        if self.check not in ("local", "remote"):
            raise ConfigError(f"check: use 'local' or 'remote', not {self.check!r}")
        if self.browser_sdk and not self.app_id.startswith("app_"):
            raise ConfigError(
                "browser_sdk: app_id must be the public id (app_...), in Scute's SDK as well: "
                "the names of its cookies end with it"
            )
        if any(len(key) < _MIN_KEY for key in self.cookie_keys):
            raise ConfigError(f"cookie_keys: each key needs {_MIN_KEY} characters or more")
        check_webhook_secrets(self.webhook_secrets)
        _check_workspace_apps(self)

    def cookie_names(self, purpose: str, *, secure: bool) -> tuple[str, ...]:
        """The names of one of our cookies: the first is ours to choose, all are read.

        With `browser_sdk` the two session cookies have the names of Scute's own SDKs, which know
        no `__Host-` prefix: the namespaced one, then the older bare one (protocol C). The cookie
        of the SDK's CSRF token has Scute's name too, and the prefix: only servers read it.
        """
        if self.browser_sdk and purpose in ("access", "refresh"):
            bare = f"sc-{purpose}-token"
            return (f"{bare}__{self.app_id}", bare)
        prefix = "__Host-" if secure else ""
        name = "X-CSRF-Token" if purpose == "csrf" else f"{self.cookies.prefix}-{purpose}"
        return (f"{prefix}{name}__{self.app_id}",)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "ScuteConfig":
        """Read `SCUTE_<SETTING>` for every setting, e.g. `SCUTE_APP_ID`.

        Lists are separated by commas; `SCUTE_COOKIES` is the cookies' prefix. An empty value
        counts as not set.
        """
        return cls.from_mapping({}, environ=environ)

    @classmethod
    def from_mapping(
        cls,
        values: Mapping[str, Any],
        *,
        environ: Mapping[str, str] | None = None,
        framework_keys: Sequence[str] = (),
    ) -> "ScuteConfig":
        """Settings as a framework holds them, by their names here; the environment fills the rest.

        A text is read as in the environment, 0 and 1 as False and True where it is one of them, a
        list becomes a tuple, limits may be numbers, messages a mapping, and None counts as not set.
        `framework_keys` are the framework's own secrets, the newest first: they seal our cookies
        where `cookie_keys` is not set. Those too short to be secrets are passed over.
        """
        environ = os.environ if environ is None else environ
        given = read_settings(get_type_hints(cls), values, environ)
        if keys := tuple(key for key in framework_keys if len(key) >= _MIN_KEY):
            given.setdefault("cookie_keys", keys)
        if "app_id" not in given:
            raise ConfigError(
                "SCUTE_APP_ID is not set: copy the app id from your Scute dashboard, "
                "or start `scute-auth emulator` and export the lines that it prints"
            )
        return cls(**given)


def _check_kinds(config: ScuteConfig) -> None:
    """A text where a list belongs, or `"0"` for False, would be taken for something else."""
    kinds = {
        bool: "True or False",
        tuple: "a tuple of texts",
        CookieProfile: "a CookieProfile",
        Limits: "a Limits",
        Messages: "a Messages",
    }
    for setting in fields(config):
        value: object = getattr(config, setting.name)
        default: object = setting.default
        for kind, wanted in kinds.items():
            if isinstance(default, kind) and not isinstance(value, kind):
                raise ConfigError(f"{setting.name}: use {wanted}, not {type(value).__name__}")


def _check_app_id(app_id: object) -> None:
    if not isinstance(app_id, str) or not _APP_ID.fullmatch(app_id):
        raise ConfigError(
            "app_id: expected Scute's app id (like app_l3RxEBGbQq5Q0b6T6K6N), "
            "1 to 64 letters, digits, '-' and '_'"
        )


def _check_workspace_apps(config: ScuteConfig) -> None:
    for app_id in config.workspace_apps:
        if not app_id.startswith("app_") or app_id == config.app_id:
            raise ConfigError("workspace_apps: list the public ids (app_...) of the other apps")
        _check_app_id(app_id)
    if config.workspace_apps and config.browser_sdk:
        raise ConfigError(
            "workspace_apps: not with browser_sdk, whose access cookie scripts can read: whoever "
            "gets hold of one would get a session of his own"
        )
    if config.workspace_apps and not (config.workspace_id and config.workspace_secret):
        raise ConfigError(
            "workspace_apps: only the workspace itself signs its users in to another of its apps; "
            "set workspace_id and workspace_secret (SCUTE_WORKSPACE_ID, SCUTE_WORKSPACE_SECRET)"
        )


def _check_base_url(base_url: str, *, emulator: bool) -> None:
    parts = _split(base_url, "base_url")
    if parts.path.rstrip("/") or parts.query or parts.fragment:
        raise ConfigError("base_url: give scheme and host only, without a path")
    if is_loopback(parts.hostname or ""):
        if not emulator:
            raise ConfigError(
                "base_url points at this machine, where only the emulator lives: "
                "set emulator=True (SCUTE_EMULATOR=1) in development, never in production"
            )
    elif parts.scheme != "https":
        raise ConfigError("base_url: https is required")
    elif emulator:
        raise ConfigError("emulator=True, but base_url is not on this machine: unset one of them")


def _check_origin(origin: str) -> None:
    parts = _split(origin, "public_origin, trusted_origins")
    if origin != f"{parts.scheme}://{parts.netloc}" or origin != origin.lower():
        raise ConfigError(
            f"public_origin, trusted_origins: write {origin!r} as scheme://host[:port], "
            "in lower case and without a path"
        )


def _split(url: str, setting: str) -> Any:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError where it is no number
    except ValueError:
        raise ConfigError(f"{setting}: {url!r} is no URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not _URL.fullmatch(url):
        raise ConfigError(f"{setting}: {url!r} is no http(s) URL")
    if "@" in parts.netloc:
        raise ConfigError(f"{setting}: leave user names and passwords out of the URL")
    return parts


def _check_times(config: ScuteConfig) -> None:
    for name in _TIMES:
        value = getattr(config, name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ConfigError(f"{name}: use a whole number of seconds, 0 or more")
    if config.leeway > 300:
        raise ConfigError("leeway: 300 s at the most; mend the clock instead")
    if config.access_lifetime is not None and not 60 <= config.access_lifetime <= 604_800:
        raise ConfigError("access_lifetime: Scute allows 60 to 604800 s")


def _check_paths(config: ScuteConfig) -> None:
    if not _PREFIX.fullmatch(config.auth_prefix):
        raise ConfigError("auth_prefix: start it with '/' and do not end it with one")
    for name in ("public_paths", "exempt_paths"):
        for path in getattr(config, name):
            if not _PATH.fullmatch(path):
                raise ConfigError(f"{name}: {path!r} does not start with '/'")
    for name in ("after_sign_in", "after_sign_out"):
        if not _SITE_PATH.fullmatch(getattr(config, name)):
            raise ConfigError(f"{name}: use a path of this site, like '/welcome'")


def check_webhook_secrets(secrets: Sequence[str]) -> None:
    """Raise `ConfigError` for what anybody could sign with: nothing, or next to nothing."""
    if not all(_WEBHOOK_SECRET.fullmatch(secret) for secret in secrets):
        raise ConfigError(
            "webhook_secrets: expected what Scute shows when an endpoint is made (whsec_...), "
            "16 characters or more"
        )


def is_loopback(host: str) -> bool:
    """Does this host name mean this very machine? (RFC 6761 section 6.3 for `localhost`.)"""
    host = host.lower().strip("[]").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
