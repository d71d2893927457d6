"""The verdict on a request, held against the rules of credentials, refresh and sessions."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.answers import Tokens
from scute_auth.effects import HttpCall
from scute_auth.errors import ConfigError, Reason, ScuteUnavailable, TokenError
from scute_auth.http import READ, UNTOUCHED, RequestView
from scute_auth.identity import SignedIn, SignedOut, Unavailable
from tests.unit.sessions import Browser, Site, open_site, request, user_of

REFRESH = "/tokens/refresh"
PURPOSES = ("access", "refresh", "signin", "proof")


@pytest.fixture
def site() -> Site:
    return open_site()


def warm(site: Site) -> None:
    """Let the keys and the app's settings be known, and the calls for them be forgotten."""
    site.signed_in("warm@example.com").authenticate()
    site.emulator.clear_calls()


def user_id(site: Site, email: str = "ana@example.com") -> str:
    session: str = site.emulator.create_session(email)["user_id"]
    return session


class TestWithoutCredentials:
    def test_nobody_is_signed_in_and_nothing_is_asked(self, site: Site) -> None:
        assert site.authenticate(request()) == SignedOut(Reason.MISSING)
        assert site.emulator.calls() == []

    def test_cookies_of_others_are_none_of_ours(self, site: Site) -> None:
        view = request(cookies={"session": "x", "theme": "dark"})

        assert site.authenticate(view) == SignedOut(Reason.MISSING)

    def test_a_refresh_cookie_that_can_be_no_token_counts_as_none(self, site: Site) -> None:
        """R06"""
        browser = site.browser()
        for value in ("é", "a b", "x" * 50_000, "a.b\r\nc", '"quoted"'):
            browser.put("refresh", value)

            assert browser.authenticate() == SignedOut(Reason.MISSING)
        assert site.emulator.calls() == []


class TestAHeader:
    @pytest.mark.parametrize(
        ("name", "prefix"),
        [("authorization", "Bearer "), ("x-authorization", ""), ("x-authorization", "Bearer ")],
    )
    def test_a_good_token_signs_in(self, site: Site, name: str, prefix: str) -> None:
        session = site.emulator.create_session("ana@example.com")

        result = site.authenticate(request(headers={name: prefix + session["access"]}))

        assert isinstance(result, SignedIn)
        assert result.user.id == session["user_id"]
        assert result.session.source == "header"
        assert result.session.refresh is None
        assert result.changes.cookies == ()

    def test_one_that_is_known_already_is_good_at_once(self, site: Site) -> None:
        warm(site)
        view = request(headers={"x-authorization": site.signed_in().cookie("access") or ""})

        first, again = site.authenticate(view), site.authenticate(view)

        assert first == again
        assert site.emulator.calls() == []

    def test_it_never_refreshes_though_good_cookies_stand_beside_it(self, site: Site) -> None:
        browser = site.signed_in()
        old = site.emulator.create_session("ana@example.com", access_lifetime=-100)["access"]

        result = browser.authenticate(authorization=f"Bearer {old}")

        assert result == SignedOut(Reason.EXPIRED)
        assert site.calls(REFRESH) == 0

    def test_it_is_not_refreshed_early(self, site: Site) -> None:
        token = site.emulator.create_session("ana@example.com", access_lifetime=10)["access"]

        result = site.signed_in().authenticate(authorization=f"Bearer {token}")

        assert isinstance(result, SignedIn)
        assert site.calls(REFRESH) == 0

    def test_a_bad_one_is_not_rescued_by_a_cookie(self, site: Site) -> None:
        """H07"""
        result = site.signed_in().authenticate(authorization="Bearer bad")

        assert result == SignedOut(Reason.MALFORMED)

    def test_two_that_differ_are_refused(self, site: Site) -> None:
        """H05"""
        one, two = (site.emulator.create_session("ana@example.com")["access"] for _ in range(2))
        view = request(headers={"authorization": f"Bearer {one}", "x-authorization": two})

        assert site.authenticate(view) == SignedOut(Reason.CONFLICTING_CREDENTIALS)

    @pytest.mark.parametrize("what", ["good", "bad", "unknown now"])
    def test_a_cache_is_told_that_the_answer_depends_on_it(self, site: Site, what: str) -> None:
        """H15: another caller sends no cookie either."""
        token = site.emulator.create_session("ana@example.com")["access"]
        if what == "unknown now":
            site.emulator.fault("jwks.json", drop=True)
        view = request(headers={"x-authorization": "bad" if what == "bad" else token})

        headers = site.authenticate(view).changes.merge([])

        assert (b"vary", b"Cookie, x-authorization, authorization") in headers

    def test_an_outage_at_a_cold_start_is_no_refusal(self, site: Site) -> None:
        token = site.emulator.create_session("ana@example.com")["access"]
        site.emulator.fault("jwks.json", status=503)

        result = site.authenticate(request(headers={"x-authorization": token}))

        assert isinstance(result, Unavailable)
        assert result.retry_after >= 1

    def test_another_origin_may_send_one(self, site: Site) -> None:
        token = site.emulator.create_session("ana@example.com")["access"]
        headers = {"x-authorization": token, "origin": "https://other.example"}

        assert isinstance(site.authenticate(request("POST", headers=headers)), SignedIn)


