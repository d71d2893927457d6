"""Signing in by link and by provider: what a landing may do in which browser (security.md A7)."""

import re
from urllib.parse import urlsplit

import pytest

from tests.conformance.browser import Browser
from tests.conformance.client import Response
from tests.conformance.opening import Sites
from tests.conformance.site import Site

ANA, EVE = "ana@example.com", "eve@example.com"


async def ask_for_link(site: Site, browser: Browser, email: str = ANA, **form: str) -> str:
    """Type an address in; the answer is the link in the mail, as a path of the site."""
    sent = await browser.submit("/auth/magic-link", {"identifier": email, **form})
    assert sent.status == 303, sent
    return link_for(site, email)


def link_for(site: Site, email: str) -> str:
    url = urlsplit(site.emulator.messages(email)[0].link or "")
    return f"{url.path}?{url.query}"


async def press_button(browser: Browser, page: Response, **fields: str) -> Response:
    shown = re.search(r'name="shown" value="([0-9a-f]+)"', page.text)
    assert shown is not None, page.text
    return await browser.submit("/auth/callback", {"shown": shown[1], **fields})


async def open_elsewhere(browser: Browser, link: str) -> Response:
    """Open a link in a browser that did not ask for it; the answer is the page with the button."""
    moved = await browser.visit(link, by="cross-site")
    assert (moved.status, moved.header("location")) == (303, "/auth/callback"), moved
    return await browser.follow(moved)


async def user_of(browser: Browser) -> str | None:
    answer = await browser.fetch("/optional")
    user_id: str | None = answer.json["user_id"]
    return user_id


async def test_a_link_opened_where_it_was_asked_for_signs_in_at_once(site: Site) -> None:
    ana = site.browser()
    link = await ask_for_link(site, ana, next="/private?page=2")

    landed = await ana.visit(link, by="cross-site")

    assert (landed.status, landed.header("location")) == (303, "/private?page=2")
    assert landed.header("referrer-policy") == "no-referrer"
    assert landed.header("cache-control") == "private, no-store"
    assert (await ana.follow(landed)).status == 200
    assert site.cookie("magic") not in ana.jar.all()


async def test_a_new_session_takes_the_place_of_the_old_one(site: Site) -> None:
    """The session is new at each sign-in: nothing fixed before survives."""
    browser = site.signed_in(EVE)
    before = browser.jar.all()

    await browser.visit(await ask_for_link(site, browser), by="cross-site")

    for purpose in ("access", "refresh"):
        assert browser.jar.get(site.cookie(purpose)) not in (None, before[site.cookie(purpose)])
    assert await user_of(browser) != browser.user_id


async def test_elsewhere_the_page_shows_the_address_and_only_its_button_signs_in(
    site: Site,
) -> None:
    """security.md C01, C02, C05."""
    link = await ask_for_link(site, site.browser())
    other = site.browser()

    page = await open_elsewhere(other, link)

    assert page.status == 200
    assert ANA in page.text
    assert "Another browser" in page.text
    assert await user_of(other) is None
    assert site.calls("/magic_links/authenticate") == 0
    done = await press_button(other, page)
    assert done.status == 303
    assert await user_of(other) is not None


async def test_the_token_leaves_the_url_and_no_page_shows_it(site: Site) -> None:
    """security.md C05: and the page takes nothing of another origin."""
    link = await ask_for_link(site, site.browser())
    other = site.browser()

    moved = await other.visit(link, by="cross-site")
    page = await other.follow(moved)

    assert moved.header("referrer-policy") == "no-referrer"
    cookie = moved.set_cookies[site.cookie("landing")]
    assert cookie.is_http_only
    assert cookie.max_age == 300
    policy = page.header("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.header("referrer-policy") == "same-origin"


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"sec-purpose": "prefetch"}),
        ("GET", {"sec-purpose": "prefetch;prerender"}),
        ("GET", {"purpose": "prefetch"}),
        ("GET", {"x-moz": "prefetch"}),
    ],
)
async def test_reading_ahead_uses_up_nothing_even_where_the_sign_in_began(
    site: Site, method: str, headers: dict[str, str]
) -> None:
    """security.md C01."""
    ana = site.browser()
    link = await ask_for_link(site, ana)
    lines = {"cookie": ana.jar.header(), "accept": "text/html", **headers}

    await site.client.request(method, link, headers=lines)

    assert site.calls("/magic_links/authenticate") == 0
    assert (await ana.visit(link, by="cross-site")).header("location") == "/"
    assert await user_of(ana) is not None


