"""Hostile header lines, cookies and targets (security.md H01-H09): raw, as an attacker sends them.

Ana is the visitor, Eve's is whatever somebody planted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["LINES", "TARGETS", "Credentials", "Line"]

Lines = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Names and values of the session cookies; the access tokens serve as bearer tokens too."""

    access: bytes
    refresh: bytes
    ana: bytes = field(repr=False)
    ana_refresh: bytes = field(repr=False)
    eve: bytes = field(repr=False)
    eve_refresh: bytes = field(repr=False)

    @property
    def anas(self) -> bytes:
        return b"%s=%s; %s=%s" % (self.access, self.ana, self.refresh, self.ana_refresh)

    @property
    def eves(self) -> bytes:
        return b"%s=%s; %s=%s" % (self.access, self.eve, self.refresh, self.eve_refresh)


@dataclass(frozen=True, slots=True)
class Line:
    """One hostile request.

    `users` is who may come of it on any stack, `if_altered` where a server is stated to change
    it. All stacks must agree, save `or_nobody`: servers lose what was sent. On a strange `target`
    they need not: each router reads it in its own way.
    """

    name: str
    headers: Callable[[Credentials], Lines]
    target: bytes = b"/me"
    or_nobody: bool = False
    users: tuple[str | None, ...] = (None, "ana")
    if_altered: tuple[str | None, ...] = (None, "ana")


def cookie(name: str, value: Callable[[Credentials], bytes]) -> Line:
    return Line(name, lambda c: [(b"cookie", value(c))])


def planted(blank: bytes) -> list[Line]:
    """Eve's cookie behind a character that some parser takes for white space, first and last."""
    return [
        cookie(
            f"{blank!r} before, first", lambda c: b"%s%s=%s; %s" % (blank, c.access, c.eve, c.anas)
        ),
        cookie(
            f"{blank!r} before, last", lambda c: b"%s; %s%s=%s" % (c.anas, blank, c.access, c.eve)
        ),
        cookie(
            f"{blank!r} after, last", lambda c: b"%s; %s%s=%s" % (c.anas, c.access, blank, c.eve)
        ),
    ]


def bearer(name: str, *values: Callable[[Credentials], bytes]) -> Line:
    return Line(name, lambda c: [(b"authorization", b"Bearer " + value(c)) for value in values])


def bad_bearer(bad: bytes) -> Line:
    def headers(c: Credentials) -> Lines:
        return [(b"authorization", b"Bearer " + bad), (b"cookie", c.anas)]

    return Line(f"H07 bad bearer {bad!r} beside Ana's", headers)


def other_header(name: bytes) -> Line:
    return Line(f"H08 {name.decode()}", lambda c: [(name, c.eve)])


def named_host(host: bytes) -> Line:
    return Line(f"H09 Host {host!r}", lambda c: [(b"host", host), (b"cookie", c.anas)])


BLANKS = [b" ", b"\t", b"\xa0", b"\x85", b"\xe2\x80\x80", b"\xc2\x85", b"\x1c", b"\x1f", b"\x0b"]

_TARGETS = [
    b"//me",
    b"/./me",
    b"/x/../me",
    b"/%6de",
    b"/%2fme",
    b"/me/",
    b"/me;x",
    b"/me%00",
    b"/me%2f",
    b"/me%3fx",
    b"/ME",
    b"/sub//me",
    b"/sub/../me",
    b"/auth/../me",
    b"/auth%2f..%2fme",
    b"/\\me",
    b"http://evil.example/me",
    b"//evil.example/me",
    b"@evil.example/me",
    b"*",
    b"/%ff%fe",
    b"/\xc3\xa9",
    b"/" + b"a/" * 5000,
]
"""What `/me` could hide behind."""