class TestAGoodCookie:
    def test_it_signs_in_without_a_call_about_the_session(self, site: Site) -> None:
        warm(site)
        browser = site.signed_in()

        result = browser.authenticate()

        assert user_of(result) == user_id(site)
        assert isinstance(result, SignedIn)
        assert result.session.source == "cookie"
        assert result.changes == READ
        assert site.emulator.calls() == []

    def test_two_that_differ_are_refused_and_not_cleared(self, site: Site) -> None:
        """H01"""
        good = site.signed_in()
        name = good.name("access")
        view = request(headers={"cookie": f"{name}={good.cookie('access')}; {name}=other"})

        assert site.authenticate(view) == SignedOut(Reason.CONFLICTING_CREDENTIALS)

    def test_a_forged_one_is_refused_beside_a_good_refresh_cookie(self, site: Site) -> None:
        browser = site.signed_in()
        token = browser.cookie("access") or ""
        head, body, signature = token.split(".")
        forgeries = {
            Reason.MALFORMED: "nonsense",
            Reason.SIGNATURE: f"{head}.{body}.{signature[:-8]}AAAAAAAA",
            Reason.ALGORITHM: f"eyJhbGciOiJub25lIn0.{body}.{signature}",
            Reason.WRONG_APP: site.emulator.mint({"uuid": "u", "aid": "app_x", "exp": 1.9e9}),
            Reason.UNKNOWN_KEY: site.emulator.mint({"uuid": "u"}, {"kid": "other"}),
        }
        for reason, forged in forgeries.items():
            browser.put("access", forged)

            assert browser.authenticate() == SignedOut(reason)
        assert site.calls(REFRESH) == 0
        assert browser.cookie("refresh") is not None

    def test_the_value_of_the_refresh_cookie_is_never_an_access_token(self, site: Site) -> None:
        """T19: also where both live equally long, so that nothing else tells them apart."""
        site.emulator.settings(refresh_lifetime=3600)
        browser = site.signed_in()
        browser.put("access", browser.cookie("refresh") or "")

        assert browser.authenticate() == SignedOut(Reason.NOT_ACCESS)

    def test_an_outage_at_a_cold_start_signs_nobody_out(self, site: Site) -> None:
        """K03: and no refresh is tried with keys that cannot be had."""
        site.emulator.fault("jwks.json", status=503)
        browser = site.signed_in()

        result = browser.authenticate()

        assert isinstance(result, Unavailable)
        assert result.changes.cookies == ()
        assert site.calls(REFRESH) == 0

    @pytest.mark.parametrize("drops", [True, False])
    def test_without_keys_nothing_is_spent_and_the_session_comes_back(self, drops: bool) -> None:
        """K03: also where the refresh answers and each refresh token is good once."""
        site = open_site()
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        for path in ("jwks.json", "/jwks"):
            site.emulator.fault(path, status=503)
        browser = site.signed_in(access_lifetime=-100)
        if drops:
            browser.drop("access")
        before = dict(browser.cookies)
        for _ in range(4):
            assert isinstance(browser.authenticate(), Unavailable)
            site.clock.now += 15

        assert site.calls(REFRESH) == 0
        assert browser.cookies == before
        site.emulator.clear_faults()
        assert user_of(browser.authenticate()) == user_id(site)
        assert site.calls(REFRESH) == 1

    def test_from_another_origin_it_may_read_and_not_write(self, site: Site) -> None:
        """H10"""
        browser = site.signed_in()
        elsewhere = {"sec_fetch_site": "cross-site", "origin": "https://other.example"}

        assert isinstance(browser.authenticate("GET", **elsewhere), SignedIn)
        assert browser.authenticate("POST", **elsewhere) == SignedOut(Reason.CSRF)

    def test_a_websocket_handshake_of_another_origin_is_refused(self, site: Site) -> None:
        """H11"""
        browser = site.signed_in()
        view = request(headers={"origin": "https://other.example"}, cookies=browser.cookies)

        assert site.authenticate(replace(view, kind="websocket")) == SignedOut(Reason.CSRF)