async def test_a_scanner_that_follows_the_link_gets_no_session(site: Site) -> None:
    """security.md C01: it may even have cookies; it presses no buttons."""
    ana = site.browser()
    link = await ask_for_link(site, ana)
    scanner = site.browser()

    for _ in range(3):
        await open_elsewhere(scanner, link)

    assert await user_of(scanner) is None
    await ana.visit(link, by="cross-site")
    assert await user_of(ana) is not None


async def test_an_attackers_link_does_not_pass_while_the_victim_waits_for_his_own(
    site: Site,
) -> None:
    """security.md C02: the cookie of one sign-in opens no other's."""
    await ask_for_link(site, site.browser(), EVE)
    victim = site.browser()
    await ask_for_link(site, victim, ANA)

    page = await open_elsewhere(victim, link_for(site, EVE))

    assert EVE in page.text
    assert await user_of(victim) is None
    assert site.calls("/magic_links/authenticate") == 0


async def test_a_link_to_the_victims_address_that_an_attacker_asked_for_is_asked_about(
    site: Site,
) -> None:
    """security.md C11: who polls for it gets in by the victim's button only."""
    victim, eve = site.browser(), site.browser()
    await ask_for_link(site, victim, ANA)
    site.clock.now += 400
    eves = await ask_for_link(site, eve, ANA)

    page = await open_elsewhere(victim, eves)

    assert "Another browser asked for this sign-in" in page.text
    assert await user_of(victim) is None
    polled = await eve.fetch("/auth/magic-link/status", "POST")
    assert polled.json["status"] == "pending"
    assert await user_of(eve) is None
    assert site.calls("/magic_links/authenticate") == 0


async def test_a_link_from_a_stranger_asks_before_it_replaces_a_session(site: Site) -> None:
    """security.md C02."""
    await ask_for_link(site, site.browser(), EVE)
    victim = site.signed_in(ANA)

    page = await open_elsewhere(victim, link_for(site, EVE))

    assert "with another account" in page.text
    assert await user_of(victim) == victim.user_id


@pytest.mark.parametrize("by", ["cross-site", "same-site"])
async def test_another_site_cannot_press_the_button(site: Site, by: str) -> None:
    """security.md C02: login CSRF."""
    victim = site.browser()
    page = await open_elsewhere(victim, await ask_for_link(site, site.browser(), EVE))
    shown = re.search(r'value="([0-9a-f]{64})"', page.text)
    assert shown is not None
    headers = {"cookie": victim.jar.header(), "sec-fetch-site": by}

    answer = await site.client.post("/auth/callback", {"shown": shown[1]}, headers=headers)

    assert (answer.status, answer.reason) == (403, "csrf")
    assert site.calls("/magic_links/authenticate") == 0


@pytest.mark.parametrize("shown", ["", "0" * 64, "é", "x" * 5000])
async def test_the_button_belongs_to_the_token_that_its_page_showed(site: Site, shown: str) -> None:
    """security.md C12: another landing may have replaced the cookie meanwhile."""
    victim = site.browser()
    await open_elsewhere(victim, await ask_for_link(site, site.browser(), EVE))

    answer = await victim.submit("/auth/callback", {"shown": shown})

    assert site.calls("/magic_links/authenticate") == 0
    assert EVE in answer.text
    assert await user_of(victim) is None


