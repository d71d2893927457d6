"""Send a link, wait for it, and be signed in when it was opened anywhere."""

import json
from typing import Any

import pytest

from scute_auth.effects import HttpCall
from scute_auth.identity import SignedIn
from scute_auth.signin.arrival import Arrival
from scute_auth.signin.binding import Binding
from scute_auth.signin.identifiers import email_address, phone_number, same_identifier
from tests.unit.sessions import Browser, Site, ask_for_link, mailed, open_site, user_of

ANA = "ana@example.com"


@pytest.fixture
def site() -> Site:
    return open_site()


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def sent_to_scute(site: Site, path: str) -> list[Any]:
    return [
        json.loads(effect.body or b"{}")
        for effect in site.stepper.effects
        if isinstance(effect, HttpCall) and effect.url.endswith(path)
    ]


def test_a_binding_of_another_release_counts_for_none() -> None:
    site = open_site()
    browser = site.browser()
    link = ask_for_link(browser)
    for content in ({"id": "x"}, {"id": "x", "way": "magic", "next": "/", "gone": 1}):
        sealed = site.auth.sealer.seal("magic", content, until=site.clock() + 600)
        browser.put("magic", sealed)

        assert browser.get("/auth/magic-link").location == "/auth/sign-in"
        assert browser.open(link).location == "/auth/callback"


@pytest.mark.parametrize(("letter", "fits"), [("n", True), ('"', False)])
def test_a_binding_is_never_larger_than_a_browser_takes(letter: str, fits: bool) -> None:
    """JSON needs two characters for some: then where to go is forgotten, and not who asked."""
    browser = open_site(after_sign_in="/welcome").browser()
    longest, path = "a" * 64 + "@" + "b" * 185 + ".com", "/" + letter * 2047

    sent = browser.post("/auth/magic-link", {"identifier": longest, "next": path})

    (cookie,) = sent.set_cookies
    assert len(cookie.partition(";")[0]) <= 4096
    context = browser.get("/auth/magic-link").page.context
    assert (context["identifier"], context["next"]) == (longest, path if fits else "/welcome")


def test_no_repr_shows_the_links_id_nor_a_token() -> None:
    binding = Binding("i", "magic", "/", 1.0, "ana@example.com", "the-links-id")
    arrival = Arrival("magic", "the.very.token", "u", "ana@example.com", 1, is_new=False)

    assert "the-links-id" not in repr(binding)
    assert "the.very.token" not in repr(arrival)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Ana@Example.com", "ana@example.COM", True),
        ("ana@example.com", "eve@example.com", False),
        ("stra\u00dfe@example.com", "strasse@example.com", False),
        ("\u212aen@example.com", "ken@example.com", False),
        ("\u0130a@example.com", "i\u0307a@example.com", False),
        ("\u00c9a@example.com", "\u00e9a@example.com", False),
        ("", "", False),
        (None, None, False),
        ("ana@example.com", None, False),
        (None, "ana@example.com", False),
    ],
)
def test_addresses_are_the_same_but_for_the_case_of_ascii(
    one: str | None, other: str | None, expected: bool
) -> None:
    """To Unicode's rules two people's addresses may be one."""
    assert same_identifier(one, other) is expected


