"""Where a credential counts, and where it does not: headers and cookies as raw bytes."""

import pytest

from tests.conformance.browser import Browser
from tests.conformance.client import Response
from tests.conformance.opening import Sites
from tests.conformance.site import Site

BLANKS = [b"\xa0", b"\x85", b"\xe2\x80\x80", b"\xc2\xa0", b"\xc2\x85", b"\x1c", b"\x1f", b"\x0b"]
"""What some parser somewhere takes for white space before a name."""


async def me(site: Site, *headers: tuple[str | bytes, str | bytes]) -> Response:
    return await site.client.get("/me", headers=headers)


async def test_session_cookies_sign_in(site: Site) -> None:
    ana = site.signed_in()

    answer = await ana.fetch("/me")

    assert answer.status == 200
    assert answer.json == {"user_id": ana.user_id}
    assert not answer.set_cookies


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("authorization", "Bearer "),
        ("authorization", "bearer  "),
        ("x-authorization", ""),
        ("x-authorization", "Bearer "),
    ],
)
async def test_a_token_in_a_header_signs_in(site: Site, name: str, scheme: str) -> None:
    ana = site.tokens()

    answer = await me(site, (name, scheme + ana["access"]))

    assert answer.json == {"user_id": ana["user_id"]}


@pytest.mark.parametrize("is_good", [True, False])
async def test_a_cache_learns_that_an_answer_depends_on_the_token_headers(
    site: Site, is_good: bool
) -> None:
    """security.md H15"""
    token = site.tokens()["access"] if is_good else "bad"

    answer = await site.client.get("/optional", headers={"x-authorization": token})

    named = {name.strip().lower() for line in answer.all("vary") for name in line.split(",")}
    assert named >= {"cookie", "authorization", "x-authorization"}


async def test_nobody_is_signed_in_without_a_credential(site: Site) -> None:
    assert (await site.client.get("/optional")).json == {"user_id": None}
    assert (await me(site)).reason == "missing"


async def test_a_header_token_never_refreshes_and_sets_no_cookie(site: Site) -> None:
    session = site.tokens(access_lifetime=-3600)
    cookie = f"{site.cookie('refresh')}={session['refresh']}"

    answer = await me(site, ("authorization", f"Bearer {session['access']}"), ("cookie", cookie))

    assert (answer.status, answer.reason) == (401, "expired")
    assert not answer.set_cookies
    assert site.calls("/tokens/refresh") == 0


@pytest.mark.parametrize("bad", ["garbage", "a.b.c", "-", "é", "\x80\xff", "a" * 70_000])
@pytest.mark.parametrize("name", ["authorization", "x-authorization"])
async def test_a_bad_header_token_is_not_rescued_by_a_good_cookie(
    site: Site, name: str, bad: str
) -> None:
    """security.md H07."""
    ana = site.signed_in()

    answer = await me(site, (name, f"Bearer {bad}"), ("cookie", ana.jar.header()))

    assert answer.status == 401
    assert not answer.set_cookies


@pytest.mark.parametrize("shape", ["two lines", "joined", "two names", "twice x"])
async def test_two_different_header_tokens_are_refused(site: Site, shape: str) -> None:
    """security.md H05: also where a WSGI server has joined two lines with a comma."""
    ana, eve = (site.tokens(email)["access"] for email in ("ana@example.com", "eve@example.com"))
    lines = {
        "two lines": [("authorization", f"Bearer {ana}"), ("authorization", f"Bearer {eve}")],
        "joined": [("authorization", f"Bearer {ana}, Bearer {eve}")],
        "two names": [("authorization", f"Bearer {ana}"), ("x-authorization", eve)],
        "twice x": [("x-authorization", ana), ("x-authorization", eve)],
    }

    answer = await me(site, *lines[shape])

    assert (answer.status, answer.reason) == (401, "conflicting_credentials")


