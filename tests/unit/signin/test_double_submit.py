"""The browser SDK's CSRF token: given once, and then sent back in a header beside its cookie."""

import re
from dataclasses import replace
from typing import Any

import pytest

from scute_auth.identity import SignedIn, SignedOut
from tests.unit.sessions import Answered, Site, open_site, request

NAME = "X-CSRF-Token__app_demo"


@pytest.fixture
def site() -> Site:
    return open_site(browser_sdk=True)


def given(answer: Answered) -> str:
    return answer.outcome.reply.body.decode()


def test_the_token_is_text_that_nobody_keeps(site: Site) -> None:
    answer = site.browser().get("/auth/csrf", script=True)

    assert re.fullmatch("[0-9a-f]{128}", given(answer))
    assert answer.header("content-type") == "text/plain; charset=utf-8"
    assert answer.header("cache-control") == "private, no-store"
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.set_cookies == [f"{NAME}={given(answer)}; Path=/; HttpOnly; SameSite=Lax"]


def test_on_https_no_other_host_can_plant_its_cookie(site: Site) -> None:
    """security.md H02, row 5: nothing but this very origin sets a name with `__Host-`."""
    browser = site.browser(scheme="https")

    (cookie,) = browser.get("/auth/csrf", script=True).set_cookies

    assert cookie.startswith(f"__Host-{NAME}=")
    assert "; Secure" in cookie
    tossed = {NAME: "0" * 128}
    planted = request(
        "POST", "/auth/refresh", {"x-csrf-token": "0" * 128}, cookies=tossed, scheme="https"
    )
    assert browser.answer(planted).status == 403


def test_it_stands_for_as_long_as_its_cookie(site: Site) -> None:
    browser = site.browser()
    first = browser.get("/auth/csrf", script=True)

    again = browser.get("/auth/csrf", script=True)

    assert given(again) == given(first)
    assert again.set_cookies == []
    assert given(site.browser().get("/auth/csrf", script=True)) != given(first)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "", "origin": "https://evil.example"},
    ],
    ids=str,
)
def test_no_other_sites_page_gets_one(site: Site, headers: Any) -> None:
    refused = site.browser().get("/auth/csrf", script=True, **headers)

    assert (refused.status, refused.json["reason"]) == (403, "csrf")
    assert refused.set_cookies == []


@pytest.mark.parametrize("headers", [{"sec_fetch_site": "none"}, {"sec_fetch_site": ""}], ids=str)
def test_who_is_sent_by_no_page_does(site: Site, headers: Any) -> None:
    assert site.browser().get("/auth/csrf", script=True, **headers).status == 200


@pytest.mark.parametrize("planted", ["", "x", "<script>alert(1)</script>", "0" * 127, "A" * 128])
def test_what_is_no_token_is_never_repeated(site: Site, planted: str) -> None:
    browser = site.browser()
    browser.jar[NAME] = (planted, float("inf"))

    answer = browser.get("/auth/csrf", script=True)

    assert given(answer) != planted
    assert browser.cookies[NAME] == given(answer)


@pytest.mark.parametrize(
    "sent",
    [None, "", " ", "0" * 128, "x", "other browser", "twice", "upper", "unicode", "old name"],
)
@pytest.mark.parametrize("path", ["/sign-in", "/refresh"])
def test_the_header_must_be_the_cookies_token(site: Site, path: str, sent: str | None) -> None:
    browser = site.signed_in()
    before = dict(browser.cookies)
    token = given(browser.get("/auth/csrf", script=True))
    header = {
        "other browser": given(site.browser().get("/auth/csrf", script=True)),
        "upper": token.upper(),
        "unicode": token[:-1] + "\xe9",
    }.get(sent or "", sent)
    lines = {} if header is None else {"x-csrf-token": header}
    cookies = dict(browser.cookies)
    if sent == "old name":
        lines = {"x-csrf-token": token}
        cookies["X-CSRF-Token"] = cookies.pop(NAME)
    view = request("POST", f"/auth{path}", lines, cookies=cookies)
    if sent == "twice":
        pair = (b"x-csrf-token", token.encode())
        view = replace(view, headers=(*(h for h in view.headers if h[0] != pair[0]), pair, pair))

    refused = browser.answer(view)

    assert (refused.status, refused.json["reason"]) == (403, "csrf")
    assert refused.set_cookies == []
    assert {**browser.cookies, NAME: ""} == {**before, NAME: ""}


