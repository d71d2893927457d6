"""Setting up a second factor, from the list and from a sign-in after which Scute wants one."""

import json

import pytest
from pyotp import parse_uri
from pyotp.totp import TOTP

from scute_auth.identity import SignedIn
from scute_auth.settings import Limits
from tests.unit.sessions import Answered, Browser, Site, ask_for_link, open_site

ANA = "ana@example.com"
LIST = "/auth/mfa/methods"
ENROL = "/auth/mfa/enroll"
VERIFY = "/auth/mfa/enroll/verify"


@pytest.fixture
def site() -> Site:
    site = open_site()
    site.emulator.settings(mfa_policy="optional")
    return site


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.signed_in(ANA)


def kinds(browser: Browser) -> list[str]:
    return [each["kind"] for each in browser.get(LIST, script=True).json["methods"]]


def code_of(site: Site, secret: str) -> str:
    return TOTP(secret).at(int(site.clock()))


def sent_to(site: Site, address: str) -> str:
    return site.emulator.messages(address)[0].code or ""


class TestAnAuthenticatorApp:
    def test_takes_a_picture_or_a_key_and_shows_a_code(self, site: Site, browser: Browser) -> None:
        begun = browser.post(ENROL, {"method": "totp"})
        page = browser.get(begun.location or "").page
        secret = page.context["secret"]

        finished = browser.post(VERIFY, {"code": code_of(site, secret)})

        assert (begun.status, begun.location) == (303, ENROL)
        assert (page.name, page.context["kind"]) == ("mfa_enroll", "totp")
        assert page.context["qr"].startswith("<svg")
        assert (finished.status, finished.location) == (303, LIST)
        assert kinds(browser) == ["totp"]
        assert browser.cookie("enrol") is None

    def test_a_script_gets_the_same(self, site: Site, browser: Browser) -> None:
        begun = browser.post(ENROL, {"method": "totp"}, script=True)
        app = parse_uri(begun.json["provisioning_uri"])

        finished = browser.post(VERIFY, {"code": code_of(site, begun.json["secret"])}, script=True)

        assert isinstance(app, TOTP)
        assert app.secret == begun.json["secret"]
        assert app.name == ANA
        assert finished.json == {"status": "enrolled", "next": LIST}
        assert begun.header("cache-control") == "private, no-store"

    def test_its_secret_is_in_no_url_no_log_and_no_repr(self, site: Site, browser: Browser) -> None:
        begun = browser.post(ENROL, {"method": "totp"})
        page = browser.get(ENROL)
        secret = page.page.context["secret"]

        told = [repr(begun), repr(page), *begun.set_cookies, *site.logged()]

        assert len(secret) == 32
        assert not [text for text in told if secret in text]

    def test_the_page_can_be_loaded_again(self, browser: Browser) -> None:
        browser.post(ENROL, {"method": "totp"})

        first, second = browser.get(ENROL).page, browser.get(ENROL).page

        assert first.context["secret"] == second.context["secret"]

    def test_a_code_is_typed_as_people_type(self, site: Site, browser: Browser) -> None:
        browser.post(ENROL, {"method": "totp"})
        code = code_of(site, browser.get(ENROL).page.context["secret"])

        assert browser.post(VERIFY, {"code": f" {code[:3]} {code[3:]}"}).status == 303

    @pytest.mark.parametrize(
        ("uri", "secret"),
        [
            ("javascript:alert(1)", "ABCDEFGH"),
            ("otpauth://hotp/x", "ABCDEFGH"),
            ("otpauth://totp/a b", "ABCDEFGH"),
            ("otpauth://totp/" + "a" * 601, "ABCDEFGH"),
            (7, "ABCDEFGH"),
            ("otpauth://totp/x", "<b>"),
        ],
        ids=str,
    )
    def test_what_no_app_takes_is_never_shown(
        self, site: Site, browser: Browser, uri: object, secret: str
    ) -> None:
        content = {"enrollment": {"id": "1"}, "provisioning_uri": uri, "secret": secret}
        site.emulator.fault("/mfa/enroll", status=200, body=json.dumps(content))

        assert browser.post(ENROL, {"method": "totp"}).status == 503

    def test_an_enrolment_without_an_id_is_none(self, site: Site, browser: Browser) -> None:
        site.emulator.fault("/mfa/enroll", status=200, body='{"enrollment": {"id": ""}}')

        assert browser.post(ENROL, {"method": "totp"}).status == 503

    def test_a_script_may_ask_for_it_again(self, browser: Browser) -> None:
        begun = browser.post(ENROL, {"method": "totp"}, script=True)

        assert browser.get(ENROL, script=True).json == begun.json

    def test_without_a_picture_the_key_is_enough(self, site: Site, browser: Browser) -> None:
        body = '{"enrollment": {"id": "1"}, "secret": "ABCDEFGH"}'
        site.emulator.fault("/mfa/enroll", status=200, body=body)
        browser.post(ENROL, {"method": "totp"})

        assert browser.get(ENROL).page.context["qr"] == ""