async def test_a_token_that_claims_somebody_elses_address_ends_in_nothing(site: Site) -> None:
    """security.md C06, C12: the session that began is ended at Scute too."""
    link = await ask_for_link(site, site.browser(), EVE)
    user = site.emulator.create_user(ANA)
    head, claims, signature = link.partition("sct_magic=")[2].split("&")[0].split(".")
    assert claims
    forged = site.emulator.mint({"uuid": user.id, "email": ANA, "exp": 9_999_999_999})
    token = f"{head}.{forged.split('.')[1]}.{signature}"
    _hand_out_for(site, token)
    victim = site.browser()
    page = await open_elsewhere(victim, f"/auth/callback?sct_magic={token}")
    assert ANA in page.text

    answer = await press_button(victim, page)

    assert answer.status == 400
    assert not victim.jar.get(site.cookie("access"))
    assert await user_of(victim) is None


def _hand_out_for(site: Site, token: str) -> None:
    """Let Scute take this token for Eve's."""
    session = site.tokens(EVE)
    body = f'{{"access": "{session["access"]}", "refresh": "{session["refresh"]}"}}'
    site.secrets.add(token)
    site.emulator.fault("/magic_links/authenticate", status=200, body=body, times=1)


async def test_a_used_link_says_so(site: Site) -> None:
    ana = site.browser()
    link = await ask_for_link(site, ana)
    await ana.visit(link, by="cross-site")
    second = site.browser()

    answer = await press_button(second, await open_elsewhere(second, link))

    assert answer.status == 400
    assert "does not work any more" in answer.text
    assert await user_of(second) is None


@pytest.mark.parametrize(
    "query",
    [
        "",
        "sct_magic=",
        "sct_magic=garbage",
        "sct_magic=a.b.c",
        "sct_magic=eyJ.eyJ.x",
        "sct_magic=%ff%fe",
        "sct_magic=%0d%0aset-cookie:x",
        "sct_magic=" + "a" * 60_000,
        "sct_magic=a&sct_magic=b",
        "sct_magic=a&sct_oauth=b",
        "sct_oauth=x",
        "sct_pkce=x",
        "&" * 5000,
        "sct_magic=e30.e30.e30",
        "sct_magic=e30.eyJ1dWlkIjp7fX0.e30",
        "sct_magic=e30.W10.e30",
    ],
    ids=lambda query: query[:32],
)
@pytest.mark.parametrize("is_browser", [True, False], ids=["browser", "script"])
async def test_a_broken_landing_is_answered_calmly(
    site: Site, query: str, is_browser: bool
) -> None:
    person = site.browser()
    path = f"/auth/callback?{query}"

    answer = await (person.visit(path) if is_browser else person.fetch(path))

    assert answer.status == 400
    assert site.cookie("access") not in answer.set_cookies
    assert site.calls("/magic_links/authenticate") == 0


async def test_the_asking_browser_gets_in_when_its_link_was_opened_elsewhere(site: Site) -> None:
    """security.md C11."""
    asking, phone = site.browser(), site.browser()
    link = await ask_for_link(site, asking)
    waiting = await asking.fetch("/auth/magic-link/status", "POST")
    assert waiting.json["status"] == "pending"
    await press_button(phone, await open_elsewhere(phone, link))
    site.clock.now += 2

    answer = await asking.fetch("/auth/magic-link/status", "POST")

    assert answer.json["status"] == "signed_in"
    assert await user_of(asking) == await user_of(phone) is not None


async def test_nobody_polls_for_a_link_that_another_browser_asked_for(site: Site) -> None:
    """security.md C11: the link's id comes from the cookie, whatever the body says."""
    asking, phone, eve = site.browser(), site.browser(), site.browser()
    link = await ask_for_link(site, asking)
    await press_button(phone, await open_elsewhere(phone, link))
    links = site.emulator.state.links
    body = f'{{"id": "{[*vars(links).values()]}"}}'.encode()

    answer = await eve.fetch(
        "/auth/magic-link/status", "POST", body=body, headers={"content-type": "application/json"}
    )

    assert answer.status in (200, 422, 400)
    assert await user_of(eve) is None
    assert site.calls("/magic_links/status") == 0


