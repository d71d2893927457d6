"""Sign in with a passkey: only in the browser that was asked, and nobody learns who has one."""

import json
from typing import Any

import pytest

from scute_auth.identity import SignedIn
from scute_auth.settings import Limits
from tests.emulator.authenticator import Authenticator
from tests.unit.passkey_people import ANA, ORIGIN, owner, passkey_site, sent_to, wrong
from tests.unit.sessions import Answered, Browser, Site, user_of

EVE = "eve@example.com"
NOBODY = "nobody@example.com"


@pytest.fixture
def site() -> Site:
    return passkey_site()


@pytest.fixture
def device(site: Site) -> Authenticator:
    """Ana's, with her passkey for the site."""
    return owner(site)


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def begin(browser: Browser, who: str = ANA, **fields: str) -> dict[str, Any]:
    answered = browser.post("/auth/passkey/options", {"identifier": who, **fields}, script=True)
    assert answered.status == 200, answered
    options: dict[str, Any] = answered.json["options"]
    return options


def prove(browser: Browser, credential: Any, *, script: bool = True) -> Answered:
    form = {"credential": json.dumps(credential)}
    return browser.post("/auth/passkey/sign-in", form, script=script)


def sign_in(browser: Browser, device: Authenticator, who: str = ANA, **fields: str) -> Answered:
    return prove(browser, device.get(begin(browser, who, **fields)))


def test_it_signs_in_and_leads_on(browser: Browser, device: Authenticator) -> None:
    done = sign_in(browser, device, next="/a?b=c")

    assert done.json == {"status": "signed_in", "next": "/a?b=c"}
    assert done.outcome.signed_in is not None
    user, profile = done.outcome.signed_in
    assert profile.email == ANA
    assert user_of(browser.authenticate()) == user.id
    assert browser.cookie("passkey") is None


def test_the_session_is_named_after_the_browser(browser: Browser, device: Authenticator) -> None:
    form = {"credential": json.dumps(device.get(begin(browser)))}
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    browser.post("/auth/passkey/sign-in", form, script=True, user_agent=firefox)

    listed = browser.get("/auth/sessions", script=True).json["sessions"]
    assert listed[-1]["name"] == "Firefox on Linux"


def test_a_form_will_do(browser: Browser, device: Authenticator) -> None:
    done = prove(browser, device.get(begin(browser)), script=False)

    assert (done.status, done.location) == (303, "/")
    assert isinstance(browser.authenticate(), SignedIn)


def test_where_a_second_factor_is_due_it_is_only_the_first(
    site: Site, browser: Browser, device: Authenticator
) -> None:
    site.emulator.settings(mfa_policy="optional")
    site.emulator.enrol_totp(ANA)

    first = sign_in(browser, device, next="/a")

    assert first.json["next"] == "/auth/mfa"
    assert browser.cookie("access") is None
    code = site.emulator.totp_code(ANA)
    assert browser.post("/auth/mfa", {"code": code}).location == "/a"


