"""The second factor: without it nothing signs in, with it the sign-in goes on as it began."""

import json
from typing import Any

import pytest

from scute_auth.identity import SignedIn
from scute_auth.settings import Limits
from tests.unit.sessions import Answered, Browser, Site, ask_for_link, consent, open_site, user_of

ANA = "ana@example.com"


@pytest.fixture
def site() -> Site:
    return protected(open_site())


def protected(site: Site) -> Site:
    """Ana has an authenticator app and backup codes; mail and SMS are allowed too."""
    site.emulator.settings(mfa_policy="optional")
    site.emulator.create_user(ANA)
    site.emulator.enrol_totp(ANA)
    site.emulator.backup_codes(ANA)
    return site


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def first_step(browser: Browser, next_path: str = "/a") -> Answered:
    """Open a link in the browser that asked for it: then only the second factor is missing."""
    opened = browser.open(ask_for_link(browser, next=next_path))
    assert (opened.status, opened.location) == (303, "/auth/mfa")
    return opened


def live_sessions(site: Site) -> int:
    user = site.emulator.create_session(ANA)["user_id"]
    return len(site.emulator.state.sessions.of(user)) - 1


def totp(site: Site) -> str:
    return site.emulator.totp_code(ANA)


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


class TestTheFirstStepAlone:
    def test_it_leaves_no_session(self, site: Site, browser: Browser) -> None:
        opened = first_step(browser)

        assert opened.outcome.signed_in is None
        assert browser.cookie("access") is None
        assert browser.cookie("refresh") is None
        assert browser.cookie("magic") is None
        assert live_sessions(site) == 0

    def test_the_page_asks_and_offers_the_other_methods(self, browser: Browser) -> None:
        first_step(browser)

        page = browser.get("/auth/mfa").page

        assert page.name == "second_factor"
        assert page.context["method"] == "totp"
        assert page.context["others"] == ["backup_code"]
        assert page.context["resend_in"] is None
        assert page.context["error"] is None

    def test_a_script_is_told_the_same(self, browser: Browser) -> None:
        first_step(browser)

        assert browser.get("/auth/mfa", script=True).json == {
            "status": "mfa_required",
            "method": "totp",
            "methods": ["totp", "backup_code"],
            "next": "/auth/mfa",
        }

    def test_oauth_and_codes_lead_here_too(self, site: Site, browser: Browser) -> None:
        begun = browser.get("/auth/oauth/google?next=/a")
        assert browser.open(consent(site, begun.location, ANA)).location == "/auth/mfa"
        assert browser.cookie("oauth") is None

        site.emulator.settings(email_auth_type="otp")
        other = site.browser()
        other.post("/auth/otp", {"identifier": ANA})
        code = site.emulator.messages(ANA)[0].code or ""
        assert other.post("/auth/otp/verify", {"code": code}).location == "/auth/mfa"
        assert other.cookie("otp") is None

    def test_so_does_the_waiting_page(self, site: Site, browser: Browser) -> None:
        link = ask_for_link(browser, next="/a")
        elsewhere = site.browser()
        elsewhere.open(link)
        shown = elsewhere.get("/auth/callback").page.context["shown"]
        elsewhere.post("/auth/callback", {"shown": shown})

        poll = browser.post("/auth/magic-link/status", script=True)

        assert poll.json["status"] == "mfa_required"

    def test_without_it_there_is_nothing_to_prove(self, site: Site, browser: Browser) -> None:
        for answered in (browser.get("/auth/mfa"), browser.post("/auth/mfa", {"code": "123456"})):
            assert (answered.status, answered.location) == (303, "/auth/sign-in")
        assert site.signed_in().get("/auth/mfa").location == "/"


