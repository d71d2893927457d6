"""Where a token sits in a request (design, rule Credentials; security.md H01-H07)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.credentials import (
    CookieTokens,
    HeaderToken,
    NoCredential,
    Refused,
    read_bearer,
    read_cookie,
    read_credentials,
)
from scute_auth.errors import Reason, TokenError
from tests.unit.support import config
from tests.unit.views import view

ACCESS, REFRESH = "__Host-scute-access__app_demo", "__Host-scute-refresh__app_demo"
CONFLICT = Refused(Reason.CONFLICTING_CREDENTIALS)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("authorization", "Bearer a.b.c")], HeaderToken("a.b.c")),
        ([("authorization", "BEARER \t a.b.c ")], HeaderToken("a.b.c")),
        ([("authorization", "Bearer\ta.b.c")], HeaderToken("a.b.c")),
        ([("authorization", "\tBearer\t\ta.b.c\t")], HeaderToken("a.b.c")),
        ([("x-authorization", "Bearer\ta.b.c")], HeaderToken("a.b.c")),
        ([("authorization", "Bearer\t")], HeaderToken("-")),
        ([("authorization", "Bearer\xa0a.b.c")], NoCredential()),
        ([("x-authorization", "a.b.c")], HeaderToken("a.b.c")),
        ([("x-authorization", "Bearer a.b.c")], HeaderToken("a.b.c")),
        ([("authorization", "Bearer")], HeaderToken("-")),
        ([("authorization", "Bearer ")], HeaderToken("-")),
        ([("authorization", "Bearer \xe9")], HeaderToken("\xe9")),
        ([("authorization", "Bearer a"), ("x-authorization", "a")], HeaderToken("a")),
        ([("authorization", "Bearer a, Bearer a")], HeaderToken("a")),
        ([("authorization", "Basic x, Bearer a")], HeaderToken("a")),
        ([("authorization", "Bearer a, Bearer b")], CONFLICT),
        ([("authorization", "Bearer a"), ("authorization", "Bearer b")], CONFLICT),
        ([("x-authorization", "a"), ("x-authorization", "b")], CONFLICT),
        ([("authorization", "Bearer a"), ("authorization", "Bearer ")], CONFLICT),
        ([("authorization", "Basic YTpi")], NoCredential()),
        ([("authorization", "a.b.c")], NoCredential()),
        ([("x-authorization", "")], NoCredential()),
        ([("x-authorization", " , ")], NoCredential()),
        ([("x_authorization", "a.b.c")], NoCredential()),
        ([], NoCredential()),
    ],
)
def test_tokens_in_headers(lines: list[tuple[str, str]], expected: object) -> None:
    assert read_credentials(view("/", *lines), config()) == expected


@pytest.mark.parametrize(
    ("cookies", "expected"),
    [
        (f"{ACCESS}=a.b.c; {REFRESH}=d.e.f", CookieTokens("a.b.c", "d.e.f")),
        (f"{ACCESS}=a.b.c", CookieTokens("a.b.c", None)),
        (f"{REFRESH}=d.e.f", CookieTokens(None, "d.e.f")),
        (f"x=1;{ACCESS}=a.b.c;y", CookieTokens("a.b.c", None)),
        (f" \t{ACCESS} = a.b.c \t", CookieTokens("a.b.c", None)),
        (f'{ACCESS}="a.b.c"', CookieTokens('"a.b.c"', None)),
        (f"{ACCESS}=a.b.c; {ACCESS}=a.b.c", CookieTokens("a.b.c", None)),
        (f"{ACCESS}=a.b.c; {ACCESS}=x", CONFLICT),
        (f"{ACCESS}=a.b.c; {ACCESS}=", CONFLICT),
        (f"{REFRESH}=a.b.c; {REFRESH}=x", CONFLICT),
        (f"{ACCESS}=", NoCredential()),
        (f"{ACCESS}", NoCredential()),
        (f"={ACCESS}=a.b.c", NoCredential()),
        (f"x{ACCESS}=a.b.c", NoCredential()),
        (f"x=1,{ACCESS}=a.b.c", NoCredential()),
        (f"{ACCESS.upper()}=a.b.c", NoCredential()),
        (f"\xa0{ACCESS}=a.b.c", NoCredential()),
        ("scute-access__app_demo=a.b.c", NoCredential()),
        (f"{REFRESH}=\xe9", NoCredential()),
        (f"{REFRESH}={'a' * 9000}", NoCredential()),
        ("", NoCredential()),
    ],
)
def test_tokens_in_cookies(cookies: str, expected: object) -> None:
    assert read_credentials(view("/", ("cookie", cookies)), config()) == expected


def test_cookie_lines_are_read_together() -> None:
    asked = view("/", ("cookie", f"{ACCESS}=a.b.c"), ("cookie", f"{REFRESH}=d.e.f"))

    assert read_credentials(asked, config()) == CookieTokens("a.b.c", "d.e.f")


def test_two_lines_that_differ_are_refused() -> None:
    asked = view("/", ("cookie", f"{ACCESS}=a.b.c"), ("cookie", f"{ACCESS}=d.e.f"))

    assert read_credentials(asked, config()) == CONFLICT


def test_a_header_goes_before_cookies() -> None:
    asked = view("/", ("cookie", f"{ACCESS}=a.b.c"), ("x-authorization", "bad"))

    assert read_credentials(asked, config()) == HeaderToken("bad")


def test_only_the_headers_of_the_settings_count() -> None:
    asked = view("/", ("x-token", "a.b.c"), ("authorization", "Bearer d.e.f"))

    assert read_credentials(asked, config(token_headers=("x-token",))) == HeaderToken("a.b.c")


@pytest.mark.parametrize(
    ("cookies", "expected"),
    [
        ("sc-access-token=old; sc-refresh-token=d.e.f", CookieTokens("old", "d.e.f", 1)),
        (
            "sc-access-token=old; sc-access-token__app_demo=new; sc-refresh-token=d.e.f",
            CookieTokens("new", None),
        ),
        (
            "sc-access-token=old; sc-refresh-token__app_demo=d.e.f; sc-refresh-token=o.l.d",
            CookieTokens(None, "d.e.f"),
        ),
        ("sc-access-token__app_demo=; sc-access-token=old", CookieTokens("old", None, 1)),
    ],
    ids=["bare alone", "access", "refresh", "emptied"],
)
def test_the_browser_sdks_namespaced_names_go_before_the_bare_ones(
    cookies: str, expected: CookieTokens
) -> None:
    """And one of each is no session: they may be two users'."""
    found = read_credentials(view("/", ("cookie", cookies)), config(browser_sdk=True))

    assert found == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Bearer a.b.c"], "a.b.c"),
        (["Bearer a.b.c", "bearer  a.b.c"], "a.b.c"),
        (["Basic x"], Reason.MISSING),
        ([], Reason.MISSING),
        (["a.b.c"], Reason.MISSING),
        (["Bearer a.b.c", "Bearer d.e.f"], Reason.CONFLICTING_CREDENTIALS),
        (["Bearer a.b.c, Bearer d.e.f"], Reason.CONFLICTING_CREDENTIALS),
    ],
    ids=str,
)
def test_a_bearer_token_stands_alone(lines: list[str], expected: str) -> None:
    asked = view("/", ("x-authorization", "x.y.z"), *(("authorization", line) for line in lines))

    if isinstance(expected, Reason):
        with pytest.raises(TokenError) as refused:
            read_bearer(asked)
        assert refused.value.reason is expected
    else:
        assert read_bearer(asked) == expected


