"""Is this `next` safe, and where does a visitor come back to?

One rule and no URL parser, for parsers disagree: a path of this site is one `/`, and not two,
followed by printable ASCII without a backslash. Where dot segments could be folded away, it holds
no `//` either: `/.//evil.example` must never become `//evil.example` (security.md C07).
"""

import re
from posixpath import normpath
from urllib.parse import parse_qsl, quote, unquote

from scute_auth.config import ScuteConfig
from scute_auth.http import RequestView

__all__ = [
    "TOKEN_PARAMETERS",
    "auth_url",
    "goal",
    "here",
    "referring_path",
    "safe_path",
    "sign_in_url",
    "step_up_url",
]

TOKEN_PARAMETERS = frozenset({"sct_magic", "sct_oauth", "sct_pkce"})
"""Query parameters in which Scute hands over a token: nothing repeats them."""

_SAFE = re.compile(r"/(?!/)[!-\[\]-~]*")
_DOT_SEGMENT = re.compile(r"/(\.|%2e){1,2}(/|$)", re.IGNORECASE)
_MAX_LENGTH = 2048
_UNQUOTED = "/-._~!$&'()*+,;=:@"


def safe_path(text: str | None) -> str | None:
    """The text itself if a browser that follows it stays on this site, else None."""
    if text is None or len(text) > _MAX_LENGTH or not _SAFE.fullmatch(text):
        return None
    path = text.partition("?")[0]
    return None if "//" in path and _DOT_SEGMENT.search(path) else text


def goal(view: RequestView, config: ScuteConfig, text: str | None) -> str | None:
    """A safe path where a visitor may be led to when something of ours is done.

    It is no route that begins or ends another sign-in: those want a step of the visitor's own,
    and whoever sends him a link to the sign-in page chooses the `next` in it.
    """
    path = safe_path(text)
    if path is None:
        return None
    plain = normpath(unquote(re.split("[?#]", path)[0]))
    prefix = view.root_path.rstrip("/") + config.auth_prefix
    return None if plain.startswith(tuple(prefix + route for route in _OF_SIGN_INS)) else path


_OF_SIGN_INS = ("/oauth", "/sso", "/callback")


def here(view: RequestView) -> str | None:
    """This request's own URL as a safe path, without any token that came in it."""
    path = _quoted(view.root_path + view.path)
    query = view.query.decode("latin-1")
    if query and not _names_token(query):
        path = f"{path}?{query}"
    return safe_path(path)


def referring_path(view: RequestView, origin: str) -> str | None:
    """The page that this request came from, if it is one of ours."""
    referer = (view.header(b"referer") or b"").decode("latin-1")
    if not referer.startswith(f"{origin}/"):
        return None
    path = safe_path(referer[len(origin) :])
    return None if path is None or _names_token(path.partition("?")[2]) else path


def auth_url(view: RequestView, config: ScuteConfig, path: str) -> str:
    """A link to one of our own routes, as a path of this site."""
    # One slash, whatever a proxy has let through: `//evil.example` would be another site.
    root_path = re.sub("/+", "/", f"/{view.root_path}").rstrip("/")
    return _quoted(root_path) + config.auth_prefix + path


def sign_in_url(view: RequestView, config: ScuteConfig, next_path: str | None) -> str:
    """The sign-in page, which brings the visitor back to `next_path`."""
    url = auth_url(view, config, "/sign-in")
    if next_path is None or next_path == config.after_sign_in:
        return url
    return f"{url}?next={quote(next_path, safe='/')}"


def step_up_url(
    view: RequestView, config: ScuteConfig, next_path: str | None, wish: str | None = None
) -> str:
    """The page that asks who it is once more, and brings the visitor back to `next_path`.

    `wish`: the permission that it is for, sealed.
    """
    named = {"next": next_path, "for": wish}
    query = "&".join(f"{name}={quote(text, safe='/')}" for name, text in named.items() if text)
    url = auth_url(view, config, "/step-up")
    return f"{url}?{query}" if query else url


def _quoted(path: str) -> str:
    """A decoded path as a URL has it; what is no text at all (a lone surrogate) becomes `?`."""
    return quote(path, safe=_UNQUOTED, errors="replace")


def _names_token(query: str) -> bool:
    pairs = parse_qsl(query, keep_blank_values=True, separator="&")
    return any(name in TOKEN_PARAMETERS for name, _ in pairs)
