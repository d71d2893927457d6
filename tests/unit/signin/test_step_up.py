"""Step-up: confirm once more who it is, and go back; a proof is good for one user and sign-in."""

import json
from dataclasses import replace
from typing import Any

import pytest

from scute_auth.guards import Requirement, guard
from scute_auth.http import Reply
from scute_auth.identity import SignedIn
from scute_auth.settings import Limits
from tests.unit.sessions import Answered, Browser, Site, ask_for_link, open_site, user_of

ANA = "ana@example.com"


@pytest.fixture
def site() -> Site:
    return open_site()


@pytest.fixture
def browser(site: Site) -> Browser:
    return signed_in(site)


def signed_in(site: Site, email: str = ANA) -> Browser:
    browser = site.browser()
    browser.open(ask_for_link(browser, email))
    return browser


def demand(browser: Browser, max_age: int = 300, **headers: str) -> Reply | None:
    """What a view with `require_user(step_up=...)` answers this browser."""
    site, view = browser.site, browser.request("GET", "/danger?a=b", **headers)
    result = site.authenticate(view)
    requirement = Requirement(step_up=max_age)
    return site.run(guard(view, site.config, result, requirement, site.clock()))


def code_for(site: Site, email: str = ANA) -> str:
    return site.emulator.messages(email)[0].code or ""


def begin(browser: Browser, method: str = "email_otp", next_path: str = "/danger") -> Answered:
    return browser.post("/auth/step-up", {"method": method, "next": next_path})


def stepped_up(browser: Browser) -> Answered:
    begin(browser)
    return browser.post("/auth/step-up", {"code": code_for(browser.site)})


def test_a_person_is_led_there_and_back(site: Site, browser: Browser) -> None:
    reply = demand(browser, accept="text/html")
    assert reply is not None
    location = dict(reply.headers)["location"]
    page = browser.get(location).page
    begun = begin(browser, next_path=page.context["next"])

    confirmed = browser.post("/auth/step-up", {"code": code_for(site)})

    assert location == "/auth/step-up?next=/danger%3Fa%3Db"
    assert (page.name, page.context["others"]) == ("second_factor", ["email_otp"])
    assert page.context["method"] is None
    assert begun.location == "/auth/step-up"
    assert (confirmed.status, confirmed.location) == (303, "/danger?a=b")
    assert confirmed.outcome.signed_in is None
    assert demand(browser) is None
    assert browser.cookie("step_up") is None


def test_looking_at_the_page_sends_nothing(site: Site, browser: Browser) -> None:
    before = len(site.emulator.messages(ANA))

    browser.get("/auth/step-up?next=/danger")

    assert len(site.emulator.messages(ANA)) == before


