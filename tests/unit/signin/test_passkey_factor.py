"""A passkey as the second factor of a sign-in, and to confirm who it is."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from scute_auth.guards import Requirement, guard
from scute_auth.identity import SignedIn
from scute_auth.settings import Limits
from tests.emulator.authenticator import Authenticator
from tests.unit.passkey_people import ANA, add, owner, passkey_site, sent_to, wrong
from tests.unit.sessions import Answered, Browser, Site, ask_for_link

EVE = "eve@example.com"


def protected_site(**settings: Any) -> Site:
    """A site whose app takes passkeys as a second factor; Ana has an authenticator app too."""
    site = passkey_site(**settings)
    methods = ["totp", "email", "backup_codes", "webauthn"]
    site.emulator.settings(mfa_policy="optional", mfa_methods_allowed=methods)
    site.emulator.create_user(ANA)
    site.emulator.enrol_totp(ANA)
    return site


@pytest.fixture
def site() -> Site:
    return protected_site()


@pytest.fixture
def device(site: Site) -> Authenticator:
    return owner(site)


@pytest.fixture
def browser(site: Site, device: Authenticator) -> Browser:
    """Ana's, whose sign-in waits for the second factor."""
    return past_the_first_step(site)


def past_the_first_step(site: Site) -> Browser:
    browser = site.browser()
    assert browser.open(ask_for_link(browser, next="/a")).location == "/auth/mfa"
    return browser


def choose_passkey(browser: Browser, path: str = "/auth/mfa", **fields: str) -> dict[str, Any]:
    """What the page gives to the browser's own code."""
    browser.post(path, {"method": "webauthn", **fields})
    options: dict[str, Any] = json.loads(browser.get(path).page.context["options"])
    return options


def send(browser: Browser, credential: object, path: str = "/auth/mfa") -> Answered:
    return browser.post(path, {"credential": json.dumps(credential)})


