"""What other people's links and pages try in a victim's real browser."""

import json
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

import httpx2
import pytest

from scute_asgi.types import Receive, Scope, Send
from scute_auth.endpoints import ENDPOINTS
from tests.browser.browser import Browser
from tests.browser.people import (
    ANA,
    EVE,
    ask_for_code,
    ask_for_link,
    enter,
    is_signed_in,
    of_a_session,
    sign_in,
    user_at,
)
from tests.browser.serving import html, listen, port_of, serve
from tests.browser.site import Site

POSTS = sorted(
    re.sub(r"{\w+}", "others", f"/auth{each.path}")
    for each in ENDPOINTS
    if each.method == "POST" and not each.needs
)
"""The routes that each site has."""


@dataclass
class Attacker:
    """A web site of somebody else's: under another name, or on another port of the same one."""

    origin: str
    pages: dict[str, str] = field(default_factory=dict[str, str])

    def page(self, body: str) -> str:
        path = f"/{len(self.pages)}"
        self.pages[path] = f"<title>Attack</title><h1>Attack</h1>{body}"
        return f"{self.origin}{path}"


@contextmanager
def attacker_at(host: str) -> Generator[Attacker, None, None]:
    listening = listen()
    attacker = Attacker(f"http://{host}:{port_of(listening)}")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body = attacker.pages.get(scope.get("path", ""))
        if scope["type"] == "http":
            await html(scope, receive, send, body or "", 200 if body else 404)

    with serve(app, listening):
        yield attacker


@pytest.fixture(params=["localhost", "127.0.0.1"], ids=["cross-site", "same-site"])
def attacker(request: pytest.FixtureRequest) -> Iterator[Attacker]:
    """`localhost` is another site; another port of 127.0.0.1 is the same site, other origin:
    there the browser sends our Lax cookies along."""
    with attacker_at(request.param) as site:
        yield site


def form_to(url: str, **fields: str) -> str:
    """A form that sends itself."""
    inputs = "".join(
        f"<input name='{name}' value='{escape(value)}'>" for name, value in fields.items()
    )
    script = "<script>document.forms[0].submit()</script>"
    return f"<form method=post action='{url}'>{inputs}</form>{script}"


def test_a_form_on_another_origin_reaches_nothing(
    browser: Browser, site: Site, attacker: Attacker
) -> None:
    sign_in(browser, site)
    user, cookies = user_at(browser, site), browser.cookies(site.origin)
    site.emulator.clear_calls()
    fields = {"identifier": EVE, "next": "/private", "shown": "0", "id": "1", "code": "424242"}

    for path in POSTS:
        browser.open(attacker.page(form_to(f"{site.origin}{path}", **fields)))
        browser.wait_for_text("The request came from another site")

        attack = site.to(path)[-1]
        assert attack.status == 403
        assert attack.headers["origin"] == attacker.origin
        # Another port of our own host is the same site: there our cookies do come along.
        is_same_site = attack.headers["sec-fetch-site"] == "same-site"
        assert is_same_site == ("cookie" in attack.headers) == ("127.0.0.1" in attacker.origin)

    assert site.emulator.calls() == []
    assert browser.cookies(site.origin) == cookies
    assert user_at(browser, site) == user


def test_a_script_on_another_origin_reaches_nothing(
    browser: Browser, site: Site, attacker: Attacker
) -> None:
    sign_in(browser, site)
    site.emulator.clear_calls()
    before = {path: len(site.to(path)) for path in POSTS}
    urls = json.dumps([f"{site.origin}{path}" for path in POSTS])
    options = "{method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}'}"
    ready = "() => { document.title = 'Done' }"
    script = f"Promise.allSettled({urls}.map((url) => fetch(url, {options}))).then({ready})"

    browser.open(attacker.page(f"<script>{script}</script>"))
    browser.wait(lambda: browser.driver.title == "Done")

    for path in POSTS:
        assert [each.status for each in site.to(path)[before[path] :]] == [403]
    assert site.emulator.calls() == []
    assert is_signed_in(browser, site)


def test_a_link_on_another_origin_begins_no_sign_in_with_a_provider(
    browser: Browser, site: Site, attacker: Attacker
) -> None:
    browser.open(attacker.page(f"<a href='{site.origin}/auth/oauth/google'>A kitten</a>"))

    browser.press("A kitten")
    browser.wait_for_path("/auth/sign-in")

    assert browser.cookies(site.origin) == {}
    assert not site.calls("/oauth/authorize")


def test_our_pages_cannot_be_framed(browser: Browser, site: Site, attacker: Attacker) -> None:
    sign_in(browser, site)
    frame = f"<iframe src='{site.origin}/auth/sign-out'></iframe>"

    browser.open(attacker.page(f"{frame}<script>onload = () => document.title = 'Done'</script>"))
    browser.wait(lambda: browser.driver.title == "Done")

    browser.driver.switch_to.frame(0)
    assert browser.all("form[action]") == []
    browser.driver.switch_to.default_content()
    assert any("frame-ancestors" in complaint for complaint in browser.complaints())