async def test_the_same_header_token_twice_is_one_credential(site: Site) -> None:
    ana = site.tokens()

    answer = await me(
        site, ("authorization", f"Bearer {ana['access']}"), ("x-authorization", ana["access"])
    )

    assert answer.json == {"user_id": ana["user_id"]}


@pytest.mark.parametrize("other", ["Basic YTpi", "Digest username=x", "Bearerish abc", ""])
async def test_other_schemes_are_none_of_our_business(site: Site, other: str) -> None:
    ana = site.signed_in()

    answer = await me(site, ("authorization", other), ("cookie", ana.jar.header()))

    assert answer.json == {"user_id": ana.user_id}


@pytest.mark.parametrize(
    "name", ["x_authorization", "x-scute-user", "x-forwarded-user", "x-original-url", "remote-user"]
)
async def test_no_other_header_signs_in(site: Site, name: str) -> None:
    """security.md H06, H08."""
    ana = site.tokens()

    answer = await me(site, (name, ana["access"]), ("x-middleware-subrequest", "middleware"))

    assert (answer.status, answer.reason) == (401, "missing")


@pytest.mark.parametrize("purpose", ["access", "refresh"])
async def test_a_cookie_that_occurs_twice_is_refused_and_not_cleared(
    site: Site, purpose: str
) -> None:
    """security.md H01: clearing would hit the victim's own cookie and leave the planted one."""
    ana, eve = site.signed_in("ana@example.com"), site.signed_in("eve@example.com")
    name = site.cookie(purpose)
    cookies = f"{ana.jar.header()}; {name}={eve.jar.get(name)}"

    answer = await me(site, ("cookie", cookies))

    assert (answer.status, answer.reason) == (401, "conflicting_credentials")
    assert not answer.set_cookies


async def test_the_same_cookie_twice_is_one_cookie(site: Site) -> None:
    ana = site.signed_in()

    answer = await me(site, ("cookie", f"{ana.jar.header()}; {ana.jar.header()}"))

    assert answer.json == {"user_id": ana.user_id}


async def test_two_lines_of_cookies_are_one_or_none(site: Site) -> None:
    """security.md H03: no browser sends two, and WSGI servers join them with a comma.

    A comma may stand in anybody's cookie, so what follows one is never taken for another cookie.
    """
    ana, eve = site.signed_in("ana@example.com"), site.signed_in("eve@example.com")
    same = await me(site, ("cookie", ana.jar.header()), ("cookie", ana.jar.header()))
    other = await me(site, ("cookie", ana.jar.header()), ("cookie", eve.jar.header()))

    assert (other.status, other.reason) == (401, "conflicting_credentials")
    assert not other.set_cookies
    if same.status == 200:
        assert same.json == {"user_id": ana.user_id}
    else:
        assert (same.status, same.reason) == (401, "conflicting_credentials")


@pytest.mark.parametrize("blank", BLANKS, ids=lambda blank: blank.hex())
@pytest.mark.parametrize("is_first", [True, False], ids=["before", "after"])
async def test_a_name_behind_strange_white_space_is_another_name(
    site: Site, blank: bytes, is_first: bool
) -> None:
    """security.md H02: a sibling host can set such a cookie, and some parsers strip the blank."""
    ana, eve = site.signed_in("ana@example.com"), site.signed_in("eve@example.com")
    planted = blank + site.cookie("access").encode() + b"=" + _access(site, eve)
    pairs = [planted, ana.jar.header().encode()]

    answer = await me(site, ("cookie", b"; ".join(pairs if is_first else pairs[::-1])))

    assert answer.json == {"user_id": ana.user_id}


