"""How one call of Scute's API is made and read: an `Operation` as data, `ask` as the flow.

`ask` raises `ScuteUnavailable` where nobody can tell (no answer, 5xx, 408, 425, 429) and
`ApiError` where Scute said no. Nothing is ever sent twice.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from scute_auth.api.row import Credential, Row
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
from scute_auth.errors import ApiError, ConfigError, ScuteUnavailable, api_error
from scute_auth.json_values import as_object

__all__ = [
    "A_DAY",
    "USER_AGENT",
    "Operation",
    "ask",
    "call",
    "error_of",
    "is_over",
    "is_trouble",
    "parsed",
    "path_segment",
    "read",
    "retry_after",
]

T = TypeVar("T")

USER_AGENT = "scute-auth (Python)"

UNUSABLE = "unusable_answer"
"""The `code` of an answer that is none of Scute's."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
_UNAVAILABLE = frozenset({408, 425, 429})
_MAX_RETRY_AFTER = 60.0
A_DAY = 86_400.0
_SLUG = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One API call: which, and how its answer is read."""

    row: Row
    parse: Callable[[Any], T]


def ask(
    config: ScuteConfig,
    operation: Operation[T],
    *,
    token: str = "",
    body: Mapping[str, Any] | None = None,
    path: Mapping[str, str] = _NOTHING,
    query: Mapping[str, str] = _NOTHING,
    agent: str = USER_AGENT,
) -> Flow[T]:
    """Make one call and return what its answer means; `path` fills the names in its path.

    `agent` is the browser that a session is for: Scute names the session after it.
    """
    row = operation.row
    answer = yield call(config, row, token=token, body=body, path=path, query=query, agent=agent)
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
    row: Row,
    *,
    token: str = "",
    body: Mapping[str, Any] | None = None,
    path: Mapping[str, str] = _NOTHING,
    query: Mapping[str, str] = _NOTHING,
    agent: str = USER_AGENT,
    timeout: float = CALL_TIMEOUT,
) -> HttpCall:
    """The request of an operation; `token` goes where the row's credential belongs."""
    # All that may fail comes first: error reports show the values of a failed function, and no
    # secret is to be among them.
    content = None if body is None else json.dumps(body).encode("utf-8")
    url = _url(config, row, path) + (f"?{urlencode(query)}" if query else "")
    headers = (
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
        ("user-agent", agent),
        *((("content-type", "application/json"),) if content is not None else ()),
        *_credentials(config, row, token),
    )
    return HttpCall(row.method, url, headers, content, timeout)


def _credentials(config: ScuteConfig, row: Row, token: str) -> Iterator[tuple[str, str]]:
    for credential in row.credentials:
        match credential:
            case Credential.USER | Credential.CALLER:
                yield "x-authorization", token
            case Credential.REFRESH:
                yield "x-refresh-token", token
            case Credential.MACHINE:
                yield "authorization", f"Bearer {token}"
            case Credential.WORKSPACE:
                secret = _needed(config.workspace_secret, "SCUTE_WORKSPACE_SECRET", row)
                yield "authorization", f"Bearer {secret}"
            case _:
                # The app's. The workspace's secret serves each app of the workspace.
                secret = _needed(config.secret or config.workspace_secret, "SCUTE_SECRET", row)
                yield "authorization", f"Bearer {secret}"


def _url(config: ScuteConfig, row: Row, path: Mapping[str, str]) -> str:
    given = {"app_id": config.app_id, **path}
    if "{workspace_id}" in row.path and "workspace_id" not in path:
        given["workspace_id"] = _needed(config.workspace_id, "SCUTE_WORKSPACE_ID", row)
    segments = {name: path_segment(text) for name, text in given.items()}
    return config.base_url.rstrip("/") + row.path.format(**segments)


def _needed(value: str | None, setting: str, row: Row) -> str:
    if not value:
        raise ConfigError(f"{setting} is not set: {row.name} needs it")
    return value


def path_segment(text: object) -> str:
    """One path segment: nothing in it can leave its place, also where a URL is folded together."""
    if not isinstance(text, str) or text in ("", ".", ".."):
        raise ValueError("no path segment")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise ValueError("no path segment") from None


def read(operation: Operation[T], outcome: HttpOutcome) -> T:
    """What an outcome means: the parsed answer, or the error that it is."""
    name = operation.row.name
    if isinstance(outcome, HttpFailure):
        raise ScuteUnavailable(f"no answer to {name}: {outcome.kind}")
    if is_trouble(outcome.status):
        raise ScuteUnavailable(
            f"Scute answered {name} with {outcome.status}", retry_after=retry_after(outcome)
        )
    return parsed(operation, outcome)


def is_trouble(status: int) -> bool:
    """Does this status say that Scute cannot answer now?"""
    return status >= 500 or status in _UNAVAILABLE


def retry_after(reply: HttpReply, *, longest: float = _MAX_RETRY_AFTER) -> float:
    """How long Scute wants to be left alone, in seconds and within bounds; 1 if it says nothing."""
    text = reply.header("retry-after") or ""
    if text.isascii() and text.isdigit() and len(text) < 6:
        return min(max(float(text), 1.0), longest)
    return 1.0


def parsed(operation: Operation[T], reply: HttpReply) -> T:
    """What an answer says, or the `ApiError` that it is."""
    if not 200 <= reply.status < 300:
        raise error_of(operation.row.name, reply)
    try:
        return operation.parse(_json(reply.body))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise ApiError(operation.row.name, reply.status, UNUSABLE) from None


def _json(body: bytes) -> Any:
    """The answer's JSON, or None: an HTML page from a proxy is no reason to fail in another way."""
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def error_of(name: str, reply: HttpReply) -> ApiError:
    """Scute's errors are flat; one page of its reference shows them nested (protocol F)."""
    answer = as_object(_json(reply.body))
    request_id = _slug(reply.header("x-request-id"))
    if reply.body and answer is None and not is_trouble(reply.status):
        # Not Scute's own words: a proxy's page must not pass for Scute's no.
        return ApiError(name, reply.status, UNUSABLE, request_id=request_id)
    nested = as_object((answer or {}).get("error")) or {}
    code = _slug((answer or {}).get("error_code") or nested.get("code"))
    details = as_object((answer or {}).get("details"))
    wait = retry_after(reply, longest=A_DAY)
    return api_error(name, reply.status, code, details, request_id=request_id, retry_after=wait)


def _slug(value: object) -> str:
    """What is no plain word says nothing, and gets into no log."""
    return value if isinstance(value, str) and _SLUG.fullmatch(value) else ""