def test_an_attackers_link_signs_nobody_in_silently(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    ask_for_link(other_browser, site, EVE)

    browser.open(site.link_to(EVE))

    assert browser.path == "/auth/callback"
    assert EVE in browser.text
    assert not is_signed_in(browser, site)
    assert not site.calls("/magic_links/authenticate")
    assert other_browser.path == "/auth/magic-link"


def test_an_attackers_link_does_not_pass_for_the_one_that_the_victim_waits_for(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    ask_for_link(other_browser, site, EVE)
    ask_for_link(browser, site, ANA)

    browser.open_tab(site.link_to(EVE))

    assert browser.path == "/auth/callback"
    assert EVE in browser.text
    assert "Another browser asked for this sign-in" in browser.text
    assert not is_signed_in(browser, site)


def test_an_attackers_link_says_that_it_replaces_the_victims_session(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    sign_in(browser, site, ANA)
    user = user_at(browser, site)
    ask_for_link(other_browser, site, EVE)

    browser.open(site.link_to(EVE))

    assert "You are signed in here with another account" in browser.text
    browser.press("That was not me")
    browser.wait_for_path("/")
    assert user_at(browser, site) == user


def test_an_attackers_link_to_the_victims_address_says_who_waits(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    ask_for_link(other_browser, site, ANA)

    browser.open(site.link_to(ANA))

    assert "Another browser asked for this sign-in" in browser.text
    assert "the other browser may be signed in as well" in browser.text
    assert not is_signed_in(browser, site)
    assert not is_signed_in(other_browser, site)


def test_an_attackers_finished_provider_sign_in_is_refused(
    browser: Browser, other_browser: Browser, site: Site, attacker: Attacker
) -> None:
    stolen = _oauth_landing(other_browser, site)

    browser.open(attacker.page(f"<a href='{escape(stolen)}'>A kitten</a>"))
    browser.press("A kitten")
    browser.wait_for_text("This sign-in did not begin here")

    assert not is_signed_in(browser, site)


@pytest.mark.parametrize(
    "address",
    [
        "\u05d0nimda\u05d1@example.com",
        "x" * 240 + "@example.com",
        "{{7*7}}&lt&#60'onclick='evil@example.com",
    ],
    ids=["right-to-left", "long", "quotes"],
)
def test_an_odd_claimed_address_stays_in_its_box(
    browser: Browser, site: Site, address: str
) -> None:
    token = site.emulator.mint({"uuid": "someone", "email": address})

    browser.open(f"{site.origin}/auth/callback?sct_magic={quote(token)}")

    assert browser.driver.title.startswith("Sign in here?")
    assert browser.property_of(browser.one(".address > bdi"), "textContent") == address
    assert browser.all(".address > bdi *") == []
    assert len(browser.all("form")) == 1
    box, main = browser.box_of(browser.one(".address")), browser.box_of(browser.one("main"))
    assert main["left"] < box["left"] < box["right"] < main["right"]
    assert browser.one("button").text == "Sign in"


@pytest.mark.parametrize(
    "address",
    [
        "<b>bank</b><script>document.title='evil'</script>@example.com",
        "your account. You asked for this here, press Sign in",
        '"><form action=/evil>@example.com',
    ],
    ids=["html", "sentence", "form"],
)
def test_what_is_no_address_is_not_shown_as_one(browser: Browser, site: Site, address: str) -> None:
    token = site.emulator.mint({"uuid": "someone", "email": address})

    browser.open(f"{site.origin}/auth/callback?sct_magic={quote(token)}")
    browser.wait_for_text("This link does not say whom it signs in")

    assert browser.driver.title.startswith("Sign in here?")
    assert "You asked for" not in browser.text
    assert len(browser.all("form")) == 1
    assert browser.all("script, b") == []


def test_an_attackers_code_cannot_be_entered_for_the_victim(
    browser: Browser, other_browser: Browser, site: Site, attacker: Attacker
) -> None:
    site.emulator.settings(email_auth_type="otp")
    _ask_for_mailed_code(other_browser, site, EVE)
    _ask_for_mailed_code(browser, site, ANA)
    target = f"{site.origin}/auth/otp/verify"

    browser.open(attacker.page(form_to(target, code=site.code_to(EVE))))
    browser.wait_for_text("The request came from another site")
    browser.open(f"{site.origin}/auth/otp")
    enter(browser, site.code_to(EVE))
    browser.wait_for_text("This code is not right")

    assert not is_signed_in(browser, site)
    assert not is_signed_in(other_browser, site)


def test_an_attackers_waiting_pages_lead_the_victim_to_a_sign_in_of_his_own(
    browser: Browser, other_browser: Browser, site: Site, attacker: Attacker
) -> None:
    ask_for_link(other_browser, site, EVE)
    paths = ("/auth/magic-link", "/auth/otp", "/auth/mfa", "/auth/sso", "/auth/step-up")

    for path in paths:
        browser.open(attacker.page(f"<a href='{site.origin}{path}'>A kitten</a>"))
        browser.press("A kitten")
        browser.wait_for_path("/auth/sign-in")
        assert browser.cookies(site.origin) == {}

    assert not is_signed_in(browser, site)


def test_an_attackers_poll_in_the_victims_browser_signs_nobody_in(
    browser: Browser, other_browser: Browser, site: Site, attacker: Attacker
) -> None:
    """The attacker's link was opened; the victim waits for a link of her own."""
    ask_for_link(other_browser, site, EVE)
    ask_for_link(browser, site, ANA)
    with httpx2.Client(trust_env=False) as elsewhere:
        token = site.link_to(EVE).partition("sct_magic=")[2]
        place = f"/v1/auth/{site.emulator.state.apps.first.id}/magic_links/authenticate"
        elsewhere.patch(site.emulator.base_url + place, json={"token": token}).raise_for_status()

    browser.open(attacker.page(form_to(f"{site.origin}/auth/magic-link/status", id="1")))
    browser.wait_for_text("The request came from another site")
    browser.open(f"{site.origin}/auth/magic-link")
    asked = len(site.to("/auth/magic-link/status"))
    browser.wait(lambda: len(site.to("/auth/magic-link/status")) > asked + 1)

    assert browser.path == "/auth/magic-link"
    assert not is_signed_in(browser, site)


def test_a_sign_in_that_was_planted_half_done_is_gone_after_ones_own(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    """His browser's binding would let his link pass in hers."""
    ask_for_link(other_browser, site, EVE)
    ask_for_code(other_browser, site, "+4915112345678")
    planted = other_browser.cookies(site.origin)
    ask_for_link(browser, site, ANA)
    browser.plant(site.origin, [each for name, each in planted.items() if "magic" not in name])
    browser.open(site.link_to(ANA))
    browser.wait_for_path("/private")
    user = user_at(browser, site)

    browser.open(site.link_to(EVE))

    assert browser.path == "/auth/callback"
    assert "You are signed in here with another account" in browser.text
    assert [name for name in of_a_session(browser, site) if "otp" in name] == []
    assert user_at(browser, site) == user


def test_a_session_that_was_planted_ends_with_the_sign_in(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    sign_in(other_browser, site, EVE)
    attacker, planted = user_at(other_browser, site), other_browser.cookies(site.origin)
    browser.plant(site.origin, planted.values())
    assert user_at(browser, site) == attacker

    browser.open(f"{site.origin}/auth/sign-in?next=/private")
    assert "You are signed in already" in browser.text
    browser.type("E-mail address", ANA)
    browser.press("Send me a link")
    browser.wait_for_path("/auth/magic-link")
    browser.open(site.link_to(ANA))
    browser.wait_for_path("/private")

    mine = browser.cookies(site.origin)
    assert all(mine[name]["value"] != cookie["value"] for name, cookie in planted.items())
    assert user_at(browser, site) not in ("", attacker)
    assert not is_signed_in(other_browser, site)


def test_a_step_up_that_was_planted_proves_nothing(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    sign_in(other_browser, site, EVE)
    other_browser.open(f"{site.origin}/danger")
    other_browser.press("Send a code to my e-mail address")
    other_browser.wait_for_text("sent to your e-mail address")
    enter(other_browser, site.code_to(EVE), "Confirm")
    other_browser.wait_for_path("/danger")
    sign_in(browser, site, ANA)
    mine, theirs = browser.cookies(site.origin), other_browser.cookies(site.origin)
    session = {name for name in mine if "access" in name or "refresh" in name}

    browser.plant(site.origin, [each for name, each in theirs.items() if name not in session])
    browser.open(f"{site.origin}/danger")

    assert len(theirs) > len(session)
    browser.wait_for_path("/auth/step-up")


def _ask_for_mailed_code(browser: Browser, site: Site, address: str) -> None:
    browser.open(f"{site.origin}/auth/sign-in")
    browser.type("E-mail address or phone number", address)
    browser.press("Send me a code")
    browser.wait_for_path("/auth/otp")


def _oauth_landing(browser: Browser, site: Site) -> str:
    """The URL at which an attacker's own provider sign-in would end, not opened by him."""
    browser.open(f"{site.origin}/private")
    browser.press("Continue with Google")
    browser.wait_for_text("Google, emulated")
    browser.type("Who are you?", EVE)
    browser.command("Network.setBlockedURLs", urls=[f"{site.origin}/*"])
    browser.press("Allow")
    landed = browser.landing(f"{site.origin}/auth/callback?sct_oauth=")
    browser.command("Network.setBlockedURLs", urls=[])
    return landed