class TestTheProof:
    def test_it_signs_in_and_leads_on(self, site: Site, browser: Browser) -> None:
        first_step(browser)

        proved = browser.post("/auth/mfa", {"code": totp(site)})

        assert (proved.status, proved.location) == (303, "/a")
        assert proved.outcome.signed_in is not None
        assert proved.outcome.signed_in[1].email == ANA
        assert user_of(browser.authenticate()) == proved.outcome.signed_in[0].id
        assert browser.cookie("mfa") is None

    def test_a_wrong_code_may_be_tried_again(self, site: Site, browser: Browser) -> None:
        first_step(browser)

        page = browser.post("/auth/mfa", {"code": wrong(totp(site))})

        assert (page.status, page.page.name) == (422, "second_factor")
        assert page.page.context["error"] == "This code is not right. You can try 2 more times."
        assert browser.cookie("access") is None
        script = browser.post("/auth/mfa", {"code": wrong(totp(site))}, script=True)
        assert script.json["reason"] == "invalid_code"
        assert "1 more time." in script.json["detail"]
        assert browser.post("/auth/mfa", {"code": totp(site)}).outcome.signed_in is not None

    def test_after_too_many_the_sign_in_is_over(self, site: Site, browser: Browser) -> None:
        first_step(browser)
        answers = [browser.post("/auth/mfa", {"code": wrong(totp(site))}) for _ in range(3)]

        assert [answer.status for answer in answers] == [422, 422, 400]
        assert answers[-1].page.context["title"] == "That did not work"
        assert browser.cookie("mfa") is None
        assert browser.post("/auth/mfa", {"code": totp(site)}).location == "/auth/sign-in"
        assert live_sessions(site) == 0

    def test_a_replayed_code_signs_nobody_in(self, site: Site, browser: Browser) -> None:
        first_step(browser)
        waiting, code = browser.cookie("mfa") or "", totp(site)
        browser.post("/auth/mfa", {"code": code})
        thief = site.browser()
        thief.put("mfa", waiting)

        assert thief.post("/auth/mfa", {"code": code}).status == 400
        assert thief.cookie("access") is None

    def test_after_ten_minutes_it_is_over(self, site: Site, browser: Browser) -> None:
        first_step(browser)
        waiting = browser.cookie("mfa") or ""
        site.clock.now += 601
        browser.put("mfa", waiting)

        assert browser.post("/auth/mfa", {"code": totp(site)}).location == "/auth/sign-in"

    def test_a_challenge_that_ended_at_scute_is_over(self, site: Site, browser: Browser) -> None:
        first_step(browser)
        waiting = site.auth.sealer.open("mfa", browser.cookie("mfa"), now=site.clock())
        assert waiting is not None
        place = f"/challenges/{waiting['challenge']}"
        site.emulator.fault(f"{place}/verify", status=422, body="{}")
        site.emulator.fault(place, status=404, body="{}")

        assert browser.post("/auth/mfa", {"code": totp(site)}).status == 400

    @pytest.mark.parametrize("code", ["", "12", "1 2", "code!"])
    def test_what_is_no_code_is_sent_nowhere(self, site: Site, browser: Browser, code: str) -> None:
        first_step(browser)

        page = browser.post("/auth/mfa", {"code": code})

        assert page.status == 422
        assert page.page.context["error"] == "Enter the code."
        assert site.calls("/verify") == 0

    def test_a_backup_code_is_one_too(self, site: Site, browser: Browser) -> None:
        first_step(browser)
        browser.post("/auth/mfa", {"method": "backup_code"})
        (code, *_) = site.emulator.backup_codes(ANA)

        assert browser.get("/auth/mfa").page.context["method"] == "backup_code"
        assert browser.post("/auth/mfa", {"code": code}).outcome.signed_in is not None

    def test_another_site_cannot_send_it(self, site: Site, browser: Browser) -> None:
        first_step(browser)

        sent = browser.post("/auth/mfa", {"code": totp(site)}, sec_fetch_site="cross-site")

        assert sent.status == 403
        assert browser.cookie("access") is None

    def test_a_cookie_of_another_app_counts_for_nothing(self, site: Site) -> None:
        browser, foreign = site.browser(), protected(open_site(secret="another secret")).browser()
        first_step(foreign)
        browser.put("mfa", foreign.cookie("mfa") or "")

        assert browser.get("/auth/mfa").location == "/auth/sign-in"

    def test_the_session_is_of_the_one_who_passed_the_first_step(
        self, site: Site, browser: Browser
    ) -> None:
        first_step(browser)
        eve = site.emulator.create_session("eve@example.com")
        site.emulator.fault("/verify", status=200, body=json.dumps(eve))

        proved = browser.post("/auth/mfa", {"code": "123456"})

        assert proved.status == 400
        assert browser.cookie("access") is None
        assert not site.emulator.state.sessions.of(eve["user_id"])

    def test_a_proof_that_starts_no_session_signs_nobody_in(
        self, site: Site, browser: Browser
    ) -> None:
        first_step(browser)
        site.emulator.fault("/verify", status=200, body='{"status": "completed"}')

        assert browser.post("/auth/mfa", {"code": "123456"}).status == 403
        assert browser.cookie("access") is None
        assert browser.cookie("mfa") is None

    def test_codes_are_tried_only_so_often(self) -> None:
        site = protected(open_site(limits=Limits(600, per_identifier=1)))
        browser = site.browser()
        first_step(browser)

        browser.post("/auth/mfa", {"code": wrong(totp(site))})

        assert browser.post("/auth/mfa", {"code": totp(site)}).status == 429

    def test_in_an_outage_nothing_is_lost(self, site: Site, browser: Browser) -> None:
        first_step(browser)
        site.emulator.fault("/verify", status=503, times=1)

        assert browser.post("/auth/mfa", {"code": totp(site)}).status == 503
        assert browser.post("/auth/mfa", {"code": totp(site)}).outcome.signed_in is not None