def test_a_script_is_told_where_to_do_it(browser: Browser) -> None:
    """RFC 9470 section 3."""
    reply = demand(browser)

    assert reply is not None
    content = json.loads(reply.body)
    assert (reply.status, content["reason"]) == (401, "step_up_required")
    assert (content["max_age"], content["step_up"]) == (300, "/auth/step-up")
    challenge = dict(reply.headers)["www-authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'max_age="300"' in challenge


def test_it_is_asked_again_after_its_time(site: Site, browser: Browser) -> None:
    stepped_up(browser)
    site.clock.now += 299
    assert demand(browser) is None
    site.clock.now += 2

    assert demand(browser) is not None
    assert demand(browser, max_age=600) is None
    site.clock.now += 3300
    assert demand(browser, max_age=86_400) is not None


def test_it_survives_a_refresh(site: Site, browser: Browser) -> None:
    """Scute's own `uid` may change then."""
    stepped_up(browser)
    browser.drop("access")

    assert isinstance(browser.authenticate(), SignedIn)
    assert demand(browser) is None


def test_the_proof_of_one_user_is_worthless_for_another(site: Site, browser: Browser) -> None:
    stepped_up(browser)
    eve = signed_in(site, "eve@example.com")
    eve.put("proof", browser.cookie("proof") or "")
    assert demand(eve) is not None

    eve.put("signin", browser.cookie("signin") or "")
    assert demand(eve) is not None


def test_the_proof_of_one_sign_in_is_worthless_for_another(site: Site, browser: Browser) -> None:
    stepped_up(browser)
    later = signed_in(site)
    later.put("proof", browser.cookie("proof") or "")

    assert user_of(later.authenticate()) == user_of(browser.authenticate())
    assert demand(later) is not None


@pytest.mark.parametrize("rotates", [True, False], ids=["rotates", "stays"])
def test_it_survives_several_refreshes(site: Site, rotates: bool) -> None:
    """Each brings other tokens, and the name of the sign-in goes with them."""
    site.emulator.settings(rotate_refresh=rotates, access_lifetime=600)
    browser = signed_in(site)
    stepped_up(browser)

    for _ in range(3):
        site.clock.now += 580
        assert demand(browser, max_age=3600) is None
        before = browser.cookie("access")
        assert isinstance(browser.authenticate(), SignedIn)
        assert browser.cookie("access") != before
        assert demand(browser, max_age=3600) is None


def copies(browser: Browser, *purposes: str) -> dict[str, str]:
    return {purpose: browser.cookie(purpose) or "" for purpose in purposes}


@pytest.mark.parametrize("ends_soon", [False, True], ids=["fresh", "ends soon"])
def test_a_copied_proof_is_nothing_to_a_later_sign_in_of_the_same_user(
    site: Site, browser: Browser, ends_soon: bool
) -> None:
    """With the name of its sign-in, and even with that one's refresh token."""
    stepped_up(browser)
    copied = copies(browser, "signin", "proof", "refresh")
    browser.post("/auth/sign-out")
    later = site.signed_in(ANA, access_lifetime=30) if ends_soon else signed_in(site)
    user = user_of(later.authenticate())

    for purpose, value in copied.items():
        later.put(purpose, value)

    assert user_of(later.authenticate()) == user
    assert demand(later) is not None


def test_a_refresh_gives_no_sign_in_a_name_that_was_copied(site: Site, browser: Browser) -> None:
    stepped_up(browser)
    copied = copies(browser, "signin", "proof")
    later = signed_in(site)
    for purpose, value in copied.items():
        later.put(purpose, value)
    later.drop("access")

    assert isinstance(later.authenticate(), SignedIn)
    assert later.cookie("signin") == copied["signin"]
    assert demand(later) is not None


def test_a_session_without_a_refresh_token_is_confirmed_too(site: Site) -> None:
    site.emulator.settings(refresh_payload=False)
    browser = signed_in(site)
    assert browser.cookie("refresh") is None

    stepped_up(browser)

    assert demand(browser) is None


def test_the_proof_of_one_app_is_worthless_for_another(site: Site, browser: Browser) -> None:
    stepped_up(browser)
    config = replace(site.config, app_id="app_other")
    view, result = browser.request(), browser.authenticate()

    flow = guard(view, config, result, Requirement(step_up=300), site.clock())

    assert site.run(flow) is not None


@pytest.mark.parametrize("value", ["", "x", "1.AAAA", "1." + "A" * 9000])
def test_what_is_no_proof_proves_nothing(browser: Browser, value: str) -> None:
    browser.put("proof", value)

    assert demand(browser) is not None


def test_signing_out_and_in_again_ends_it(site: Site, browser: Browser) -> None:
    stepped_up(browser)
    browser.post("/auth/sign-out")
    assert browser.cookie("proof") is None
    browser.open(ask_for_link(browser))

    assert demand(browser) is not None


def test_an_authenticator_app_is_asked_before_the_address(site: Site, browser: Browser) -> None:
    site.emulator.settings(mfa_policy="optional")
    site.emulator.enrol_totp(ANA)
    (backup, *_) = site.emulator.backup_codes(ANA)

    methods = browser.get("/auth/step-up?next=/a").page.context["others"]
    begin(browser, "totp")
    page = browser.get("/auth/step-up").page
    wrong = browser.post("/auth/step-up", {"code": "000000"})
    switched = browser.post("/auth/step-up", {"method": "backup_code"})

    assert methods == ["totp", "backup_code"]
    assert (page.context["method"], page.context["resend_in"]) == ("totp", None)
    assert wrong.status == 422
    assert switched.location == "/auth/step-up"
    assert browser.post("/auth/step-up", {"code": backup}).location == "/danger"
    assert demand(browser) is None


def test_a_phone_is_asked_where_there_is_no_address(site: Site) -> None:
    browser, phone = site.browser(), "+442079460958"
    browser.post("/auth/otp", {"identifier": phone})
    browser.post("/auth/otp/verify", {"code": code_for(site, phone)})

    assert browser.get("/auth/step-up?next=/a").page.context["others"] == ["sms_otp"]


def test_whom_nothing_can_ask_is_told_so(site: Site, browser: Browser) -> None:
    user_id = user_of(browser.authenticate())
    profile = {"user": {"id": user_id, "email": None, "phone": None}}
    site.clock.now += 61
    site.emulator.fault("/current_user", status=200, body=json.dumps(profile))

    answered = browser.get("/auth/step-up?next=/a")

    assert answered.status == 403
    assert answered.page.context["title"] == "You cannot confirm it here"


@pytest.mark.parametrize("method", ["", "totp", "sms_otp", "nonsense"])
def test_only_the_users_own_methods_can_be_chosen(
    site: Site, browser: Browser, method: str
) -> None:
    page = begin(browser, method)
    script = browser.post("/auth/step-up", {"method": method}, script=True)

    assert page.status == script.status == 422
    assert page.page.context["error"] == "Choose how you want to confirm it."
    assert script.json["methods"] == ["email_otp"]
    assert site.calls("/challenges") == 0


@pytest.mark.parametrize(
    "next_path", ["//evil.example", "https://evil.example", "/\\evil", "javascript:x"]
)
def test_it_leads_nowhere_else(site: Site, browser: Browser, next_path: str) -> None:
    """C07"""
    begin(browser, next_path=next_path)

    confirmed = browser.post("/auth/step-up", {"code": code_for(site)})

    assert confirmed.location == "/"


def test_a_stranger_signs_in_first(site: Site) -> None:
    stranger = site.browser()

    led = stranger.get("/auth/step-up?next=/a")

    assert led.location == "/auth/sign-in?next=/auth/step-up%3Fnext%3D/a"
    assert stranger.post("/auth/step-up", {"code": "123456"}, script=True).status == 401


def test_support_access_cannot_confirm_anything(site: Site) -> None:
    support = site.signed_in(imp={"sub": "op_1", "kind": "operator"})

    assert support.get("/auth/step-up?next=/a").status == 403
    assert begin(support).status == 403


def test_another_site_cannot_begin_it(site: Site, browser: Browser) -> None:
    sent = browser.post("/auth/step-up", {"method": "email_otp"}, sec_fetch_site="cross-site")

    assert sent.status == 403
    assert site.calls("/challenges") == 0


def test_what_was_asked_of_one_user_is_not_asked_of_the_next(site: Site, browser: Browser) -> None:
    begin(browser)
    eve = signed_in(site, "eve@example.com")
    eve.put("step_up", browser.cookie("step_up") or "")

    answered = eve.post("/auth/step-up", {"code": code_for(site)})

    assert answered.status == 422
    assert demand(eve) is not None


def test_codes_are_sent_only_so_often() -> None:
    site = open_site(limits=Limits(600, per_identifier=2))
    browser = signed_in(site)

    assert [begin(browser).status for _ in range(3)] == [303, 303, 429]


def test_too_many_wrong_codes_end_the_challenge_and_not_the_session(
    site: Site, browser: Browser
) -> None:
    begin(browser)
    tried = [browser.post("/auth/step-up", {"code": "000000"}) for _ in range(3)]

    assert [answer.status for answer in tried] == [422, 422, 400]
    assert tried[-1].page.context["actions"] == (("Try again", "/auth/step-up"),)
    assert isinstance(browser.authenticate(), SignedIn)
    assert demand(browser) is not None


def test_where_scute_begins_none_another_way_may_be_chosen(site: Site, browser: Browser) -> None:
    site.emulator.fault("/challenges", status=422, body='{"error_code": "method_not_available"}')

    page = begin(browser)

    assert page.status == 422
    assert "another way" in page.page.context["error"]
    assert "no step-up could be begun" in site.logged()[-1]


def test_without_the_apps_secret_none_can_be_begun() -> None:
    site = open_site(secret=None, cookie_keys=("k" * 16,))
    browser = signed_in(site)

    assert begin(browser).status == 422
    assert "SCUTE_SECRET" in site.logged()[-1]
    assert site.calls("/challenges") == 0


def test_in_an_outage_nothing_is_decided(site: Site, browser: Browser) -> None:
    site.emulator.fault("/mfa/methods", status=503, times=1)

    assert browser.get("/auth/step-up?next=/a").status == 503
    assert browser.cookie("access")


def test_a_session_that_is_over_is_over_here_too(site: Site, browser: Browser) -> None:
    site.emulator.state.sessions.revoke_all(user_of(browser.authenticate()))

    assert browser.get("/auth/step-up?next=/a").status == 303
    assert browser.cookie("access") is None


def test_a_session_that_ends_while_its_profile_is_asked_for_is_over_too(
    site: Site, browser: Browser
) -> None:
    site.clock.now += 61
    site.emulator.fault("/current_user", status=401, body='{"error": "Not authorized"}')

    assert browser.get("/auth/step-up?next=/a").status == 303
    assert browser.cookie("access") is None


@pytest.mark.parametrize("answer", ["session", "mfa"])
def test_nobody_gets_a_session_by_it(site: Site, browser: Browser, answer: str) -> None:
    begin(browser)
    eve = site.emulator.create_session("eve@example.com")
    content: dict[str, Any] = eve if answer == "session" else {"mfa_required": True}
    site.emulator.fault("/verify", status=200, body=json.dumps(content))
    before = browser.cookie("access")

    answered = browser.post("/auth/step-up", {"code": "123456"})

    assert answered.status == 400
    assert browser.cookie("access") == before
    assert demand(browser) is not None
    assert bool(site.emulator.state.sessions.of(eve["user_id"])) == (answer == "mfa")


def test_a_session_that_began_elsewhere_gets_a_name_for_it(site: Site) -> None:
    browser = site.signed_in(ANA)
    assert browser.cookie("signin") is None

    stepped_up(browser)

    assert browser.cookie("signin")
    assert demand(browser) is None


class TestWithATokenInAHeader:
    @pytest.fixture
    def token(self, site: Site) -> str:
        access: str = site.emulator.create_session(ANA)["access"]
        return access

    def call(self, site: Site, token: str, **content: str) -> Answered:
        bearer = f"Bearer {token}"
        return site.browser().post("/auth/step-up", content, script=True, authorization=bearer)

    def test_the_caller_gets_what_it_needs(self, site: Site, token: str) -> None:
        asked = self.call(site, token, method="email_otp")
        state = asked.json["state"]
        confirmed = self.call(site, token, code=code_for(site), state=state)
        proof = confirmed.json["proof"]

        assert asked.json["status"] == "step_up_required"
        assert asked.set_cookies == confirmed.set_cookies == []
        assert (confirmed.json["status"], confirmed.json["expires_in"]) == ("confirmed", 3600)
        bearer = f"Bearer {token}"
        assert demand(site.browser(), authorization=bearer) is not None
        assert demand(site.browser(), authorization=bearer, x_scute_step_up=proof) is None

    def test_the_proof_holds_for_its_token_alone(self, site: Site, token: str) -> None:
        state = self.call(site, token, method="email_otp").json["state"]
        proof = self.call(site, token, code=code_for(site), state=state).json["proof"]
        other = site.emulator.create_session(ANA)["access"]

        assert demand(site.browser(), x_scute_step_up=proof, authorization=f"Bearer {other}")

    def test_so_does_the_state(self, site: Site, token: str) -> None:
        state = self.call(site, token, method="email_otp").json["state"]
        other = site.emulator.create_session(ANA)["access"]

        assert self.call(site, other, code=code_for(site), state=state).status == 422

    def test_a_cookie_is_no_proof_for_it(self, site: Site, token: str, browser: Browser) -> None:
        stepped_up(browser)

        assert demand(browser, authorization=f"Bearer {token}") is not None

    def test_a_header_is_no_proof_for_a_cookie(self, site: Site, browser: Browser) -> None:
        stepped_up(browser)
        proof = browser.cookie("proof") or ""
        browser.drop("proof")

        assert demand(browser, x_scute_step_up=proof) is not None

    def test_a_wrong_code_may_be_tried_again(self, site: Site, token: str) -> None:
        state = self.call(site, token, method="email_otp").json["state"]

        wrong = self.call(site, token, code="000000", state=state)

        assert (wrong.status, wrong.json["reason"]) == (422, "invalid_code")
        assert self.call(site, token, code=code_for(site), state=state).status == 200

    def test_a_challenge_that_is_over_sets_no_cookie(self, site: Site, token: str) -> None:
        state = self.call(site, token, method="email_otp").json["state"]
        answers = [self.call(site, token, code="000000", state=state) for _ in range(3)]

        assert answers[-1].status == 400
        assert answers[-1].set_cookies == []
