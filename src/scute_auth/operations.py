"""Each call of Scute's API as data: every path stands here, and nowhere else.

`ask` is the flow that makes a call and reads its answer. It raises `ScuteUnavailable` where
nobody can tell (no answer, 5xx, 408, 425, 429) and `ApiError` where Scute said no. Nothing is
ever sent twice. Paths and bodies: docs.scute.io/api-reference, and Scute's own SDKs where those
pages disagree.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote, urlencode

from scute_auth.config import ScuteConfig
from scute_auth.effects import (
    CALL_TIMEOUT,
    Flow,
    HttpCall,
    HttpFailure,
    HttpOutcome,
    HttpReply,
    Log,
)
from scute_auth.errors import ApiError, ScuteUnavailable
from scute_auth.identity import Profile
from scute_auth.json_values import as_object
from scute_auth.jws import is_token_shaped

__all__ = [
    "AppSettings",
    "MfaRequired",
    "OAuthProvider",
    "Operation",
    "Pending",
    "Tokens",
    "ask",
    "call",
    "is_over",
    "oauth_authorize_url",
    "read",
]

T = TypeVar("T")

USER_AGENT = "scute-auth (Python)"

UNUSABLE = "unusable_answer"
"""The `code` of an answer that is none of Scute's."""

_UNAVAILABLE = frozenset({408, 425, 429})
_MAX_RETRY_AFTER = 60.0
_SLUG = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One API call. `credential` says whose token it carries, and so in which header."""

    name: str
    method: str
    path: str
    parse: Callable[[Any], T]
    credential: Literal["none", "user", "refresh", "secret"] = "none"


@dataclass(frozen=True, slots=True)
class Tokens:
    """A Scute session as a sign-in or a refresh answers it; `refresh` only if Scute sent one."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    refresh_expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class MfaRequired:
    """Scute wants a second factor before it starts the session."""

    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """The magic link was not opened yet."""


@dataclass(frozen=True, slots=True)
class OAuthProvider:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class AppSettings:
    """The public settings of the app; `access_expiration` in seconds."""

    id: str
    name: str
    access_expiration: int | None
    email_auth_type: str
    oauth_providers: tuple[OAuthProvider, ...]


def ask(
    config: ScuteConfig,
    operation: Operation[T],
    *,
    token: str = "",
    body: Mapping[str, Any] | None = None,
) -> Flow[T]:
    """Make one call and return what its answer means."""
    answer = yield call(config, operation, token=token, body=body)
    try:
        return read(operation, answer.value)
    except ScuteUnavailable as error:
        yield Log(logging.WARNING, "%s", (error,))
        raise


def is_over(error: ApiError) -> bool:
    """Did Scute itself say that there is no such session, or not any more?

    A proxy's page with one of these statuses is not Scute's word, and ends nothing.
    """
    return error.status in (401, 403, 404) and error.code != UNUSABLE


def oauth_authorize_url(config: ScuteConfig, provider: str) -> str:
    """Where the browser goes to sign in with a provider: the only parameter is the provider."""
    path = f"/v1/auth/{_segment(config.app_id)}/oauth/authorize"
    return f"{config.base_url.rstrip('/')}{path}?{urlencode({'provider': provider})}"


def call(
    config: ScuteConfig,
    operation: Operation[Any],
    *,
    token: str = "",
    body: Mapping[str, Any] | None = None,
    timeout: float = CALL_TIMEOUT,
) -> HttpCall:
    """The request of an operation; `token` goes where its credential belongs."""
    headers = [
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
        ("user-agent", USER_AGENT),
    ]
    if operation.credential == "user":
        headers.append(("x-authorization", token))
    elif operation.credential == "refresh":
        headers.append(("x-refresh-token", token))
    elif operation.credential == "secret":
        headers.append(("authorization", f"Bearer {config.secret}"))
    content = None
    if body is not None:
        headers.append(("content-type", "application/json"))
        content = json.dumps(body).encode("utf-8")
    url = config.base_url.rstrip("/") + operation.path.format(app_id=_segment(config.app_id))
    return HttpCall(operation.method, url, tuple(headers), content, timeout)


def _segment(text: str) -> str:
    """One path segment: nothing in it can leave its place."""
    return quote(text, safe="")


def read(operation: Operation[T], outcome: HttpOutcome) -> T:
    """What an outcome means: the parsed answer, or the error that it is."""
    if isinstance(outcome, HttpFailure):
        raise ScuteUnavailable(f"no answer to {operation.name}: {outcome.kind}")
    if outcome.status >= 500 or outcome.status in _UNAVAILABLE:
        raise ScuteUnavailable(
            f"Scute answered {operation.name} with {outcome.status}",
            retry_after=_retry_after(outcome),
        )
    value = _json(outcome.body)
    if not 200 <= outcome.status < 300:
        if outcome.body and as_object(value) is None:
            # Not Scute's own words: a proxy's page must not pass for Scute's no.
            raise ApiError(operation.name, outcome.status, UNUSABLE)
        raise _error(operation.name, outcome.status, value)
    try:
        return operation.parse(value)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise ApiError(operation.name, outcome.status, UNUSABLE) from None