class TestOtherMethods:
    @pytest.fixture
    def site(self) -> Site:
        site = open_site()
        site.emulator.settings(mfa_policy="required")
        return site

    def test_who_has_none_proves_the_address_by_a_code(self, site: Site, browser: Browser) -> None:
        first_step(browser)

        context = browser.get("/auth/mfa").page.context
        assert (context["method"], context["others"], context["resend_in"]) == ("email_otp", [], 30)
        code = site.emulator.messages(ANA)[0].code or ""
        assert isinstance(sign_in(browser, code), SignedIn)

    def test_a_code_is_sent_again(self, site: Site, browser: Browser) -> None:
        first_step(browser)
        first = site.emulator.messages(ANA)[0].code or ""
        site.clock.now += 60

        again = browser.post("/auth/mfa", {"resend": "yes"})

        assert again.location == "/auth/mfa"
        assert browser.get("/auth/mfa").page.context["resend_in"] == 30
        second = site.emulator.messages(ANA)[0].code or ""
        if second != first:
            assert browser.post("/auth/mfa", {"code": first}).status == 422
        assert isinstance(sign_in(browser, second), SignedIn)

    def test_it_is_sent_only_so_often(self) -> None:
        site = open_site(limits=Limits(600, per_identifier=2))
        site.emulator.settings(mfa_policy="required")
        browser = site.browser()
        first_step(browser)

        statuses = [browser.post("/auth/mfa", {"resend": "yes"}).status for _ in range(3)]

        assert statuses == [303, 303, 429]

    def test_a_sign_in_that_is_over_is_sent_no_code(self, site: Site, browser: Browser) -> None:
        first_step(browser)
        site.emulator.fault("/resend", status=422, body='{"error_code": "challenge_failed"}')

        assert browser.post("/auth/mfa", {"resend": "yes"}).status == 400
        assert browser.cookie("mfa") is None


class TestSwitching:
    def test_another_tab_that_went_on_is_noticed(self, site: Site, browser: Browser) -> None:
        """Two tabs, or the back button: the form of an earlier page proves nothing else."""
        first_step(browser)
        shown = browser.get("/auth/mfa").page.context["shown"]
        browser.post("/auth/mfa", {"method": "backup_code", "shown": shown})

        stale = browser.post("/auth/mfa", {"code": totp(site), "shown": shown})

        assert stale.status == 422
        assert "Another tab" in stale.page.context["error"]
        assert stale.page.context["method"] == "backup_code"
        assert browser.cookie("access") is None

    @pytest.mark.parametrize("method", ["sms_otp", "webauthn", "nonsense"])
    def test_only_to_what_was_offered(self, site: Site, browser: Browser, method: str) -> None:
        first_step(browser)

        page = browser.post("/auth/mfa", {"method": method})

        assert page.status == 422
        assert site.calls("/challenges") == 0

    def test_what_is_not_sent_is_not_sent_again(self, browser: Browser) -> None:
        first_step(browser)

        assert browser.post("/auth/mfa", {"resend": "yes"}).status == 422

    def test_a_sign_in_that_is_over_cannot_switch(self, site: Site, browser: Browser) -> None:
        first_step(browser)
        site.emulator.fault("/challenges", status=401, body='{"error": "Not authorized"}')

        assert browser.post("/auth/mfa", {"method": "backup_code"}).status == 400

    def test_codes_by_mail_are_limited_here_too(self) -> None:
        site = protected(open_site(limits=Limits(600, per_identifier=2)))
        keeper = site.signed_in(ANA)
        keeper.post("/auth/mfa/enroll", {"method": "email", "address": "mail@example.com"})
        code = site.emulator.messages("mail@example.com")[0].code or ""
        keeper.post("/auth/mfa/enroll/verify", {"code": code})
        site.clock.now += 600
        browser = site.browser()
        first_step(browser)

        methods = ["email_otp", "totp", "email_otp", "backup_code", "email_otp"]
        statuses = [browser.post("/auth/mfa", {"method": each}).status for each in methods]

        assert statuses == [303, 303, 303, 303, 429]

    def test_switching_is_limited_for_each_account(self) -> None:
        """Else whoever has the first factor could have Scute make challenges without end."""
        site = protected(open_site(limits=Limits(600, per_identifier=2)))
        browser = site.browser()
        first_step(browser)

        methods = ["backup_code", "totp", "backup_code"]
        statuses = [browser.post("/auth/mfa", {"method": each}).status for each in methods]

        assert statuses == [303, 303, 429]
        assert site.calls("/challenges") == 2

    def test_switching_is_limited_for_each_network(self) -> None:
        site = protected(open_site(limits=Limits(600, per_identifier=0, per_address=1)))
        browser = site.browser()
        first_step(browser)
        browser.client = "8.8.8.8"

        methods = ["backup_code", "totp"]
        statuses = [browser.post("/auth/mfa", {"method": each}).status for each in methods]

        assert statuses == [303, 429]

    def test_to_what_is_asked_already_shows_the_page_that_is_there(
        self, site: Site, browser: Browser
    ) -> None:
        first_step(browser)

        again = browser.post("/auth/mfa", {"method": "totp"})

        assert (again.status, again.page.context["method"]) == (200, "totp")
        assert site.calls("/challenges") == 0