LINES = [
    Line("nothing", lambda c: []),
    cookie("Ana's cookies", lambda c: c.anas),
    cookie("H01 access twice, differs", lambda c: b"%s; %s=%s" % (c.anas, c.access, c.eve)),
    cookie("H01 access twice, Eve's first", lambda c: b"%s=%s; %s" % (c.access, c.eve, c.anas)),
    cookie("H01 refresh twice", lambda c: b"%s; %s=%s" % (c.anas, c.refresh, c.eve_refresh)),
    cookie("H01 the same twice", lambda c: b"%s; %s" % (c.anas, c.anas)),
    *(line for blank in BLANKS for line in planted(blank)),
    cookie("H03 nameless", lambda c: b"=%s=%s" % (c.access, c.eve)),
    cookie("H03 $Version", lambda c: b"$Version=1; %s; $Path=/" % c.anas),
    cookie("H03 between others' quotes", lambda c: b'x="; %s; y="' % c.anas),
    cookie("H03 inside quotes", lambda c: b'x=", %s=%s,"' % (c.access, c.eve)),
    cookie("H03 up to a quote", lambda c: b'x="; %s=%s"' % (c.access, c.eve)),
    cookie("H03 value in quotes", lambda c: b'%s="%s"' % (c.access, c.ana)),
    cookie("H03 behind a comma", lambda c: b"x=1,%s=%s" % (c.access, c.eve)),
    cookie("H03 behind Ana's and a comma", lambda c: b"%s, %s=%s" % (c.anas, c.access, c.eve)),
    cookie("H03 other case", lambda c: b"%s=%s" % (c.access.upper(), c.eve)),
    cookie("H03 no prefix", lambda c: b"%s=%s" % (c.access.removeprefix(b"__Host-"), c.eve)),
    cookie("H03 NUL in the value", lambda c: b"%s=\0%s" % (c.access, c.eve)),
    Line("H03 two lines, Ana's and Eve's", lambda c: [(b"cookie", c.anas), (b"cookie", c.eves)]),
    Line("H03 two lines, Ana's twice", lambda c: [(b"cookie", c.anas)] * 2, or_nobody=True),
    Line(
        "H03 two lines, Ana's is the second",
        lambda c: [(b"cookie", b"theme=dark"), (b"cookie", b"%s=%s" % (c.access, c.ana))],
        or_nobody=True,
    ),
    cookie("H04 3000 cookies", lambda c: b"c=v; " * 3000 + c.anas),
    cookie("H04 60 kB", lambda c: b"x=%s; %s" % (b"y" * 60_000, c.anas)),
    cookie("H04 backslashes", lambda c: b'x="%s; %s' % (b"\\" * 30_000, c.anas)),
    bearer("H05 one bearer", lambda c: c.ana),
    bearer("H05 two that differ", lambda c: c.ana, lambda c: c.eve),
    bearer("H05 two in one line", lambda c: c.ana + b", Bearer " + c.eve),
    Line(
        "H05 two names",
        lambda c: [(b"authorization", b"Bearer " + c.ana), (b"x-authorization", c.eve)],
    ),
    Line("H05 X-Authorization twice", lambda c: [(b"x-authorization", t) for t in (c.ana, c.eve)]),
    Line(
        "H05 Basic beside Ana's",
        lambda c: [(b"authorization", b"Basic YTpi"), (b"cookie", c.anas)],
    ),
    Line("H06 X_Authorization", lambda c: [(b"x_authorization", c.ana)]),
    Line(
        "H06 X_Authorization beside Ana's",
        lambda c: [(b"x-authorization", c.ana), (b"x_authorization", c.eve)],
        if_altered=("eve",),
    ),
    *(bad_bearer(bad) for bad in (b"x", b"", b"\xe9", b"\0")),
    *(
        other_header(name)
        for name in (b"x-forwarded-user", b"remote-user", b"x-original-url", b"x-scute-user")
    ),
    *(
        named_host(host)
        for host in (b"", b"a/?", b"evil.example", b"app.test@evil.example", b"app.test, x.test")
    ),
]

TARGETS = [
    line
    for target in _TARGETS
    for line in (
        Line(f"H09 {target[:24]!r}, a stranger", lambda c: [], target, users=(None,)),
        Line(f"H09 {target[:24]!r}, Ana", lambda c: [(b"cookie", c.anas)], target),
    )
]