class TestWhoHasAnAccount:
    """WebAuthn section 14.6.2: options must not tell."""

    @pytest.mark.parametrize("who", [ANA, EVE, NOBODY])
    def test_the_options_say_nothing(self, site: Site, device: Authenticator, who: str) -> None:
        site.emulator.create_user(EVE)

        options = begin(site.browser(), who)

        assert len(options.pop("challenge")) == 43
        assert options == {"rpId": "127.0.0.1", "timeout": 300_000, "userVerification": "required"}

    def test_scute_is_asked_the_same_for_all(self, site: Site, device: Authenticator) -> None:
        calls: list[list[str]] = []
        cookies: list[int] = []
        for who in (ANA, EVE, "xyz@example.com"):
            site.emulator.clear_calls()
            browser = site.browser()
            challenge = begin(browser, who.replace("xyz", "eva"))["challenge"]
            cookies.append(len(browser.cookie("passkey") or ""))
            stranger = Authenticator(ORIGIN, b"unknown-key")
            prove(browser, stranger.get({"challenge": challenge, "rpId": "127.0.0.1"}))
            calls.append([f"{call.method} {call.path}" for call in site.emulator.calls()])

        assert calls[0] == calls[1] == calls[2]
        assert len(calls[0]) == 2
        assert len(set(cookies)) == 1

    @pytest.mark.parametrize("code", ["identifier_not_recognized", "account_deactivated", ""])
    def test_where_scute_says_no_the_page_gets_options_too(self, site: Site, code: str) -> None:
        body = json.dumps({"error": "No", "error_code": code})
        site.emulator.fault("/login/initialize", status=404, body=body)
        browser = site.browser()

        options = begin(browser, NOBODY)

        assert len(options["challenge"]) == 43
        assert options.keys() == {"challenge", "rpId", "timeout", "userVerification"}
        assert options["rpId"] == "127.0.0.1"
        assert prove(browser, Authenticator(ORIGIN).get(options)).status == 422
        assert site.calls("/login/finalize") == 1
        assert "no passkey can be asked for" in site.logged()[0]
        assert NOBODY not in "".join(site.logged())

    def test_they_are_alike_where_scute_has_a_host_and_a_length_of_its_own(
        self, site: Site, device: Authenticator
    ) -> None:
        """The host of Scute's passkeys may be one above that of the app; once it is known, all
        are told the same."""
        given = {"options": {"challenge": "c" * 86, "rpId": "example.com"}}
        path = "/webauthn/login/initialize"
        site.emulator.fault(path, status=404, body='{"error_code": "identifier_not_recognized"}')
        site.emulator.fault(path, times=1, status=200, body=json.dumps(given))

        known, unknown = (begin(site.browser(), who) for who in (ANA, NOBODY))

        assert known.pop("challenge") == "c" * 86
        assert len(unknown.pop("challenge")) == 86
        assert known == unknown

    def test_what_one_process_has_seen_all_others_know(
        self, site: Site, device: Authenticator
    ) -> None:
        """Else each process, once, tells an unknown address from a known one."""
        given = {"options": {"challenge": "c" * 86, "rpId": "example.com"}}
        path = "/webauthn/login/initialize"
        site.emulator.fault(path, status=404, body='{"error_code": "identifier_not_recognized"}')
        site.emulator.fault(path, times=1, status=200, body=json.dumps(given))
        begin(site.browser(), ANA)

        unknown = begin(site.other_process().browser(), NOBODY)

        assert (unknown["rpId"], len(unknown["challenge"])) == ("example.com", 86)

    def test_each_refusal_is_the_same(self, site: Site, device: Authenticator) -> None:
        site.emulator.create_user(EVE)
        answers: list[Answered] = []
        for who in (ANA, EVE, NOBODY):
            browser = site.browser()
            stranger = Authenticator(ORIGIN, b"unknown-key")
            answers.append(sign_in(browser, stranger, who))

        assert {answer.status for answer in answers} == {422}
        assert len({answer.outcome.reply.body for answer in answers}) == 1
        assert answers[0].json["reason"] == "passkey_not_recognised"


