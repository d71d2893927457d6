"""Where links and OAuth arrive: who may use a token up, and what must come out of it."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from scute_auth.config import ScuteConfig
from scute_auth.identity import SignedIn
from scute_auth.jws import unverified_claims
from tests.unit.sessions import (
    EMBEDDED,
    Answered,
    Browser,
    Site,
    ask_for_link,
    consent,
    mailed,
    open_site,
    user_of,
)

ANA = "ana@example.com"
AUTHENTICATE = "/magic_links/authenticate"


@pytest.fixture
def site() -> Site:
    return open_site()


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def link_from(site: Site, email: str = ANA) -> str:
    """A link that another browser has asked for."""
    return ask_for_link(site.browser(), email)


def token_in(link: str) -> str:
    return dict(parse_qsl(urlsplit(link).query))["sct_magic"]


def landing(site: Site, **claims: Any) -> str:
    """A link whose token claims these things; Scute knows nothing of it."""
    return f"/auth/callback?sct_magic={site.emulator.mint(claims)}"


def oauth_landing(browser: Browser, email: str = ANA, next_path: str = "/a") -> str:
    begun = browser.get(f"/auth/oauth/google?next={next_path}")
    return consent(browser.site, begun.location, email)


def press(browser: Browser) -> Answered:
    """Look at the page with the button, and press it."""
    shown = browser.get("/auth/callback").page.context["shown"]
    return browser.post("/auth/callback", {"shown": shown})


def live_sessions(site: Site, email: str = ANA) -> int:
    user_id = site.emulator.create_session(email)["user_id"]
    return len(site.emulator.state.sessions.of(user_id)) - 1


class TestALinkInTheBrowserThatAskedForIt:
    def test_it_signs_in_at_once(self, site: Site, browser: Browser) -> None:
        link = ask_for_link(browser, next="/a?b=c")

        opened = browser.open(link)

        assert (opened.status, opened.location) == (303, "/a?b=c")
        assert opened.header("referrer-policy") == "no-referrer"
        assert opened.header("cache-control") == "private, no-store"
        assert opened.outcome.signed_in is not None
        user, profile = opened.outcome.signed_in
        assert user_of(browser.authenticate()) == user.id == profile.id
        assert profile.email == ANA
        assert browser.cookie("magic") is None

    def test_the_address_may_be_written_in_another_case(self, site: Site, browser: Browser) -> None:
        browser.post("/auth/magic-link", {"identifier": "Ana@EXAMPLE.com"})

        assert browser.open(mailed(site)).outcome.signed_in is not None

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec_purpose": "prefetch"},
            {"sec_purpose": "prefetch;prerender"},
            {"purpose": "prefetch"},
            {"x_moz": "prefetch"},
            {"x_purpose": "preview"},
        ],
        ids=str,
    )
    def test_reading_ahead_uses_nothing_up(
        self, site: Site, browser: Browser, headers: dict[str, str]
    ) -> None:
        """C01"""
        link = ask_for_link(browser)

        browser.open(link, **headers)

        assert site.calls(AUTHENTICATE) == 0
        assert browser.cookie("access") is None
        assert press(browser).outcome.signed_in is not None

    @pytest.mark.parametrize(("mode", "kind"), EMBEDDED)
    def test_nor_does_what_a_page_embeds(
        self, site: Site, browser: Browser, mode: str, kind: str
    ) -> None:
        """C03: whoever may post an image in this site must not finish a visitor's sign-in."""
        link = ask_for_link(browser)

        browser.get(link, sec_fetch_mode=mode, sec_fetch_dest=kind)

        assert site.calls(AUTHENTICATE) == 0
        assert browser.cookie("access") is None

    def test_nor_does_head(self, site: Site, browser: Browser) -> None:
        """C01"""
        link = ask_for_link(browser)

        head = browser.get(link, method="HEAD")

        assert head.status == 303
        assert site.calls(AUTHENTICATE) == 0

    def test_it_works_once(self, site: Site, browser: Browser) -> None:
        link = ask_for_link(browser)
        browser.open(link)

        again = site.browser()
        again.open(link)

        assert press(again).status == 400
        assert again.cookie("access") is None

    def test_a_link_for_somebody_else_is_asked_about(self, site: Site, browser: Browser) -> None:
        """C02: an attacker's link must not pass while the victim waits for his own."""
        ask_for_link(browser)
        attackers = link_from(site, "eve@example.com")

        opened = browser.open(attackers)

        assert opened.location == "/auth/callback"
        assert browser.cookie("access") is None
        assert browser.cookie("magic")
        page = browser.get("/auth/callback").page
        assert page.context["address"] == "eve@example.com"
        assert page.context["asked_here"] is False

    @pytest.mark.parametrize("seconds", [-400, -31, 31, 400])
    def test_a_link_to_this_address_that_somebody_else_asked_for_is_asked_about(
        self, site: Site, browser: Browser, seconds: int
    ) -> None:
        """C11: an attacker types the victim's address in, and polls for the click."""
        attackers = link_from(site) if seconds < 0 else ""
        site.clock.now += abs(seconds)
        ask_for_link(browser)
        if seconds > 0:
            site.clock.now += seconds
            attackers = link_from(site)

        opened = browser.open(attackers)

        assert opened.location == "/auth/callback"
        assert site.calls(AUTHENTICATE) == 0
        assert browser.cookie("magic")
        page = browser.get("/auth/callback").page
        assert page.context["address"] == ANA
        assert page.context["asked_here"] is False

    @pytest.mark.parametrize("seconds", [-30, 0, 30])
    def test_clocks_that_differ_a_little_do_not_matter(
        self, site: Site, browser: Browser, seconds: int
    ) -> None:
        ask_for_link(browser)
        issued_at = int(site.clock()) + seconds
        session = site.emulator.create_session(ANA)
        site.emulator.fault(AUTHENTICATE, status=200, body=json.dumps(session))

        claims = {"uuid": session["user_id"], "email": ANA, "iat": issued_at}
        opened = browser.open(landing(site, **claims))

        assert opened.outcome.signed_in is not None

    @pytest.mark.parametrize("issued_at", [None, "soon", 1.5, 0, -1, 10**20, True])
    def test_a_token_that_does_not_say_when_it_was_issued_is_told_by_its_address(
        self, site: Site, browser: Browser, issued_at: Any
    ) -> None:
        ask_for_link(browser)
        session = site.emulator.create_session(ANA)
        site.emulator.fault(AUTHENTICATE, status=200, body=json.dumps(session))

        claims = {"uuid": session["user_id"], "email": ANA, "iat": issued_at}
        opened = browser.open(landing(site, **claims))

        assert opened.outcome.signed_in is not None

    def test_a_token_that_only_claims_the_address_ends_the_session(
        self, site: Site, browser: Browser
    ) -> None:
        """C12: what a landing shows is held against Scute's own current user."""
        ask_for_link(browser)
        eve = site.emulator.create_session("eve@example.com")
        forged = landing(site, uuid=eve["user_id"], email=ANA)
        site.emulator.fault(AUTHENTICATE, status=200, body=json.dumps(eve))

        opened = browser.open(forged)

        assert opened.status == 400
        assert opened.outcome.signed_in is None
        assert browser.cookie("access") is None
        assert live_sessions(site, "eve@example.com") == 0
        assert "a sign-in was ended" in site.logged()[-1]

    def test_a_used_binding_only_leads_on(self, site: Site, browser: Browser) -> None:
        """It is good once, also where two requests carry it."""
        first = ask_for_link(browser, next="/a")
        binding = browser.cookie("magic") or ""
        browser.open(first)
        second = link_from(site)
        copy = site.browser()
        copy.put("magic", binding)

        opened = copy.open(second)

        assert opened.location == "/a"
        assert opened.outcome.signed_in is None
        assert copy.cookie("access") is None
        assert live_sessions(site) == 1

    def test_a_binding_of_another_app_counts_for_nothing(self, site: Site) -> None:
        browser = site.browser()
        link = ask_for_link(browser)
        other = open_site(secret="another secret of another app")
        foreign = other.browser()
        ask_for_link(foreign)
        browser.put("magic", foreign.cookie("magic") or "")

        assert browser.open(link).location == "/auth/callback"