class TestSending:
    def test_a_link_is_mailed_and_the_browser_bound(self, site: Site, browser: Browser) -> None:
        sent = browser.post("/auth/magic-link", {"identifier": ANA})

        assert (sent.status, sent.location) == (303, "/auth/magic-link")
        assert mailed(site).startswith("http://127.0.0.1:8000/auth/callback?sct_magic=")
        (cookie,) = sent.set_cookies
        assert cookie.startswith(browser.name("magic"))
        assert "Max-Age=600; HttpOnly; SameSite=Lax" in cookie

    def test_the_cookie_tells_nothing(self, site: Site, browser: Browser) -> None:
        ask_for_link(browser, next="/secret-plan")

        value = browser.cookie("magic") or ""

        assert not any(word in value for word in ("ana", "example", "secret-plan"))

    def test_a_script_gets_json(self, browser: Browser) -> None:
        sent = browser.post("/auth/magic-link", {"identifier": ANA}, script=True)

        assert sent.status == 200
        assert sent.json == {"status": "sent", "next": "/auth/magic-link"}
        assert browser.cookie("magic")

    def test_a_new_users_data_goes_along(self, site: Site, browser: Browser) -> None:
        browser.post("/auth/magic-link", {"identifier": ANA, "meta.first_name": "Ana"})

        (body,) = sent_to_scute(site, "/magic_links/register")
        assert body["user_meta"] == {"first_name": "Ana"}
        assert sent_to_scute(site, "/magic_links/login") == []

    @pytest.mark.parametrize(
        "identifier",
        [
            "",
            "ana",
            "@example.com",
            "ana@",
            "a@b@example.com",
            "a@x.com,b@y.com",
            "a@x.com;b@y.com",
            "a@x.com b@y.com",
            "Ana <a@x.com>",
            '"a"@x.com',
            "a\r\n@x.com",
            "a\x00@x.com",
            "a" * 250 + "@x.com",
            "+15550100123",
        ],
    )
    def test_anything_but_one_address_is_asked_for_again(
        self, site: Site, browser: Browser, identifier: str
    ) -> None:
        """C10: a list of addresses is none, and nothing of it is sent anywhere."""
        page = browser.post("/auth/magic-link", {"identifier": identifier, "next": "/a"})
        script = browser.post("/auth/magic-link", {"identifier": identifier}, script=True)

        assert page.status == script.status == 422
        assert page.page.name == "sign_in"
        assert page.page.context["error"]
        email, phone = page.page.context["forms"]
        assert (email["value"], email["error"]) == (identifier[:254], page.page.context["error"])
        assert (phone["value"], phone["error"]) == ("", None)
        assert page.page.context["next"] == "/a"
        assert script.json["reason"] == "invalid_identifier"
        assert site.calls("/magic_links/login") == 0
        assert browser.cookies == {}

    def test_a_body_that_cannot_be_read_is_asked_for_again(self, browser: Browser) -> None:
        page = browser.post("/auth/magic-link", body=b"identifier=a%40x.com&identifier=b%40x.com")

        assert page.status == 422
        assert page.page.context["forms"][0]["value"] == ""

    def test_an_address_that_scute_does_not_take_is_asked_for_again(
        self, site: Site, browser: Browser
    ) -> None:
        site.emulator.settings(allowed_identifiers=["phone"])

        page = browser.post("/auth/magic-link", {"identifier": ANA})

        assert page.status == 422
        assert "Scute does not take" in page.page.context["error"]

    def test_whether_somebody_has_an_account_is_not_told(
        self, site: Site, browser: Browser
    ) -> None:
        site.emulator.create_user(ANA)
        site.emulator.settings(public_signup=False)

        stranger = site.browser()
        known = browser.post("/auth/magic-link", {"identifier": ANA})
        unknown = stranger.post("/auth/magic-link", {"identifier": "eve@example.com"})

        assert len(browser.cookie("magic") or "") == len(stranger.cookie("magic") or "")
        assert (known.status, known.location) == (unknown.status, unknown.location)
        assert [name for name, _ in known.headers] == [name for name, _ in unknown.headers]
        assert site.emulator.messages("eve@example.com") == []

    def test_nor_by_the_waiting_page(self, site: Site, browser: Browser) -> None:
        site.emulator.settings(public_signup=False)
        browser.post("/auth/magic-link", {"identifier": "eve@example.com"})

        waiting = browser.get("/auth/magic-link")
        poll = browser.post("/auth/magic-link/status", script=True)

        assert waiting.page.name == "check_inbox"
        assert waiting.page.context["identifier"] == "eve@example.com"
        assert poll.json["status"] == "pending"

    @pytest.mark.parametrize("path", ["/magic-link", "/otp"])
    def test_nor_whether_it_is_switched_off(self, site: Site, browser: Browser, path: str) -> None:
        """Any visitor can type an address in: its owner learns it by his link or code."""
        site.emulator.create_user(ANA)
        site.emulator.create_user("eve@example.com", status="inactive")
        stranger = site.browser()

        known = browser.post(f"/auth{path}", {"identifier": ANA})
        off = stranger.post(f"/auth{path}", {"identifier": "eve@example.com"})

        assert (known.status, known.location) == (off.status, off.location) == (303, f"/auth{path}")
        assert [name for name, _ in known.headers] == [name for name, _ in off.headers]
        assert stranger.get(f"/auth{path}").page.name == browser.get(f"/auth{path}").page.name
        assert "account_deactivated" in site.logged()[-1]

    def test_the_owner_of_an_account_that_is_switched_off_is_told_so(
        self, site: Site, browser: Browser
    ) -> None:
        link = ask_for_link(browser)
        refused = json.dumps({"error": "no", "error_code": "account_deactivated"})
        site.emulator.fault("/magic_links/authenticate", status=403, body=refused)

        opened = browser.open(link)

        assert opened.status == 403
        assert opened.page.context["title"] == "This account is switched off"

    @pytest.mark.parametrize("status", [401, 403])
    def test_nor_by_any_other_no(self, site: Site, browser: Browser, status: int) -> None:
        refused = json.dumps({"error": "no", "error_code": "signup_disabled"})
        site.emulator.fault("/magic_links/login", status=status, body=refused)

        assert browser.post("/auth/magic-link", {"identifier": ANA}).location == "/auth/magic-link"

    @pytest.mark.parametrize("status", [500, 503, 429])
    def test_an_outage_is_a_503(self, site: Site, browser: Browser, status: int) -> None:
        site.emulator.fault("/magic_links/login", status=status)

        answer = browser.post("/auth/magic-link", {"identifier": ANA}, script=True)

        assert answer.status == 503
        assert answer.header("retry-after") == "1"
        assert browser.cookies == {}

    @pytest.mark.parametrize("next_path", ["//evil.example", "https://evil.example", "/\\evil"])
    def test_an_unsafe_next_is_forgotten(self, browser: Browser, next_path: str) -> None:
        """C07"""
        link = ask_for_link(browser, next=next_path)

        assert browser.open(link).location == "/"

    def test_answers_are_not_to_be_stored_nor_named_in_a_referer(self, browser: Browser) -> None:
        sent = browser.post("/auth/magic-link", {"identifier": ANA})

        assert sent.header("cache-control") == "private, no-store"
        assert sent.header("referrer-policy") == "no-referrer"


