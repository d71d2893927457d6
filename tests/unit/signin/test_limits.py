"""Limits that keep attackers out and owners in. What is sent and tried: `test_otp.TestLimits`."""

import json
from typing import Any

import pytest

from scute_auth.effects import StoreCall
from scute_auth.identity import SignedIn
from scute_auth.settings import Limits
from scute_auth.signin.device import LIFETIME
from scute_auth.signin.identifiers import counted, phone_number
from scute_auth.signin.limits import MOST_DEVICES
from tests.unit.passkey_people import owner, passkey_site
from tests.unit.sessions import EMBEDDED, Browser, Site, ask_for_link, mailed, open_site

ANA, EVE = "ana@example.com", "eve@example.com"


def limited(*, trusted_origins: tuple[str, ...] = (), **limits: Any) -> Site:
    return open_site(limits=Limits(600, **limits), trusted_origins=trusted_origins)


def signed_in(site: Site, who: str = ANA) -> Browser:
    """A browser that has signed in, and out again."""
    browser = site.browser()
    browser.open(ask_for_link(browser, who))
    assert isinstance(browser.authenticate(), SignedIn)
    browser.post("/auth/sign-out")
    return browser


def sends(browser: Browser, who: str = ANA, times: int = 1) -> list[int]:
    return [browser.post("/auth/magic-link", {"identifier": who}).status for _ in range(times)]


