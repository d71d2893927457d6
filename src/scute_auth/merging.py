"""Merge what a verdict adds into the headers of a response, be they bytes or text.

The rules stand at `ResponseChanges.merge`; here is how they are carried out.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, TypeAlias

__all__ = ["BYTES", "TEXT"]

_Word: TypeAlias = Any
_Lines: TypeAlias = list[tuple[_Word, _Word]]
"""All bytes or all text."""


class _Words:
    """The words of a merge, spelled as a response's lines are: to convert those would cost more."""

    def __init__(self, spell: Callable[[str], _Word]) -> None:
        self._spell = spell
        self._cache_control, self._vary = spell("cache-control"), spell("vary")
        self._private = (self._cache_control, spell("private"))
        self._no_store = (self._cache_control, spell("private, no-store"))
        self._by_cookie = (self._vary, spell("Cookie"))
        self._set_cookie, self._equals = spell("set-cookie"), spell("=")
        self._comma, self._by_identity = spell(","), {spell("cookie"), spell("*")}
        self._blank = spell(" \t\n\r\x0b\f")
        self._by_headers = cache(self._vary_line)

    def merge(
        self,
        headers: Iterable[tuple[_Word, _Word]],
        cookies: Sequence[tuple[str, str]],
        by_headers: tuple[str, ...],
    ) -> _Lines:
        """`cookies`: the name and the line of each."""
        merged = list(headers)
        names = [name.lower() for name, _ in merged]
        ours = self._cookies_not_in(merged, cookies) if cookies else []
        if ours:
            merged = [line for line in merged if line[0].lower() != self._cache_control]
            merged.append(self._no_store)
            merged.extend(ours)
        elif self._cache_control not in names:
            merged.append(self._private)
        if by_headers:
            line = self._by_headers(by_headers)
            if line not in merged:
                merged.append(line)
        elif self._vary not in names or not self._varies_by_cookie(merged):
            merged.append(self._by_cookie)
        return merged

    def _cookies_not_in(self, headers: _Lines, cookies: Sequence[tuple[str, str]]) -> _Lines:
        theirs = {
            value.partition(self._equals)[0].strip(self._blank)
            for name, value in headers
            if name.lower() == self._set_cookie
        }
        ours = [line for name, line in cookies if self._spell(name) not in theirs]
        return [(self._set_cookie, self._spell(line)) for line in ours]

    def _vary_line(self, names: tuple[str, ...]) -> tuple[_Word, _Word]:
        return self._vary, self._spell(", ".join(("Cookie", *names)))

    def _varies_by_cookie(self, headers: _Lines) -> bool:
        lines = [value for name, value in headers if name.lower() == self._vary]
        named = (
            part.strip(self._blank).lower() for line in lines for part in line.split(self._comma)
        )
        return not self._by_identity.isdisjoint(named)


BYTES = _Words(lambda text: text.encode("ascii"))
TEXT = _Words(str)