class TestALinkOpenedElsewhere:
    def test_the_token_leaves_the_url(self, site: Site, browser: Browser) -> None:
        """C05"""
        link = link_from(site)

        opened = browser.open(link)

        assert (opened.status, opened.location) == (303, "/auth/callback")
        assert opened.header("referrer-policy") == "no-referrer"
        (cookie,) = opened.set_cookies
        assert cookie.startswith(browser.name("landing"))
        assert "Max-Age=300; HttpOnly; SameSite=Lax" in cookie
        assert token_in(link).split(".")[1] not in cookie
        assert site.calls(AUTHENTICATE) == 0

    def test_the_page_says_whose_it_claims_to_be_and_that_another_browser_asked(
        self, site: Site, browser: Browser
    ) -> None:
        """C11"""
        browser.open(link_from(site))

        page = browser.get("/auth/callback").page

        assert page.name == "confirm"
        assert page.context["address"] == ANA
        assert page.context["asked_here"] is False
        assert page.context["asked_at"].timestamp() == site.clock()
        assert page.context["replaces"] is False
        assert site.calls(AUTHENTICATE) == 0

    def test_the_button_signs_in(self, site: Site, browser: Browser) -> None:
        browser.open(link_from(site))

        pressed = press(browser)

        assert (pressed.status, pressed.location) == (303, "/")
        assert pressed.outcome.signed_in is not None
        assert pressed.outcome.signed_in[1].email == ANA
        assert browser.cookie("landing") is None
        assert isinstance(browser.authenticate(), SignedIn)

    def test_a_button_on_another_site_does_not(self, site: Site, browser: Browser) -> None:
        """C02"""
        browser.open(link_from(site))

        shown = browser.get("/auth/callback").page.context["shown"]
        pressed = browser.post(
            "/auth/callback",
            {"shown": shown},
            sec_fetch_site="cross-site",
            origin="https://evil.example",
        )

        assert pressed.status == 403
        assert site.calls(AUTHENTICATE) == 0

    def test_a_button_for_another_landing_does_not(self, site: Site, browser: Browser) -> None:
        """The page was about one token; by now the cookie holds another."""
        browser.open(link_from(site))
        shown = browser.get("/auth/callback").page.context["shown"]
        browser.open(link_from(site, "eve@example.com"))

        pressed = browser.post("/auth/callback", {"shown": shown})

        assert pressed.status == 200
        assert pressed.page.name == "confirm"
        assert pressed.page.context["address"] == "eve@example.com"
        assert site.calls(AUTHENTICATE) == 0

    @pytest.mark.parametrize("body", [b"", b"shown=", b"shown=x", "shown=é".encode(), b"%ff"])
    def test_a_button_without_its_token_does_not(
        self, site: Site, browser: Browser, body: bytes
    ) -> None:
        browser.open(link_from(site))

        pressed = browser.post("/auth/callback", body=body)

        assert pressed.status in (200, 400)
        assert site.calls(AUTHENTICATE) == 0

    @pytest.mark.parametrize("shown", ['"\\ud800"', '"\\u0000"', "1", "null", '{"a": "b"}'])
    def test_odd_json_does_not_either(self, site: Site, browser: Browser, shown: str) -> None:
        browser.open(link_from(site))
        body = b'{"shown": ' + shown.encode() + b"}"

        pressed = browser.post("/auth/callback", body=body, script=True)

        assert pressed.status in (200, 400)
        assert site.calls(AUTHENTICATE) == 0

    def test_after_five_minutes_it_is_over(self, site: Site, browser: Browser) -> None:
        browser.open(link_from(site))
        value = browser.cookie("landing") or ""
        site.clock.now += 301
        browser.put("landing", value)

        assert browser.get("/auth/callback").status == 400
        assert browser.post("/auth/callback", {"shown": "x"}).status == 400

    def test_who_is_signed_in_as_somebody_else_is_warned(self, site: Site) -> None:
        """C02: asks before it replaces a live session."""
        browser = site.signed_in("before@example.com")
        browser.open(link_from(site))

        assert browser.get("/auth/callback").page.context["replaces"] is True
        press(browser)
        assert user_of(browser.authenticate()) != ""

    def test_who_is_signed_in_already_is_told_so(self, site: Site) -> None:
        """Reload and back lead here: nobody else asked for it, and there is nothing to confirm."""
        browser = site.signed_in("ana@example.com")
        browser.open(link_from(site))

        told = browser.get("/auth/callback")

        assert told.status == 200
        assert told.page.context["title"] == "You are signed in already"
        assert browser.cookie("landing") is None
        browser.open(link_from(site))
        assert browser.get("/auth/callback", script=True).json == {"status": "signed_in"}

    def test_the_session_is_new_and_the_earlier_one_is_gone_here(self, site: Site) -> None:
        browser = site.signed_in("before@example.com")
        before = dict(browser.cookies)
        browser.open(link_from(site))

        press(browser)

        for purpose in ("access", "refresh"):
            assert browser.cookie(purpose) != before[browser.name(purpose)]

    @pytest.mark.parametrize("email", [ANA, "before@example.com"], ids=["same", "another"])
    def test_the_earlier_one_ends_at_scute_too(self, site: Site, email: str) -> None:
        browser = site.signed_in(email)
        user_id, before = user_of(browser.authenticate()), dict(browser.cookies)
        browser.open(ask_for_link(browser))

        kept = site.browser()
        kept.jar = {name: (value, float("inf")) for name, value in before.items()}

        assert len(site.emulator.state.sessions.of(user_id)) == (1 if email == ANA else 0)
        assert not isinstance(kept.authenticate(), SignedIn)
        kept.drop("access")
        assert not isinstance(kept.authenticate(), SignedIn)

    def test_in_an_outage_it_is_logged_and_the_new_one_stands(self, site: Site) -> None:
        browser = site.signed_in("before@example.com")
        link = ask_for_link(browser)
        ana = site.emulator.state.users.of(site.config.app_id)[-1]
        profile = json.dumps({"user": {"id": ana.id, "email": ANA}})
        site.emulator.fault("/current_user", status=503)
        site.emulator.fault("/current_user", times=1, status=200, body=profile)

        assert browser.open(link).outcome.signed_in is not None
        assert "to end the session of before" in site.logged()[-1]

    def test_a_session_that_goes_on_at_scute_is_not_ended(self, site: Site) -> None:
        """Where the new token names the session of the old one."""
        browser = site.signed_in(ANA)
        user_id = user_of(browser.authenticate())
        (session,) = site.emulator.state.sessions.of(user_id)
        link = ask_for_link(browser)
        claims = unverified_claims(browser.cookie("access") or "")
        again = site.emulator.mint({**claims, "exp": claims["exp"] - 1})
        body = json.dumps({"access": again})
        site.emulator.fault("/magic_links/authenticate", status=200, body=body)
        profile = json.dumps({"user": {"id": user_id, "email": ANA}})
        site.emulator.fault("/current_user", times=1, status=200, body=profile)

        assert browser.open(link).outcome.signed_in is not None
        assert not session.is_over(site.clock())

    def test_what_came_in_a_header_is_no_browsers_session(self, site: Site) -> None:
        browser = site.browser()
        link = ask_for_link(browser)
        session = site.emulator.create_session("before@example.com")

        browser.open(link, authorization=f"Bearer {session['access']}")

        assert len(site.emulator.state.sessions.of(session["user_id"])) == 1

    def test_a_binding_made_meanwhile_for_the_same_address_is_used_up(
        self, site: Site, browser: Browser
    ) -> None:
        browser.open(link_from(site))
        ask_for_link(browser, next="/a")

        assert browser.get("/auth/callback").page.context["asked_here"] is True
        assert press(browser).location == "/a"
        assert browser.cookie("magic") is None

    def test_a_binding_for_another_address_goes(self, site: Site, browser: Browser) -> None:
        """It may be another's, planted: his link must ask, now that somebody is signed in."""
        other = ask_for_link(browser, "other@example.com", next="/other")
        browser.open(link_from(site))

        pressed = press(browser)

        assert pressed.location == "/"
        assert browser.cookie("magic") is None
        assert browser.open(other).location == "/auth/callback"

    def test_nothing_that_was_planted_before_is_left(self, site: Site, browser: Browser) -> None:
        """Half-done sign-ins of an attacker, from his own browser."""
        attacker = site.browser()
        attacker.get("/auth/oauth/google")
        attacker.post("/auth/otp", {"identifier": "eve@example.com"})
        attacker.open(link_from(site, "eve@example.com"))
        planted = {name: attacker.cookie(name) or "" for name in ("oauth", "otp", "landing")}
        link = ask_for_link(browser)
        for purpose, value in planted.items():
            browser.put(purpose, value)

        assert browser.open(link).outcome.signed_in is not None

        assert all(planted.values())
        assert [name for name in planted if browser.cookie(name)] == []

    def test_a_token_whose_address_was_edited_ends_the_session(
        self, site: Site, browser: Browser
    ) -> None:
        """C12"""
        eve = site.emulator.create_session("eve@example.com")
        browser.open(landing(site, uuid=eve["user_id"], email=ANA))
        site.emulator.fault(AUTHENTICATE, status=200, body=json.dumps(eve))

        pressed = press(browser)

        assert pressed.status == 400
        assert browser.cookie("access") is None
        assert live_sessions(site, "eve@example.com") == 0

    def test_a_token_whose_user_was_edited_ends_the_session(
        self, site: Site, browser: Browser
    ) -> None:
        """C06, C12"""
        ana = site.emulator.create_session(ANA)
        browser.open(landing(site, uuid="somebody else", email=ANA))
        site.emulator.fault(AUTHENTICATE, status=200, body=json.dumps(ana))

        assert press(browser).status == 400
        assert browser.cookie("access") is None
        assert live_sessions(site) == 0

    def test_scutes_own_current_user_must_agree_with_the_token(
        self, site: Site, browser: Browser
    ) -> None:
        """C12"""
        site.emulator.fault(
            "/current_user",
            status=200,
            body='{"user": {"id": "other", "email": "ana@example.com"}}',
        )
        browser.open(link_from(site))

        assert press(browser).status == 400
        assert browser.cookie("access") is None

    def test_a_token_without_an_address_is_shown_without_one(
        self, site: Site, browser: Browser
    ) -> None:
        ana = site.emulator.create_session(ANA)
        browser.open(landing(site, uuid=ana["user_id"]))
        site.emulator.fault(AUTHENTICATE, status=200, body=json.dumps(ana))

        page = browser.get("/auth/callback").page

        assert (page.context["address"], page.context["asked_at"]) == (None, None)
        assert press(browser).outcome.signed_in is not None

    def test_a_phone_number_counts_as_an_address(self, site: Site, browser: Browser) -> None:
        grace = site.emulator.create_session(phone="+15550100")
        browser.open(landing(site, uuid=grace["user_id"], phone="+15550100", iat=True))
        site.emulator.fault(AUTHENTICATE, status=200, body=json.dumps(grace))

        assert browser.get("/auth/callback").page.context["address"] == "+15550100"
        assert press(browser).outcome.signed_in is not None