class TestAnOwnersOwnBrowser:
    @pytest.fixture
    def site(self) -> Site:
        return limited(per_identifier=3)

    def test_is_not_kept_out_by_an_attacker_who_uses_up_the_attempts(self, site: Site) -> None:
        owner = signed_in(site)
        attacker = site.browser()
        assert sends(attacker, times=5)[-1] == 429

        link = ask_for_link(owner)

        assert owner.open(link).location == "/"
        assert isinstance(owner.authenticate(), SignedIn)

    def test_nor_from_typing_a_code(self, site: Site) -> None:
        owner = signed_in(site)
        site.emulator.settings(email_auth_type="otp")
        attacker = site.browser()
        attacker.post("/auth/otp", {"identifier": ANA})
        tried = [attacker.post("/auth/otp/verify", {"code": "000000"}).status for _ in range(4)]

        owner.post("/auth/otp", {"identifier": ANA})
        code = site.emulator.messages(ANA)[0].code or ""

        assert tried[-1] == 429
        assert owner.post("/auth/otp/verify", {"code": code}).outcome.signed_in is not None

    def test_nor_from_the_second_factor(self, site: Site) -> None:
        site.emulator.settings(mfa_policy="required")
        owner, attacker = signed_in_by_two(site), site.browser()
        attacker.open(ask_for_link(attacker))
        tried = [attacker.post("/auth/mfa", {"code": "000000"}).status for _ in range(3)]
        attacker.open(ask_for_link(attacker))
        tried.append(attacker.post("/auth/mfa", {"code": "000000"}).status)

        owner.open(ask_for_link(owner))
        code = site.emulator.messages(ANA)[0].code or ""

        assert tried[-1] == 429
        assert owner.post("/auth/mfa", {"code": code}).outcome.signed_in is not None

    def test_has_no_more_attempts_than_any_other(self, site: Site) -> None:
        owner = signed_in(site)

        assert sends(owner, times=4) == [303, 303, 303, 429]

    def test_leaves_the_attempts_of_all_others_alone(self, site: Site) -> None:
        owner = signed_in(site)
        site.clock.now += 600
        sends(owner, times=4)

        assert sends(site.browser(), times=4) == [303, 303, 303, 429]

    def test_gets_no_new_ones_by_a_sign_in(self, site: Site) -> None:
        """Else whoever shares it signs in as himself, and goes on guessing another's code."""
        owner = signed_in(site)
        sends(owner, times=3)

        owner.open(ask_for_link(owner, EVE))
        owner.post("/auth/sign-out")

        assert sends(owner) == [429]

    def test_is_one_for_those_who_have_signed_in_there_only(self, site: Site) -> None:
        """An attacker's own sign-in brings him no attempts at somebody else's account."""
        attacker = signed_in(site, EVE)
        sends(site.browser(), times=3)

        assert sends(attacker) == [429]

    def test_is_none_for_an_address_that_is_only_spelled_alike(self, site: Site) -> None:
        """Two accounts that share a count: the devices of one bring no attempts at the other."""
        attacker = signed_in(site, "ana@boß.example")
        sends(site.browser(), "ana@boss.example", times=3)

        assert sends(attacker, "ana@boss.example") == [429]

    def test_is_none_for_an_address_that_nobody_verified(self, site: Site) -> None:
        """Anybody can have another's number in his profile."""
        number = "+4915112345678"
        site.emulator.create_user(EVE, phone=number, phone_verified=False)
        attacker = signed_in(site, EVE)
        attempts = [site.browser().post("/auth/otp", {"identifier": number}) for _ in range(3)]

        assert [each.status for each in attempts] == [303] * 3
        assert attacker.post("/auth/otp", {"identifier": number}).status == 429

    def test_is_one_for_the_address_whose_mail_was_just_read(self, site: Site) -> None:
        site.emulator.create_user(ANA, email_verified=False)
        owner = signed_in(site)
        sends(site.browser(), times=5)

        assert sends(owner) == [303]

    def test_is_none_for_an_unverified_address_that_a_passkey_came_with(self) -> None:
        """Typing an address in beside one's passkey does not show that one reads its mail."""
        site = passkey_site(limits=Limits(600, per_identifier=3))
        site.emulator.create_user(ANA, email_verified=False)
        device, attacker = owner(site, ANA), site.browser()
        begun = attacker.post("/auth/passkey/options", {"identifier": ANA}, script=True)
        credential = json.dumps(device.get(begun.json["options"]))
        attacker.post("/auth/passkey/sign-in", {"credential": credential}, script=True)
        assert isinstance(attacker.authenticate(), SignedIn)
        sends(site.browser(), times=3)

        assert sends(attacker) == [429]

    def test_no_more_than_a_few_have_a_count_of_their_own(self, site: Site) -> None:
        """Whatever mints them: they bring no attempts without end."""
        owners: list[Browser] = []
        for _ in range(MOST_DEVICES + 2):
            owners.append(signed_in(site))
            site.clock.now += 600
        sends(site.browser(), times=3)

        statuses = [sends(each)[0] for each in (*owners, *owners)]

        few = [303] * MOST_DEVICES + [429] * 2
        assert statuses == few * 2

    def test_devices_for_one_spelling_take_no_place_of_anothers(self, site: Site) -> None:
        owner = signed_in(site, "ana@boss.example")
        for _ in range(MOST_DEVICES):
            site.clock.now += 600
            signed_in(site, "ana@boß.example")
        sends(site.browser(), "ana@boss.example", times=3)

        assert sends(owner, "ana@boss.example") == [303]

    def test_is_known_to_several_people(self, site: Site) -> None:
        shared = signed_in(site)
        shared.open(ask_for_link(shared, EVE))
        for who in (ANA, EVE):
            sends(site.browser(), who, times=5)

        assert sends(shared) + sends(shared, EVE) == [303, 303]

    def test_forgets_the_fifth_person_before(self, site: Site) -> None:
        shared = signed_in(site)
        for number in range(12):
            shared.open(ask_for_link(shared, f"user{number}@example.com"))
        sends(site.browser(), times=5)

        assert sends(shared) == [429]
        assert len(shared.cookie("device") or "") < 1024

    def test_is_known_to_other_processes_and_after_a_sign_out(self, site: Site) -> None:
        owner = signed_in(site)
        sends(site.browser(), times=5)

        there = site.other_process().browser()
        there.put("device", owner.cookie("device") or "")

        assert sends(there) == [303]

    def test_is_forgotten_after_its_time(self, site: Site) -> None:
        owner = signed_in(site)
        value = owner.cookie("device") or ""
        site.clock.now += LIFETIME
        assert owner.cookie("device") is None
        owner.put("device", value)
        sends(site.browser(), times=5)

        assert sends(owner) == [429]

    @pytest.mark.parametrize("value", ["", "x", "1.AAAA"])
    def test_a_cookie_that_we_did_not_seal_is_none(self, site: Site, value: str) -> None:
        forger = site.browser()
        forger.put("device", value)
        sends(site.browser(), times=5)

        assert sends(forger) == [429]

    def test_its_cookie_names_nobody_and_signs_nobody_in(self, site: Site) -> None:
        owner = signed_in(site)
        thief = site.browser()
        thief.put("device", owner.cookie("device") or "")

        opened = site.auth.sealer.open("device", owner.cookie("device"), now=site.clock())

        assert not isinstance(thief.authenticate(), SignedIn)
        assert opened is not None
        assert "ana" not in str(opened)

    def test_a_sign_in_that_does_not_come_to_an_end_leaves_none(self, site: Site) -> None:
        browser = site.browser()
        ask_for_link(browser)
        browser.open(ask_for_link(site.browser(), EVE))

        assert browser.cookie("device") is None


