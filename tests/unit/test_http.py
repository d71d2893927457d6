"""The values that adapters copy from and apply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.http import READ, UNTOUCHED, Reply, ResponseChanges, SetCookie
from tests.unit.views import view

COOKIE = SetCookie("a", "1", 60, secure=True)
PRIVATE = (b"cache-control", b"private")
NO_STORE = (b"cache-control", b"private, no-store")
VARY = (b"vary", b"Cookie")
HEADERS = ResponseChanges(by_headers=("x-a", "x-b"))
SET = (b"set-cookie", b"a=1; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax")


@pytest.mark.parametrize(
    ("cookie", "line"),
    [
        (COOKIE, SET[1]),
        (SetCookie("a", "", 0, secure=False), b"a=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
        (
            SetCookie("a", "1", None, secure=True, http_only=False, same_site="Strict"),
            b"a=1; Path=/; Secure; SameSite=Strict",
        ),
    ],
)
def test_a_cookie_as_a_line(cookie: SetCookie, line: bytes) -> None:
    assert cookie.header() == line.decode()


@pytest.mark.parametrize(
    ("changes", "given", "merged"),
    [
        (UNTOUCHED, [(b"x", b"1")], [(b"x", b"1")]),
        (READ, [], [PRIVATE, VARY]),
        (READ, [(b"Cache-Control", b"public")], [(b"Cache-Control", b"public"), VARY]),
        (READ, [(b"vary", b"*")], [(b"vary", b"*"), PRIVATE]),
        (READ, [(b"Vary", b"Accept, COOKIE")], [(b"Vary", b"Accept, COOKIE"), PRIVATE]),
        (READ, [(b"vary", b"Cookies")], [(b"vary", b"Cookies"), PRIVATE, VARY]),
        (HEADERS, [], [PRIVATE, (b"vary", b"Cookie, x-a, x-b")]),
        (
            HEADERS,
            [(b"Vary", b"Accept")],
            [(b"Vary", b"Accept"), PRIVATE, (b"vary", b"Cookie, x-a, x-b")],
        ),
        (ResponseChanges((COOKIE,)), [], [NO_STORE, SET, VARY]),
        (ResponseChanges((COOKIE,)), [(b"Cache-Control", b"public")], [NO_STORE, SET, VARY]),
        (
            ResponseChanges((COOKIE,)),
            [(b"Set-Cookie", b"b=2")],
            [(b"Set-Cookie", b"b=2"), NO_STORE, SET, VARY],
        ),
        (
            ResponseChanges((COOKIE,)),
            [(b"Set-Cookie", b" a =; Max-Age=0")],
            [(b"Set-Cookie", b" a =; Max-Age=0"), PRIVATE, VARY],
        ),
    ],
)
def test_changes_in_a_responses_headers(
    changes: ResponseChanges, given: list[tuple[bytes, bytes]], merged: list[tuple[bytes, bytes]]
) -> None:
    assert changes.merge(given) == merged
    assert changes.merge_text(as_text(given)) == as_text(merged)


def as_text(lines: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in lines]


def test_a_later_cookie_takes_the_place_of_an_earlier_one() -> None:
    cleared, other = SetCookie("a", "", 0, secure=True), SetCookie("b", "2", 60, secure=True)

    both = ResponseChanges((COOKIE, other)) + ResponseChanges((cleared,))

    assert both.cookies == (other, cleared)
    assert UNTOUCHED + READ == UNTOUCHED
    assert (UNTOUCHED + ResponseChanges((COOKIE,))).reads_identity


def test_what_an_identity_came_in_is_named_beside_later_cookies() -> None:
    both = HEADERS + ResponseChanges((COOKIE,))

    assert (b"vary", b"Cookie, x-a, x-b") in both.merge([])


LINES = st.lists(
    st.tuples(
        st.sampled_from([b"Vary", b"set-cookie", b"Cache-Control", b"x-a", b"SET-COOKIE"]),
        st.binary(max_size=12),
    ),
    max_size=6,
)


@given(LINES)
def test_merging_twice_changes_nothing_more(lines: list[tuple[bytes, bytes]]) -> None:
    """Where two adapters are stacked, or one app in another."""
    for changes in (READ, ResponseChanges((COOKIE,))):
        once = changes.merge(lines)
        assert changes.merge(once) == once


@given(LINES)
def test_text_is_merged_as_bytes_are(lines: list[tuple[bytes, bytes]]) -> None:
    for changes in (READ, HEADERS, UNTOUCHED, ResponseChanges((COOKIE,))):
        assert changes.merge_text(as_text(lines)) == as_text(changes.merge(lines))


def test_a_request_knows_its_headers() -> None:
    asked = view("/", ("x-a", "1"), ("x-a", "2"), ("host", "app.test\xe9"))

    assert asked.header(b"x-a") == b"1"
    assert asked.header(b"x-b") is None
    assert asked.host == "app.test\xe9"


def test_without_a_host_there_is_none() -> None:
    from dataclasses import replace

    assert replace(view(), headers=()).host == ""


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
def test_a_safe_method_is_safe_but_never_in_a_websocket(method: str) -> None:
    assert not view("/", method=method).is_unsafe
    assert view("/", method=method, kind="websocket").is_unsafe


@pytest.mark.parametrize("method", ["POST", "PUT", "get", "PROPFIND", ""])
def test_every_other_method_is_unsafe(method: str) -> None:
    assert view("/", method=method).is_unsafe


@pytest.mark.parametrize(
    ("scheme", "expected"), [("https", True), ("wss", True), ("http", False), ("HTTPS", False)]
)
def test_a_secure_scheme(scheme: str, expected: bool) -> None:
    assert view("/", scheme=scheme).is_secure is expected


def test_no_repr_shows_what_a_visitor_sent_or_gets() -> None:
    asked = view("/", ("cookie", "secret"), query=b"secret", body=b"secret")
    changes = ResponseChanges((SetCookie("a", "secret", 60, secure=True),))

    assert "secret" not in f"{asked!r} {changes!r} {Reply(200, body=b'secret', changes=changes)!r}"


def test_what_is_merged_twice_stands_once() -> None:
    """Two adapters around one another merge the same changes."""
    once = HEADERS.merge([])

    assert HEADERS.merge(once) == once