class TestWhatNobodyCanUse:
    @pytest.mark.parametrize(
        "query",
        [
            "",
            "?sct_magic=",
            "?sct_magic=x",
            "?sct_magic=a.b.c",
            "?sct_magic=%C3%A9",
            "?sct_magic=a.b.c%0d%0aset-cookie:x",
            "?sct_magic=" + "a" * 3000,
            "?sct_oauth=" + "a" * 3000,
            "?sct_magic=a.b.c&sct_magic=d.e.f",
            "?sct_magic=a.b.c&sct_oauth=d.e.f",
        ],
    )
    def test_a_broken_landing_is_told_so(self, site: Site, browser: Browser, query: str) -> None:
        page = browser.open(f"/auth/callback{query}")
        script = browser.get(f"/auth/callback{query}", script=True)

        assert page.status == script.status == 400
        assert page.page.name == "message"
        assert script.json["reason"] == "malformed"
        assert page.header("referrer-policy") == "no-referrer"
        assert browser.cookies == {}
        assert site.calls(AUTHENTICATE) == 0

    @pytest.mark.parametrize("other", ["sct_magic", "sct_oauth", "sct_pkce"])
    def test_two_tokens_are_one_too_many(self, site: Site, browser: Browser, other: str) -> None:
        link = ask_for_link(browser)

        opened = browser.open(f"{link}&{other}={token_in(link)}")

        assert opened.status == 400
        assert site.calls(AUTHENTICATE) == 0

    @pytest.mark.parametrize(
        "claims",
        [{}, {"uuid": ""}, {"uuid": 5}, {"uuid": "x" * 300}, {"uuid": "a\r\nb"}, {"uuid": None}],
    )
    def test_a_magic_token_that_names_nobody_is_broken(
        self, site: Site, browser: Browser, claims: dict[str, Any]
    ) -> None:
        assert browser.open(landing(site, **claims)).status == 400

    @pytest.mark.parametrize("issued_at", [0, -1, 1e400, 10**30, True, "now", 1.5])
    def test_an_odd_time_is_not_shown(self, site: Site, browser: Browser, issued_at: Any) -> None:
        if issued_at == float("inf"):
            issued_at = 10**400
        browser.open(landing(site, uuid="u", email=ANA, iat=issued_at))

        assert browser.get("/auth/callback").page.context["asked_at"] is None

    @pytest.mark.parametrize("email", ["", 5, "a" * 300, "a\u202eb", "a\nb"])
    def test_an_odd_address_is_not_shown(self, site: Site, browser: Browser, email: Any) -> None:
        browser.open(landing(site, uuid="u", email=email))

        assert browser.get("/auth/callback").page.context["address"] is None

    def test_a_cookie_that_we_did_not_seal_holds_nothing(self, browser: Browser) -> None:
        for value in ("x", "1.", "1.AAAA", "1." + "A" * 9000, "1.é"):
            browser.put("landing", value)

            assert browser.get("/auth/callback").status == 400