class TestWhoseItIs:
    def test_an_attackers_answer_signs_nobody_in_elsewhere(
        self, site: Site, device: Authenticator
    ) -> None:
        """C02: login CSRF. It is good, but for another browser's challenge."""
        eve = owner(site, EVE, b"credential-eve")
        attacker, victim = site.browser(), site.browser()
        stolen = eve.get(begin(attacker, EVE))

        alone = prove(victim, stolen)
        begin(victim)
        beside = prove(victim, stolen)

        assert alone.json == {"status": "expired", "next": "/auth/sign-in"}
        assert beside.status == 422
        assert victim.cookie("access") is None
        assert site.calls("/login/finalize") == 0

    def test_another_users_passkey_does_not_do(self, site: Site, device: Authenticator) -> None:
        eve = owner(site, EVE, b"credential-eve")
        browser = site.browser()

        assert sign_in(browser, eve, ANA).status == 422
        assert browser.cookie("access") is None
        assert browser.cookie("passkey") is None

    def test_the_session_is_of_the_one_who_was_asked_for(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        eve = site.emulator.create_session(EVE)
        site.emulator.fault("/login/finalize", status=200, body=json.dumps(eve))

        done = sign_in(browser, device)

        assert (done.status, done.json["reason"]) == (400, "not_completed")
        assert browser.cookie("access") is None
        assert not site.emulator.state.sessions.of(eve["user_id"])

    def test_an_answer_is_good_once(self, site: Site, device: Authenticator) -> None:
        browser, thief = site.browser(), site.browser()
        credential = device.get(begin(browser))
        thief.put("passkey", browser.cookie("passkey") or "")

        assert prove(browser, credential).json["status"] == "signed_in"
        assert prove(thief, credential).status == 422
        assert thief.cookie("access") is None

    def test_even_where_scute_takes_it_twice_there_is_one_session(
        self, site: Site, device: Authenticator
    ) -> None:
        browser, thief = site.browser(), site.browser()
        credential = device.get(begin(browser))
        thief.put("passkey", browser.cookie("passkey") or "")
        prove(browser, credential)
        second = site.emulator.create_session(ANA)
        site.emulator.fault("/login/finalize", status=200, body=json.dumps(second))

        prove(thief, credential)

        assert thief.cookie("access") is None

    def test_two_tabs_the_later_one_counts(self, browser: Browser, device: Authenticator) -> None:
        first, second = begin(browser), begin(browser)

        assert prove(browser, device.get(first)).status == 422
        assert prove(browser, device.get(second)).json["status"] == "signed_in"

    def test_after_ten_minutes_it_is_over(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        credential = device.get(begin(browser))
        binding = browser.cookie("passkey") or ""
        site.clock.now += 601
        browser.put("passkey", binding)

        assert prove(browser, credential).json["status"] == "expired"

    def test_a_cookie_of_another_app_counts_for_nothing(
        self, site: Site, device: Authenticator
    ) -> None:
        foreign = passkey_site(secret="another secret").browser()
        options = begin(foreign)
        browser = site.browser()
        browser.put("passkey", foreign.cookie("passkey") or "")

        assert prove(browser, device.get(options)).json["status"] == "expired"

    def test_who_is_signed_in_already_and_began_nothing_goes_on(self, site: Site) -> None:
        done = prove(site.signed_in(), {})

        assert done.json == {"status": "signed_in", "next": "/"}

    def test_signing_out_forgets_what_was_begun(self, browser: Browser) -> None:
        begin(browser)

        browser.post("/auth/sign-out")

        assert browser.cookie("passkey") is None


@pytest.mark.parametrize("credential", wrong(Authenticator(ORIGIN).get, "webauthn.create"))
def test_what_is_no_answer_is_sent_nowhere(
    site: Site, browser: Browser, device: Authenticator, credential: Any
) -> None:
    options = begin(browser)

    refused = browser.post("/auth/passkey/sign-in", {"credential": credential(options)})

    assert (refused.status, refused.page.name) == (422, "message")
    assert site.calls("/login/finalize") == 0
    assert prove(browser, device.get(options)).json["status"] == "signed_in"


def test_only_what_scute_needs_is_handed_on(
    site: Site, browser: Browser, device: Authenticator
) -> None:
    credential = device.get(begin(browser))
    credential["response"] |= {"userHandle": None, "smuggled": "x"}

    prove(browser, credential | {"smuggled": {"a": 1}, "rawId": "another"})

    (sent,) = sent_to(site, "/login/finalize")
    assert sent["rawId"] == sent["id"] == credential["id"]
    assert sent.keys() == {"id", "rawId", "type", "response", "clientExtensionResults"}
    assert sent["response"].keys() == {"clientDataJSON", "authenticatorData", "signature"}


class TestWhatIsInTheWay:
    @pytest.mark.parametrize("who", ["", "ana", f"{ANA}, {EVE}", "a" * 300 + "@x.com"])
    def test_one_address_must_be_named(self, site: Site, browser: Browser, who: str) -> None:
        refused = browser.post("/auth/passkey/options", {"identifier": who}, script=True)

        assert (refused.status, refused.json["reason"]) == (422, "invalid_identifier")
        assert site.calls("/login/initialize") == 0

    def test_one_that_scute_does_not_take_is_said_so(self, site: Site, browser: Browser) -> None:
        site.emulator.settings(allowed_identifiers=["email"])

        form = {"identifier": "+442079460958"}
        refused = browser.post("/auth/passkey/options", form, script=True)

        assert (refused.status, refused.json["reason"]) == (422, "invalid_identifier")

    def test_a_body_that_cannot_be_read(self, browser: Browser) -> None:
        unread = browser.post("/auth/passkey/options", body=b"identifier=a&identifier=b")
        assert unread.status == 422
        begin(browser)
        unread = browser.post("/auth/passkey/sign-in", body=b"credential=a&credential=b")
        assert unread.location == "/auth/sign-in"

    def test_passkeys_that_are_switched_off(self, site: Site, browser: Browser) -> None:
        site.emulator.settings(passkeys_enabled=False)

        refused = browser.post("/auth/passkey/options", {"identifier": ANA}, script=True)

        assert (refused.status, refused.json["reason"]) == (403, "passkeys_disabled")
        assert browser.get("/auth/sign-in").page.context["passkeys"] is False
        assert site.calls("/login/initialize") == 0

    def test_an_organisation_that_signs_in_itself(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        credential = device.get(begin(browser))
        site.emulator.settings(sso_required=True, sso_domain="example.com")

        late = prove(browser, credential)
        early = browser.post("/auth/passkey/options", {"identifier": ANA}, script=True)

        for refused in (late, early):
            assert (refused.status, refused.json["reason"]) == (403, "sso_required")
        assert browser.cookie("access") is None

    def test_an_account_that_is_switched_off(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        user = site.emulator.state.users.by_id(site.emulator.create_session(ANA)["user_id"])
        site.emulator.state.users.update(user, site.clock(), status="inactive")

        assert sign_in(browser, device).json["reason"] == "account_deactivated"

    def test_one_network_address_asks_and_answers_only_so_often(self) -> None:
        site = passkey_site(limits=Limits(600, per_address=2))
        device, browser = owner(site), site.browser()
        browser.client, form = "8.8.8.8", {"identifier": ANA}

        asked = [browser.post("/auth/passkey/options", form, script=True) for _ in range(3)]
        options = asked[1].json["options"]
        stranger = Authenticator(ORIGIN, b"unknown-key")
        answered: list[Answered] = []
        for _ in range(2):
            browser.put("passkey", binding_of(asked[1]))
            answered.append(prove(browser, stranger.get(options)))
        browser.put("passkey", binding_of(asked[1]))
        answered.append(prove(browser, device.get(options)))

        assert [answer.status for answer in asked] == [200, 200, 429]
        assert [answer.status for answer in answered] == [422, 422, 429]

    def test_nobody_keeps_its_owner_out(self) -> None:
        """Whoever knows an address can use up its codes; a passkey is not guessed."""
        site = passkey_site(limits=Limits(600, per_identifier=2))
        device, attacker = owner(site), site.browser()
        stranger = Authenticator(ORIGIN, b"unknown-key")
        for _ in range(3):
            attacker.post("/auth/otp", {"identifier": ANA})
            attacker.post("/auth/otp/verify", {"code": "000000"})
            prove(attacker, stranger.get(begin(attacker)))

        assert sign_in(site.browser(), device).json["status"] == "signed_in"

    def test_in_an_outage_nothing_is_lost(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        options = begin(browser)
        site.emulator.fault("/login/finalize", status=503, times=1)

        assert prove(browser, device.get(options)).status == 503
        assert prove(browser, device.get(options)).json["status"] == "signed_in"


def binding_of(answered: Answered) -> str:
    line = next(line for line in answered.set_cookies if "-passkey__" in line)
    return line.partition("=")[2].partition(";")[0]