async def test_a_binding_is_good_once(site: Site) -> None:
    ana = site.browser()
    link = await ask_for_link(site, ana)
    binding = ana.jar.get(site.cookie("magic")) or ""
    await ana.visit(link, by="cross-site")
    thief = site.browser()
    thief.jar.set(site.cookie("magic"), binding)

    await thief.fetch("/auth/magic-link/status", "POST")

    assert await user_of(thief) is None


async def test_a_binding_ends_after_ten_minutes(site: Site) -> None:
    ana = site.browser()
    link = await ask_for_link(site, ana)
    assert ana.jar.get(site.cookie("magic"))

    site.clock.now += 601
    page = await open_elsewhere(ana, link)

    assert "Another browser" in page.text


@pytest.mark.parametrize("purpose", ["magic", "oauth", "landing"])
@pytest.mark.parametrize("forgery", ["1.AAAA", "1." + "A" * 400, "2.x", "é", "1.", "x" * 9000])
async def test_a_forged_cookie_of_ours_counts_for_nothing(
    site: Site, purpose: str, forgery: str
) -> None:
    link = await ask_for_link(site, site.browser())
    headers = {"cookie": f"{site.cookie(purpose)}={forgery}", "accept": "text/html"}

    for path in (link, "/auth/callback", "/auth/magic-link"):
        answer = await site.client.get(path, headers=headers)
        assert answer.status in (303, 400)
        assert site.cookie("access") not in answer.set_cookies


async def test_the_cookie_of_one_purpose_is_not_taken_for_another(site: Site) -> None:
    ana = site.browser()
    await ask_for_link(site, ana)
    ana.jar.set(site.cookie("landing"), ana.jar.get(site.cookie("magic")) or "")

    answer = await ana.visit("/auth/callback")

    assert answer.status == 400


@pytest.mark.parametrize("by", ["none", "same-site", "cross-site"])
async def test_a_sign_in_with_a_provider_begins_on_our_own_page_only(site: Site, by: str) -> None:
    """security.md C03."""
    headers = {"sec-fetch-site": by, "accept": "text/html"}

    answer = await site.client.get("/auth/oauth/google?next=/private", headers=headers)

    assert (answer.status, answer.header("location")) == (303, "/auth/sign-in?next=/private")
    assert not answer.set_cookies


EMBEDDED = pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
    ids=["image", "frame"],
)


@EMBEDDED
async def test_what_a_page_of_ours_embeds_begins_no_sign_in(
    site: Site, headers: dict[str, str]
) -> None:
    """security.md C03: an image in a comment is a same-origin request too."""
    victim = site.signed_in(ANA)

    answer = await victim.visit("/auth/oauth/google", by="same-origin", headers=headers)

    assert answer.header("location") == "/auth/sign-in"
    assert site.cookie("oauth") not in victim.jar.all()


@EMBEDDED
async def test_what_a_page_of_ours_embeds_finishes_no_sign_in(
    site: Site, headers: dict[str, str]
) -> None:
    """security.md C03: not even while the victim's own is under way."""
    victim = site.signed_in(ANA)
    await begin_oauth(victim)

    await victim.visit(await oauth_landing(site, EVE), by="same-origin", headers=headers)

    assert await user_of(victim) == victim.user_id
    assert site.calls("/magic_links/authenticate") == 0


async def test_a_browser_that_says_nothing_does_not_begin_with_a_provider(site: Site) -> None:
    answer = await site.client.get("/auth/oauth/google", headers={"accept": "text/html"})

    assert answer.header("location") == "/auth/sign-in"
    assert not answer.set_cookies


async def oauth_landing(site: Site, email: str = ANA) -> str:
    """What the provider and Scute make of a sign-in: the landing as a path of the site."""
    state = site.emulator.state
    user = state.users.find("app_demo", site.emulator.create_user(email).identifier)
    assert user is not None
    token = state.new_link(state.apps.first, user, "oauth").token
    site.secrets.add(token)
    return f"/auth/callback?sct_oauth={token}"


async def begin_oauth(browser: Browser, query: str = "") -> Response:
    return await browser.visit(f"/auth/oauth/google{query}", by="same-origin")