class TestOddAnswersOfScute:
    def answer(self, site: Site, browser: Browser, **changes: Any) -> Answered:
        link = ask_for_link(browser)
        user_id = site.emulator.create_session(ANA)["user_id"]
        asked = {"token": "t", "method": "totp", "status": "pending"}
        content = {
            "mfa_required": True,
            "app_user_id": user_id,
            "mfa_challenge": asked,
            "available_methods": ["totp"],
        }
        body = json.dumps({**content, **changes})
        site.emulator.fault("/magic_links/authenticate", status=200, body=body)
        return browser.open(link)

    def test_without_a_challenge_one_is_made(self, site: Site, browser: Browser) -> None:
        made = {"challenge": {"token": "made", "method": "totp"}}
        site.emulator.fault("/challenges", status=201, body=json.dumps(made))

        assert self.answer(site, browser, mfa_challenge=None).location == "/auth/mfa"
        assert site.calls("/challenges") == 1

    def test_a_challenge_that_our_page_cannot_ask_for_is_replaced(
        self, site: Site, browser: Browser
    ) -> None:
        made = {"challenge": {"token": "made", "method": "totp"}}
        site.emulator.fault("/challenges", status=201, body=json.dumps(made))
        push = {"token": "t", "method": "push"}

        answered = self.answer(
            site, browser, mfa_challenge=push, available_methods=["push", "totp"]
        )

        assert answered.location == "/auth/mfa"

    def test_where_scute_makes_only_such_ones_it_is_said(
        self, site: Site, browser: Browser
    ) -> None:
        """No page has words for it: each request for one would fail."""
        made = json.dumps({"challenge": {"token": "made", "method": "push"}})
        site.emulator.fault("/challenges", status=201, body=made)

        assert self.answer(site, browser, mfa_challenge=None).status == 403
        assert browser.cookie("mfa") is None

        self.answer(site, browser, available_methods=["totp", "backup_codes"])
        switched = browser.post("/auth/mfa", {"method": "backup_code"})
        assert (switched.status, switched.page.context["title"]) == (400, "That did not work")
        assert browser.cookie("mfa") is None

    def test_tries_that_scute_does_not_count_are_not_told(
        self, site: Site, browser: Browser
    ) -> None:
        self.answer(site, browser)
        site.emulator.fault("/challenges/t/verify", status=422, body="{}")
        shown = {"challenge": {"token": "t", "method": "totp"}}
        site.emulator.fault("/challenges/t", status=200, body=json.dumps(shown))

        page = browser.post("/auth/mfa", {"code": "123456"})

        assert page.page.context["error"] == "This code is not right. Try again."

    @pytest.mark.parametrize(
        "changes",
        [
            {"available_methods": []},
            {"available_methods": ["push"]},
            {"app_user_id": "somebody else"},
            {"mfa_challenge": None},
        ],
        ids=str,
    )
    def test_what_cannot_be_asked_for_here_is_said(
        self, site: Site, browser: Browser, changes: dict[str, Any]
    ) -> None:
        site.emulator.fault("/challenges", status=401, body="{}")

        answered = self.answer(site, browser, **changes)

        assert answered.status == 403
        assert answered.page.context["title"] == "A second factor is needed"
        assert browser.cookie("access") is None
        assert browser.cookie("mfa") is None


def sign_in(browser: Browser, code: str) -> Any:
    browser.post("/auth/mfa", {"code": code})
    return browser.authenticate()
