"""What our pages say: the catalogue's English, or an app's own texts in its place.

A text is text, never HTML. `say` escapes it for a page, and what goes into its placeholders too;
`text` leaves it as it is, for whoever escapes it later, and for JSON.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from html import escape
from typing import Any

from scute_auth.errors import ConfigError
from scute_auth.texts import TEXTS

__all__ = ["ENGLISH", "Html", "Messages"]

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_ONLY: Mapping[str, re.Pattern[str]] = {
    "lang": re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"),
    "dir": re.compile(r"ltr|rtl"),
    "months": re.compile(r"[^,]+(,[^,]+){11}"),
}
"""What is no sentence, and has to look like this."""


class Html(str):
    """Escaped already: templates that escape by themselves leave it alone."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


class Messages(Mapping[str, str]):
    """The texts by key; `replaced` are the app's own, for single keys or for all of them."""

    __slots__ = ("_texts",)

    def __init__(self, replaced: Mapping[str, str] | None = None) -> None:
        own = dict(replaced or {})
        for key, text in own.items():
            _check(key, text)
        self._texts = {**TEXTS, **own}

    def __getitem__(self, key: str) -> str:
        return self._texts[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __hash__(self) -> int:
        # Cheap: what is made from the settings is looked up by them at each request.
        return hash(self["lang"])

    def __repr__(self) -> str:
        return f"<Messages lang={self['lang']!r}>"

    def text(self, key: str, **values: object) -> str:
        """Plain text, for JSON and for whoever escapes it."""
        return self[key].format(**values)

    def say(self, key: str, **values: object) -> Html:
        """HTML; a value that is HTML already, like a link, stays so."""
        safe = {name: _escaped(value) for name, value in values.items()}
        return Html(escape(self[key]).format(**safe))

    def counted(self, key: str, count: int) -> str:
        """The text for one, or the one for many."""
        return self.text(f"{key}_one" if count == 1 else f"{key}_many", count=count)

    def moment(self, seconds: float) -> str:
        """A time as people write it."""
        moment = datetime.fromtimestamp(seconds, UTC)
        month = self["months"].split(",")[moment.month - 1].strip()
        date = {"day": moment.day, "month": month, "year": moment.year}
        return self.text("date_and_time", **date, time=f"{moment:%H:%M}")


ENGLISH = Messages()


def _escaped(value: object) -> str:
    html: Any = getattr(value, "__html__", None)
    return escape(str(value)) if html is None else str(html())


def _check(key: str, text: object) -> None:
    """A text that would say nothing, or fail before the visitor's eyes, fails here."""
    if key not in TEXTS:
        near = get_close_matches(str(key), TEXTS, n=1)
        hint = f": did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"messages: there is no text {key!r}{hint}")
    if not isinstance(text, str) or not text.strip():
        raise ConfigError(f"messages: {key}: give a text")
    if (pattern := _ONLY.get(key)) is not None and not pattern.fullmatch(text):
        raise ConfigError(f"messages: {key}: write it like {TEXTS[key]!r}")
    if _placeholders(text) != _placeholders(TEXTS[key]):
        raise ConfigError(f"messages: {key}: keep the names in braces of {TEXTS[key]!r}")


def _placeholders(text: str) -> set[str] | None:
    """The names in braces; None where a brace is anything else."""
    others = _PLACEHOLDER.sub("", text)
    return None if "{" in others or "}" in others else set(_PLACEHOLDER.findall(text))