def signed_in_by_two(site: Site) -> Browser:
    browser = site.browser()
    browser.open(ask_for_link(browser))
    code = site.emulator.messages(ANA)[0].code or ""
    browser.post("/auth/mfa", {"code": code})
    browser.post("/auth/sign-out")
    site.clock.now += 600
    return browser


class TestSpellings:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Ana@Example.com", "ana@example.com"),
            ("straße@example.com", "STRASSE@example.com"),
            ("\u0041\u030angstrom@example.com", "\u00c5ngstrom@example.com"),
            ("\uff41na@example.com", "ana@example.com"),
            ("+49 151 12345678", "0049-151-12345678"),
            ("+1 (415) 555-0100", "14155550100"),
            ("ana@example.com.", "ana@example.com"),
            ("ana@example\u3002com", "ana@example.com"),
            ("ana@xn--bo-hia.example", "ana@boß.example"),
            ("ana@XN--Bo-hia.example", "ana@boss.example"),
            ("ana@xn--caf-dma.example", "ana@cafe\u0301.example"),
            (phone_number("+49 (0)151 12345678") or "", "+4915112345678"),
            (phone_number("0049 (0) 151 12345678") or "", "+4915112345678"),
        ],
    )
    def test_are_counted_as_one(self, one: str, other: str) -> None:
        assert counted(one) == counted(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("ana@example.com", "ana+1@example.com"),
            ("ana@example.com", "a.na@example.com"),
            ("ana@example.com", "eve@example.com"),
            ("+4915112345678", "+4915112345679"),
            ("ana@example.com", "ana@example.com.org"),
        ],
    )
    def test_other_accounts_are_not(self, one: str, other: str) -> None:
        """Only its provider knows whether they are one mailbox: to Scute they are two accounts."""
        assert counted(one) != counted(other)

    @pytest.mark.parametrize("label", ["xn--", "xn--é", "xn--999999999", "xn--ls8h-", "xn--0ca"])
    def test_a_domain_that_is_none_does_no_harm(self, label: str) -> None:
        assert counted(f"ana@{label}.example").encode("utf-8").startswith(b"ana@")

    def test_a_zero_in_brackets_is_dropped_after_a_country_only(self) -> None:
        assert phone_number("(0)151 12345678") is None
        assert phone_number("1(0)151 12345678") == "1015112345678"
        assert phone_number("+0(0)151 12345678") == "+0015112345678"
        assert phone_number("+49 (0)151 12345678") == "+4915112345678"

    def test_bring_no_more_messages(self) -> None:
        site = limited(per_identifier=3)
        browser = site.browser()
        numbers = ["+49 151 12345678", "004915112345678", "4915112345678", "+49(151)12345678"]

        statuses = [browser.post("/auth/otp", {"identifier": each}).status for each in numbers]

        assert (statuses[0], statuses[-1]) == (303, 429)
        assert site.calls("/otps/login") == 3


def looks(browser: Browser, path: str, times: int) -> list[int]:
    return [browser.get(path).status for _ in range(times)]


