"""What servers do to a request by themselves, before the app: stated here, kind by kind.

The driver holds each request against this table, both ways: what a server refuses or changes
without its being stated fails the case, and so does a stated refusal or change that is not seen.
Where it is seen, the case is over: the app has not got the request that the case is about.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.conformance.client import Request

__all__ = [
    "ALTERATIONS",
    "REFUSALS",
    "Alteration",
    "NotTheRequest",
    "Refusal",
    "is_on_the_wire",
    "stated",
]

Kind = Callable[[Request], bool]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server answers by itself; status 0 where it only closes the connection."""

    why: str
    applies: Kind
    status: int
    is_sure: bool = True
    """False where it depends on how the bytes are cut on their way."""


@dataclass(frozen=True, slots=True)
class Alteration:
    """The app gets other header lines; `seen` gives the names of those that are not empty."""

    why: str
    applies: Kind
    seen: Callable[[Request], set[str]]


class NotTheRequest(Exception):
    """As stated, the app never sees the request as it was sent; `status` is what came back."""

    def __init__(self, why: str, *, by_server: bool, status: int) -> None:
        super().__init__(why)
        self.by_server = by_server
        self.status = status


def _holds(characters: set[int]) -> Kind:
    """Is one of these characters in a header's value?"""
    return lambda request: any(not characters.isdisjoint(value) for _, value in request.headers)


def _line_over(limit: int) -> Kind:
    def applies(request: Request) -> bool:
        return len(request.method) + len(request.target) + len(request.query) + 12 > limit

    return applies


def _header_over(limit: int) -> Kind:
    return lambda request: any(
        len(name) + len(value) + 4 > limit for name, value in request.headers
    )


def _head_over(limit: int) -> Kind:
    def applies(request: Request) -> bool:
        headers = sum(len(name) + len(value) + 4 for name, value in request.headers)
        return len(request.target) + len(request.query) + headers > limit

    return applies


def _has_strange_target(request: Request) -> bool:
    return not all(0x21 <= character <= 0x7E for character in request.target)


def _is_no_path(request: Request) -> bool:
    return not request.target.startswith((b"/", b"http://", b"https://"))


def _names(request: Request) -> set[str]:
    return {name.decode("latin-1") for name, _ in request.headers}


def _names_of_ascii_lines(request: Request) -> set[str]:
    lines = ((name, value) for name, value in request.headers if value and value.isascii())
    return {name.decode("latin-1") for name, _ in lines}


CONTROL = {*range(0x20), 0x7F} - {0x09}
ALL_BUT_ASCII = {*range(0x80, 0x100)}

_GUNICORN = (
    Refusal("a method in lower case", lambda request: not request.method.isupper(), 400),
    Refusal("a request line of more than 4094 bytes", _line_over(4094), 414),
    Refusal("a target that is neither path nor URL", _is_no_path, 400),
    Refusal("a target that is not ASCII", _has_strange_target, 400),
    Refusal("a header line of more than 8190 bytes", _header_over(8190), 431),
    Refusal("a control character in a header's value", _holds(CONTROL), 400),
)
_GRANIAN = (
    Refusal("a control character in a header's value", _holds(CONTROL), 400),
    Refusal(
        "a target that is neither path nor URL nor `*`",
        lambda request: request.target != b"*" and _is_no_path(request),
        400,
    ),
)

REFUSALS: dict[str, tuple[Refusal, ...]] = {
    "uvicorn": (
        Refusal("NUL, VT or FF in a header's value (h11)", _holds({0, 11, 12}), 400),
        Refusal("a head of more than 64 kB (h11)", _head_over(65_536), 400, is_sure=False),
        Refusal("a target that is not ASCII", _has_strange_target, 400),
    ),
    "granian-asgi": _GRANIAN,
    "granian-wsgi": _GRANIAN,
    "gunicorn-gthread": _GUNICORN,
    "gunicorn-gevent": _GUNICORN,
}

ALTERATIONS: dict[str, tuple[Alteration, ...]] = {
    "granian-wsgi": (
        Alteration(
            "empties header lines that are not ASCII", _holds(ALL_BUT_ASCII), _names_of_ascii_lines
        ),
        Alteration(
            "takes `_` in a header's name for `-`",
            lambda request: any("_" in name for name in _names(request)),
            lambda request: {name.replace("_", "-") for name in _names(request)},
        ),
    ),
}


def stated(server: str, request: Request) -> Refusal | Alteration | None:
    """What is stated of this server and a request of this kind: the first that applies."""
    rules: list[Refusal | Alteration] = [*REFUSALS[server], *ALTERATIONS.get(server, ())]
    return next((rule for rule in rules if rule.applies(request)), None)


def is_on_the_wire(request: Request) -> bool:
    """A line break in a header's value begins another line: no request is like that."""
    return not _holds({10, 13})(request)