class TestWhatScuteAnswers:
    @pytest.mark.parametrize("status", [400, 401, 404, 422])
    def test_a_link_that_is_used_or_old_is_told_so(
        self, site: Site, browser: Browser, status: int
    ) -> None:
        link = ask_for_link(browser)
        site.emulator.fault(AUTHENTICATE, status=status, body="{}")

        opened = browser.open(link)

        assert opened.status == 400
        assert opened.page.context["actions"][0][1] == "/auth/sign-in"
        assert browser.cookie("access") is None

    def test_a_second_factor_leads_to_its_page(self, site: Site, browser: Browser) -> None:
        link = ask_for_link(browser)
        site.emulator.settings(mfa_required=True)

        opened = browser.open(link)

        assert (opened.status, opened.location) == (303, "/auth/mfa")
        assert browser.get("/auth/mfa").status == 200
        assert browser.cookie("access") is None

    def test_an_account_that_was_switched_off_is_told_so(
        self, site: Site, browser: Browser
    ) -> None:
        link = ask_for_link(browser)
        user = site.emulator.state.users.of(site.config.app_id)[0]
        site.emulator.state.users.update(user, site.clock(), status="inactive")

        assert browser.open(link).status == 403

    @pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}], ids=["503", "dropped"])
    def test_in_an_outage_it_can_be_tried_again(
        self, site: Site, browser: Browser, fault: dict[str, Any]
    ) -> None:
        browser.open(link_from(site))
        site.emulator.fault(AUTHENTICATE, times=1, **fault)

        first = press(browser)

        assert first.status == 503
        assert first.header("retry-after")
        assert press(browser).outcome.signed_in is not None

    def test_a_session_that_nobody_can_look_into_is_given_to_nobody(
        self, site: Site, browser: Browser
    ) -> None:
        link = ask_for_link(browser)
        site.emulator.fault("/current_user", status=503, times=1)

        opened = browser.open(link)

        assert opened.status == 503
        assert browser.cookie("access") is None
        assert live_sessions(site) == 0

    def test_a_session_whose_binding_nobody_can_look_up_is_given_to_nobody(
        self, site: Site, browser: Browser
    ) -> None:
        link = ask_for_link(browser)
        site.stepper.broken = frozenset({"add"})

        opened = browser.open(link)

        assert opened.status == 503
        assert browser.cookie("access") is None
        assert live_sessions(site) == 0

    def test_a_token_that_is_refused_starts_no_session(self, site: Site, browser: Browser) -> None:
        link = ask_for_link(browser)
        app = site.emulator.create_app()
        other = site.emulator.create_session(ANA, app_id=app.id)
        site.emulator.fault(AUTHENTICATE, status=200, body=json.dumps(other))

        opened = browser.open(link)

        assert opened.status == 400
        assert browser.cookie("access") is None
        assert site.logged()[-1].endswith("wrong_app")

    @pytest.mark.parametrize("body", ["[]", "null", '"x"', "{}", '{"access": 5}', "<html>"])
    def test_an_answer_without_sense_is_no_session(
        self, site: Site, browser: Browser, body: str
    ) -> None:
        link = ask_for_link(browser)
        site.emulator.fault(AUTHENTICATE, status=200, body=body)

        assert browser.open(link).status == 400