@pytest.mark.parametrize(
    ("kind", "typed", "address"),
    [
        ("email", " second@Example.com", "second@example.com"),
        ("sms", "+1 (415) 555-2671", "+14155552671"),
    ],
    ids=["email", "sms"],
)
def test_codes_go_where_they_are_asked_for(
    site: Site, browser: Browser, kind: str, typed: str, address: str
) -> None:
    browser.post(ENROL, {"method": kind, "address": typed})
    page = browser.get(ENROL).page

    finished = browser.post(VERIFY, {"code": sent_to(site, address)})

    assert (page.context["kind"], page.context["address"]) == (kind, address)
    assert (page.context["qr"], page.context["secret"]) == ("", "")
    assert finished.location == LIST
    assert kinds(browser) == [kind]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"method": "push"},
        {"method": "sms"},
        {"method": "sms", "address": "ana@example.com"},
        {"method": "email", "address": "a@example.com,b@example.com"},
        {"method": "email", "address": "+14155552671"},
    ],
    ids=str,
)
def test_what_cannot_be_set_up_is_asked_for_again(
    site: Site, browser: Browser, form: dict[str, str]
) -> None:
    page = browser.post(ENROL, form)
    script = browser.post(ENROL, form, script=True)

    assert (page.status, page.page.name) == (422, "mfa_methods")
    assert page.page.context["error"]
    assert (script.status, script.json["reason"]) == (422, "invalid_method")
    assert site.calls("/mfa/enroll") == 0


def test_what_the_app_does_not_allow_is_refused(site: Site, browser: Browser) -> None:
    site.emulator.settings(mfa_methods_allowed=["email"])

    refused = browser.post(ENROL, {"method": "totp"})

    assert refused.status == 422
    assert refused.page.context["actions"] == (("Your second factors", LIST),)


class TestCodes:
    def begin(self, browser: Browser) -> Answered:
        return browser.post(ENROL, {"method": "email", "address": ANA})

    @pytest.mark.parametrize("code", ["", "no code!", "000000"])
    def test_a_wrong_one_may_be_tried_again(self, site: Site, browser: Browser, code: str) -> None:
        self.begin(browser)

        page = browser.post(VERIFY, {"code": code})
        script = browser.post(VERIFY, {"code": code}, script=True)

        assert (page.status, page.page.name) == (422, "mfa_enroll")
        assert page.page.context["error"]
        assert (script.status, script.json["reason"]) == (422, "invalid_code")
        assert browser.post(VERIFY, {"code": sent_to(site, ANA)}).location == LIST

    def test_too_many_end_it(self, site: Site, browser: Browser) -> None:
        self.begin(browser)
        tried = [browser.post(VERIFY, {"code": "000000"}) for _ in range(4)]

        assert [answer.status for answer in tried] == [422] * 4
        assert tried[-1].page.name == "message"
        assert browser.cookie("enrol") is None
        assert kinds(browser) == []

    def test_after_its_time_there_is_nothing_to_prove(self, site: Site, browser: Browser) -> None:
        self.begin(browser)
        site.clock.now += 601

        assert browser.get(ENROL).location == LIST
        assert browser.post(VERIFY, {"code": sent_to(site, ANA)}).location == LIST
        assert kinds(browser) == []

    def test_are_sent_and_tried_only_so_often(self) -> None:
        site = open_site(limits=Limits(600, per_identifier=2))
        site.emulator.settings(mfa_policy="optional")
        browser = site.signed_in(ANA)

        assert [self.begin(browser).status for _ in range(3)] == [303, 303, 429]
        tried = [browser.post(VERIFY, {"code": "000000"}).status for _ in range(3)]
        assert tried == [422, 422, 429]

    def test_in_an_outage_nothing_is_lost(self, site: Site, browser: Browser) -> None:
        self.begin(browser)
        site.emulator.fault("/enroll/verify", status=503, times=1)

        assert browser.post(VERIFY, {"code": sent_to(site, ANA)}).status == 503
        assert browser.post(VERIFY, {"code": sent_to(site, ANA)}).location == LIST


def test_what_one_user_began_is_nothing_to_the_next(site: Site, browser: Browser) -> None:
    """A cookie that was planted must not set up somebody else's authenticator."""
    eve = site.signed_in("eve@example.com")
    eve.post(ENROL, {"method": "totp"})
    browser.put("enrol", eve.cookie("enrol") or "")

    assert browser.get(ENROL).location == LIST
    assert browser.post(VERIFY, {"code": "123456"}).location == LIST
    assert site.calls("/enroll/verify") == 0


def test_a_stranger_signs_in_first(site: Site) -> None:
    stranger = site.browser()

    assert (stranger.get(ENROL).location or "").startswith("/auth/sign-in")
    assert stranger.post(ENROL, {"method": "totp"}, script=True).status == 401
    assert site.calls("/mfa/enroll") == 0