def test_no_cookie_is_read_in_clear_text() -> None:
    asked = view("/", ("cookie", "scute-access__app_demo=a.b.c"), scheme="http")

    assert read_credentials(asked, config()) == NoCredential()
    assert read_cookie(asked, config(), "access") is None


def test_another_cookie_of_ours() -> None:
    name = "__Host-scute-magic__app_demo"

    assert read_cookie(view("/", ("cookie", f"{name}=1.x")), config(), "magic") == "1.x"
    assert read_cookie(view("/", ("cookie", f"{name}=1; {name}=2")), config(), "magic") is None
    assert read_cookie(view("/"), config(), "magic") is None


def test_no_repr_shows_a_token() -> None:
    assert "secret" not in f"{HeaderToken('secret')} {CookieTokens('secret', 'secret')}"


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_bytes_make_an_error(cookie: bytes, header: bytes) -> None:
    asked = view("/", ("cookie", cookie), ("x-authorization", header), ("authorization", cookie))

    found = read_credentials(asked, config())

    assert isinstance(found, HeaderToken | CookieTokens | NoCredential | Refused)


@given(st.lists(st.binary(max_size=12), max_size=6), st.booleans())
def test_whatever_stands_beside_it_the_cookie_is_found_or_doubted(
    others: list[bytes], is_last: bool
) -> None:
    """Nothing that a stranger plants changes who it is."""
    ours = ACCESS.encode() + b"=a.b.c"
    pairs = [other.replace(b";", b"") for other in others]
    line = b";".join([*pairs, ours] if is_last else [ours, *pairs])

    found = read_credentials(view("/", ("cookie", line)), config())

    assert found == CookieTokens("a.b.c", None)
