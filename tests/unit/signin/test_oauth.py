"""Sending the browser to a provider: only from a page of ours, and bound before it leaves."""

from urllib.parse import quote

import pytest

from tests.unit.sessions import EMBEDDED, Browser, Site, open_site


@pytest.fixture
def site() -> Site:
    return open_site()


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def test_the_browser_goes_to_scute_with_nothing_but_the_provider(
    site: Site, browser: Browser
) -> None:
    begun = browser.get("/auth/oauth/google?next=/a")

    path = f"/v1/auth/{site.config.app_id}/oauth/authorize?provider=google"
    assert (begun.status, begun.location) == (303, site.emulator.base_url + path)
    (cookie,) = begun.set_cookies
    assert cookie.startswith(browser.name("oauth"))
    assert "Max-Age=600; HttpOnly; SameSite=Lax" in cookie


@pytest.mark.parametrize("site_of_fetch", ["cross-site", "same-site", "none", ""])
def test_from_anywhere_else_it_shows_the_sign_in_page(browser: Browser, site_of_fetch: str) -> None:
    """C03: else any page could begin a sign-in in a visitor's name."""
    begun = browser.get("/auth/oauth/google?next=/a", sec_fetch_site=site_of_fetch)

    assert (begun.status, begun.location) == (303, "/auth/sign-in?next=/a")
    assert browser.cookies == {}


@pytest.mark.parametrize(("mode", "kind"), EMBEDDED)
def test_what_a_page_embeds_begins_nothing(browser: Browser, mode: str, kind: str) -> None:
    """C03: an image in a visitor's comment is a same-origin request too."""
    begun = browser.get("/auth/oauth/google", sec_fetch_mode=mode, sec_fetch_dest=kind)

    assert begun.location == "/auth/sign-in"
    assert browser.cookies == {}


def test_head_begins_nothing(browser: Browser) -> None:
    assert browser.get("/auth/oauth/google", method="HEAD").location == "/auth/sign-in"
    assert browser.cookies == {}


@pytest.mark.parametrize("provider", ["facebook", "Google", "google-", "x" * 64])
def test_a_provider_that_the_app_has_not_switched_on_is_not_found(
    browser: Browser, provider: str
) -> None:
    begun = browser.get(f"/auth/oauth/{provider}")

    assert begun.status == 404
    assert begun.json["reason"] == "unknown_provider"
    assert browser.cookies == {}


@pytest.mark.parametrize(
    "provider", ["../x", "a/b", "a%2fb", "a?b", "", "x" * 65, "é", "google\n", "a&b=c", "."]
)
def test_what_is_no_name_of_a_provider_is_no_path_of_ours(browser: Browser, provider: str) -> None:
    """C09"""
    begun = browser.get("/auth/oauth/" + quote(provider, safe="/?%&="))

    assert begun.status == 404
    assert browser.cookies == {}


def test_an_unsafe_next_is_forgotten(browser: Browser) -> None:
    begun = browser.get("/auth/oauth/google?next=//evil.example", sec_fetch_site="cross-site")

    assert begun.location == "/auth/sign-in"


def test_the_end_of_one_sign_in_begins_no_other(site: Site, browser: Browser) -> None:
    """Whoever sends a link to the sign-in page chooses its `next`."""
    form = {"identifier": "ana@example.com", "next": "/auth/oauth/google"}
    browser.post("/auth/otp", form)
    code = site.emulator.messages("ana@example.com")[0].code or ""

    signed_in = browser.post("/auth/otp/verify", {"code": code})
    page = browser.get("/auth/sign-in?next=/auth/oauth/google").page

    assert (signed_in.status, signed_in.location) == (303, "/")
    assert page.context["next"] == "/"


def test_an_outage_before_the_settings_are_known_is_a_503(site: Site, browser: Browser) -> None:
    site.emulator.fault("/v1/apps/app_demo", status=503)

    begun = browser.get("/auth/oauth/google")

    assert begun.status == 503
    assert begun.header("retry-after")
