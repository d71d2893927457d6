"""Where this request came in: the site's own origin, and which cookies that allows."""

from typing import Literal

from scute_auth.config import ScuteConfig, is_loopback
from scute_auth.http import RequestView

__all__ = ["cookie_kind", "own_origin"]


def own_origin(view: RequestView, config: ScuteConfig) -> str:
    """`public_origin`, else what the request says; good for a comparison, never for a link."""
    if config.public_origin is not None:
        return config.public_origin
    return f"{'https' if view.is_secure else 'http'}://{view.host.lower()}"


def cookie_kind(view: RequestView, config: ScuteConfig) -> Literal["secure", "plain", "none"]:
    """Which cookies may be read and written here.

    `secure` on https (`__Host-` names, and only those); `plain` on this machine, and anywhere
    while the emulator is in use; else none: a session does not travel in clear text.
    """
    if config.public_origin is not None:
        host = config.public_origin.partition("://")[2]
        is_secure = config.public_origin.startswith("https:")
    else:
        host, is_secure = view.host, view.is_secure
    if is_secure:
        return "secure"
    return "plain" if config.emulator or is_loopback(_without_port(host)) else "none"


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0]
    return host.partition(":")[0]
