"""Who may talk to a served emulator: this machine, and no web page of another origin.

The control endpoints need no password, so a page in the developer's browser must not reach
them, neither across origins nor by a name that it lets point at 127.0.0.1 (DNS rebinding).
"""

from collections.abc import Mapping

from scute_auth.config import is_loopback

__all__ = ["is_foreign", "is_rebound"]


def is_rebound(headers: Mapping[str, str]) -> bool:
    """Was this machine reached under a name that is not its own?"""
    host = headers.get("host", "")
    name = host.partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return not is_loopback(name)


def is_foreign(method: str, headers: Mapping[str, str], *, is_page: bool) -> bool:
    """Does a page of another origin send this? Links may lead to our pages, and no further."""
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{headers.get('host', '')}":
        return True
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    navigates = headers.get("sec-fetch-mode") == "navigate"
    return not (is_page and navigates and method in ("GET", "HEAD"))