class TestAnExpiredCookie:
    def test_it_is_renewed_and_the_browser_told(self, site: Site) -> None:
        browser = site.signed_in(access_lifetime=-100)
        before = dict(browser.cookies)

        result = browser.authenticate()

        assert user_of(result) == user_id(site)
        assert isinstance(result, SignedIn)
        assert browser.cookie("access") == result.session.access != before[browser.name("access")]
        assert browser.cookie("refresh") == before[browser.name("refresh")]
        assert result.session.refresh == browser.cookie("refresh")

    def test_a_missing_one_is_renewed_too(self, site: Site) -> None:
        browser = site.signed_in()
        browser.drop("access")

        assert user_of(browser.authenticate()) == user_id(site)
        assert site.calls(REFRESH) == 1

    def test_a_new_refresh_token_is_taken(self, site: Site) -> None:
        site.emulator.settings(rotate_refresh=True)
        browser = site.signed_in(access_lifetime=-100)
        before = browser.cookie("refresh")

        result = browser.authenticate()

        assert isinstance(result, SignedIn)
        assert browser.cookie("refresh") == result.session.refresh != before

    @pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
    def test_every_method_renews(self, site: Site, method: str) -> None:
        """R08: HEAD as GET."""
        browser = site.signed_in(access_lifetime=-100)

        assert isinstance(browser.authenticate(method), SignedIn)

    def test_a_preflight_does_not(self, site: Site) -> None:
        """R08"""
        browser = site.signed_in(access_lifetime=-100)

        assert browser.authenticate("OPTIONS") == SignedOut(Reason.EXPIRED)
        browser.drop("access")
        assert browser.authenticate("OPTIONS") == SignedOut(Reason.MISSING)
        assert site.calls(REFRESH) == 0

    def test_a_preflight_with_a_good_one_is_signed_in(self, site: Site) -> None:
        assert isinstance(site.signed_in().authenticate("OPTIONS"), SignedIn)

    def test_a_request_that_fails_csrf_does_not(self, site: Site) -> None:
        browser = site.signed_in(access_lifetime=-100)

        result = browser.authenticate("POST", sec_fetch_site="same-site")

        assert result == SignedOut(Reason.CSRF)
        assert site.calls(REFRESH) == 0

    def test_on_exempt_paths_nothing_is_read_or_written(self) -> None:
        site = open_site(exempt_paths=("/static", "/health"))
        browser = site.signed_in(access_lifetime=-100)

        for path in ("/static/app.css", "/health"):
            assert browser.authenticate("GET", path) == SignedOut(Reason.MISSING, UNTOUCHED)
        assert site.emulator.calls() == []
        assert isinstance(browser.authenticate("GET", "/statics"), SignedIn)

    def test_without_a_refresh_cookie_it_stays_expired(self, site: Site) -> None:
        browser = site.signed_in(access_lifetime=-100)
        browser.drop("refresh")

        assert browser.authenticate() == SignedOut(Reason.EXPIRED)

    @pytest.mark.parametrize("status", [401, 403])
    def test_an_ended_session_clears_the_cookies(self, site: Site, status: int) -> None:
        browser = site.signed_in(access_lifetime=-100)
        site.emulator.fault(REFRESH, status=status)

        result = browser.authenticate()

        assert isinstance(result, SignedOut)
        assert result.reason is Reason.REFRESH_REJECTED
        assert browser.cookies == {}

    @pytest.mark.parametrize("body", ['{"error": "Not authorized"}', "{}", ""], ids=repr)
    @pytest.mark.parametrize("status", [401, 403])
    def test_scutes_own_no_ends_it(self, site: Site, status: int, body: str) -> None:
        browser = site.signed_in(access_lifetime=-100)
        site.emulator.fault(REFRESH, status=status, body=body)

        browser.authenticate()

        assert browser.cookies == {}

    @pytest.mark.parametrize("body", ["<html>Attention required</html>", "Forbidden", "[]", '"no"'])
    @pytest.mark.parametrize("status", [401, 403])
    def test_a_proxys_no_is_not_scutes(self, site: Site, status: int, body: str) -> None:
        """R03: a firewall before Scute that blocks us for a while ends nobody's session."""
        browser = site.signed_in(access_lifetime=-100)
        before = dict(browser.cookies)
        site.emulator.fault(REFRESH, status=status, body=body, times=1)

        assert browser.authenticate() == SignedOut(Reason.REFRESH_REJECTED)

        assert browser.cookies == before
        assert user_of(browser.authenticate()) == user_id(site)

    @pytest.mark.parametrize(
        "fault",
        [{"status": 500}, {"status": 503}, {"status": 429}, {"drop": True}, {"delay": 9.0}],
        ids=["500", "503", "429", "dropped", "timeout"],
    )
    def test_an_outage_touches_nothing(self, site: Site, fault: dict[str, Any]) -> None:
        """R03"""
        browser = site.signed_in(access_lifetime=-100)
        before = dict(browser.cookies)
        site.emulator.fault(REFRESH, **fault)

        result = browser.authenticate()

        assert isinstance(result, Unavailable)
        assert browser.cookies == before

    @pytest.mark.parametrize("status", [302, 400, 404, 422])
    def test_any_other_answer_signs_out_this_request_only(self, site: Site, status: int) -> None:
        browser = site.signed_in(access_lifetime=-100)
        before = dict(browser.cookies)
        site.emulator.fault(REFRESH, status=status, times=1)

        assert browser.authenticate() == SignedOut(Reason.REFRESH_REJECTED)
        assert browser.cookies == before
        assert any("the cookies were kept" in line for line in site.logged())
        assert isinstance(browser.authenticate(), SignedIn)

    def test_fifty_tabs_make_one_call_and_nobody_is_signed_out(self, site: Site) -> None:
        """R01, one after another; at the same time: `test_refresher`."""
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        browser = site.signed_in(access_lifetime=-100)
        view = browser.request()

        results = [site.authenticate(view) for _ in range(50)]

        assert {user_of(result) for result in results} == {user_id(site)}
        assert len({str(result) for result in results}) == 1
        assert site.calls(REFRESH) == 1


