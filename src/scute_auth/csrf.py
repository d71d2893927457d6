"""May this unsafe request pass? It may if the browser says that our own pages sent it.

No token, no state: `Sec-Fetch-Site` and `Origin` cannot be set by a page (Fetch metadata, W3C;
the order of checks follows Go's CrossOriginProtection). A request without either comes from no
browser that could have been tricked.
"""

from scute_auth.config import ScuteConfig
from scute_auth.http import RequestView
from scute_auth.origin import own_origin

__all__ = ["is_embedded", "is_opened_as_document", "is_same_origin_fetch", "passes"]


def passes(view: RequestView, config: ScuteConfig) -> bool:
    """Could only our own pages, a trusted origin or no browser at all have sent this?"""
    site = view.header(b"sec-fetch-site")
    if site in (b"same-origin", b"none"):
        return True
    origin = view.header(b"origin")
    if origin is not None and origin.decode("latin-1") in config.trusted_origins:
        return True
    if site is not None:
        return False
    return origin is None or origin.decode("latin-1") == own_origin(view, config)


def is_same_origin_fetch(view: RequestView) -> bool:
    """Did a page of this very origin send the browser here? Only an explicit yes counts."""
    return view.header(b"sec-fetch-site") == b"same-origin"


def is_opened_as_document(view: RequestView) -> bool:
    """Does this become a page of its own, as far as the browser says, and not an image or a frame?

    What users may embed in a page of the site must not begin or finish a sign-in.
    """
    return view.header(b"sec-fetch-mode") in (None, b"navigate") and view.header(
        b"sec-fetch-dest"
    ) in (None, b"document")


def is_embedded(view: RequestView, config: ScuteConfig) -> bool:
    """Does a browser read this for an image, a frame or the like, or for a stranger's script?

    Neither a page of its own nor what a script of ours, or of a trusted origin, has asked for.
    """
    if is_opened_as_document(view):
        return False
    is_read = view.header(b"sec-fetch-dest") in (None, b"empty")
    by_script = is_read and view.header(b"sec-fetch-mode") in (None, b"cors", b"same-origin")
    return not (by_script and passes(view, config))
