"""Which cookies are written, and how (design, rule Cookies; security.md H13, H14)."""

import pytest

from scute_auth.answers import Tokens
from scute_auth.claims import Claims
from scute_auth.cookies import clear, clear_session, session_cookies, small_cookie
from scute_auth.http import SetCookie
from tests.unit.support import NOW, config, segment
from tests.unit.views import view

CLAIMS = Claims("usr_1", "app_demo", NOW + 600)
COMPANIONS = {"__Host-scute-signin__app_demo", "__Host-scute-proof__app_demo"}
ACCESS, REFRESH = "__Host-scute-access__app_demo", "__Host-scute-refresh__app_demo"


def token_until(expires_at: object) -> str:
    return f"e30.{segment({'exp': expires_at})}.e30"


def test_a_session_is_two_cookies() -> None:
    tokens = Tokens("a.b.c", "d.e.f", refresh_expires_at=NOW + 1000)

    cookies = session_cookies(view(), config(), tokens, CLAIMS, NOW)

    assert cookies == (
        SetCookie(ACCESS, "a.b.c", 600, secure=True),
        SetCookie(REFRESH, "d.e.f", 1000, secure=True),
    )


def test_without_a_new_refresh_token_the_old_one_stays() -> None:
    cookies = session_cookies(view(), config(), Tokens("a.b.c"), CLAIMS, NOW)

    assert [cookie.name for cookie in cookies] == [ACCESS]


@pytest.mark.parametrize(
    ("tokens", "life"),
    [
        (Tokens("a", "d.e.f", NOW + 50), 50),
        (Tokens("a", token_until(int(NOW) + 70)), 70),
        (Tokens("a", token_until(NOW + 70.5)), 70),
        (Tokens("a", token_until("soon")), 604_800),
        (Tokens("a", token_until(True)), 604_800),
        (Tokens("a", "opaque"), 604_800),
        (Tokens("a", "d.e.f", NOW - 50), 1),
        (Tokens("a", "d.e.f", NOW + 1e9), 34_560_000),
    ],
)
def test_the_refresh_cookie_lives_as_long_as_the_token(tokens: Tokens, life: int) -> None:
    cookies = session_cookies(view(), config(), tokens, CLAIMS, NOW)

    assert cookies[1].max_age == life


def test_the_browser_sdk_reads_the_access_cookie() -> None:
    tokens = Tokens("a.b.c", "d.e.f", NOW + 50)

    cookies = session_cookies(view(), config(browser_sdk=True), tokens, CLAIMS, NOW)

    assert [(cookie.name, cookie.http_only) for cookie in cookies] == [
        ("sc-access-token__app_demo", False),
        ("sc-access-token", False),
        ("sc-refresh-token__app_demo", True),
    ]


@pytest.mark.parametrize(("form", "end"), [(0, "__app_demo"), (1, "")])
def test_a_session_of_the_browser_sdk_is_renewed_under_the_names_it_came_under(
    form: int, end: str
) -> None:
    tokens = Tokens("a.b.c", "d.e.f", NOW + 50)

    cookies = session_cookies(view(), config(browser_sdk=True), tokens, CLAIMS, NOW, form)

    assert [(cookie.name, cookie.http_only) for cookie in cookies] == [
        (f"sc-access-token{end}", False),
        (f"sc-refresh-token{end}", True),
    ]


def test_a_cookie_may_end_with_the_browser() -> None:
    (cookie,) = small_cookie(view(), config(), "csrf", "ab", None)

    assert cookie == SetCookie("__Host-X-CSRF-Token__app_demo", "ab", None, secure=True)
    assert "Max-Age" not in cookie.header()


def test_on_this_machine_cookies_are_plain() -> None:
    local = view("/", ("host", "localhost:8000"), scheme="http")

    (cookie,) = small_cookie(local, config(), "magic", "1.x", 600)

    assert cookie == SetCookie("scute-magic__app_demo", "1.x", 600, secure=False)


def test_in_clear_text_nothing_is_written_and_nothing_cleared() -> None:
    plain = view("/", scheme="http")

    assert session_cookies(plain, config(), Tokens("a", "b"), CLAIMS, NOW) == ()
    assert small_cookie(plain, config(), "magic", "1.x", 600) == ()
    assert clear(plain, config(), "magic") == ()
    assert clear_session(plain, config()) == ()


def test_ending_a_session_clears_every_name_that_is_read() -> None:
    assert {cookie.name for cookie in clear_session(view(), config())} == {
        ACCESS,
        REFRESH,
        *COMPANIONS,
    }
    assert {cookie.name for cookie in clear_session(view(), config(browser_sdk=True))} == {
        "sc-access-token__app_demo",
        "sc-access-token",
        "sc-refresh-token__app_demo",
        "sc-refresh-token",
        *COMPANIONS,
    }
    assert all(cookie.max_age == 0 for cookie in clear_session(view(), config()))
