"""A browser in miniature: keeps cookies as browsers do, and says who asked (`Sec-Fetch-*`)."""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlencode, urlsplit

from tests.conformance.client import Client, Head, Response, Socket
from tests.conformance.set_cookie import SetCookieLine

__all__ = ["Browser", "CookieJar"]

Initiator = Literal["none", "same-origin", "same-site", "cross-site"]

_LARGEST = 4096
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass
class CookieJar:
    """The cookies of one origin; what a browser would not take is dropped, as a browser does."""

    clock: Callable[[], float]
    is_secure: bool = True
    _cookies: dict[str, tuple[SetCookieLine, float]] = field(
        default_factory=dict[str, tuple[SetCookieLine, float]], repr=False
    )

    def take(self, head: Head) -> None:
        for cookie in head.set_cookies.values():
            if self._is_acceptable(cookie):
                self._put(cookie)

    def set(self, name: str, value: str, max_age: int = 604_800) -> None:
        """Put a cookie there, as if an earlier answer had."""
        secure = {"secure": ""} if self.is_secure else {}
        attributes = {"path": "/", "max-age": str(max_age), "samesite": "Lax", **secure}
        self._put(SetCookieLine(name, value, attributes))

    def get(self, name: str) -> str | None:
        return self.all().get(name)

    def all(self) -> dict[str, str]:
        now = self.clock()
        return {name: line.value for name, (line, end) in self._cookies.items() if now < end}

    def header(self, *, skip_strict: bool = False) -> str:
        """The `Cookie` header's value."""
        return "; ".join(
            f"{name}={value}"
            for name, value in self.all().items()
            if not (skip_strict and self._same_site(name) == "strict")
        )

    def header_cross_site(self, *, is_top_level_get: bool) -> str:
        """What `SameSite=Lax`, their default, lets out to another site's request."""
        return self.header(skip_strict=True) if is_top_level_get else ""

    def _same_site(self, name: str) -> str:
        return self._cookies[name][0].attributes.get("samesite", "lax").lower()

    def _put(self, cookie: SetCookieLine) -> None:
        self._cookies.pop(cookie.name, None)
        if cookie.max_age is None or cookie.max_age > 0:
            end = float("inf") if cookie.max_age is None else self.clock() + cookie.max_age
            self._cookies[cookie.name] = (cookie, end)

    def _is_acceptable(self, cookie: SetCookieLine) -> bool:
        if len(cookie.name) + len(cookie.value) > _LARGEST:
            return False
        if cookie.is_secure and not self.is_secure:
            return False
        if cookie.name.startswith("__Host-"):
            attributes = cookie.attributes
            return cookie.is_secure and attributes.get("path") == "/" and "domain" not in attributes
        return True


@dataclass
class Browser:
    client: Client
    jar: CookieJar
    user_id: str = ""

    @property
    def origin(self) -> str:
        return f"{self.client.scheme}://{self.client.host}"

    async def visit(
        self, path: str, *, by: Initiator = "none", headers: Mapping[str, str] = _NOTHING
    ) -> Response:
        """Open a page: a link, the address bar, or a redirect. Redirects are not followed."""
        return await self._send("GET", path, self._navigation(by), by, headers=headers)

    async def submit(
        self, path: str, form: Mapping[str, str] | None = None, *, by: Initiator = "same-origin"
    ) -> Response:
        """Send a form of a page."""
        lines = {**self._navigation(by), "origin": self._origin_of(by), **_FORM}
        return await self._send("POST", path, lines, by, body=urlencode(form or {}).encode())

    async def fetch(
        self,
        path: str,
        method: str = "GET",
        *,
        by: Initiator = "same-origin",
        body: bytes = b"",
        headers: Mapping[str, str] = _NOTHING,
    ) -> Response:
        """Ask from a script."""
        lines = {"accept": "*/*", "sec-fetch-site": by, "sec-fetch-mode": "cors"}
        lines["sec-fetch-dest"] = "empty"
        if method not in ("GET", "HEAD") or by != "same-origin":
            lines["origin"] = self._origin_of(by)
        return await self._send(method, path, lines, by, body=body, headers=headers)

    async def follow(self, response: Response) -> Response:
        """Go where a redirect of this site leads."""
        location = response.header("location")
        assert location is not None, response
        return await self.visit(location, by="same-origin")

    def websocket(
        self,
        path: str = "/ws",
        *,
        by: Initiator = "same-origin",
        headers: Mapping[str, str] = _NOTHING,
    ) -> AbstractAsyncContextManager[Socket]:
        """Open a WebSocket from a script; browsers send their cookies even across sites."""
        lines = {"origin": self._origin_of(by), "cookie": self.jar.header(), **headers}
        return self.client.websocket(path, headers=_without_blanks(lines))

    def take(self, head: Head) -> None:
        """Keep the cookies of an answer that came another way."""
        self.jar.take(head)

    async def _send(
        self,
        method: str,
        path: str,
        lines: Mapping[str, str],
        by: Initiator,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] = _NOTHING,
    ) -> Response:
        if by == "cross-site":
            is_top_level_get = method == "GET" and lines["sec-fetch-mode"] == "navigate"
            cookies = self.jar.header_cross_site(is_top_level_get=is_top_level_get)
        else:
            cookies = self.jar.header()
        every = _without_blanks({**lines, "cookie": cookies, **headers})
        url = urlsplit(path)
        assert url.netloc in ("", self.client.host), path
        target = re.sub(r"^[a-z]+://[^/]*", "", path)
        response = await self.client.request(method, target, headers=every, body=body)
        self.jar.take(response)
        return response

    def _navigation(self, by: Initiator) -> dict[str, str]:
        return {
            "accept": "text/html,application/xhtml+xml",
            "sec-fetch-site": by,
            "sec-fetch-mode": "navigate",
            "sec-fetch-dest": "document",
        }

    def _origin_of(self, by: Initiator) -> str:
        others = {"same-site": "https://blog.test", "cross-site": "https://evil.example"}
        return others.get(by, self.origin)


_FORM = {"content-type": "application/x-www-form-urlencoded"}


def _without_blanks(lines: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in lines.items() if value}