def _retry_after(reply: HttpReply) -> float:
    text = reply.header("retry-after") or ""
    if text.isascii() and text.isdigit() and len(text) < 6:
        return min(max(float(text), 1.0), _MAX_RETRY_AFTER)
    return 1.0


def _json(body: bytes) -> Any:
    """The answer's JSON, or None: an HTML page from a proxy is no reason to fail in another way."""
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _error(name: str, status: int, value: Any) -> ApiError:
    """Scute's errors are flat; one page of its reference shows them nested (protocol F)."""
    answer = as_object(value) or {}
    nested = as_object(answer.get("error")) or {}
    code = answer.get("error_code") or nested.get("code")
    details = as_object(answer.get("details"))
    is_slug = isinstance(code, str) and _SLUG.fullmatch(code)
    return ApiError(name, status, str(code) if is_slug else "", details)


# What an answer must look like; the errors that `read` catches mean "unusable".


def _tokens(value: Any) -> Tokens:
    refresh = value.get("refresh")
    return Tokens(
        access=_token(value["access"]),
        refresh=None if refresh is None else _token(refresh),
        refresh_expires_at=_time(value.get("refresh_expires_at")),
    )


def _token(value: Any) -> str:
    """Only what looks like a token gets anywhere near a cookie or a header line."""
    if not is_token_shaped(value):
        raise ValueError("not a token")
    return str(value)


def _time(value: Any) -> float | None:
    """Seconds since the epoch: Scute's pages show numbers and ISO 8601 (protocol D)."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).timestamp()
    if value is None:
        return None
    seconds = float(value)
    if not isfinite(seconds):
        raise ValueError("not a time")
    return seconds


def _signed_in(value: Any) -> Tokens | MfaRequired:
    if value.get("mfa_required") is True and "access" not in value:
        methods = value.get("available_methods") or ()
        return MfaRequired(tuple(str(method)[:32] for method in methods)[:16])
    return _tokens(value)


def _link_status(value: Any) -> Tokens | MfaRequired | Pending:
    if "access" in value or value.get("mfa_required") is True:
        return _signed_in(value)
    return Pending()


def _profile(value: Any) -> Profile:
    user = value["user"]
    return Profile(
        id=_required_text(user["id"]),
        email=_optional_text(user.get("email")),
        email_verified=user.get("email_verified") is True,
        phone=_optional_text(user.get("phone")),
        phone_verified=user.get("phone_verified") is True,
        name=_optional_text(user.get("name")),
        meta=dict(user.get("meta") or user.get("user_meta") or {}),
        raw=dict(user),
    )


def _required_text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value


def _optional_text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _app_settings(value: Any) -> AppSettings:
    expiration = value.get("access_expiration")
    return AppSettings(
        id=_required_text(value["id"]),
        name=_optional_text(value.get("name")) or "",
        access_expiration=expiration if _is_lifetime(expiration) else None,
        email_auth_type="otp" if value.get("email_auth_type") == "otp" else "magic",
        oauth_providers=tuple(
            OAuthProvider(
                slug=_required_text(entry["provider"]),
                name=_optional_text(entry.get("name")) or _required_text(entry["provider"]),
            )
            for entry in value.get("oauth_providers") or ()
        ),
    )


def _is_lifetime(value: Any) -> bool:
    """Seconds that Scute's settings could hold; anything else bounds nothing."""
    return type(value) is int and 0 < value <= 31_536_000


def _object(value: Any) -> dict[str, Any]:
    return dict(value)


def _nothing(value: Any) -> None:
    """For answers that say no more than their status (204, or `{"message": "ok"}`)."""


def _magic_link_id(value: Any) -> str:
    identifier = value["magic_link"]["id"]
    return str(identifier) if type(identifier) is int else _required_text(identifier)


_AUTH = "/v1/auth/{app_id}"

JWKS = Operation("jwks.json", "GET", f"{_AUTH}/.well-known/jwks.json", _object)
JWKS_OLD = Operation("jwks", "GET", f"{_AUTH}/jwks", _object)
APP = Operation("show app", "GET", "/v1/apps/{app_id}", _app_settings)
REFRESH = Operation("refresh", "POST", f"{_AUTH}/tokens/refresh", _tokens, "refresh")
CURRENT_USER = Operation("current user", "GET", f"{_AUTH}/current_user", _profile, "user")
SIGN_OUT = Operation("sign out", "DELETE", f"{_AUTH}/current_user", _nothing, "user")
MAGIC_LINK_LOGIN = Operation(
    "send magic link", "POST", f"{_AUTH}/magic_links/login", _magic_link_id
)
MAGIC_LINK_REGISTER = Operation(
    "send registration link", "POST", f"{_AUTH}/magic_links/register", _magic_link_id
)
MAGIC_LINK_STATUS = Operation(
    "magic link status", "POST", f"{_AUTH}/magic_links/status", _link_status
)
AUTHENTICATE = Operation("authenticate", "PATCH", f"{_AUTH}/magic_links/authenticate", _signed_in)
