"""The user's second factors: seen, put in order, removed; backup codes, which are shown once."""

from typing import Any

import pytest

from scute_auth.effects import HttpCall
from scute_auth.proofs import Wish, seal_wish
from tests.unit.sessions import Answered, Browser, Site, ask_for_link, open_site, user_of

ANA = "ana@example.com"
LIST = "/auth/mfa/methods"
LATER = 11 * 60
"""After so long Scute wants a fresh proof."""


@pytest.fixture
def site() -> Site:
    site = open_site()
    site.emulator.settings(mfa_policy="optional")
    return site


@pytest.fixture
def browser(site: Site) -> Browser:
    browser = site.browser()
    browser.open(ask_for_link(browser, ANA))
    return browser


def methods(browser: Browser) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = browser.get(LIST, script=True).json["methods"]
    return listed


def code_for(site: Site) -> str:
    return site.emulator.messages(ANA)[0].code or ""


def enrol_mail(browser: Browser) -> str:
    """Codes by mail, set up; the method's id."""
    browser.post("/auth/mfa/enroll", {"method": "email", "address": ANA})
    browser.post("/auth/mfa/enroll/verify", {"code": code_for(browser.site)})
    return str(methods(browser)[-1]["id"])


def step_up(browser: Browser, next_path: str = "/") -> Answered:
    browser.post("/auth/step-up", {"method": "email_otp", "next": next_path})
    return browser.post("/auth/step-up", {"code": code_for(browser.site)})


def called(site: Site) -> list[str]:
    return [each.url for each in site.stepper.effects if isinstance(each, HttpCall)]


class TestTheList:
    def test_of_somebody_who_has_none(self, browser: Browser) -> None:
        page = browser.get(LIST).page

        assert page.name == "mfa_methods"
        assert page.context["methods"] == []
        assert page.context["available"] == ("totp", "sms", "email")
        assert (page.context["email"], page.context["phone"]) == (ANA, "")
        assert page.context["may_change"] is True

    def test_says_which_is_the_default_and_how_many_codes_are_left(
        self, site: Site, browser: Browser
    ) -> None:
        site.emulator.enrol_totp(ANA)
        site.emulator.backup_codes(ANA)
        enrol_mail(browser)

        listed = browser.get(LIST, script=True).json

        assert [each["kind"] for each in listed["methods"]] == ["totp", "email"]
        assert [each["is_default"] for each in listed["methods"]] == [True, False]
        assert listed["backup_codes"] == 10
        assert listed["available"] == ["totp", "sms", "email"]

    @pytest.mark.parametrize(
        ("settings", "available"),
        [
            ({"mfa_policy": "disabled"}, ()),
            ({"mfa_methods_allowed": ["email", "backup_codes"]}, ("email",)),
        ],
        ids=["none", "one"],
    )
    def test_offers_what_the_app_has_switched_on(
        self, settings: dict[str, Any], available: tuple[str, ...]
    ) -> None:
        site = open_site()
        site.emulator.settings(**{"mfa_policy": "optional"} | settings)

        assert site.signed_in().get(LIST).page.context["available"] == available

    def test_goes_on_to_where_the_person_was_on_the_way_to(self, browser: Browser) -> None:
        assert browser.get(f"{LIST}?next=/a%3Fb").page.context["next"] == "/a?b"
        assert browser.get(f"{LIST}?next=//evil.example").page.context["next"] is None

    def test_a_stranger_signs_in_first(self, site: Site) -> None:
        assert site.browser().get(LIST).location == "/auth/sign-in?next=/auth/mfa/methods"
        assert site.browser().get(LIST, script=True).status == 401


def test_another_can_be_the_default(site: Site, browser: Browser) -> None:
    site.emulator.enrol_totp(ANA)
    mail = enrol_mail(browser)

    changed = browser.post(f"{LIST}/{mail}/default")

    assert (changed.status, changed.location) == (303, LIST)
    assert [each["is_default"] for each in methods(browser)] == [False, True]


def test_one_can_be_removed(browser: Browser) -> None:
    mail = enrol_mail(browser)

    removed = browser.post(f"{LIST}/{mail}/remove", script=True)

    assert removed.json == {"status": "removed", "next": LIST}
    assert methods(browser) == []


@pytest.mark.parametrize("what", ["default", "remove"])
def test_nobody_changes_somebody_elses(site: Site, browser: Browser, what: str) -> None:
    site.emulator.enrol_totp("eve@example.com")
    (theirs,) = methods(site.signed_in("eve@example.com"))

    refused = browser.post(f"{LIST}/{theirs['id']}/{what}")

    assert refused.status == 404
    assert refused.page.context["actions"] == (("Your second factors", LIST),)
    assert methods(site.signed_in("eve@example.com")) == [theirs]


