"""The page with the ways to sign in that the app has switched on at Scute."""

from dataclasses import replace

import pytest

from scute_auth.endpoints import handle
from scute_auth.signin.visit import Visit
from tests.unit.sessions import Browser, Site, open_site, request


@pytest.fixture
def site() -> Site:
    return open_site()


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def test_it_offers_what_the_app_has_switched_on(browser: Browser) -> None:
    answer = browser.get("/auth/sign-in?next=/a?b=c")
    context = answer.page.context

    assert (answer.status, answer.page.name) == (200, "sign_in")
    assert [form["action"] for form in context["forms"]] == ["/auth/magic-link", "/auth/otp"]
    assert [provider.slug for provider in context["providers"]] == ["google", "github"]
    assert context["app_name"] == "Demo"
    assert context["next"] == "/a?b=c"
    assert context["error"] is None
    assert context["signed_in"] is False
    assert context["urls"]["magic_link"] == "/auth/magic-link"


@pytest.mark.parametrize(
    ("email", "identifiers", "offered"),
    [
        ("magic", ["email"], ["email link"]),
        ("magic", ["email", "phone"], ["email link", "phone code"]),
        ("otp", ["email"], ["email code"]),
        ("otp", ["email", "phone"], ["either code"]),
        ("magic", ["phone"], ["phone code"]),
        ("otp", ["phone"], ["phone code"]),
        ("magic", ["username"], []),
    ],
)
def test_it_offers_links_and_codes_as_the_app_has_them(
    site: Site, browser: Browser, email: str, identifiers: list[str], offered: list[str]
) -> None:
    site.emulator.settings(email_auth_type=email, allowed_identifiers=identifiers)

    forms = browser.get("/auth/sign-in").page.context["forms"]

    ways = {"/auth/magic-link": "link", "/auth/otp": "code"}
    assert [f"{form['kind']} {ways[form['action']]}" for form in forms] == offered


def test_what_is_switched_off_is_not_offered(site: Site, browser: Browser) -> None:
    site.emulator.settings(oauth_providers=[])

    assert browser.get("/auth/sign-in").page.context["providers"] == ()


def test_who_is_signed_in_is_told_so(site: Site) -> None:
    assert site.signed_in().get("/auth/sign-in").page.context["signed_in"] is True


@pytest.mark.parametrize(
    "next_path",
    ["//evil.example", "https%3A%2F%2Fevil.example", "%2F%5Cevil", "%0d%0a", "", "javascript:x"],
)
def test_an_unsafe_next_is_forgotten(browser: Browser, next_path: str) -> None:
    """C07"""
    assert browser.get(f"/auth/sign-in?next={next_path}").page.context["next"] == "/"


def test_in_an_outage_it_says_so_and_comes_back(site: Site, browser: Browser) -> None:
    site.emulator.fault("/v1/apps/app_demo", status=503, times=1)

    first = browser.get("/auth/sign-in")
    site.clock.now += 2
    second = browser.get("/auth/sign-in")

    assert first.status == 503
    assert first.header("retry-after")
    assert second.status == 200


def test_through_an_outage_it_shows_what_it_knew(site: Site, browser: Browser) -> None:
    browser.get("/auth/sign-in")
    site.clock.now += 10_000
    site.emulator.fault("/v1/apps/app_demo", status=503)

    assert browser.get("/auth/sign-in").status == 200


def test_links_lead_through_the_root_path() -> None:
    site = open_site()
    view = replace(request("GET", "/auth/sign-in"), root_path="/mounted")
    visit = Visit(site.auth, view, site.authenticate(view), site.clock(), b"")

    reply = site.run(handle(visit)).reply

    assert reply.page is not None
    assert reply.page.context["urls"]["callback"] == "/mounted/auth/callback"