class TestWhatARefreshMayAnswer:
    """R05: the new token passes the full check, and names the same user, before it is used."""

    def answered(self, site: Site, **payload: Any) -> tuple[Any, Browser]:
        browser = site.signed_in(access_lifetime=-100)
        before = dict(browser.cookies)
        site.emulator.fault(REFRESH, status=200, body=json.dumps(payload))
        result = browser.authenticate()
        assert browser.cookies == before
        return result, browser

    def test_not_another_users_token(self, site: Site) -> None:
        other = site.emulator.create_session("eve@example.com")["access"]

        result, _ = self.answered(site, access=other)

        assert result == SignedOut(Reason.REFRESH_REJECTED)
        assert "another user" in site.logged()[-1]

    def test_not_another_users_token_where_only_the_refresh_cookie_is_left(
        self, site: Site
    ) -> None:
        other = site.emulator.create_session("eve@example.com")["access"]
        browser = site.signed_in()
        browser.drop("access")
        site.emulator.fault(REFRESH, status=200, body=json.dumps({"access": other}))

        assert browser.authenticate() == SignedOut(Reason.REFRESH_REJECTED)

    def test_not_an_unsigned_one(self, site: Site) -> None:
        good = site.emulator.create_session("ana@example.com")["access"]
        head, body, _ = good.split(".")

        result, _ = self.answered(site, access=f"{head}.{body}.AAAA")

        assert result == SignedOut(Reason.REFRESH_REJECTED)
        assert "signature" in site.logged()[-1]

    def test_not_one_of_another_app_of_the_workspace(self, site: Site) -> None:
        app = site.emulator.create_app()
        other = site.emulator.create_session("ana@example.com", app_id=app.id)["access"]

        result, _ = self.answered(site, access=other)

        assert result == SignedOut(Reason.REFRESH_REJECTED)
        assert "wrong_app" in site.logged()[-1]

    def test_not_one_that_is_over(self, site: Site) -> None:
        old = site.emulator.create_session("ana@example.com", access_lifetime=-50)["access"]

        result, _ = self.answered(site, access=old)

        assert result == SignedOut(Reason.REFRESH_REJECTED)
        assert "expired" in site.logged()[-1]

    @pytest.mark.parametrize("access", ["a.b.c\r\nx: y", "a; Domain=x", 5, None, {"a": 1}, ""])
    def test_not_what_is_no_token(self, site: Site, access: Any) -> None:
        result, _ = self.answered(site, access=access)

        assert result == SignedOut(Reason.REFRESH_REJECTED)

    def test_not_a_megabyte(self, site: Site) -> None:
        result, _ = self.answered(site, access="a" * 1_000_000)

        assert isinstance(result, Unavailable)

    def test_a_refresh_token_that_names_nobody_is_no_objection(self, site: Site) -> None:
        """Scute does not promise that a refresh token is a JWT."""
        session = site.emulator.create_session("ana@example.com")
        for opaque in ("opaque-refresh", site.emulator.mint({"uid": "x"})):
            browser = site.browser()
            browser.put("refresh", opaque)
            body = json.dumps({"access": session["access"]})
            site.emulator.fault(REFRESH, status=200, body=body)

            assert user_of(browser.authenticate()) == session["user_id"]

    def test_one_under_a_new_key_is_good(self, site: Site) -> None:
        warm(site)
        browser = site.signed_in(access_lifetime=-100)
        site.emulator.rotate_keys()

        assert isinstance(browser.authenticate(), SignedIn)

    def test_one_whose_key_is_out_of_reach_now_is_not_lost(self, site: Site) -> None:
        """It was kept before anyone verified it: with rotation, the old one is used up."""
        warm(site)
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        browser = site.signed_in(access_lifetime=-100)
        site.emulator.rotate_keys()
        site.emulator.fault("/jwks.json", status=503, times=1)

        first = browser.authenticate()
        site.clock.now += 5
        second = browser.authenticate()

        assert isinstance(first, Unavailable)
        assert user_of(second) == user_id(site)
        assert site.calls(REFRESH) == 1