class TestBackupCodes:
    def test_are_shown_once_and_nowhere_else(self, site: Site, browser: Browser) -> None:
        enrol_mail(browser)

        made = browser.post("/auth/mfa/backup-codes")

        codes = made.page.context["codes"]
        assert (made.status, made.page.name, len(set(codes))) == (200, "backup_codes", 10)
        assert browser.get(LIST, script=True).json["backup_codes"] == 10
        told = [repr(made), *made.set_cookies, *site.logged(), str(browser.get(LIST).page.context)]
        assert not [code for code in codes for text in told if code in text]

    def test_a_script_gets_them_too_and_keeps_them_to_itself(self, browser: Browser) -> None:
        enrol_mail(browser)

        made = browser.post("/auth/mfa/backup-codes", script=True)

        assert len(made.json["backup_codes"]) == 10
        assert made.header("cache-control") == "private, no-store"

    def test_sign_in_with_them_works(self, site: Site, browser: Browser) -> None:
        enrol_mail(browser)
        code = browser.post("/auth/mfa/backup-codes", script=True).json["backup_codes"][0]
        other = site.browser()
        other.open(ask_for_link(other, ANA))
        other.post("/auth/mfa", {"method": "backup_code"})

        assert other.post("/auth/mfa", {"code": code}).location == "/"
        assert browser.get(LIST, script=True).json["backup_codes"] == 9

    def test_without_a_second_factor_there_are_none(self, browser: Browser) -> None:
        refused = browser.post("/auth/mfa/backup-codes")

        assert refused.status == 422
        assert refused.page.context["actions"] == (("Your second factors", LIST),)

    def test_an_answer_without_codes_is_none(self, site: Site, browser: Browser) -> None:
        site.emulator.fault("/backup-codes", status=200, body='{"backup_codes": []}')

        assert browser.post("/auth/mfa/backup-codes").status == 503


class TestLongAfterTheSignIn:
    @pytest.fixture
    def mail(self, site: Site, browser: Browser) -> str:
        """The id of codes by mail, set up long ago."""
        id = enrol_mail(browser)
        site.clock.now += LATER
        return id

    @pytest.mark.parametrize(
        ("path", "form", "back"),
        [
            ("/auth/mfa/methods/{}/remove", {}, "?change=remove&method={}"),
            ("/auth/mfa/backup-codes", {}, "?change=backup_codes"),
            ("/auth/mfa/enroll", {"method": "totp"}, "?change=enroll&method=totp"),
        ],
        ids=["remove", "backup codes", "enrol"],
    )
    def test_the_person_confirms_who_it_is_and_then_it_is_done(
        self, browser: Browser, mail: str, path: str, form: dict[str, str], back: str
    ) -> None:
        path, back = path.format(mail), LIST + back.format(mail)
        asked = browser.post(path, form)
        page = browser.get(asked.location or "").page
        confirmed = step_up(browser, page.context["next"])
        ready = browser.get(confirmed.location or "").page.context["confirmed"]

        done = browser.post(path, form)

        assert (asked.status, page.name) == (303, "second_factor")
        assert confirmed.location == back
        assert ready is not None
        assert done.status == (200 if "backup" in path else 303)
        assert not (done.location or "").startswith("/auth/step-up")
        assert (methods(browser) == []) == ("remove" in path)

    def test_a_script_is_told_where_to_do_it(self, browser: Browser, mail: str) -> None:
        asked = browser.post(f"{LIST}/{mail}/remove", script=True)

        assert (asked.status, asked.json["reason"]) == (401, "step_up_required")
        assert asked.json["step_up"] == "/auth/step-up"
        assert 'error="insufficient_user_authentication"' in (
            asked.header("www-authenticate") or ""
        )
        step_up(browser)
        assert browser.post(f"{LIST}/{mail}/remove", script=True).status == 200

    def test_a_proof_is_good_for_one_change(self, browser: Browser, mail: str) -> None:
        step_up(browser)

        codes = browser.post("/auth/mfa/backup-codes")
        removed = browser.post(f"{LIST}/{mail}/remove")

        assert codes.status == 200
        assert (removed.location or "").startswith("/auth/step-up?next=")
        assert len(methods(browser)) == 1

    def test_the_proof_of_another_user_is_none(
        self, site: Site, browser: Browser, mail: str
    ) -> None:
        eve = site.browser()
        eve.open(ask_for_link(eve, "eve@example.com"))
        eve.post("/auth/step-up", {"method": "email_otp", "next": "/"})
        code = site.emulator.messages("eve@example.com")[0].code or ""
        eve.post("/auth/step-up", {"code": code})
        browser.put("proof", eve.cookie("proof") or "")

        asked = browser.post(f"{LIST}/{mail}/remove")

        assert (asked.location or "").startswith("/auth/step-up")
        assert len(methods(browser)) == 1

    def test_a_proof_for_a_permission_is_none(
        self, site: Site, browser: Browser, mail: str
    ) -> None:
        """Who confirmed a refund has not agreed to lose a second factor."""
        user = user_of(browser.authenticate())
        wish = seal_wish(site.config, Wish(user, "invoice:refund", ""), site.clock())
        page = browser.get(f"/auth/step-up?next=/&for={wish}").page
        browser.post(page.context["action"], {"method": "email_otp", "next": "/"})
        done = browser.post("/auth/step-up", {"code": code_for(site)})
        assert done.location == "/"
        before = site.calls(f"/{mail}")

        asked = browser.post(f"{LIST}/{mail}/remove")

        assert (asked.location or "").startswith("/auth/step-up")
        assert site.calls(f"/{mail}") == before + 1

    def test_while_the_sign_in_is_fresh_no_proof_is_spent(
        self, site: Site, browser: Browser
    ) -> None:
        mail = enrol_mail(browser)
        site.clock.now += LATER - 120
        step_up(browser)

        browser.post("/auth/mfa/backup-codes")
        site.clock.now += 120

        assert browser.post(f"{LIST}/{mail}/remove").location == LIST

    @pytest.mark.parametrize(
        "change", ["remove&method=x", "nonsense", "enroll&method=totp", "backup_codes"]
    )
    def test_without_a_fresh_proof_no_button_waits(
        self, browser: Browser, mail: str, change: str
    ) -> None:
        """A link must not put a button before somebody who did not mean it."""
        assert browser.get(f"{LIST}?change={change}").page.context["confirmed"] is None

    def test_a_button_never_removes_what_is_not_the_users(
        self, browser: Browser, mail: str
    ) -> None:
        step_up(browser)

        page = browser.get(f"{LIST}?change=remove&method=somebodys").page

        assert page.context["confirmed"] is None

    def test_the_challenge_goes_to_scute_alone(
        self, site: Site, browser: Browser, mail: str
    ) -> None:
        step_up(browser)

        browser.post(f"{LIST}/{mail}/remove")

        (proved,) = [url for url in called(site) if "?challenge=" in url]
        token = proved.partition("?challenge=")[2]
        assert token not in repr(site.logged())