async def test_a_sign_in_with_a_provider(site: Site) -> None:
    ana = site.browser()
    begun = await begin_oauth(ana, "?next=/private")
    assert begun.status == 303
    location = urlsplit(begun.header("location") or "")
    assert (location.netloc, location.query) == ("api.scute.io", "provider=google")

    landed = await ana.visit(await oauth_landing(site), by="cross-site")

    assert landed.header("location") == "/private"
    assert await user_of(ana) is not None
    assert site.cookie("oauth") not in ana.jar.all()


@pytest.mark.parametrize("what", ["no cookie", "used cookie", "foreign cookie", "old cookie"])
async def test_a_providers_landing_that_did_not_begin_here_is_refused(
    site: Site, what: str
) -> None:
    """security.md C03: begin here, land elsewhere."""
    landing = await oauth_landing(site)
    victim, eve = site.browser(), site.browser()
    if what == "used cookie":
        await begin_oauth(victim)
        used = victim.jar.get(site.cookie("oauth")) or ""
        await victim.visit(await oauth_landing(site, EVE), by="cross-site")
        victim = site.browser()
        victim.jar.set(site.cookie("oauth"), used)
    elif what == "foreign cookie":
        await ask_for_link(site, eve, EVE)
        victim.jar.set(site.cookie("oauth"), eve.jar.get(site.cookie("magic")) or "")
    elif what == "old cookie":
        await begin_oauth(victim)
        victim.jar.set(site.cookie("oauth"), victim.jar.get(site.cookie("oauth")) or "")
        site.clock.now += 601

    answer = await victim.visit(landing, by="cross-site")

    assert answer.status == 400
    assert await user_of(victim) is None


@pytest.mark.parametrize(
    "provider", ["nobody", "..", "%2e%2e", "a%2fb", "x" * 65, "google%3fx", "é"]
)
async def test_an_unknown_provider_leads_nowhere(site: Site, provider: str) -> None:
    """security.md C09."""
    path = f"/auth/oauth/{provider}".encode()

    answer = await site.client.get(path, headers={"sec-fetch-site": "same-origin"})

    assert answer.status == 404
    assert not answer.set_cookies


@pytest.mark.parametrize(
    ("settings", "reason"),
    [({"mfa_required": True}, "mfa"), ({"sso_required": True}, "sso")],
)
async def test_what_scute_demands_beside_the_link_is_said_on_a_page(
    site: Site, settings: dict[str, bool], reason: str
) -> None:
    ana = site.browser()
    link = await ask_for_link(site, ana)
    site.emulator.settings(**settings)

    answer = await ana.visit(link, by="cross-site")

    if reason == "mfa":
        assert answer.header("location") == "/auth/mfa"
        answer = await ana.follow(answer)
        assert answer.status == 200
    else:
        assert answer.status == 403
    assert await user_of(ana) is None


async def test_an_outage_in_the_middle_of_a_sign_in_is_503(site: Site) -> None:
    ana = site.browser()
    link = await ask_for_link(site, ana)
    site.emulator.fault("", drop=True)

    answer = await ana.visit(link, by="cross-site")

    assert answer.status == 503
    assert answer.header("retry-after")
    assert site.cookie("access") not in ana.jar.all()
    assert ana.jar.get(site.cookie("magic"))


async def test_a_session_that_nobody_can_name_is_given_to_nobody(site: Site) -> None:
    ana = site.browser()
    link = await ask_for_link(site, ana)
    site.emulator.fault("/current_user", status=503)

    answer = await ana.visit(link, by="cross-site")

    assert answer.status == 503
    assert site.cookie("access") not in ana.jar.all()


async def test_landings_work_under_a_root_path(sites: Sites) -> None:
    site = await sites.open(root_path="/app")
    ana = site.browser()
    sent = await ana.submit("/auth/magic-link", {"identifier": ANA})
    assert sent.header("location") == "/app/auth/magic-link"

    moved = await site.browser().visit(link_for(site, ANA), by="cross-site")

    assert moved.header("location") == "/app/auth/callback"
