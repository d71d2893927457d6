"""`next` and `Location`: nothing leaves this site, judged by a browser's URL parser (C07)."""

import json
from pathlib import Path
from typing import Any

import pytest
from ada_url import URL
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scute_auth.http import RequestView
from scute_auth.redirects import auth_url, goal, here, referring_path, safe_path, sign_in_url
from tests.unit.support import config
from tests.unit.views import view

_FILE = Path(__file__).parents[1] / "vectors" / "open_redirects_public.json"
VECTORS: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
ORIGIN = "https://app.test"


def stays(url: str) -> bool:
    """Does a browser that follows this from one of our pages stay on our site?"""
    return URL(url, base=f"{ORIGIN}/auth/callback?code=1").origin == ORIGIN


@pytest.mark.parametrize("vector", VECTORS["payloads"], ids=lambda vector: vector["id"])
def test_a_payload_of_the_public_lists(vector: dict[str, Any]) -> None:
    payload = vector["payload"]

    path = safe_path(payload)

    assert path in (None, payload)
    if path is not None:
        assert stays(path)
    if vector["expect"] != "safe":
        assert (path is not None) == (vector["expect"] == "allow")


SCHEMES = st.sampled_from(["", "https:", "javascript:", "data:", "\\", "/", "//", " ", "\t", "%2f"])
PLAIN = [
    "/",
    "//",
    "\\",
    ".",
    "..",
    "%2e",
    "%2F",
    "%5c",
    "@",
    ":",
    "?",
    "#",
    ";",
    "a",
    "%00",
    "evil.example",
    "app.test",
    "https:",
]
STRANGE = ["\t", "\n", "\r", "\x00", "\u2003", "\uff0f", "\ud800", " "]
PIECES = st.sampled_from([*PLAIN, *STRANGE])


def joined(head: str, rest: list[str]) -> str:
    return head + "".join(rest)


@settings(max_examples=500)
@given(st.one_of(st.text(max_size=60), st.builds(joined, SCHEMES, st.lists(PIECES, max_size=8))))
@example("/.//evil.example")
@example("/%2e//evil.example")
@example("/x/..//evil.example")
@example("/%2E%2e//evil.example")
def test_what_passes_stays_on_this_site(text: str) -> None:
    path = safe_path(text)

    if path is not None:
        assert path == text
        assert stays(path)
        assert path.isascii()
        assert path.isprintable()
        # Nor does what a browser makes of it lead away when a page uses it again.
        assert not URL(path, base=ORIGIN).pathname.startswith("//")


@pytest.mark.parametrize(
    "text",
    [
        "/",
        "/notes?a=1&b=//x",
        "/a//b",
        "/~ana/#top",
        "/a;b=c",
        "/%E2%82%AC",
        "/x?next=https://y.test",
    ],
)
def test_a_benign_path_passes_unchanged(text: str) -> None:
    assert safe_path(text) == text


@pytest.mark.parametrize("text", [None, "", "notes", "//x", "/\\x", "/a b", "/é", "/\n", "/a\x7f"])
def test_what_is_no_path_of_this_site_is_none(text: str | None) -> None:
    assert safe_path(text) is None


def test_a_path_has_a_greatest_length() -> None:
    assert safe_path("/" + "a" * 2047) is not None
    assert safe_path("/" + "a" * 2048) is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (view("/notes"), "/notes"),
        (view("/notes", query=b"a=1&b=%2F"), "/notes?a=1&b=%2F"),
        (view("/me", root_path="/app"), "/app/me"),
        (view("/größe €"), "/gr%C3%B6%C3%9Fe%20%E2%82%AC"),
        (view("/a?b#c%"), "/a%3Fb%23c%25"),
        (view("/x\ud800"), "/x%3F"),
        (view("/callback", query=b"sct_magic=secret&a=1"), "/callback"),
        (view("/callback", query=b"a=1&sct_oauth"), "/callback"),
        (view("/callback", query=b"sct%5Fpkce=secret"), "/callback"),
        (view("//evil.example"), None),
        (view("/a", query=b"\xff"), None),
    ],
)
def test_where_a_visitor_is_without_any_token(asked: RequestView, expected: str | None) -> None:
    assert here(asked) == expected