class TestWaiting:
    def test_the_page_names_the_address_and_the_time_left(
        self, site: Site, browser: Browser
    ) -> None:
        ask_for_link(browser, next="/a")
        site.clock.now += 100

        page = browser.get("/auth/magic-link").page

        assert page.name == "check_inbox"
        assert page.context["identifier"] == ANA
        assert page.context["seconds_left"] == 500
        assert page.context["next"] == "/a"

    def test_who_waits_for_nothing_is_sent_to_the_sign_in_page(self, browser: Browser) -> None:
        page = browser.get("/auth/magic-link")
        script = browser.get("/auth/magic-link", script=True)

        assert (page.status, page.location) == (303, "/auth/sign-in")
        assert script.json == {"status": "expired", "next": "/auth/sign-in"}

    def test_who_is_signed_in_meanwhile_goes_on(self, site: Site) -> None:
        browser = site.signed_in()

        assert browser.get("/auth/magic-link").location == "/"
        poll = browser.post("/auth/magic-link/status", script=True)
        assert poll.json == {"status": "signed_in", "next": "/"}

    def test_after_ten_minutes_it_is_over(self, site: Site, browser: Browser) -> None:
        ask_for_link(browser)
        value = browser.cookie("magic") or ""
        site.clock.now += 601
        browser.put("magic", value)

        assert browser.get("/auth/magic-link").location == "/auth/sign-in"


