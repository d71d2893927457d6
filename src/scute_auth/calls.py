"""How one call of Scute's API is made and read: an `Operation` as data, `ask` as the flow.

`ask` raises `ScuteUnavailable` where nobody can tell (no answer, 5xx, 408, 425, 429) and
`ApiError` where Scute said no. Nothing is ever sent twice.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote

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
from scute_auth.json_values import as_object

__all__ = ["USER_AGENT", "Operation", "ask", "call", "is_over", "path_segment", "read"]

T = TypeVar("T")

USER_AGENT = "scute-auth (Python)"

UNUSABLE = "unusable_answer"
"""The `code` of an answer that is none of Scute's."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
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
    credential: Literal["none", "user", "refresh", "secret", "user and secret", "machine"] = "none"


def ask(
    config: ScuteConfig,
    operation: Operation[T],
    *,
    token: str = "",
    body: Mapping[str, Any] | None = None,
    path: Mapping[str, str] = _NOTHING,
    agent: str = USER_AGENT,
) -> Flow[T]:
    """Make one call and return what its answer means; `path` fills the names in its path.

    `agent` is the browser that a session is for: Scute names the session after it.
    """
    answer = yield call(config, operation, token=token, body=body, path=path, agent=agent)
    try:
        return read(operation, answer.value)
    except ScuteUnavailable as error:
        yield Log(logging.WARNING, "%s (asked at %s)", (error, config.base_url))
        raise


def is_over(error: ApiError) -> bool:
    """Did Scute itself say that there is no such session, or not any more?

    A proxy's page with one of these statuses is not Scute's word, and ends nothing.
    """
    return error.status in (401, 403, 404) and error.code != UNUSABLE


def call(
    config: ScuteConfig,
    operation: Operation[Any],
    *,
    token: str = "",
    body: Mapping[str, Any] | None = None,
    path: Mapping[str, str] = _NOTHING,
    agent: str = USER_AGENT,
    timeout: float = CALL_TIMEOUT,
) -> HttpCall:
    """The request of an operation; `token` goes where its credential belongs."""
    headers = [
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
        ("user-agent", agent),
    ]
    if operation.credential in ("user", "user and secret"):
        headers.append(("x-authorization", token))
    if operation.credential == "refresh":
        headers.append(("x-refresh-token", token))
    if operation.credential in ("secret", "user and secret"):
        headers.append(("authorization", f"Bearer {config.secret}"))
    elif operation.credential == "machine":
        headers.append(("authorization", f"Bearer {token}"))
    content = None
    if body is not None:
        headers.append(("content-type", "application/json"))
        content = json.dumps(body).encode("utf-8")
    segments = {name: path_segment(text) for name, text in path.items()}
    place = operation.path.format(app_id=path_segment(config.app_id), **segments)
    url = config.base_url.rstrip("/") + place
    return HttpCall(operation.method, url, tuple(headers), content, timeout)


def path_segment(text: str) -> str:
    """One path segment: nothing in it can leave its place, also where a URL is folded together."""
    if text in ("", ".", ".."):
        raise ValueError("no path segment")
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
