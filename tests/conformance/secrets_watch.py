"""Every secret that a case makes, and every place where one must not turn up.

Searched for as it is and in the encodings in which it could hide: base64 in each of its three
alignments, hex, percent, JSON and Python escapes.
"""

import json
import logging
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from scute_auth.effects import HttpCall, HttpOutcome, HttpReply
from tests.conformance.client import Head, Request, Response

__all__ = ["LogCapture", "Secrets", "encodings"]

_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
_SEALED = re.compile(r"1\.[\w-]{40,}")
_SHORTEST = 12
"""Shorter strings are no secrets, and would be found by chance."""


@dataclass
class Secrets:
    """The secrets of one case, and the texts in which they are looked for."""

    known: set[str] = field(default_factory=set[str], repr=False)
    places: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]], repr=False)

    def add(self, *secrets: str | None) -> None:
        for secret in secrets:
            if secret and len(secret) >= _SHORTEST:
                self.known.add(secret)

    def search(self, place: str, text: str) -> None:
        """Look here when the case is over."""
        self.places.append((place, text))

    def sent(self, request: Request) -> None:
        """A client sent this: its cookies and tokens are secrets."""
        for name, value in request.headers:
            if name == b"cookie":
                pairs = (pair.partition(b"=")[2].strip() for pair in value.split(b";"))
                self.add(*(pair.decode("latin-1") for pair in pairs if _is_ours(pair)))
            self._find_tokens(value.decode("latin-1"))
        self._find_tokens(request.query.decode("latin-1"))

    def got(self, answer: Head) -> None:
        """A client got this: new cookies are secrets, and nothing else in it may hold one."""
        for cookie in answer.set_cookies.values():
            if _is_ours(cookie.value.encode("latin-1")):
                self.add(cookie.value)
        lines = [f"{name!r}: {value!r}" for name, value in answer.headers if name != b"set-cookie"]
        self.search("the headers of an answer", "\n".join(lines))
        if isinstance(answer, Response):
            self.search(*_body(answer))

    def meant(self, answer: Response) -> None:
        """This body is one that hands a token over: the case itself says what may be in it."""
        self.places.remove(_body(answer))

    def saw_call(self, call: HttpCall) -> None:
        for _, value in call.headers:
            self._find_tokens(value)
        self._find_tokens((call.body or b"").decode("utf-8", "replace"))

    def saw_outcome(self, outcome: HttpOutcome) -> HttpOutcome:
        if isinstance(outcome, HttpReply):
            text = outcome.body.decode("utf-8", "replace")
            self._find_tokens(text)
            self.add(*re.findall(r'"(?:csrf|secret)":\s*"([^"]+)"', text))
        return outcome

    def leaks(self, records: Iterable[str]) -> list[str]:
        """Where a secret turned up; says which kind, never the secret."""
        places = [*self.places, *(("the log", text) for text in records)]
        whole = "\n".join(text for _, text in places)
        found: list[str] = []
        for secret in self.known:
            for kind, encoded in encodings(secret):
                if encoded in whole:
                    found += [f"{place}: {kind}" for place, text in places if encoded in text]
        return found

    def _find_tokens(self, text: str) -> None:
        for token in _TOKEN.findall(text):
            # The signature alone is enough to tell which token it was.
            self.add(token, token.rpartition(".")[2])


def _body(answer: Response) -> tuple[str, str]:
    return "the body of an answer", answer.body.decode("utf-8", "replace")


def _is_ours(value: bytes) -> bool:
    """A token or something sealed: a case may send any other cookie too."""
    text = value.strip().decode("latin-1")
    return bool(_TOKEN.fullmatch(text) or _SEALED.fullmatch(text))


def encodings(secret: str) -> Iterator[tuple[str, str]]:
    """The secret itself, and each way in which it could be written."""
    raw = secret.encode("utf-8")
    yield "as it is", secret
    for encode in (b64encode, urlsafe_b64encode):
        for shift in range(3):
            yield "base64", _inner(encode(b"\0" * shift + raw).decode("ascii"), shift)
    yield "hex", raw.hex()
    yield "hex", raw.hex().upper()
    yield "percent", quote(secret, safe="")
    yield "percent", quote_plus(secret)
    yield "JSON", json.dumps(secret)[1:-1]
    yield "repr", repr(secret)[1:-1]


def _inner(encoded: str, shift: int) -> str:
    """What of it does not depend on the neighbours of the secret."""
    start = 0 if shift == 0 else 4
    return encoded.rstrip("=")[start:-2]


class LogCapture(logging.Handler):
    """Everything that any logger says, as a log file would show it, tracebacks too."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{self.format(record)} {record.args!r}")