class TestTheSecondStepOfASignIn:
    def test_it_signs_in_and_leads_on(self, browser: Browser, device: Authenticator) -> None:
        options = choose_passkey(browser)

        proved = send(browser, device.get(options))

        assert (proved.status, proved.location) == (303, "/a")
        assert isinstance(browser.authenticate(), SignedIn)
        assert browser.cookie("mfa") is None

    def test_the_page_names_the_accounts_passkeys(self, site: Site, browser: Browser) -> None:
        """Whoever has passed the first step knows the account; some keys are found no other way."""
        (passkey,) = site.emulator.passkeys(ANA)
        options = choose_passkey(browser)
        context = browser.get("/auth/mfa").page.context

        assert options["allowCredentials"] == [{"type": "public-key", "id": passkey.credential}]
        assert (options["rpId"], options["userVerification"]) == ("127.0.0.1", "required")
        assert (context["method"], context["others"]) == ("webauthn", ["totp"])
        assert context["resend_in"] is None

    def test_a_script_is_told_the_same(self, browser: Browser, device: Authenticator) -> None:
        switched = browser.post("/auth/mfa", {"method": "webauthn"}, script=True)
        credential = json.dumps(device.get(switched.json["options"]))

        proved = browser.post("/auth/mfa", {"credential": credential}, script=True)

        assert switched.json["method"] == "webauthn"
        assert proved.json == {"status": "signed_in", "next": "/a"}

    def test_the_method_is_switched_both_ways(self, site: Site, browser: Browser) -> None:
        choose_passkey(browser)

        browser.post("/auth/mfa", {"method": "totp"})

        context = browser.get("/auth/mfa").page.context
        assert (context["method"], context["options"]) == ("totp", "")
        assert context["others"] == ["webauthn"]
        code = site.emulator.totp_code(ANA)
        assert browser.post("/auth/mfa", {"code": code}).location == "/a"

    @pytest.mark.parametrize("made", wrong(Authenticator().get, "webauthn.create"))
    def test_what_is_no_answer_to_it_is_sent_nowhere(
        self, site: Site, browser: Browser, made: Callable[[Mapping[str, Any]], str]
    ) -> None:
        options = choose_passkey(browser)

        refused = browser.post("/auth/mfa", {"credential": made(options)})

        assert (refused.status, refused.page.name) == (422, "second_factor")
        assert refused.page.context["error"] == "This passkey was not recognised."
        assert site.calls("/verify") == 0
        assert browser.cookie("access") is None

    def test_a_code_is_none(self, site: Site, browser: Browser) -> None:
        choose_passkey(browser)

        assert browser.post("/auth/mfa", {"code": site.emulator.totp_code(ANA)}).status == 422
        assert site.calls("/verify") == 0

    def test_another_users_passkey_does_not_do_and_the_owner_may_try_again(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        eves = owner(site, EVE, b"eve's")
        options = choose_passkey(browser)

        refused = send(browser, eves.get(options))
        script = browser.post(
            "/auth/mfa", {"credential": json.dumps(eves.get(options))}, script=True
        )

        assert refused.status == 422
        told = "This passkey was not recognised. You can try 2 more times."
        assert refused.page.context["error"] == told
        assert script.json["reason"] == "passkey_not_recognised"
        assert browser.cookie("access") is None
        assert send(browser, device.get(options)).location == "/a"

    def test_an_answer_is_worth_nothing_in_another_browser(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        """security.md C02: nor does an attacker's own sign a victim in."""
        victim = past_the_first_step(site)
        choose_passkey(victim)

        refused = send(victim, device.get(choose_passkey(browser)))

        assert refused.status == 422
        assert victim.cookie("access") is None

    def test_too_many_wrong_ones_end_the_sign_in(self, site: Site, browser: Browser) -> None:
        eves = owner(site, EVE, b"eve's")
        options = choose_passkey(browser)

        answers = [send(browser, eves.get(options)) for _ in range(3)]

        assert [answer.status for answer in answers] == [422, 422, 400]
        assert browser.cookie("mfa") is None

    def test_they_are_tried_only_so_often(self) -> None:
        site = protected_site(limits=Limits(600, per_identifier=1))
        device = owner(site)
        browser = past_the_first_step(site)
        options = choose_passkey(browser)
        send(browser, owner(site, EVE, b"eve's").get(options))

        assert send(browser, device.get(options)).status == 429

    def test_a_sign_in_with_a_passkey_asks_for_something_else(
        self, site: Site, device: Authenticator
    ) -> None:
        browser = site.browser()
        begun = browser.post("/auth/passkey/options", {"identifier": ANA}, script=True)
        credential = json.dumps(device.get(begun.json["options"]))
        browser.post("/auth/passkey/sign-in", {"credential": credential})

        assert browser.get("/auth/mfa").page.context["others"] == []


class TestOddAnswersOfScute:
    def first_step(self, site: Site, challenge: Mapping[str, Any], *methods: str) -> Browser:
        browser = site.browser()
        link = ask_for_link(browser)
        user_id = site.emulator.create_session(ANA)["user_id"]
        content = {
            "mfa_required": True,
            "app_user_id": user_id,
            "mfa_challenge": {"token": "t", "method": "webauthn", **challenge},
            "available_methods": methods,
        }
        body = json.dumps(content)
        site.emulator.fault("/magic_links/authenticate", status=200, body=body)
        browser.open(link)
        return browser

    OPTIONS: Mapping[str, Any] = {"challenge": "c" * 43, "rpId": "127.0.0.1"}

    @pytest.mark.parametrize(
        "challenge",
        [
            {"metadata": {"options": OPTIONS}},
            {"metadata": {"options": {"publicKey": OPTIONS}}},
            {"options": OPTIONS},
            {"metadata": None, "options": {"publicKey": OPTIONS}},
        ],
        ids=["metadata", "metadata, below", "beside", "beside, below"],
    )
    def test_the_options_may_stand_in_several_places(
        self, site: Site, challenge: dict[str, Any]
    ) -> None:
        """protocol D.17 does not say where."""
        browser = self.first_step(site, challenge, "webauthn")

        options = json.loads(browser.get("/auth/mfa").page.context["options"])
        assert (options["challenge"], options["rpId"]) == ("c" * 43, "127.0.0.1")
        assert "allowCredentials" not in options

    @pytest.mark.parametrize(
        ("listed", "names"),
        [
            ([{"id": "YWJj"}, {"id": "-_+/=="}], ["YWJj", "-_-_"]),
            ([{"id": 7}, {}, None, {"id": "not encoded"}, {"id": "YWJj"}], ["YWJj"]),
            ("YWJj", []),
            ([{"id": "A" * 300}] * 5, []),
        ],
        ids=["all", "odd ones", "no list", "too many"],
    )
    def test_the_names_that_it_gives_are_looked_at(
        self, site: Site, listed: object, names: list[str]
    ) -> None:
        given = {"metadata": {"options": {**self.OPTIONS, "allowCredentials": listed}}}
        browser = self.first_step(site, given, "webauthn")

        options = json.loads(browser.get("/auth/mfa").page.context["options"])

        assert [each["id"] for each in options.get("allowCredentials", [])] == names

    def test_many_passkeys_and_a_long_way_fit_into_the_cookie(self, site: Site) -> None:
        listed = [{"id": "A" * 300}] * 4
        given = {"metadata": {"options": {**self.OPTIONS, "allowCredentials": listed}}}
        browser = self.first_step(site, given, "webauthn", "totp")

        assert len(browser.cookie("mfa") or "") < 4096 - 256
        assert browser.get("/auth/mfa").page.context["method"] == "webauthn"

    def test_without_options_another_method_is_asked_for(self, site: Site) -> None:
        made = {"challenge": {"token": "made", "method": "totp"}}
        site.emulator.fault("/challenges", status=201, body=json.dumps(made))

        browser = self.first_step(site, {"metadata": {"options": []}}, "webauthn", "totp")

        assert browser.get("/auth/mfa").page.context["method"] == "totp"

    def test_nor_is_it_taken_from_those_that_are_made(self, site: Site) -> None:
        made = {"challenge": {"token": "made", "method": "webauthn"}}
        site.emulator.fault("/challenges", status=201, body=json.dumps(made))

        browser = self.first_step(site, {"method": "push"}, "webauthn", "totp")

        assert browser.cookie("mfa") is None
        assert site.calls("/challenges") == 2

    def test_where_there_is_no_other_it_is_said(self, site: Site) -> None:
        browser = self.first_step(site, {}, "webauthn")

        assert browser.cookie("mfa") is None
        assert sent_to(site, "/challenges") == []

    def test_a_switch_that_brings_no_options_leaves_the_method(
        self, site: Site, browser: Browser
    ) -> None:
        made = {"challenge": {"token": "made", "method": "webauthn"}}
        site.emulator.fault("/challenges", status=201, body=json.dumps(made))

        switched = browser.post("/auth/mfa", {"method": "webauthn"})

        assert (switched.status, switched.page.context["method"]) == (422, "totp")
        assert switched.page.context["error"] == "That does not work now. Choose another way."
        code = site.emulator.totp_code(ANA)
        assert browser.post("/auth/mfa", {"code": code}).location == "/a"


STEP_UP = "/auth/step-up"


class TestConfirmingWhoItIs:
    @pytest.fixture
    def site(self) -> Site:
        return passkey_site()

    @pytest.fixture
    def browser(self, site: Site, device: Authenticator) -> Browser:
        return site.signed_in(ANA)

    def demand(self, browser: Browser) -> bool:
        """Would a view with `require_user(step_up=...)` ask this browser?"""
        site, view, result = browser.site, browser.request(), browser.authenticate()
        flow = guard(view, site.config, result, Requirement(step_up=300), site.clock())
        return site.run(flow) is not None

    def test_it_is_offered_first_and_proves_it(
        self, browser: Browser, device: Authenticator
    ) -> None:
        offered = browser.get(f"{STEP_UP}?next=/a").page.context["others"]
        options = choose_passkey(browser, STEP_UP, next="/a")

        confirmed = send(browser, device.get(options), STEP_UP)

        assert offered == ["webauthn", "email_otp"]
        assert (confirmed.status, confirmed.location) == (303, "/a")
        assert not self.demand(browser)

    def test_not_to_who_has_none(self, site: Site) -> None:
        eve = site.signed_in(EVE)

        assert eve.get(f"{STEP_UP}?next=/a").page.context["others"] == ["email_otp"]

    def test_not_where_they_are_switched_off(self, site: Site, browser: Browser) -> None:
        site.emulator.settings(passkeys_enabled=False)
        site.clock.now += 700

        offered = site.other_process().signed_in(ANA).get(f"{STEP_UP}?next=/a").page.context

        assert offered["others"] == ["email_otp"]

    def test_another_users_passkey_proves_nothing(self, site: Site, browser: Browser) -> None:
        eves = owner(site, EVE, b"eve's")
        options = choose_passkey(browser, STEP_UP, next="/a")

        assert send(browser, eves.get(options), STEP_UP).status == 422
        assert self.demand(browser)

    def test_where_scute_gives_no_options_another_way_may_be_chosen(
        self, site: Site, browser: Browser
    ) -> None:
        made = {"challenge": {"token": "made", "method": "webauthn"}}
        site.emulator.fault("/challenges", status=201, body=json.dumps(made))

        page = browser.post(STEP_UP, {"method": "webauthn", "next": "/a"})

        assert page.status == 422
        assert "another way" in page.page.context["error"]

    def test_a_caller_with_a_token_gets_what_it_needs(
        self, site: Site, device: Authenticator
    ) -> None:
        bearer = f"Bearer {site.emulator.create_session(ANA)['access']}"
        caller = site.browser()

        asked = caller.post(STEP_UP, {"method": "webauthn"}, script=True, authorization=bearer)
        form = {
            "credential": json.dumps(device.get(asked.json["options"])),
            "state": asked.json["state"],
        }
        confirmed = caller.post(STEP_UP, form, script=True, authorization=bearer)

        assert confirmed.json["status"] == "confirmed"
        assert asked.set_cookies == confirmed.set_cookies == []

    def test_it_is_the_fresh_proof_that_a_change_needs(
        self, site: Site, device: Authenticator, browser: Browser
    ) -> None:
        """Where Scute answers `verification_required` to a change of second factors."""
        site.emulator.settings(mfa_policy="optional")
        site.emulator.enrol_totp(ANA)
        site.clock.now += 700
        (method,) = browser.get("/auth/mfa/methods", script=True).json["methods"]
        removal = f"/auth/mfa/methods/{method['id']}/remove"

        asked = browser.post(removal)
        options = choose_passkey(browser, STEP_UP, next="/auth/mfa/methods")
        send(browser, device.get(options), STEP_UP)

        assert (asked.location or "").startswith(STEP_UP)
        assert browser.post(removal).location == "/auth/mfa/methods"
        assert browser.get("/auth/mfa/methods", script=True).json["methods"] == []


def test_a_passkey_that_was_added_a_moment_ago_is_offered(site: Site) -> None:
    browser = site.signed_in(ANA)
    before = browser.get(f"{STEP_UP}?next=/a").page.context["others"]
    add(browser, Authenticator("http://127.0.0.1:8000"))

    after = browser.get(f"{STEP_UP}?next=/a").page.context["others"]

    assert (before, after) == (["totp"], ["webauthn", "totp"])