@pytest.mark.parametrize(
    "planted",
    [
        b"=%(name)s=%(token)s",
        b"$Version=1; =%(name)s=%(token)s",
        b'x="; %(name)s=%(token)s"',
        b"%(upper)s=%(token)s",
        b"x=1,%(name)s=%(token)s",
        b"%(name)s",
        b"%(plain)s=%(token)s",
    ],
)
async def test_nobody_is_signed_in_by_a_cookie_of_another_name(site: Site, planted: bytes) -> None:
    """security.md H03: nameless cookies, quotes, commas, other cases, the name without prefix."""
    name = site.cookie("access").encode()
    values = {
        b"name": name,
        b"upper": name.upper(),
        b"plain": name.removeprefix(b"__Host-"),
        b"token": _access(site, site.signed_in("eve@example.com")),
    }

    answer = await me(site, ("cookie", planted % values))

    assert answer.status == 401
    assert not answer.set_cookies


@pytest.mark.parametrize(
    "bomb",
    [
        b"; ".join(b"c%d=v" % number for number in range(3000)),
        b"x=" + b"y" * 60_000,
        b'x="' + b"\\" * 30_000,
        b";" * 60_000,
        b"=" * 60_000,
    ],
    ids=["many", "long", "backslashes", "semicolons", "equals"],
)
async def test_a_flood_of_cookies_hides_nobody(site: Site, bomb: bytes) -> None:
    """security.md H04."""
    ana = site.signed_in()

    answer = await me(site, ("cookie", bomb + b"; " + ana.jar.header().encode()))

    assert answer.json == {"user_id": ana.user_id}


@pytest.mark.parametrize(
    "bad", [b"\xe9", b"\xc3\xa9", b"a b", b"a\r\nx: y", b"x" * 50_000, b"{}", b"a,b", b"\x00"]
)
async def test_a_refresh_cookie_that_is_no_token_never_reaches_scute(
    site: Site, bad: bytes
) -> None:
    """security.md R06."""
    answer = await me(site, ("cookie", site.cookie("refresh").encode() + b"=" + bad))

    # No server lets a line break through; a framework may fail over it.
    assert answer.status == 401 or (b"\n" in bad and answer.status == 500)
    assert not answer.set_cookies
    assert site.calls("/tokens/refresh") == 0


@pytest.mark.parametrize("bad", [b"\xe9", b"a.b.c", b"x" * 50_000, b"..", b'"a.b.c"', b"\x00"])
async def test_a_hostile_access_cookie_is_refused_and_left_alone(site: Site, bad: bytes) -> None:
    ana = site.without_access()
    cookies = site.cookie("access").encode() + b"=" + bad + b"; " + ana.jar.header().encode()

    answer = await me(site, ("cookie", cookies))

    assert answer.status == 401
    assert not answer.set_cookies
    assert site.calls("/tokens/refresh") == 0


async def test_a_forged_token_is_refused_beside_a_good_refresh_cookie(site: Site) -> None:
    ana = site.signed_in()
    token = str(ana.jar.get(site.cookie("access")))
    head, claims, signature = token.split(".")
    ana.jar.set(site.cookie("access"), f"{head}.{claims}.{signature[::-1]}")

    answer = await ana.fetch("/me")

    assert answer.status == 401
    assert answer.reason in ("signature", "malformed")
    assert not answer.set_cookies
    assert site.calls("/tokens/refresh") == 0


async def test_a_refresh_token_is_no_access_token(site: Site) -> None:
    """security.md T19: neither in a header, nor in the access cookie."""
    await site.warm()
    session = site.tokens()
    refresh = session["refresh"]
    both = f"{site.cookie('access')}={refresh}; {site.cookie('refresh')}={refresh}"

    assert (await me(site, ("authorization", f"Bearer {refresh}"))).reason == "not_access"
    assert (await me(site, ("cookie", both))).reason == "not_access"


async def test_a_refresh_token_that_passed_before_the_settings_were_known_is_refused_then(
    site: Site,
) -> None:
    """security.md T19: what was let pass for want of knowledge is not remembered."""
    site.emulator.fault("/v1/apps/app_demo", status=503)
    bearer = ("authorization", f"Bearer {site.tokens()['refresh']}")
    await me(site, bearer)
    site.emulator.clear_faults()
    site.clock.now += 60
    await site.warm()

    answer = await me(site, bearer)

    assert (answer.status, answer.reason) == (401, "not_access")