class TestOAuth:
    def test_a_landing_that_began_here_signs_in(self, browser: Browser) -> None:
        opened = browser.open(oauth_landing(browser))

        assert (opened.status, opened.location) == (303, "/a")
        assert opened.outcome.signed_in is not None
        assert opened.outcome.signed_in[1].email == ANA
        assert browser.cookie("oauth") is None

    def test_the_older_parameter_is_taken_too(self, browser: Browser) -> None:
        url = oauth_landing(browser).replace("sct_oauth", "sct_pkce")

        assert browser.open(url).outcome.signed_in is not None

    def test_a_token_that_is_no_jwt_is_taken(self, site: Site, browser: Browser) -> None:
        browser.get("/auth/oauth/google")
        session = site.emulator.create_session(ANA)
        site.emulator.fault(AUTHENTICATE, status=200, body=json.dumps(session))

        assert browser.open("/auth/callback?sct_oauth=opaque").outcome.signed_in is not None

    def test_a_landing_that_did_not_begin_here_is_refused(
        self, site: Site, browser: Browser
    ) -> None:
        """C02, C03"""
        url = oauth_landing(site.browser())

        page = browser.open(url)
        script = browser.get(url, script=True)

        assert page.status == script.status == 400
        assert script.json["reason"] == "not_begun_here"
        assert page.header("referrer-policy") == "no-referrer"
        assert page.page.context["actions"][0][1] == "/auth/sign-in"
        assert site.calls(AUTHENTICATE) == 0
        assert browser.cookies == {}

    def test_a_link_by_mail_is_no_beginning(self, site: Site, browser: Browser) -> None:
        ask_for_link(browser)

        assert browser.open(oauth_landing(site.browser())).status == 400

    def test_a_used_binding_is_refused(self, site: Site, browser: Browser) -> None:
        """C03"""
        url = oauth_landing(browser)
        binding = browser.cookie("oauth") or ""
        browser.open(url)
        second = oauth_landing(site.browser())
        thief = site.browser()
        thief.put("oauth", binding)

        opened = thief.open(second)

        assert opened.status == 400
        assert thief.cookie("access") is None
        assert live_sessions(site) == 1

    def test_after_ten_minutes_the_beginning_is_forgotten(
        self, site: Site, browser: Browser
    ) -> None:
        browser.get("/auth/oauth/google")
        value = browser.cookie("oauth") or ""
        site.clock.now += 601
        browser.put("oauth", value)

        assert browser.open("/auth/callback?sct_oauth=x").status == 400

    def test_a_reading_ahead_is_asked_about_like_a_link(self, site: Site, browser: Browser) -> None:
        url = oauth_landing(browser)

        moved = browser.open(url, sec_purpose="prefetch")

        assert moved.location == "/auth/callback"
        assert site.calls(AUTHENTICATE) == 0
        assert press(browser).location == "/a"

    def test_its_button_needs_the_beginning_too(self, site: Site, browser: Browser) -> None:
        browser.open(oauth_landing(browser), sec_purpose="prefetch")
        shown = browser.get("/auth/callback").page.context["shown"]
        browser.drop("oauth")

        pressed = browser.post("/auth/callback", {"shown": shown})

        assert pressed.status == 400
        assert site.calls(AUTHENTICATE) == 0

    def test_a_person_who_says_no_is_met_with_a_page(self, browser: Browser) -> None:
        browser.get("/auth/oauth/google")

        page = browser.open("/auth/callback?error=access_denied")
        script = browser.get("/auth/callback?error=%3Cscript%3E", script=True)

        assert page.status == script.status == 400
        assert script.json["reason"] == "cancelled"
        assert "script" not in script.json["detail"]
        assert browser.cookie("oauth") is None

    @pytest.mark.parametrize(("mode", "kind"), EMBEDDED)
    def test_an_image_on_another_page_says_no_for_nobody(
        self, browser: Browser, mode: str, kind: str
    ) -> None:
        browser.get("/auth/oauth/google")

        browser.open("/auth/callback?error=x", sec_fetch_mode=mode, sec_fetch_dest=kind)

        assert browser.cookie("oauth") is not None


def test_over_plain_http_nobody_can_sign_in_and_nothing_is_used_up(site: Site) -> None:
    """Where no cookie may be set the landing cannot go on, and says so instead of looping."""
    config = ScuteConfig(site.config.app_id, secret=site.config.secret)
    auth = type(site.auth)(config)
    bare = Site(site.emulator, site.clock, config, auth, site.stepper)
    browser = bare.browser(host="app.example")

    link = link_from(site)
    before = {call.path for call in site.emulator.calls()}
    page = browser.open(link)

    assert browser.cookies == {}
    assert page.status == 500
    assert {call.path for call in site.emulator.calls()} == before