class TestAnEarlyRefresh:
    @pytest.mark.parametrize(
        ("lifetime", "left", "renews"),
        [(3600, 61, False), (3600, 59, True), (60, 16, False), (60, 14, True)],
    )
    @pytest.mark.parametrize("says_when", [True, False])
    def test_it_comes_in_the_last_minute_or_quarter(
        self, site: Site, lifetime: int, left: int, renews: bool, says_when: bool
    ) -> None:
        site.emulator.settings(access_lifetime=lifetime, emit_iat=says_when)
        warm(site)
        browser = site.signed_in()
        site.clock.now += lifetime - left

        assert isinstance(browser.authenticate(), SignedIn)

        assert site.calls(REFRESH) == int(renews)

    def test_the_margin_can_be_set(self) -> None:
        site = open_site(refresh_margin=600)
        warm(site)
        browser = site.signed_in()
        site.clock.now += 3600 - 599

        browser.authenticate()

        assert site.calls(REFRESH) == 1

    @pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
    def test_one_that_fails_serves_the_token_that_is_still_good(
        self, site: Site, status: int
    ) -> None:
        browser = site.signed_in(access_lifetime=10)
        before = dict(browser.cookies)
        site.emulator.fault(REFRESH, status=status)

        result = browser.authenticate()

        assert user_of(result) == user_id(site)
        assert browser.cookies == before

    def test_without_a_refresh_cookie_there_is_none(self, site: Site) -> None:
        browser = site.signed_in(access_lifetime=10)
        browser.drop("refresh")

        assert isinstance(browser.authenticate(), SignedIn)
        assert site.calls(REFRESH) == 0

    @pytest.mark.parametrize("fault", [{"status": 503}, {"delay": 9.0}], ids=["503", "hangs"])
    def test_while_scute_hangs_not_every_request_waits_for_it(
        self, site: Site, fault: dict[str, Any]
    ) -> None:
        warm(site)
        browser = site.signed_in()
        site.clock.now += 3600 - 59
        site.emulator.fault(REFRESH, **fault)

        results = [browser.authenticate() for _ in range(20)]

        sent = [call for call in site.stepper.effects if isinstance(call, HttpCall)]
        assert {user_of(result) for result in results} == {user_id(site)}
        assert sum(call.url.endswith(REFRESH) for call in sent) == 1
        assert site.logged()[-1] == "an early refresh failed: the old token serves on"
        assert len(site.logged()) == 2

    def test_the_pause_grows_to_ten_seconds_and_ends_with_an_answer(self, site: Site) -> None:
        warm(site)
        browser = site.signed_in()
        site.clock.now += 3600 - 59
        site.emulator.fault(REFRESH, status=503)
        asked: list[float] = []
        for _ in range(40):
            before = site.calls(REFRESH)
            browser.authenticate()
            if site.calls(REFRESH) > before:
                asked.append(site.clock.now)
            site.clock.now += 1

        assert 5 <= len(asked) <= 8
        assert max(later - earlier for earlier, later in pairwise(asked)) <= 11
        site.emulator.clear_faults()
        site.clock.now += 10
        before_that = browser.cookie("access")
        browser.authenticate()
        assert browser.cookie("access") != before_that

    def test_one_under_a_key_that_is_out_of_reach_serves_the_old_token(self, site: Site) -> None:
        """The new session is not lost: the next request that gets the keys gets it."""
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        warm(site)
        browser = site.signed_in()
        before = dict(browser.cookies)
        site.clock.now += 3600 - 59
        site.emulator.rotate_keys(keep_old=True)
        site.emulator.fault("jwks.json", status=503)

        assert user_of(browser.authenticate()) == user_id(site)

        assert browser.cookies == before
        site.emulator.clear_faults()
        site.clock.now += 2
        assert user_of(browser.authenticate()) == user_id(site)
        assert browser.cookie("refresh") != before[browser.name("refresh")]
        assert site.calls(REFRESH) == 1

    def test_the_pause_is_none_for_a_session_that_has_expired(self, site: Site) -> None:
        warm(site)
        early, late = site.signed_in(), site.signed_in("late@example.com", access_lifetime=-100)
        site.clock.now += 3600 - 59
        site.emulator.fault(REFRESH, status=503, times=1)
        early.authenticate()

        assert isinstance(late.authenticate(), SignedIn)


