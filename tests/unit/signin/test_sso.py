"""An organisation that demands its own sign-in: its page is linked, from here alone, and bound."""

import json

import pytest

from scute_auth.identity import SignedIn
from tests.unit.sessions import (
    EMBEDDED,
    Answered,
    Browser,
    Site,
    ask_for_link,
    consent,
    open_site,
    user_of,
)

ANA = "ana@example.com"
URL = "https://sso.example/login"


@pytest.fixture
def site() -> Site:
    site = open_site()
    site.emulator.settings(sso_required=True, sso_login_url=URL)
    return site


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def offered(browser: Browser, next_path: str = "/a") -> Answered:
    return browser.post("/auth/magic-link", {"identifier": ANA, "next": next_path})


def actions(answered: Answered) -> object:
    return answered.page.context["actions"]


OFFER = (("Go to your organisation's sign-in page", "/auth/sso"),)


class TestEveryWayLeadsThere:
    @pytest.fixture
    def site(self) -> Site:
        return open_site()

    def demand(self, site: Site) -> None:
        site.emulator.settings(sso_required=True, sso_login_url=URL)

    @pytest.mark.parametrize("path", ["/auth/magic-link", "/auth/otp"])
    def test_asking_for_a_message(self, site: Site, browser: Browser, path: str) -> None:
        self.demand(site)

        page = browser.post(path, {"identifier": ANA})
        script = browser.post(path, {"identifier": ANA}, script=True)

        assert page.status == script.status == 403
        assert actions(page) == OFFER
        assert script.json["reason"] == "sso_required"
        assert list(browser.cookies) == [browser.name("sso")]

    def test_opening_a_link(self, site: Site, browser: Browser) -> None:
        link = ask_for_link(browser, next="/a")
        self.demand(site)

        opened = browser.open(link)

        assert (opened.status, actions(opened)) == (403, OFFER)
        assert browser.get("/auth/sso").location == URL

    def test_confirming_a_link_from_elsewhere(self, site: Site, browser: Browser) -> None:
        browser.open(ask_for_link(site.browser()))
        shown = browser.get("/auth/callback").page.context["shown"]
        self.demand(site)

        assert actions(browser.post("/auth/callback", {"shown": shown})) == OFFER

    def test_waiting_for_a_link(self, site: Site, browser: Browser) -> None:
        link = ask_for_link(browser)
        other = site.browser()
        other.open(link)
        other.post("/auth/callback", {"shown": other.get("/auth/callback").page.context["shown"]})
        self.demand(site)

        polled = browser.post("/auth/magic-link/status", script=True)

        site.clock.now += 2
        assert (polled.status, polled.json["reason"]) == (403, "sso_required")
        assert actions(browser.post("/auth/magic-link/status")) == OFFER

    def test_typing_a_code(self, site: Site, browser: Browser) -> None:
        browser.post("/auth/otp", {"identifier": ANA, "next": "/a"})
        code = site.emulator.messages(ANA)[0].code or ""
        self.demand(site)

        verified = browser.post("/auth/otp/verify", {"code": code})

        assert (verified.status, actions(verified)) == (403, OFFER)
        assert browser.cookie("access") is None

    def test_proving_the_second_factor(self, site: Site, browser: Browser) -> None:
        site.emulator.settings(mfa_required=True)
        browser.open(ask_for_link(browser, next="/a"))
        body = {"error_code": "sso_required", "details": {"sso_login_url": URL}}
        site.emulator.fault("/verify", status=403, body=json.dumps(body))

        proved = browser.post("/auth/mfa", {"code": site.emulator.totp_code(ANA)})

        assert (proved.status, actions(proved)) == (403, OFFER)
        assert (browser.cookie("access"), browser.cookie("mfa")) == (None, None)
        assert browser.get("/auth/sso").location == URL


def test_it_leads_there_and_back(browser: Browser, site: Site) -> None:
    site.emulator.settings(sso_login_url="")
    offered(browser, "/a?b=c")

    left = browser.get("/auth/sso")
    landed = browser.open(consent(site, left.location, ANA))

    assert left.status == 303
    assert (landed.status, landed.location) == (303, "/a?b=c")
    assert isinstance(browser.authenticate(), SignedIn)


def test_without_having_been_offered_it_leads_nowhere(browser: Browser) -> None:
    left = browser.get("/auth/sso?url=https://evil.example&next=//evil.example")

    assert (left.status, left.location) == (303, "/auth/sign-in")
    assert browser.cookies == {}


@pytest.mark.parametrize("fetch_site", ["cross-site", "same-site", "none", ""])
def test_only_a_page_of_ours_begins_it(browser: Browser, fetch_site: str) -> None:
    offered(browser)

    left = browser.get("/auth/sso", sec_fetch_site=fetch_site)

    assert left.location == "/auth/sign-in?next=/a"
    assert browser.cookie("oauth") is None


@pytest.mark.parametrize(("mode", "kind"), EMBEDDED)
def test_what_a_page_embeds_begins_nothing(browser: Browser, mode: str, kind: str) -> None:
    offered(browser)

    left = browser.get("/auth/sso", sec_fetch_mode=mode, sec_fetch_dest=kind)

    assert left.location == "/auth/sign-in?next=/a"
    assert browser.cookie("oauth") is None


def test_a_landing_that_nobody_here_began_is_refused(site: Site, browser: Browser) -> None:
    """Login CSRF: an attacker's own landing, opened in the browser of a victim."""
    site.emulator.settings(sso_login_url="")
    attacker = site.browser()
    offered(attacker)
    landing = consent(site, attacker.get("/auth/sso").location, "eve@example.com")
    offered(browser)

    landed = browser.open(landing)

    assert landed.status == 400
    assert browser.cookie("access") is None


def test_a_cookie_of_another_kind_leads_nowhere(browser: Browser) -> None:
    """What is sealed for one purpose is worthless for another."""
    offered(browser)
    browser.put("magic", browser.cookie("sso") or "")
    browser.put("sso", "1.AAAA")

    assert browser.get("/auth/sso").location == "/auth/sign-in"
    assert browser.get("/auth/magic-link").status == 303


def test_the_offer_ends(site: Site, browser: Browser) -> None:
    offered(browser)
    sealed = browser.cookie("sso") or ""
    site.clock.now += 601
    browser.put("sso", sealed)

    assert browser.get("/auth/sso").location == "/auth/sign-in"


@pytest.mark.parametrize(
    "url",
    [
        None,
        "javascript:alert(1)",
        "//evil.example",
        "https://",
        "https://x/\n",
        "https://x/ y",
        "https://x/é",
        "data:text/html,x",
        "https://x/" + "a" * 2000,
    ],
)
def test_only_a_web_address_is_offered(site: Site, browser: Browser, url: str | None) -> None:
    site.emulator.settings(sso_login_url=url)

    assert actions(offered(browser)) == ()
    assert browser.cookies == {}


def test_who_signs_in_is_who_the_organisation_says(site: Site, browser: Browser) -> None:
    """The address that was typed may be another name of the same person there."""
    site.emulator.settings(sso_login_url="")
    offered(browser)

    browser.open(consent(site, browser.get("/auth/sso").location, "a.smith@example.com"))

    assert user_of(browser.authenticate()) == site.emulator.state.users.of("app_demo")[-1].id


def test_signing_out_forgets_it(browser: Browser) -> None:
    offered(browser)

    browser.post("/auth/sign-out")

    assert browser.cookie("sso") is None