class TestPolling:
    def test_before_the_link_is_opened_it_is_pending(self, browser: Browser) -> None:
        ask_for_link(browser)

        poll = browser.post("/auth/magic-link/status", script=True)
        page = browser.post("/auth/magic-link/status")

        assert poll.json["status"] == "pending"
        assert (page.status, page.location) == (303, "/auth/magic-link")

    def test_once_it_was_opened_elsewhere_this_browser_is_signed_in_too(
        self, site: Site, browser: Browser
    ) -> None:
        link = ask_for_link(browser, next="/a")
        phone = site.browser()
        phone.open(link)
        shown = phone.get("/auth/callback").page.context["shown"]
        phone.post("/auth/callback", {"shown": shown})

        poll = browser.post("/auth/magic-link/status", script=True)

        assert poll.json == {"status": "signed_in", "next": "/a"}
        assert browser.cookie("magic") is None
        assert user_of(browser.authenticate()) == user_of(phone.authenticate())
        assert browser.cookie("access") != phone.cookie("access")
        assert poll.outcome.signed_in is not None
        assert poll.outcome.signed_in[1].email == ANA

    def test_the_body_cannot_name_a_link(self, site: Site, browser: Browser) -> None:
        """C11: the id comes from the binding alone."""
        victim = site.browser()
        link = ask_for_link(victim)
        binding = site.auth.sealer.open("magic", victim.cookie("magic"), now=site.clock())
        assert binding is not None
        link_id = binding["sent"].strip()
        assert site.emulator.state.links.asked(site.config.app_id, link_id, site.clock())
        victim.open(link)

        poll = browser.post("/auth/magic-link/status", {"id": link_id}, script=True)

        assert poll.json["status"] == "expired"
        assert browser.cookies == {}

    def test_an_attacker_who_asked_gets_in_only_with_the_cookie_of_that_request(
        self, site: Site
    ) -> None:
        """C11: that somebody else asked is what the confirm page says."""
        attacker, victim, stranger = site.browser(), site.browser(), site.browser()
        link = ask_for_link(attacker)
        victim.open(link)
        confirm = victim.get("/auth/callback").page
        assert confirm.context["asked_here"] is False
        assert confirm.context["address"] == ANA
        assert confirm.context["asked_at"] is not None

        stranger.put("magic", "1.AAAA")
        for browser in (attacker, stranger):
            poll = browser.post("/auth/magic-link/status", script=True)
            assert poll.json["status"] in ("pending", "expired")
            assert browser.cookie("access") is None

    @pytest.mark.parametrize(("after", "status"), [(299, "pending"), (301, "expired")])
    def test_what_was_never_sent_ends_when_it_would_have(
        self, site: Site, browser: Browser, after: int, status: str
    ) -> None:
        """Else the page tells that Scute has deactivated this person."""
        site.emulator.settings(magic_link_expiration=300)
        site.emulator.create_user("gone@example.com", status="inactive")
        browser.post("/auth/magic-link", {"identifier": "gone@example.com"})
        known = site.browser()
        ask_for_link(known)
        site.clock.now += after

        told = [each.post("/auth/magic-link/status", script=True).json for each in (browser, known)]

        assert told[0] == told[1]
        assert told[0]["status"] == status
        assert site.emulator.messages("gone@example.com") == []
        assert (browser.cookie("magic") is None) == (status == "expired")

    def test_so_it_is_where_scute_does_not_say_when(self, site: Site, browser: Browser) -> None:
        app = {"id": site.config.app_id, "public_signup": True}
        site.emulator.fault(f"/apps/{site.config.app_id}", status=200, body=json.dumps(app))
        site.emulator.create_user("gone@example.com", status="inactive")
        browser.post("/auth/magic-link", {"identifier": "gone@example.com"})
        site.clock.now += 599

        poll = browser.post("/auth/magic-link/status", script=True)

        assert poll.json["status"] == "pending"

    def test_a_link_that_is_gone_frees_the_browser(self, site: Site, browser: Browser) -> None:
        ask_for_link(browser, next="/a")
        site.emulator.fault("/magic_links/status", status=404)

        poll = browser.post("/auth/magic-link/status", script=True)

        assert poll.json == {"status": "expired", "next": "/auth/sign-in?next=/a"}
        assert browser.cookie("magic") is None

    def test_where_only_known_people_may_sign_in_its_end_is_not_told(self, site: Site) -> None:
        """Scute sends a stranger no link, and what was never sent never ends."""
        site.emulator.settings(public_signup=False, magic_link_lifetime=60)
        site.emulator.create_user(ANA)
        told: list[list[object]] = []

        for who in (ANA, "nobody@example.com"):
            browser = site.browser()
            browser.post("/auth/magic-link", {"identifier": who})
            told.append([])
            for _ in range(3):
                site.clock.now += 61
                polled = browser.post("/auth/magic-link/status", script=True)
                told[-1].append((polled.status, polled.json, len(polled.set_cookies)))

        assert told[0] == told[1]

    def test_in_an_outage_the_browser_stays_bound(self, site: Site, browser: Browser) -> None:
        ask_for_link(browser)
        site.emulator.fault("/magic_links/status", status=503)

        assert browser.post("/auth/magic-link/status", script=True).status == 503
        assert browser.cookie("magic")

    def test_a_second_factor_is_told(self, site: Site, browser: Browser) -> None:
        link = ask_for_link(browser)
        site.emulator.settings(mfa_required=True)
        site.browser().open(link)
        confirm_elsewhere(site, link)

        poll = browser.post("/auth/magic-link/status", script=True)

        assert poll.json["status"] == "mfa_required"
        assert poll.json["methods"] == ["totp", "backup_code"]
        assert browser.cookie("access") is None

    def test_a_session_of_somebody_else_is_ended(self, site: Site, browser: Browser) -> None:
        ask_for_link(browser)
        eve = site.emulator.create_session("eve@example.com")
        site.emulator.fault("/magic_links/status", status=200, body=json.dumps(eve))

        poll = browser.post("/auth/magic-link/status", script=True)

        assert poll.status == 400
        assert browser.cookie("access") is None
        assert not site.emulator.state.sessions.of(eve["user_id"])

    def test_scutes_own_current_user_must_be_the_one_of_the_token(
        self, site: Site, browser: Browser
    ) -> None:
        """C12"""
        confirm_elsewhere(site, ask_for_link(browser))
        other = {"user": {"id": "somebody else", "email": ANA}}
        site.emulator.fault("/current_user", status=200, body=json.dumps(other))

        assert browser.post("/auth/magic-link/status", script=True).status == 400
        assert browser.cookie("access") is None

    def test_while_the_link_is_opened_in_the_next_tab_the_poll_leads_on(
        self, site: Site, browser: Browser
    ) -> None:
        """Both hold the binding: the first brings the session, the second ends its own."""
        link = ask_for_link(browser, next="/a")
        binding = browser.cookie("magic") or ""
        browser.open(link)
        signed_in = browser.cookie("access")
        browser.put("magic", binding)

        poll = browser.post("/auth/magic-link/status", script=True)

        assert poll.json == {"status": "signed_in", "next": "/a"}
        assert browser.cookie("access") == signed_in
        (session,) = site.emulator.state.sessions.of(user_of(browser.authenticate()))
        assert not session.revoked