class TestCookiesThatAreSet:
    def test_on_https_they_have_the_host_prefix_and_are_secure(self, site: Site) -> None:
        browser = site.browser(scheme="https")
        browser.take(site.emulator.create_session("ana@example.com", access_lifetime=-100))

        result = site.authenticate(browser.request())

        (cookie,) = result.changes.cookies
        assert cookie.name.startswith("__Host-")
        assert cookie.secure
        assert cookie.http_only
        assert 3590 < (cookie.max_age or 0) <= 3600

    def test_a_cookie_that_browsers_drop_is_logged_as_an_error(self, site: Site) -> None:
        """H14"""
        huge = {"note": "x" * 4000}
        browser = site.signed_in(access_lifetime=-100, claims=huge)

        result = browser.authenticate()

        assert isinstance(result, SignedIn)
        assert "too large" in site.logged()[-1]
        assert "xxxx" not in site.logged()[-1]


def tokens_of(site: Site, email: str = "ana@example.com", **session: Any) -> Tokens:
    payload = site.emulator.create_session(email, **session)
    return Tokens(payload["access"], payload.get("refresh"))


class TestStartingASession:
    def test_it_signs_in_with_new_cookies(self, site: Site) -> None:
        tokens = tokens_of(site)

        signed_in = site.run(site.auth.start(request(), tokens, site.clock()))

        assert signed_in.user.id == user_id(site)
        assert signed_in.session.refresh == tokens.refresh
        written = {cookie.name: cookie for cookie in signed_in.changes.cookies}
        names = {purpose: site.browser().name(purpose) for purpose in PURPOSES}
        assert set(written) == set(names.values())
        assert written[names["access"]].value == tokens.access
        assert written[names["refresh"]].value == tokens.refresh
        assert written[names["signin"]].max_age == written[names["refresh"]].max_age
        assert written[names["proof"]].max_age == 0

    def test_without_a_refresh_token_an_older_one_in_the_browser_goes(self, site: Site) -> None:
        """Else the next refresh would bring back whoever was signed in before."""
        browser = site.signed_in("before@example.com")
        tokens = Tokens(tokens_of(site).access)

        signed_in = site.run(site.auth.start(browser.request(), tokens, site.clock()))
        browser.keep(signed_in.changes.merge([]))

        assert browser.cookie("refresh") is None
        assert user_of(browser.authenticate()) == user_id(site)
        site.clock.now += 3700
        assert isinstance(browser.authenticate(), SignedOut)

    def test_a_token_that_is_not_good_starts_nothing(self, site: Site) -> None:
        with pytest.raises(TokenError):
            site.run(site.auth.start(request(), Tokens("a.b.c"), site.clock()))

    def test_a_token_issued_while_scute_was_asked_is_not_from_the_future(self) -> None:
        """The visit's time is older than the answer's, also where nobody grants a leeway."""
        site = open_site(leeway=0)
        site.emulator.settings(emit_iat=True)
        began = site.clock()
        site.clock.now += 4
        tokens = tokens_of(site)

        signed_in = site.run(site.auth.start(request(), tokens, began))

        assert signed_in.user.id == user_id(site)


