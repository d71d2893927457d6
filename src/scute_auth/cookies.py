"""Write and end our cookies. Which names and attributes: section "Our cookies" of the README."""

from scute_auth.answers import Tokens
from scute_auth.claims import Claims
from scute_auth.config import ScuteConfig
from scute_auth.errors import TokenError
from scute_auth.http import RequestView, ResponseChanges, SetCookie
from scute_auth.jws import unverified_claims
from scute_auth.origin import cookie_kind

__all__ = [
    "MAX_COOKIE",
    "OF_SESSION",
    "clear",
    "clear_session",
    "given",
    "refresh_lifetime",
    "session_cookies",
    "small_cookie",
]

MAX_COOKIE = 4096
"""Bytes of name, value and `=` that every browser takes (RFC 6265bis section 5.6)."""

_DEFAULT_REFRESH_LIFETIME = 604_800
OF_SESSION = ("access", "refresh", "signin", "proof")
"""The cookies that go when a session ends."""

_LONGEST = 400 * 24 * 3600
"""Browsers cap a cookie's life at 400 days (RFC 6265bis section 5.5)."""


def session_cookies(
    view: RequestView,
    config: ScuteConfig,
    tokens: Tokens,
    claims: Claims,
    now: float,
    form: int | None = None,
) -> tuple[SetCookie, ...]:
    """The cookies of a session; without a new refresh token, the old one stays.

    A session is renewed in the `form` in which it came: another one would outlive what a script
    deletes. One that begins has its access token under every name: Scute's older SDKs, which
    are to read it, know the last one only.
    """
    cookies = _cookies(
        view,
        config,
        "access",
        tokens.access,
        int(claims.expires_at - now),
        names=slice(None) if form is None else slice(form, form + 1),
        http_only=not config.browser_sdk,
    )
    if tokens.refresh is not None:
        life = refresh_lifetime(tokens, now)
        one = slice(form or 0, (form or 0) + 1)
        cookies += _cookies(view, config, "refresh", tokens.refresh, life, names=one)
    return cookies


def clear_session(view: RequestView, config: ScuteConfig) -> tuple[SetCookie, ...]:
    """The cookies that end a session in this browser."""
    return tuple(cookie for purpose in OF_SESSION for cookie in clear(view, config, purpose))


def small_cookie(
    view: RequestView, config: ScuteConfig, purpose: str, value: str, max_age: int | None
) -> tuple[SetCookie, ...]:
    """One of our other cookies; scripts cannot read it. `max_age` as in `SetCookie`."""
    return _cookies(view, config, purpose, value, max_age)


def clear(view: RequestView, config: ScuteConfig, purpose: str) -> tuple[SetCookie, ...]:
    """Delete one of our cookies, under every name that it may have here."""
    kind = cookie_kind(view, config)
    if kind == "none":
        return ()
    secure = kind == "secure"
    return tuple(
        SetCookie(name, "", 0, secure) for name in config.cookie_names(purpose, secure=secure)
    )


def given(
    view: RequestView, config: ScuteConfig, purpose: str, changes: ResponseChanges
) -> str | None:
    """The value that a response with these changes gives one of our cookies, if it gives one."""
    names = config.cookie_names(purpose, secure=cookie_kind(view, config) == "secure")
    return next((cookie.value for cookie in changes.cookies if cookie.name in names), None)


def _cookies(
    view: RequestView,
    config: ScuteConfig,
    purpose: str,
    value: str,
    max_age: int | None,
    *,
    names: slice = slice(1),
    http_only: bool = True,
) -> tuple[SetCookie, ...]:
    kind = cookie_kind(view, config)
    if kind == "none":
        return ()
    secure = kind == "secure"
    life = None if max_age is None else min(max(max_age, 1), _LONGEST)
    return tuple(
        SetCookie(name, value, life, secure, http_only)
        for name in config.cookie_names(purpose, secure=secure)[names]
    )


def refresh_lifetime(tokens: Tokens, now: float) -> int:
    """What Scute says, else the token's own expiry, else the default of Scute's settings."""
    if tokens.refresh_expires_at is not None:
        return int(tokens.refresh_expires_at - now)
    try:
        expires_at = unverified_claims(tokens.refresh or "").get("exp")
    except TokenError:
        expires_at = None
    if type(expires_at) is int or type(expires_at) is float:
        return int(expires_at - now)
    return _DEFAULT_REFRESH_LIFETIME