class TestCallsToScute:
    """Pages that send nothing still ask Scute: nobody has it asked without end."""

    @pytest.mark.parametrize("path", ["/auth/step-up?next=/a", "/auth/sessions", "/auth/passkeys"])
    def test_ones_own_pages(self, path: str) -> None:
        browser = limited(per_identifier=1).signed_in()

        statuses = looks(browser, path, 11)

        assert statuses == [200] * 10 + [429]

    def test_of_one_network_address(self) -> None:
        site = limited(per_address=1)
        browsers = [site.signed_in(f"user{number}@example.com") for number in range(11)]
        for browser in browsers:
            browser.client = "8.8.8.8"

        statuses = [browser.get("/auth/sessions").status for browser in browsers]

        assert statuses == [200] * 10 + [429]

    def test_a_thief_keeps_no_owner_from_ending_his_session(self) -> None:
        """Neither where the owner's session began on our pages nor where it began elsewhere."""
        site = limited(per_identifier=1)
        here, elsewhere, thief = site.browser(), site.signed_in(ANA), site.signed_in(ANA)
        here.open(ask_for_link(here))
        assert looks(thief, "/auth/sessions", 11)[-1] == 429
        assert [thief.post("/auth/sessions/none/revoke").status for _ in range(11)][-1] == 429

        assert here.get("/auth/sessions").status == 200
        assert elsewhere.post("/auth/sessions/all/revoke").location == "/"

    def test_nor_does_a_thief_of_an_access_token(self) -> None:
        site = limited(per_identifier=1)
        stolen, own = (site.emulator.create_session(ANA)["access"] for _ in range(2))
        client = site.browser()

        def look(token: str) -> int:
            bearer = f"Bearer {token}"
            return client.get("/auth/sessions", script=True, authorization=bearer).status

        assert [look(stolen) for _ in range(11)][-1] == 429

        assert look(own) == 200

    def test_a_session_has_one_count_whatever_its_tokens_become(self) -> None:
        site = limited(per_identifier=1)
        browser = site.browser()
        browser.open(ask_for_link(browser))
        looks(browser, "/auth/sessions", 10)

        browser.drop("access")

        assert looks(browser, "/auth/sessions", 1) == [429]

    def test_looking_leaves_what_ends_a_session_alone(self) -> None:
        browser = limited(per_identifier=1).signed_in()
        assert looks(browser, "/auth/sessions", 11)[-1] == 429

        assert browser.post("/auth/sessions/all/revoke").location == "/"

    @pytest.mark.parametrize(("mode", "kind"), [*EMBEDDED, ("no-cors", "empty")])
    def test_what_another_site_embeds_uses_nothing_up(self, mode: str, kind: str) -> None:
        """An image on a stranger's page must lock nobody out of his own."""
        site = limited(per_identifier=1, per_address=1)
        owner = site.signed_in()
        owner.client = "8.8.8.8"
        fetched = {"sec_fetch_mode": mode, "sec_fetch_dest": kind}

        embedded = [owner.open("/auth/sessions", **fetched).status for _ in range(12)]

        assert set(embedded) == {403}
        assert owner.get("/auth/sessions").status == 200
        assert site.calls("/sessions") == 1

    def test_an_image_in_a_page_of_the_site_uses_nothing_up(self) -> None:
        """Users may write what the app shows."""
        owner = limited(per_identifier=1).signed_in()

        embedded = owner.get("/auth/step-up", sec_fetch_mode="no-cors", sec_fetch_dest="image")

        assert (embedded.status, embedded.json["reason"]) == (403, "csrf")

    def test_being_led_there_from_elsewhere_is_counted_apart(self) -> None:
        site = limited(per_identifier=1, per_address=1)
        owner = site.signed_in()
        owner.client = "8.8.8.8"

        led = [owner.open("/auth/sessions").status for _ in range(11)]

        assert led == [200] * 10 + [429]
        assert looks(owner, "/auth/sessions", 11) == [200] * 10 + [429]

    def test_a_trusted_origins_script_may_look(self) -> None:
        site = limited(trusted_origins=("https://admin.example",))
        owner, origin = site.signed_in(), "https://admin.example"

        looked = owner.get(
            "/auth/sessions", script=True, sec_fetch_site="cross-site", origin=origin
        )

        assert looked.status == 200

    def test_a_waiting_page_asks_once_in_a_second(self) -> None:
        site = open_site()
        browser = site.browser()
        link = ask_for_link(browser)

        told = [browser.post("/auth/magic-link/status", script=True).json for _ in range(20)]

        assert site.calls("/magic_links/status") == 1
        assert {each["status"] for each in told} == {"pending"}
        other = site.browser()
        other.open(link)
        other.post("/auth/callback", {"shown": other.get("/auth/callback").page.context["shown"]})
        site.clock.now += 2
        polled = browser.post("/auth/magic-link/status", script=True)
        assert polled.json["status"] == "signed_in"

    def test_so_it_is_in_all_processes_together(self) -> None:
        site = open_site()
        browser = site.browser()
        ask_for_link(browser)
        there = site.other_process().browser()
        there.jar = browser.jar

        for _ in range(5):
            browser.post("/auth/magic-link/status")
            there.post("/auth/magic-link/status")

        assert site.calls("/magic_links/status") == 1


