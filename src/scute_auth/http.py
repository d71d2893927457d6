"""What comes in and what goes out: values that every adapter copies from and applies.

Nothing here does I/O, and nothing here knows a framework.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, TypeAlias

from scute_auth.merging import BYTES, TEXT

__all__ = [
    "MAX_BODY",
    "SET_COOKIE",
    "Page",
    "Reply",
    "RequestView",
    "ResponseChanges",
    "SetCookie",
]

RawHeaders: TypeAlias = Sequence[tuple[bytes, bytes]]

MAX_BODY = 64 * 1024
"""Bytes that are read of a request below the auth prefix; a webhook may have more."""

SET_COOKIE = "set-cookie"
"""For adapters whose framework keeps these lines apart from the other headers."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as the core sees it; an adapter copies it and decides nothing.

    `path` is what the router matches (decoded, without `root_path`); header names are in lower
    case, names and values raw bytes in the order they came; `query` has no `?`; `body` is read
    only below the auth prefix, and capped.
    """

    kind: Literal["http", "websocket"]
    method: str
    scheme: str
    path: str
    headers: RawHeaders = field(repr=False)
    root_path: str = ""
    query: bytes = field(default=b"", repr=False)
    client: str | None = None
    body: bytes = field(default=b"", repr=False)

    def header(self, name: bytes) -> bytes | None:
        """The first value of a header, or None."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    @property
    def host(self) -> str:
        """The `Host` header, as the client sent it: never build a link from it."""
        return (self.header(b"host") or b"").decode("latin-1")

    @property
    def is_secure(self) -> bool:
        return self.scheme in ("https", "wss")

    @property
    def is_unsafe(self) -> bool:
        """May this request change something? A WebSocket handshake counts: messages follow it."""
        return self.kind == "websocket" or self.method not in SAFE_METHODS


@dataclass(frozen=True, slots=True)
class SetCookie:
    """One cookie to set; `max_age` in seconds, 0 deletes it, None makes it end with the browser."""

    name: str
    value: str = field(repr=False)
    max_age: int | None
    secure: bool
    http_only: bool = True
    same_site: Literal["Lax", "Strict"] = "Lax"

    def header(self) -> str:
        """The value of its `Set-Cookie` line."""
        parts = [f"{self.name}={self.value}", "Path=/"]
        if self.max_age is not None:
            parts.append(f"Max-Age={self.max_age}")
        if self.secure:
            parts.append("Secure")
        if self.http_only:
            parts.append("HttpOnly")
        parts.append(f"SameSite={self.same_site}")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class ResponseChanges:
    """What a verdict adds to the response, whoever writes that response.

    `reads_identity` is false only where nothing was read (`exempt_paths`). `by_headers` names the
    headers that an identity came in: a cache must not give the answer to who sends others.
    """

    cookies: tuple[SetCookie, ...] = ()
    reads_identity: bool = True
    by_headers: tuple[str, ...] = field(default=(), compare=False)

    def __add__(self, later: "ResponseChanges") -> "ResponseChanges":
        """Both; a later cookie of the same name replaces the earlier one."""
        if not later.cookies:
            return self
        renewed = {cookie.name for cookie in later.cookies}
        kept = tuple(cookie for cookie in self.cookies if cookie.name not in renewed)
        return ResponseChanges(kept + later.cookies, by_headers=self.by_headers)

    def merge(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The response's raw headers with these changes in.

        A cookie that the handler set itself wins over ours of the same name. With a cookie of
        ours the response is `private, no-store`; without one it is `private` unless the app
        said how to cache it. It varies by cookie either way (security.md H15).
        """
        if not self.reads_identity:
            return list(headers)
        cookies = self._cookie_lines() if self.cookies else ()
        return BYTES.merge(headers, cookies, self.by_headers)

    def merge_text(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The same for frameworks whose headers are text."""
        if not self.reads_identity:
            return list(headers)
        cookies = self._cookie_lines() if self.cookies else ()
        return TEXT.merge(headers, cookies, self.by_headers)

    def _cookie_lines(self) -> list[tuple[str, str]]:
        return [(cookie.name, cookie.header()) for cookie in self.cookies]


UNTOUCHED = ResponseChanges(reads_identity=False)
READ = ResponseChanges()


@dataclass(frozen=True, slots=True)
class Page:
    """A page to render: a template's name and what it shows, which may be a secret."""

    name: str
    context: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that the core decided on; an adapter renders it in its framework's words.

    `page`, where there is one, is rendered into `body`; `changes` are merged into the headers.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    page: Page | None = None
    changes: ResponseChanges = READ

    @property
    def status_line(self) -> str:
        """The status with its name, as WSGI wants it."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"