class TestEndingASession:
    def test_it_ends_at_scute_and_here(self, site: Site) -> None:
        """R09"""
        browser = site.signed_in()
        browser.drop("refresh")
        browser.authenticate()

        assert site.run(site.auth.end(browser.cookie("access") or "", site.clock())) is True

        assert browser.authenticate() == SignedOut(Reason.REVOKED)

    def test_its_refresh_token_is_dead_at_scute(self, site: Site) -> None:
        """R09"""
        browser = site.signed_in()
        site.run(site.auth.end(browser.cookie("access") or "", site.clock()))
        browser.drop("access")

        result = browser.authenticate()

        assert isinstance(result, SignedOut)
        assert result.reason is Reason.REFRESH_REJECTED

    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_one_that_is_gone_already_is_ended(self, site: Site, status: int) -> None:
        site.emulator.fault("/current_user", status=status)

        assert site.run(site.auth.end(tokens_of(site).access, site.clock())) is True

    @pytest.mark.parametrize("status", [400, 500, 503])
    def test_an_outage_is_told(self, site: Site, status: int) -> None:
        site.emulator.fault("/current_user", status=status)
        browser = site.signed_in()

        assert site.run(site.auth.end(browser.cookie("access") or "", site.clock())) is False

        browser.drop("refresh")
        assert browser.authenticate() == SignedOut(Reason.REVOKED)

    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_a_proxys_page_does_not_pass_for_an_end(self, site: Site, status: int) -> None:
        site.emulator.fault("/current_user", status=status, body="<html>Blocked</html>")
        browser = site.signed_in()

        assert site.run(site.auth.end(browser.cookie("access") or "", site.clock())) is False


class TestAskingScuteEachTime:
    """`check="remote"`"""

    @pytest.fixture
    def site(self) -> Site:
        return open_site(check="remote")

    def test_a_live_session_is_signed_in(self, site: Site) -> None:
        browser = site.signed_in()

        assert isinstance(browser.authenticate(), SignedIn)
        assert isinstance(browser.authenticate(), SignedIn)
        assert site.calls("/current_user") == 2

    def test_a_session_ended_at_scute_is_signed_out_and_its_cookies_go(self, site: Site) -> None:
        """T22"""
        browser = site.signed_in()
        browser.authenticate()
        site.emulator.state.sessions.revoke_all(user_id(site))

        result = browser.authenticate()

        assert isinstance(result, SignedOut)
        assert result.reason is Reason.REVOKED
        assert browser.cookies == {}

    def test_a_header_of_an_ended_session_touches_no_cookie(self, site: Site) -> None:
        session = site.emulator.create_session("ana@example.com")
        site.emulator.state.sessions.revoke_all(session["user_id"])
        view = request(headers={"x-authorization": session["access"]})

        assert site.authenticate(view) == SignedOut(Reason.REVOKED)
        asked = site.calls("/current_user")
        assert site.authenticate(view) == SignedOut(Reason.REVOKED)
        assert site.calls("/current_user") == asked

    @pytest.mark.parametrize("status", [400, 500, 503])
    def test_whatever_else_scute_says_is_not_a_no(self, site: Site, status: int) -> None:
        browser = site.signed_in()
        site.emulator.fault("/current_user", status=status)

        assert isinstance(browser.authenticate(), Unavailable)
        assert browser.cookie("access") is not None

    def test_an_outage_after_a_refresh_keeps_the_refreshed_session(self, site: Site) -> None:
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        browser = site.signed_in(access_lifetime=-100)
        site.emulator.fault("/current_user", status=503)

        result = browser.authenticate()

        assert isinstance(result, Unavailable)
        assert len(result.changes.cookies) == 2
        site.emulator.clear_faults()
        assert isinstance(browser.authenticate(), SignedIn)

    def test_who_is_refused_anyway_is_not_asked_about(self, site: Site) -> None:
        site.authenticate(request(headers={"authorization": "Bearer bad"}))

        assert site.calls("/current_user") == 0