class TestNetworks:
    """One customer of a provider, and not one address, has so many attempts."""

    def asks(self, site: Site, *clients: str) -> list[int]:
        def ask(number: int, client: str) -> int:
            browser = site.browser()
            browser.client = client
            return sends(browser, f"user{number}@example.com")[0]

        return [ask(number, client) for number, client in enumerate(clients)]

    def test_a_64_is_one(self) -> None:
        found = self.asks(limited(per_address=1), "2a00:1:2:3::1", "2a00:1:2:3::2", "2a00:1:2:4::1")

        assert found == [303, 429, 303]

    def test_a_48_has_ten_times_as_many(self) -> None:
        many = [f"2a00:1:2:{number:x}::1" for number in range(11)]

        assert self.asks(limited(per_address=1), *many, "2a00:1:3::1") == [303] * 10 + [429, 303]

    def test_one_address_of_ipv4_has_no_more_by_6to4(self) -> None:
        """Each has a whole /48 of IPv6 (RFC 3056)."""
        clients = "8.8.8.8", "2002:808:808::1", "2002:808:808:7::1", "::ffff:8.8.8.8"

        assert self.asks(limited(per_address=1), *clients) == [303, 429, 429, 429]

    def test_a_proxy_is_not_counted_by_6to4_either(self) -> None:
        assert self.asks(limited(per_address=1), *["2002:a00:1::1"] * 3) == [303] * 3


class TestLandings:
    @pytest.fixture
    def site(self) -> Site:
        return limited(per_address=1)

    def landed(self, site: Site, path: str) -> Browser:
        browser = site.browser()
        browser.client = "8.8.8.8"
        browser.open(path)
        return browser

    def test_the_button_is_pressed_only_so_often(self, site: Site) -> None:
        token = site.emulator.mint({"uuid": "someone", "email": ANA})
        statuses: list[int] = []
        for _ in range(11):
            browser = self.landed(site, f"/auth/callback?sct_magic={token}")
            shown = browser.get("/auth/callback").page.context["shown"]
            statuses.append(browser.post("/auth/callback", {"shown": shown}).status)

        assert statuses == [400] * 10 + [429]
        assert site.calls("/magic_links/authenticate") == 10

    def test_so_is_a_page_that_asks_scute_who_is_new(self, site: Site) -> None:
        """Anybody can write a token that claims to be somebody's who is new."""
        site.emulator.settings(
            user_meta_data_schema=[{"name": "Name", "field_name": "name", "required": True}]
        )
        token = site.emulator.mint({"uuid": "someone", "email": ANA, "user_status": "pending"})
        browser = self.landed(site, f"/auth/callback?sct_magic={token}")

        statuses = looks(browser, "/auth/callback", 11)

        assert statuses == [200] * 10 + [429]
        assert site.calls("/users/metafields") == 10

    def test_a_link_in_the_browser_that_asked_for_it_is_not_lost(self, site: Site) -> None:
        """The button says when to come back, and the token waits out of the URL."""
        browser = signed_in(site)
        link = ask_for_link(browser)
        token = site.emulator.mint({"uuid": "someone", "email": EVE})
        for _ in range(10):
            other = self.landed(site, f"/auth/callback?sct_magic={token}")
            other.post(
                "/auth/callback", {"shown": other.get("/auth/callback").page.context["shown"]}
            )
        browser.client = "8.8.8.8"

        opened = browser.open(link)
        shown = browser.get("/auth/callback").page.context["shown"]
        refused = browser.post("/auth/callback", {"shown": shown})

        assert (opened.status, opened.location) == (303, "/auth/callback")
        assert refused.status == 429
        browser.client = "8.8.4.4"
        assert browser.post("/auth/callback", {"shown": shown}).location == "/"


def test_reading_the_store_costs_little() -> None:
    """Rows are read by halving: a few calls, however many attempts are allowed."""
    site = limited(per_identifier=1000)
    browser = site.browser()
    ask_for_link(browser)

    calls = [each for each in site.stepper.effects if isinstance(each, StoreCall)]

    assert 0 < len(calls) <= 12
    assert mailed(site)