async def test_a_refresh_token_as_short_as_an_access_token_is_no_access_token(site: Site) -> None:
    """security.md T19: where the lifetimes tell nothing, the slot does."""
    session = site.tokens(refresh_lifetime=600)
    both = f"{site.cookie('access')}={session['refresh']}; {site.cookie('refresh')}="

    answer = await me(site, ("cookie", both + session["refresh"]))

    assert answer.reason == "not_access"


async def test_a_machine_and_another_apps_user_are_refused(site: Site) -> None:
    """security.md T17, T20: the apps of a workspace share their keys."""
    other = site.emulator.create_app()
    foreign = site.emulator.create_session("ana@example.com", app_id=other.id)
    machine = site.tokens(claims={"m2m": True})
    site.secrets.add(foreign["access"], foreign["refresh"])

    assert (await me(site, ("authorization", f"Bearer {foreign['access']}"))).reason == "wrong_app"
    assert (await me(site, ("authorization", f"Bearer {machine['access']}"))).reason == "not_a_user"


async def test_on_https_only_host_cookies_are_read(site: Site) -> None:
    session = site.tokens()
    plain = site.config.cookie_names("access", secure=False)[0]

    answer = await me(site, ("cookie", f"{plain}={session['access']}"))

    assert (answer.status, answer.reason) == (401, "missing")


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "localhost"])
async def test_on_this_machine_plain_cookies_are_read_over_http(sites: Sites, host: str) -> None:
    site = await sites.open(scheme="http", host=host)
    ana = site.expired()

    answer = await ana.fetch("/me")

    assert answer.json == {"user_id": ana.user_id}
    assert set(answer.set_cookies) == {site.cookie("access")}
    assert not answer.set_cookies[site.cookie("access")].is_secure


@pytest.mark.parametrize("host", ["app.test", "localhost.evil.example", "127.0.0.1.evil.example"])
async def test_elsewhere_no_session_travels_in_clear_text(sites: Sites, host: str) -> None:
    site = await sites.open(scheme="http", host=host)
    ana = site.expired()

    answer = await ana.fetch("/me")

    assert (answer.status, answer.reason) == (401, "missing")
    assert not answer.set_cookies
    assert site.calls("/tokens/refresh") == 0


async def test_behind_a_proxy_the_public_origin_says_which_cookies_count(sites: Sites) -> None:
    site = await sites.open(public_origin="https://app.test")
    ana = site.expired()
    inside = await site.client.get("/me", headers={"cookie": ana.jar.header(), "host": "10.0.0.5"})

    assert inside.json == {"user_id": ana.user_id}
    assert inside.set_cookies[site.cookie("access")].is_secure


async def test_the_browser_sdks_cookies_count_where_they_are_asked_for(sites: Sites) -> None:
    site = await sites.open(browser_sdk=True)
    session = site.tokens(access_lifetime=-3600)
    cookies = f"sc-access-token={session['access']}; sc-refresh-token={session['refresh']}"

    answer = await me(site, ("cookie", cookies))

    assert answer.json == {"user_id": session["user_id"]}
    assert list(answer.set_cookies) == ["sc-access-token"]
    assert not answer.set_cookies["sc-access-token"].is_http_only


async def test_only_the_token_headers_of_the_settings_count(sites: Sites) -> None:
    site = await sites.open(token_headers=("x-token",))
    ana = site.tokens()

    assert (await me(site, ("x-token", ana["access"]))).json == {"user_id": ana["user_id"]}
    assert (await me(site, ("authorization", f"Bearer {ana['access']}"))).reason == "missing"


def _access(site: Site, browser: Browser) -> bytes:
    return str(browser.jar.get(site.cookie("access"))).encode()