def test_signing_out_forgets_it(browser: Browser) -> None:
    browser.post(ENROL, {"method": "totp"})

    browser.post("/auth/sign-out")

    assert browser.cookie("enrol") is None


class TestWithATokenInAHeader:
    def call(self, site: Site, token: str, path: str, **content: str) -> Answered:
        bearer = f"Bearer {token}"
        return site.browser().post(path, content, script=True, authorization=bearer)

    def test_the_caller_brings_back_what_was_begun(self, site: Site) -> None:
        token: str = site.emulator.create_session(ANA)["access"]
        begun = self.call(site, token, ENROL, method="totp")
        code, state = code_of(site, begun.json["secret"]), begun.json["state"]

        wrong = self.call(site, token, VERIFY, code="000000", state=state)
        finished = self.call(site, token, VERIFY, code=code, state=state)

        assert begun.set_cookies == finished.set_cookies == []
        assert (wrong.status, finished.status) == (422, 200)
        assert finished.json["status"] == "enrolled"

    def test_what_another_user_began_is_nothing(self, site: Site) -> None:
        eve: str = site.emulator.create_session("eve@example.com")["access"]
        ana: str = site.emulator.create_session(ANA)["access"]
        state = self.call(site, eve, ENROL, method="totp").json["state"]

        assert self.call(site, ana, VERIFY, code="123456", state=state).json["status"] == "none"
        assert self.call(site, ana, VERIFY, code="123456").json["status"] == "none"


class TestAfterASignIn:
    def sign_in(self, site: Site, next_path: str = "/a?b=c") -> tuple[Browser, Answered]:
        browser = site.browser()
        return browser, browser.open(ask_for_link(browser, ANA, next=next_path))

    def test_it_is_suggested_and_can_be_skipped(self, site: Site) -> None:
        browser, landed = self.sign_in(site)

        page = browser.get(landed.location or "").page

        assert (landed.status, landed.location) == (303, ENROL)
        assert isinstance(browser.authenticate(), SignedIn)
        assert (page.name, page.context["wanted"]) == ("mfa_offer", "suggested")
        assert (page.context["next"], page.context["days"]) == ("/a?b=c", None)
        assert page.context["email"] == ANA

    def test_with_the_days_that_are_left(self, site: Site) -> None:
        site.emulator.settings(mfa_policy="required", mfa_grace_days=7)
        browser, _ = self.sign_in(site)

        context = browser.get(ENROL).page.context

        assert (context["wanted"], context["days"]) == ("suggested", 7)

    def test_it_is_demanded(self, site: Site) -> None:
        site.emulator.settings(mfa_policy="required")
        browser, landed = self.sign_in(site)
        proved = browser.post("/auth/mfa", {"code": sent_to(site, ANA)})

        page = browser.get(proved.location or "").page

        assert landed.location == "/auth/mfa"
        assert (proved.location, page.context["wanted"]) == (ENROL, "required")

    def test_it_leads_on_to_where_the_person_wanted_to_go(self, site: Site) -> None:
        browser, _ = self.sign_in(site)
        browser.post(ENROL, {"method": "totp"})
        secret = browser.get(ENROL).page.context["secret"]

        finished = browser.post(VERIFY, {"code": code_of(site, secret)})

        assert finished.location == f"{LIST}?next=%2Fa%3Fb%3Dc"
        assert browser.get(finished.location or "").page.context["next"] == "/a?b=c"

    def test_a_script_that_waits_is_told(self, site: Site) -> None:
        browser = site.browser()
        link = ask_for_link(browser, ANA)
        other = site.browser()
        other.open(link)
        other.post("/auth/callback", {"shown": other.get("/auth/callback").page.context["shown"]})

        polled = browser.post("/auth/magic-link/status", script=True)

        assert polled.json == {"status": "signed_in", "mfa_enrollment": "suggested", "next": ENROL}

    def test_who_has_one_goes_straight_on(self, site: Site) -> None:
        site.emulator.enrol_totp(ANA)
        browser, _ = self.sign_in(site)

        assert browser.post("/auth/mfa", {"code": site.emulator.totp_code(ANA)}).location == (
            "/a?b=c"
        )

    def test_where_nothing_can_be_set_up_nobody_is_kept(self, site: Site) -> None:
        site.emulator.settings(mfa_methods_allowed=["backup_codes"])
        browser, landed = self.sign_in(site)

        assert landed.location == ENROL
        assert browser.get(ENROL).location == "/a?b=c"

    def test_the_advice_is_for_whom_it_was_given(self, site: Site) -> None:
        browser, _ = self.sign_in(site)
        eve = site.signed_in("eve@example.com")
        eve.put("enrol", browser.cookie("enrol") or "")

        assert eve.get(ENROL).location == LIST
