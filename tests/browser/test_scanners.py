"""Mail scanners and browsers that read ahead open every link first: the person's click still works.

A scanner is no browser: it asks by HEAD and GET, without cookies, and with whatever headers.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import TypeAlias

import httpx2
import pytest

from tests.browser.browser import Browser
from tests.browser.people import ANA, ask_for_link, is_signed_in, sign_in
from tests.browser.site import Site
from tests.browser.test_attacks import attacker_at

PREFETCH = {"sec-purpose": "prefetch", "sec-fetch-site": "none", "sec-fetch-mode": "navigate"}
AS_A_PERSON = {
    "sec-fetch-site": "none",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-fetch-user": "?1",
    "accept": "text/html",
}
LOOKS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("HEAD", {}),
    ("GET", {}),
    ("GET", PREFETCH),
    ("GET", {"purpose": "prefetch", "accept": "text/html"}),
    ("GET", AS_A_PERSON),
)


def scan(url: str, cookies: Mapping[str, str] | None = None, *, order: int = 0) -> None:
    """Look ten times at it, in an order of its own; each follows redirects, as scanners do."""
    looks = list(LOOKS) * 2
    Random(order).shuffle(looks)
    with httpx2.Client(follow_redirects=True, cookies=dict(cookies or {})) as scanner:
        for method, headers in looks:
            scanner.request(method, url, headers=headers)


@pytest.mark.parametrize("order", range(3))
def test_a_mailed_link_is_still_good_for_the_browser_that_asked(
    browser: Browser, site: Site, order: int
) -> None:
    ask_for_link(browser, site)

    scan(site.link_to(ANA), order=order)

    assert not site.calls("/magic_links/authenticate")
    browser.open(site.link_to(ANA))
    browser.wait_for_path("/private")


def test_and_for_another_one(browser: Browser, other_browser: Browser, site: Site) -> None:
    ask_for_link(browser, site)

    scan(site.link_to(ANA))

    other_browser.open(site.link_to(ANA))
    other_browser.press("Sign in")
    other_browser.wait_for_path("/")
    assert is_signed_in(other_browser, site)
    browser.wait_for_path("/private")


def test_an_invitation_is_still_good_for_the_one_who_is_invited(
    browser: Browser, site: Site
) -> None:
    link = site.invite(ANA)

    scan(link)

    assert not site.calls("/magic_links/confirm_invite")
    browser.open(link)
    browser.press("Sign in")
    browser.wait_for_path("/")
    assert is_signed_in(browser, site)


def test_what_reads_ahead_in_the_very_browser_that_asked_uses_nothing_up(
    browser: Browser, site: Site
) -> None:
    ask_for_link(browser, site)
    mine = {name: cookie["value"] for name, cookie in browser.cookies(site.origin).items()}

    with httpx2.Client(cookies=mine) as reading_ahead:
        for headers in (PREFETCH, {**AS_A_PERSON, "sec-purpose": "prefetch;prerender"}):
            reading_ahead.get(site.link_to(ANA), headers=headers)
        reading_ahead.head(site.link_to(ANA), headers=AS_A_PERSON)

    assert not site.calls("/magic_links/authenticate")
    browser.open(site.link_to(ANA))
    browser.wait_for_path("/private")


@pytest.mark.parametrize("hint", ["prefetch", "prerender"])
def test_a_page_that_has_chromium_read_ahead_uses_nothing_up(
    browser: Browser, site: Site, hint: str
) -> None:
    ask_for_link(browser, site)
    rules = f'{{"{hint}": [{{"urls": ["{site.link_to(ANA)}"], "eagerness": "immediate"}}]}}'
    with attacker_at("127.0.0.1") as mail:
        page = mail.page(f"<script type=speculationrules>{rules}</script><p>A mail</p>")

        browser.open(page)
        browser.wait(
            lambda: any("sec-purpose" in each.headers for each in site.to("/auth/callback"))
        )

        assert not site.calls("/magic_links/authenticate")
        browser.open(site.link_to(ANA))
    browser.wait_for_path("/private")


Link: TypeAlias = Callable[[Browser, Site], str]


def the_step_up(browser: Browser, site: Site) -> str:
    sign_in(browser, site)
    return f"{site.origin}/auth/step-up?next=/danger"


def the_provider(browser: Browser, site: Site) -> str:
    browser.open(f"{site.origin}/auth/sign-in?next=/private")
    return f"{site.origin}/auth/oauth/google?next=/private"


def the_second_factor(browser: Browser, site: Site) -> str:
    site.protect(ANA)
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    return f"{site.origin}/auth/mfa"


def the_end(browser: Browser, site: Site) -> str:
    sign_in(browser, site)
    return f"{site.origin}/auth/sign-out"


LINKS: tuple[tuple[Link, str], ...] = (
    (the_step_up, "Confirm that it is you"),
    (the_provider, "Sign in"),
    (the_second_factor, "Confirm that it is you"),
    (the_end, "Sign out?"),
)


@pytest.mark.parametrize(("link", "heading"), LINKS)
def test_looking_at_another_link_does_and_sends_nothing(
    browser: Browser, site: Site, link: Link, heading: str
) -> None:
    url = link(browser, site)
    mine = {name: cookie["value"] for name, cookie in browser.cookies(site.origin).items()}
    sent = len(site.emulator.messages())
    site.emulator.clear_calls()

    scan(url)
    scan(url, mine)

    assert len(site.emulator.messages()) == sent
    assert {call.method for call in site.emulator.calls()} <= {"GET"}
    assert not site.calls("/oauth/authorize")
    browser.open(url)
    assert browser.heading == heading
