"""Where tokens sit in a request: headers first, then cookies, all read from the raw bytes.

Frameworks read headers and cookies differently (which of two wins, what white space is, where a
quoted value ends); an identity must not depend on that, so their parsers are not asked.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from scute_auth.config import ScuteConfig
from scute_auth.errors import Reason, TokenError
from scute_auth.http import RequestView
from scute_auth.jws import is_token_shaped
from scute_auth.origin import cookie_kind

__all__ = [
    "CookieTokens",
    "HeaderToken",
    "NoCredential",
    "Refused",
    "read_bearer",
    "read_cookie",
    "read_cookie_tokens",
    "read_credentials",
]

_BLANK = b" \t"


@dataclass(frozen=True, slots=True)
class HeaderToken:
    """A token that the caller put into a header: it neither refreshes nor sets a cookie."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CookieTokens:
    """The session cookies; `refresh` only if it could be a token at all.

    `form`: the place of their names among those that the settings allow.
    """

    access: str | None = field(repr=False)
    refresh: str | None = field(repr=False)
    form: int = 0


@dataclass(frozen=True, slots=True)
class NoCredential:
    pass


@dataclass(frozen=True, slots=True)
class Refused:
    """There are credentials, and which of them counts cannot be told."""

    reason: Reason


Credentials = HeaderToken | CookieTokens | NoCredential | Refused

_NONE = NoCredential()


def read_credentials(view: RequestView, config: ScuteConfig) -> Credentials:
    """Find the request's credential; an explicit one is never rescued by a cookie."""
    lines: list[bytes] = []
    found: list[bytes] = []
    header_names = _encoded(config.token_headers)
    for name, value in view.headers:
        if name == b"cookie":
            lines.append(value)
        elif name in header_names:
            found += _header_tokens(name, value)
    if found:
        if found.count(found[0]) != len(found):
            return Refused(Reason.CONFLICTING_CREDENTIALS)
        return HeaderToken(found[0].decode("latin-1"))
    if not lines:
        return _NONE
    return _cookie_tokens(lines, view, config)


def read_bearer(view: RequestView) -> str:
    """The one token in `Authorization`, whatever else came; raise `TokenError` without it."""
    lines = (value for name, value in view.headers if name == b"authorization")
    found = {token for value in lines for token in _header_tokens(b"authorization", value)}
    if len(found) > 1:
        raise TokenError(Reason.CONFLICTING_CREDENTIALS)
    if not found:
        raise TokenError(Reason.MISSING)
    return found.pop().decode("latin-1")


def read_cookie_tokens(view: RequestView, config: ScuteConfig) -> Credentials:
    """The session cookies, whatever came in a header."""
    lines = [value for name, value in view.headers if name == b"cookie"]
    return _cookie_tokens(lines, view, config)


def read_cookie(view: RequestView, config: ScuteConfig, purpose: str) -> str | None:
    """One of our other cookies, or None where it is absent or there is a doubt."""
    lines = [value for name, value in view.headers if name == b"cookie"]
    kind = cookie_kind(view, config)
    if kind == "none":
        return None
    value = _one_cookie(lines, config.cookie_names(purpose, secure=kind == "secure")[0])
    return value if isinstance(value, str) else None


@lru_cache
def _encoded(names: tuple[str, ...]) -> frozenset[bytes]:
    return frozenset(name.encode("ascii") for name in names)


def _header_tokens(name: bytes, value: bytes) -> list[bytes]:
    """The tokens in one header line.

    WSGI servers join repeated lines with a comma, and no token holds one, so each part counts as
    a line. `Authorization` carries other schemes too, which are none of our business.
    """
    tokens: list[bytes] = []
    for part in value.split(b","):
        part = part.replace(b"\t", b" ").strip(b" ")
        scheme, _, token = part.partition(b" ")
        if scheme.lower() == b"bearer":
            tokens.append(token.strip(b" ") or b"-")
        elif part and name != b"authorization":
            tokens.append(part)
    return tokens


def _cookie_tokens(lines: list[bytes], view: RequestView, config: ScuteConfig) -> Credentials:
    kind = cookie_kind(view, config)
    if kind == "none":
        return _NONE
    accesses = config.cookie_names("access", secure=kind == "secure")
    refreshes = config.cookie_names("refresh", secure=kind == "secure")
    for form, (access_name, refresh_name) in enumerate(zip(accesses, refreshes, strict=True)):
        access = _one_cookie(lines, access_name)
        refresh = _one_cookie(lines, refresh_name)
        if isinstance(access, Refused):
            return access
        if isinstance(refresh, Refused):
            return refresh
        if refresh is not None and not is_token_shaped(refresh):
            refresh = None
        # Never one of each form: they may belong to two sessions.
        if access is not None or refresh is not None:
            return CookieTokens(access, refresh, form)
    return _NONE


def _one_cookie(lines: list[bytes], name: str) -> str | Refused | None:
    """The value under this exact name; two that differ are refused (security.md H01-H03).

    They are not cleared: a clearing would hit the user's own and leave the planted one.
    """
    values = _values(lines, name.encode("ascii"))
    if len(values) > 1:
        return Refused(Reason.CONFLICTING_CREDENTIALS)
    return values.pop().decode("latin-1") or None if values else None


def _values(lines: list[bytes], name: bytes) -> set[bytes]:
    values: set[bytes] = set()
    for line in lines:
        if name not in line:
            continue
        for pair in line.split(b";"):
            key, equals, value = pair.partition(b"=")
            if equals and key.strip(_BLANK) == name:
                values.add(value.strip(_BLANK))
    return values