@pytest.mark.parametrize("path", ["/sign-in", "/refresh"])
def test_a_header_without_a_cookie_is_none(site: Site, path: str) -> None:
    browser = site.browser()
    token = given(browser.get("/auth/csrf", script=True))
    browser.jar.clear()

    assert browser.post(f"/auth{path}", script=True, x_csrf_token=token).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site", "origin": "https://evil.example"},
        {"sec_fetch_site": "same-site", "origin": "http://sub.127.0.0.1:8000"},
        {"sec_fetch_site": "", "origin": "null"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/sign-in", "/refresh", "/sign-out"])
def test_a_tossed_cookie_and_its_header_do_not_help_another_site(
    site: Site, path: str, headers: Any
) -> None:
    """A sibling host plants a cookie that it knows; what the browser says of it still counts."""
    browser = site.signed_in()
    browser.jar[NAME] = ("0" * 128, float("inf"))

    refused = browser.post(f"/auth{path}", script=True, x_csrf_token="0" * 128, **headers)

    assert (refused.status, refused.json["reason"]) == (403, "csrf")
    assert isinstance(browser.authenticate(), SignedIn)


def test_another_apps_token_is_not_ours(site: Site) -> None:
    browser = site.signed_in()
    browser.jar["X-CSRF-Token__app_other"] = ("0" * 128, float("inf"))

    assert browser.post("/auth/refresh", script=True, x_csrf_token="0" * 128).status == 403


class TestSigningOut:
    """One route for the SDK, which has the header, and for our page, which has none."""

    def test_the_sdks_call_ends_the_session_and_clears_every_name(self, site: Site) -> None:
        browser = site.signed_in()
        token = given(browser.get("/auth/csrf", script=True))
        browser.jar["sc-access-token"] = ("a.b.c", float("inf"))
        browser.jar["sc-refresh-token"] = ("a.b.c", float("inf"))

        answer = browser.post("/auth/sign-out", script=True, x_csrf_token=token)

        assert (answer.status, answer.json["ended_at_scute"]) == (200, True)
        assert browser.cookies == {}

    def test_our_pages_form_needs_no_token(self, site: Site) -> None:
        browser = site.signed_in()
        browser.get("/auth/csrf", script=True)

        answer = browser.post("/auth/sign-out")

        assert (answer.status, answer.location) == (303, "/")
        assert browser.cookies == {}

    def test_a_wrong_token_ends_nothing(self, site: Site) -> None:
        browser = site.signed_in()
        browser.get("/auth/csrf", script=True)

        refused = browser.post("/auth/sign-out", script=True, x_csrf_token="0" * 128)

        assert refused.status == 403
        assert isinstance(browser.authenticate(), SignedIn)

    def test_without_the_setting_the_header_means_nothing(self) -> None:
        browser = open_site().signed_in()

        assert browser.post("/auth/sign-out", script=True, x_csrf_token="x").status == 200
        assert isinstance(browser.authenticate(), SignedOut)

    def test_what_scripts_have_deleted_is_no_obstacle(self, site: Site) -> None:
        """The SDK forgets its access token and ends the session at Scute before it calls."""
        browser = site.signed_in()
        access = browser.cookie("access")
        token = given(browser.get("/auth/csrf", script=True))
        site.run(site.auth.end(access or "", site.clock()))
        browser.drop("access")

        answer = browser.post("/auth/sign-out", script=True, x_csrf_token=token)

        assert answer.status == 200
        assert browser.cookies == {}
