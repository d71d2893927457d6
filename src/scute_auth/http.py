"""What comes in and what goes out: values that every adapter copies from and applies.

Nothing here does I/O, and nothing here knows a framework.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, TypeAlias

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
"""Bytes that are read of a request below the auth prefix."""

SET_COOKIE = b"set-cookie"
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

    def header(self) -> bytes:
        """The value of its `Set-Cookie` line."""
        parts = [f"{self.name}={self.value}", "Path=/"]
        if self.max_age is not None:
            parts.append(f"Max-Age={self.max_age}")
        if self.secure:
            parts.append("Secure")
        if self.http_only:
            parts.append("HttpOnly")
        parts.append(f"SameSite={self.same_site}")
        return "; ".join(parts).encode("ascii")


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
        merged = list(headers)
        if not self.reads_identity:
            return merged
        cookies = self.cookies and self._cookies_not_in(merged)
        if cookies:
            merged = [line for line in merged if line[0].lower() != b"cache-control"]
            merged.append((b"cache-control", b"private, no-store"))
            merged.extend((SET_COOKIE, cookie.header()) for cookie in cookies)
        elif not any(name.lower() == b"cache-control" for name, _ in merged):
            merged.append((b"cache-control", b"private"))
        if self.by_headers:
            line = (b"vary", ", ".join(("Cookie", *self.by_headers)).encode("ascii"))
            if line not in merged:
                merged.append(line)
        elif not any(name.lower() == b"vary" and _names_cookie(value) for name, value in merged):
            merged.append((b"vary", b"Cookie"))
        return merged

    def _cookies_not_in(self, headers: list[tuple[bytes, bytes]]) -> list[SetCookie]:
        theirs = {
            value.split(b"=", 1)[0].strip() for name, value in headers if name.lower() == SET_COOKIE
        }
        return [cookie for cookie in self.cookies if cookie.name.encode("ascii") not in theirs]


def _names_cookie(vary: bytes) -> bool:
    return any(name.strip().lower() in (b"cookie", b"*") for name in vary.split(b","))


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