def confirm_elsewhere(site: Site, link: str) -> None:
    phone = site.browser()
    phone.open(link)
    shown = phone.get("/auth/callback").page.context["shown"]
    phone.post("/auth/callback", {"shown": shown})


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ana@example.com", "ana@example.com"),
        ("  Ana@Example.COM ", "Ana@example.com"),
        ("ana+tag@example.com", "ana+tag@example.com"),
        ("añá@exämple.com", "añá@exämple.com"),
        ("ana@example.com\u202e", None),
        ("ana@exa mple.com", None),
        ("\ud800@example.com", None),
    ],
)
def test_an_address_is_normalised_and_never_split(text: str, address: str | None) -> None:
    assert email_address(text) == address


def test_a_signed_in_browser_may_ask_for_another_address(site: Site) -> None:
    browser = site.signed_in("before@example.com")

    opened = browser.open(ask_for_link(browser))

    assert opened.status == 303
    result = browser.authenticate()
    assert isinstance(result, SignedIn)
    assert opened.outcome.signed_in is not None
    assert result.user == opened.outcome.signed_in[0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+15550100", "+15550100"),
        (" 555 010-0100\n", "5550100100"),
        ("+1 (555) 010.0100", "+15550100100"),
        ("12345", "12345"),
    ],
)
def test_a_phone_number_is_its_digits_however_it_is_written(text: str, number: str) -> None:
    assert phone_number(text) == number
    assert same_identifier(text, number)
    assert not same_identifier(text, number + "1")


@pytest.mark.parametrize(
    "text",
    ["", "+", "1234", "call me", "+1555,+1556", "1" * 26, "\uff11\uff12345", "12345\n6", "(12345"],
)
def test_what_is_no_phone_number_is_none(text: str) -> None:
    assert phone_number(text) is None


def test_the_log_says_who_did_not_answer(site: Site, browser: Browser) -> None:
    site.emulator.fault("/magic_links/login", drop=True)

    assert browser.post("/auth/magic-link", {"identifier": ANA}).status == 503
    assert site.logged()[-1].endswith(f"(asked at {site.config.base_url})")