@pytest.mark.parametrize(
    ("referer", "expected"),
    [
        (f"{ORIGIN}/notes?a=1", "/notes?a=1"),
        (f"{ORIGIN}/", "/"),
        (ORIGIN, None),
        (f"{ORIGIN}//evil.example", None),
        (f"{ORIGIN}.evil.example/notes", None),
        ("https://evil.example/notes", None),
        (f"{ORIGIN}/a?sct_magic=secret", None),
        ("", None),
    ],
)
def test_the_page_that_a_form_stood_on(referer: str, expected: str | None) -> None:
    asked = view("/notes", ("referer", referer))

    assert referring_path(asked, ORIGIN) == expected


def test_without_a_referer_there_is_no_such_page() -> None:
    assert referring_path(view("/notes"), ORIGIN) is None


@pytest.mark.parametrize(
    ("root_path", "next_path", "expected"),
    [
        ("", None, "/auth/sign-in"),
        ("", "/", "/auth/sign-in"),
        ("", "/notes?a=1&b=2", "/auth/sign-in?next=/notes%3Fa%3D1%26b%3D2"),
        ("/app", "/app/me", "/app/auth/sign-in?next=/app/me"),
        ("/ö", None, "/%C3%B6/auth/sign-in"),
    ],
)
def test_the_sign_in_page_knows_the_way_back(
    root_path: str, next_path: str | None, expected: str
) -> None:
    assert sign_in_url(view(root_path=root_path), config(), next_path) == expected


def test_links_follow_the_prefix() -> None:
    assert auth_url(view(), config(auth_prefix="/account"), "/mfa") == "/account/mfa"


@pytest.mark.parametrize(
    "text",
    [
        "/auth/oauth/google",
        "/auth/oauth/google?next=/a",
        "/auth/sso",
        "/auth/sso#a",
        "/auth/callback?sct_magic=a.b.c",
        "/a/../auth/oauth/google",
        "/auth/./sso",
        "/auth//sso",
        "/%61uth/%6fauth/google",
        "/auth/sessions/%2e%2e/sso",
        "//evil.example",
        None,
    ],
)
def test_no_next_leads_into_another_sign_in(text: str | None) -> None:
    """Else a link to the sign-in page could begin one for its visitor, and an attacker's OAuth
    landing would find the binding that it needs."""
    assert goal(view(), config(), text) is None


@pytest.mark.parametrize(
    ("root_path", "text"),
    [
        ("", "/"),
        ("", "/a?b=/auth/sso"),
        ("", "/auth/sessions"),
        ("", "/auth/mfa/methods?change=remove&method=7"),
        ("", "/auth/oauth/../sessions"),
        ("", "/oauth/clients"),
        ("/app", "/auth/oauth/of/another/app"),
    ],
)
def test_any_other_place_of_this_site_may_follow(root_path: str, text: str) -> None:
    assert goal(view(root_path=root_path), config(), text) == text


def test_it_knows_where_the_app_is_mounted() -> None:
    assert goal(view(root_path="/app"), config(auth_prefix="/me"), "/app/me/oauth/google") is None
    assert goal(view(root_path="/app/"), config(), "/app/auth/oauth/google") is None


@pytest.mark.parametrize(
    "root_path",
    ["//evil.example", "///evil.example/a", "/.//evil.example", "http:evil.example", "\\\\evil"],
)
def test_a_root_path_that_names_a_host_leads_nowhere_else(root_path: str) -> None:
    """A proxy that does not set `X-Forwarded-Prefix` itself lets anybody set it."""
    asked = view("/me", root_path=root_path)

    assert stays(auth_url(asked, config(), "/sign-in"))
    assert stays(sign_in_url(asked, config(), here(asked)))