class TestProfile:
    def profile(self, site: Site, browser: Browser) -> Any:
        result = browser.authenticate()
        assert isinstance(result, SignedIn)
        return site.run(site.auth.profiles.of(result.session, site.clock()))

    def test_it_is_what_scute_says_of_the_user(self, site: Site) -> None:
        site.emulator.create_user("ana@example.com", name="Ana", meta={"first_name": "Ana"})

        profile = self.profile(site, site.signed_in())

        assert (profile.id, profile.email) == (user_id(site), "ana@example.com")
        assert profile.email_verified
        assert profile.meta == {"first_name": "Ana"}
        assert profile.raw["id"] == profile.id

    def test_it_is_kept_for_a_minute(self, site: Site) -> None:
        browser = site.signed_in()
        for _ in range(3):
            self.profile(site, browser)
        assert site.calls("/current_user") == 1

        site.clock.now += 61
        self.profile(site, browser)

        assert site.calls("/current_user") == 2

    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_of_a_session_that_is_over_there_is_none(self, site: Site, status: int) -> None:
        browser = site.signed_in()
        site.emulator.fault("/current_user", status=status)

        with pytest.raises(TokenError) as caught:
            self.profile(site, browser)

        assert caught.value.reason is Reason.REVOKED

    @pytest.mark.parametrize("status", [200, 400, 500, 503])
    def test_in_an_outage_nobody_can_tell(self, site: Site, status: int) -> None:
        browser = site.signed_in()
        site.emulator.fault("/current_user", status=status, body="{}")

        with pytest.raises(ScuteUnavailable):
            self.profile(site, browser)

        site.emulator.clear_faults()
        assert self.profile(site, browser).email == "ana@example.com"

    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_behind_a_proxys_page_nobody_can_tell(self, site: Site, status: int) -> None:
        browser = site.signed_in()
        site.emulator.fault("/current_user", status=status, body="<html>Blocked</html>")

        with pytest.raises(ScuteUnavailable):
            self.profile(site, browser)


class TestClocksThatDiffer:
    """R10: five minutes, in both directions."""

    @pytest.mark.parametrize("minutes", [-5, 5])
    def test_there_is_no_refresh_loop(self, site: Site, minutes: int) -> None:
        ours = site.clock
        browser = site.signed_in(access_lifetime=3600 - 60 * minutes)
        browser.drop("access")
        for _ in range(10):
            view = browser.request()
            result = site.authenticate(view, ours() + 60 * minutes)
            browser.keep(result.changes.merge([]))

            assert isinstance(result, SignedIn)
            ours.now += 10

        assert site.calls(REFRESH) == 1

    def test_a_session_that_is_over_on_arrival_is_hinted_at_in_the_log(self, site: Site) -> None:
        site.emulator.settings(access_lifetime=60)
        browser = site.signed_in(access_lifetime=-100)

        result = site.authenticate(browser.request(), site.clock() + 300)

        assert result == SignedOut(Reason.REFRESH_REJECTED)
        assert site.logged()[-1] == "a refreshed token was refused: expired"


class TestTwoAppsInOneProcess:
    def test_neither_takes_the_others_session(self) -> None:
        site = open_site()
        other_app = site.emulator.create_app()
        config = replace(site.config, app_id=other_app.id, secret=other_app.secret)
        other = replace(site, config=config, auth=type(site.auth)(config))
        browser = site.signed_in()

        assert isinstance(browser.authenticate(), SignedIn)
        assert other.authenticate(browser.request()) == SignedOut(Reason.MISSING)
        token = browser.cookie("access") or ""
        header = request(headers={"x-authorization": token})
        assert other.authenticate(header) == SignedOut(Reason.WRONG_APP)


def test_a_session_without_a_secret_needs_no_sealing() -> None:
    site = open_site(secret=None)

    assert isinstance(site.signed_in(access_lifetime=-100).authenticate(), SignedIn)
    with pytest.raises(ConfigError):
        site.auth.sealer.seal("x", {}, until=0)


SITE = open_site()
OLD: dict[str, str] = SITE.emulator.create_session("ana@example.com", access_lifetime=-100)
NAMES = [SITE.config.cookie_names(each, secure=False)[0] for each in ("access", "refresh")]
PIECES: st.SearchStrategy[bytes] = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([b"=", b"; ", b",", b'"', b"Bearer ", b"\xa0", b"."]),
    st.sampled_from([text.encode() for text in (*NAMES, OLD["access"], OLD["refresh"])]),
)
VALUES = st.lists(PIECES, max_size=8).map(b"".join)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [b"cookie", b"authorization", b"x-authorization", b"origin", b"sec-fetch-site"]
        ),
        VALUES,
    ),
    max_size=5,
)


@given(HEADERS, st.sampled_from(["GET", "POST", "OPTIONS"]), st.sampled_from(["http", "https"]))
def test_whatever_a_visitor_sends_there_is_a_verdict(
    headers: list[tuple[bytes, bytes]], method: str, scheme: str
) -> None:
    view = RequestView("http", method, scheme, "/", ((b"host", b"127.0.0.1"), *headers))

    result = SITE.authenticate(view)

    assert isinstance(result, SignedIn | SignedOut | Unavailable)
    result.changes.merge([])