class TestSupportAccess:
    def test_may_look_and_changes_nothing(self, site: Site) -> None:
        site.emulator.enrol_totp(ANA)
        support = site.signed_in(imp={"sub": "op_1", "kind": "operator"})
        (method,) = methods(support)

        assert support.get(LIST).page.context["may_change"] is False
        for path in (
            f"{LIST}/{method['id']}/default",
            f"{LIST}/{method['id']}/remove",
            "/auth/mfa/backup-codes",
            "/auth/mfa/enroll",
            "/auth/mfa/enroll/verify",
        ):
            assert support.post(path, {"method": "totp", "code": "123456"}).status == 403
        assert support.get("/auth/mfa/enroll").status == 403
        assert methods(support) == [method]


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}], ids=["503", "dropped"])
@pytest.mark.parametrize("what", ["default", "remove"])
def test_in_an_outage_nothing_is_decided(
    site: Site, browser: Browser, fault: dict[str, Any], what: str
) -> None:
    mail = enrol_mail(browser)
    site.emulator.fault(f"/mfa/methods/{mail}{'' if what == 'remove' else '/default'}", **fault)

    assert browser.post(f"{LIST}/{mail}/{what}").status == 503
    assert browser.cookie("access")


@pytest.mark.parametrize("what", ["default", "remove"])
def test_a_proxys_page_is_not_scutes_no(site: Site, browser: Browser, what: str) -> None:
    mail = enrol_mail(browser)
    path = f"/mfa/methods/{mail}{'' if what == 'remove' else '/default'}"
    site.emulator.fault(path, status=404, body="<html>")

    assert browser.post(f"{LIST}/{mail}/{what}").status == 503


@pytest.mark.parametrize("fault", [{"status": 403}, {"status": 422}], ids=["403", "422"])
def test_an_error_beside_the_proof_is_told(
    site: Site, browser: Browser, fault: dict[str, Any]
) -> None:
    mail = enrol_mail(browser)
    site.clock.now += LATER
    step_up(browser)
    site.emulator.fault(f"/mfa/methods/{mail}", body='{"error_code": "other"}', **fault)
    site.emulator.fault(
        f"/mfa/methods/{mail}", status=403, body='{"error_code": "verification_required"}', times=1
    )

    refused = browser.post(f"{LIST}/{mail}/remove", script=True)

    assert (refused.status, refused.json["reason"]) == (422, "other")
    assert any("?challenge=" in url for url in called(site))


def test_a_session_that_scute_has_ended_is_over_here_too(site: Site, browser: Browser) -> None:
    site.emulator.state.sessions.revoke_all(user_of(browser.authenticate()))

    assert browser.post("/auth/mfa/backup-codes", script=True).status == 401
    assert browser.cookie("access") is None
