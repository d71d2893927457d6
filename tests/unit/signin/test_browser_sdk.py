"""What the vendor's browser SDK asks of a server, and who must not get through with it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from scute_auth import Hooks, Scute
from scute_auth.effects import StoreCall
from scute_auth.errors import ScuteUnavailable, SignInRefused
from scute_auth.identity import Profile, SignedIn, User
from scute_auth.verified import digest
from tests.unit.sessions import Answered, Browser, Site, ask_for_link, open_site, request, user_of

ACCESS, BARE, REFRESH = "sc-access-token__app_demo", "sc-access-token", "sc-refresh-token__app_demo"
EVIL = {"sec_fetch_site": "", "origin": "https://evil.example"}
COMPANIONS = {"scute-signin__app_demo", "X-CSRF-Token__app_demo"}


@pytest.fixture
def site() -> Site:
    return open_site(browser_sdk=True)


def call(browser: Browser, path: str, token: str | None = None, **headers: Any) -> Answered:
    """As the SDK does it: fetch the CSRF token, then send it."""
    csrf = browser.get("/auth/csrf", script=True).outcome.reply.body.decode()
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    return browser.post(f"/auth{path}", script=True, x_csrf_token=csrf, **headers)


def sign_in(browser: Browser, email: str = "ana@example.com", **session: Any) -> Answered:
    return call(browser, "/sign-in", token_of(browser.site, email, **session))


def token_of(site: Site, email: str = "ana@example.com", **session: Any) -> str:
    token: str = site.emulator.create_session(email, **session)["access"]
    return token


def forged(site: Site) -> str:
    """One token's claims under the signature of another."""
    head, body, _ = token_of(site).split(".")
    return f"{head}.{body}.{token_of(site, 'eve@example.com').split('.')[2]}"


def exchanged(token: str) -> str:
    return f"scute:app_demo:exchanged:{digest(token).hex()}"


def is_signed_in(browser: Browser) -> bool:
    return isinstance(browser.authenticate(), SignedIn)


class TestSigningIn:
    def test_the_token_becomes_the_browsers_session(self, site: Site) -> None:
        browser = site.browser()
        token = token_of(site)

        answer = call(browser, "/sign-in", token)

        assert (answer.status, answer.outcome.reply.body) == (200, b"")
        assert answer.header("cache-control") == "private, no-store"
        assert set(browser.cookies) == {ACCESS, BARE, REFRESH, *COMPANIONS}
        assert browser.cookies[ACCESS] == browser.cookies[BARE] != token
        readable = [line for line in answer.set_cookies if "HttpOnly" not in line]
        assert sorted(line.partition("=")[0] for line in readable if "Max-Age=0" not in line) == [
            BARE,
            ACCESS,
        ]
        assert is_signed_in(browser)

    def test_the_app_hears_of_it(self, site: Site) -> None:
        browser = site.browser()

        answer = sign_in(browser)

        assert answer.outcome.signed_in is not None
        user, profile = answer.outcome.signed_in
        assert user.id == profile.id == user_of(browser.authenticate())
        assert profile.email == "ana@example.com"
        assert answer.outcome.access == browser.cookies[ACCESS]

    @pytest.mark.parametrize("site_of_origin", ["same-origin", ""])
    def test_another_server_may_pass_it_on(self, site_of_origin: str) -> None:
        """As Next.js does with its rewrites: what the site is called outside counts."""
        site = open_site(browser_sdk=True, public_origin="https://app.example")
        inside = {"sec_fetch_site": site_of_origin, "origin": "https://app.example"}
        browser = site.browser(host="10.0.0.5:8000")

        answer = call(browser, "/sign-in", token_of(site), **inside)

        assert answer.status == 200
        assert all("; Secure;" in line for line in answer.set_cookies)
        assert "__Host-X-CSRF-Token__app_demo" in browser.cookies
        assert call(browser, "/sign-in", token_of(site), **(inside | EVIL)).status == 403

    def test_whom_the_app_refuses_is_not_signed_in(self, site: Site) -> None:
        def refuse(user: User, profile: Profile) -> None:
            raise SignInRefused(f"Not you, {profile.email}.")

        session = site.emulator.create_session("ana@example.com")
        csrf = {"x-csrf-token": "0" * 128, "authorization": f"Bearer {session['access']}"}
        cookies = {"X-CSRF-Token__app_demo": "0" * 128}
        view = request("POST", "/auth/sign-in", csrf, cookies=cookies)
        scute = Scute(
            site.config,
            clock=site.clock,
            transport=site.emulator.transport,
            store=site.stepper.store,
            hooks=Hooks(on_sign_in=refuse),
        )

        refused = scute.respond(view, scute.authenticate(view))

        assert refused.status == 403
        assert json.loads(refused.body)["detail"] == "Not you, ana@example.com."
        assert refused.changes.cookies == ()
        assert site.emulator.state.sessions.of(session["user_id"]) == []

    def test_it_begins_again_with_nothing_of_the_session_before(self, site: Site) -> None:
        """Another user's cookies: neither his session nor his refresh token live on."""
        browser = site.signed_in("eve@example.com")
        before = dict(browser.cookies)

        sign_in(browser)

        assert browser.cookies[REFRESH] != before[REFRESH]
        signed_in = browser.authenticate()
        assert isinstance(signed_in, SignedIn)
        assert site.emulator.state.users.by_id(signed_in.user.id).email == "ana@example.com"

    def test_at_scute_the_session_before_may_be_the_same_one(self) -> None:
        """The SDK hands over each token that it gets: what it belongs to must not be ended."""
        site = open_site(browser_sdk=True, token_headers=("x-authorization",))
        browser = site.signed_in("ana@example.com")

        answer = sign_in(browser)

        assert (answer.status, answer.outcome.replaced) == (200, None)
        assert is_signed_in(browser)

    def test_without_a_refresh_token_the_older_one_goes(self, site: Site) -> None:
        browser = site.signed_in("eve@example.com")
        session = site.emulator.create_session("ana@example.com")
        answer = {"access": session["access"]}
        site.emulator.fault("/tokens/rotate_access", status=200, body=json.dumps(answer))

        call(browser, "/sign-in", session["access"])

        assert browser.cookies[ACCESS] == session["access"]
        assert REFRESH not in browser.cookies

    @pytest.mark.parametrize("header", [None, "", "Basic eDp5", "Bearer", "Bearer x"])
    def test_no_token_is_no_sign_in(self, site: Site, header: str | None) -> None:
        browser = site.signed_in("eve@example.com")
        lines = {} if header is None else {"authorization": header}

        refused = call(browser, "/sign-in", **lines)

        assert refused.status == 401
        assert refused.json["reason"] in ("missing", "malformed")
        assert site.calls("/tokens/rotate_access") == 0
        assert set(browser.cookies) == {"X-CSRF-Token__app_demo"}


class TestTokensThatDoNotCount:
    """Refused before Scute is asked, and the session of before is gone from the browser."""

    def refused(self, browser: Browser, token: str, **headers: str) -> Answered:
        answer = call(browser, "/sign-in", token, **headers)
        assert answer.status in (401, 403)
        assert browser.site.calls("/tokens/rotate_access") == 0
        assert set(browser.cookies) == {"X-CSRF-Token__app_demo"}
        return answer

    @pytest.mark.parametrize("emit_iat", [False, True])
    @pytest.mark.parametrize("seconds", [31, -31, 600, 3000])
    def test_a_stale_token(self, site: Site, seconds: int, emit_iat: bool) -> None:
        """Or one that is from the future."""
        site.emulator.settings(emit_iat=emit_iat)
        site.clock.now += max(-seconds, 0)
        token = token_of(site)
        site.clock.now += seconds
        browser = site.signed_in("eve@example.com")

        refused = self.refused(browser, token)

        assert refused.json["reason"] in ("token_too_old", "malformed", "not_access")
        assert 'error="invalid_token"' in (refused.header("www-authenticate") or "")

    def test_one_from_the_future_where_clocks_may_differ_by_more(self) -> None:
        """It would count for longer than it is remembered."""
        site = open_site(browser_sdk=True, leeway=300)
        site.emulator.settings(emit_iat=True)
        site.clock.now += 31
        token = token_of(site)
        site.clock.now -= 31

        assert self.refused(site.browser(), token).json["reason"] == "token_too_old"

    @pytest.mark.parametrize("emit_iat", [False, True])
    @pytest.mark.parametrize("seconds", [0, 29])
    def test_but_half_a_minute_may_pass(self, site: Site, seconds: int, emit_iat: bool) -> None:
        site.emulator.settings(emit_iat=emit_iat)
        token = token_of(site)
        site.clock.now += seconds

        assert call(site.browser(), "/sign-in", token).status == 200

    def test_an_expired_token(self, site: Site) -> None:
        """Scute itself would exchange it."""
        refused = self.refused(site.browser(), token_of(site, access_lifetime=-60))

        assert refused.json["reason"] == "expired"

    def test_a_refresh_token(self, site: Site) -> None:
        session = site.emulator.create_session("ana@example.com")

        assert self.refused(site.browser(), session["refresh"]).json["reason"] == "not_access"

    def test_a_refresh_token_while_nobody_knows_how_long_tokens_live(self, site: Site) -> None:
        site.emulator.settings(emit_iat=True)
        session = site.emulator.create_session("ana@example.com")
        site.emulator.fault(f"/v1/apps/{site.config.app_id}", status=503)

        assert call(site.browser(), "/sign-in", session["refresh"]).status == 503
        assert site.calls("/tokens/rotate_access") == 0

    def test_another_apps_token(self, site: Site) -> None:
        other = site.emulator.create_app()
        token = token_of(site, app_id=other.id)

        assert self.refused(site.browser(), token).json["reason"] == "wrong_app"

    def test_a_machines_token(self, site: Site) -> None:
        claims = {"m2m": True, "aid": site.config.app_id, "exp": site.clock() + 3600}

        refused = self.refused(site.browser(), site.emulator.mint(claims))

        assert refused.json["reason"] == "not_a_user"

    def test_support_access(self, site: Site) -> None:
        """An exchange might make a session of the user's own out of it."""
        token = token_of(site, imp={"sub": "op_1", "kind": "operator"})

        refused = self.refused(site.browser(), token)

        assert (refused.status, refused.json["reason"]) == (403, "forbidden")

    def test_a_forged_token(self, site: Site) -> None:
        refused = self.refused(site.browser(), forged(site))

        assert refused.json["reason"] == "signature"

    def test_two_tokens(self, site: Site) -> None:
        lines = f"Bearer {token_of(site)}, Bearer {token_of(site)}"

        refused = call(site.browser(), "/sign-in", authorization=lines)

        assert (refused.status, refused.json["reason"]) == (401, "conflicting_credentials")

    def test_one_that_was_used(self, site: Site) -> None:
        token = token_of(site)
        assert call(site.browser(), "/sign-in", token).status == 200
        thief = site.browser()
        site.clock.now += 29

        refused = call(thief, "/sign-in", token)

        assert (refused.status, refused.json["reason"]) == (401, "token_used")
        assert site.calls("/tokens/rotate_access") == 1
        assert not is_signed_in(thief)

    def test_one_that_was_used_at_another_process(self, site: Site) -> None:
        token = token_of(site)
        assert call(site.browser(), "/sign-in", token).status == 200

        assert call(site.other_process().browser(), "/sign-in", token).status == 401

    @pytest.mark.parametrize("emit_iat", [False, True])
    def test_one_that_a_renewal_gave(self, site: Site, emit_iat: bool) -> None:
        """A script can read it, and tell a thief who would have a refresh token for it."""
        site.emulator.settings(emit_iat=emit_iat)
        browser = site.signed_in()
        told = call(browser, "/refresh").json["access"]
        expired = site.signed_in(access_lifetime=-100)
        assert is_signed_in(expired)

        for token in (told, expired.cookies[ACCESS]):
            for process in (site, site.other_process()):
                refused = call(process.browser(), "/sign-in", token)
                assert (refused.status, refused.json["reason"]) == (401, "token_used")
        assert site.calls("/tokens/rotate_access") == 0

    def test_one_that_an_exchange_or_another_sign_in_gave(self, site: Site) -> None:
        browser, other = site.browser(), site.browser()
        sign_in(browser)
        link = urlsplit(ask_for_link(other))
        other.open(f"{link.path}?{link.query}")
        assert is_signed_in(other)

        for token in (browser.cookies[ACCESS], other.cookies[ACCESS]):
            refused = call(site.browser(), "/sign-in", token)
            assert (refused.status, refused.json["reason"]) == (401, "token_used")

    def test_one_that_a_process_got_of_another(self, site: Site) -> None:
        browser, other = site.signed_in(), site.other_process().browser()
        other.jar = dict(browser.jar)
        call(browser, "/refresh")
        site.stepper.store.delete(exchanged(browser.cookies[ACCESS]))

        assert call(other, "/refresh").json["access"] == browser.cookies[ACCESS]

        assert call(site.browser(), "/sign-in", browser.cookies[ACCESS]).status == 401

    @pytest.mark.parametrize("names", [{ACCESS, BARE}, {ACCESS}, {BARE}], ids=sorted)
    @pytest.mark.parametrize("seconds", [0, 29, 600])
    def test_but_the_browsers_own_changes_nothing(
        self, site: Site, seconds: int, names: set[str]
    ) -> None:
        """The SDK hands over each token that it gets."""
        browser = site.browser()
        sign_in(browser)
        call(browser, "/refresh")
        for name in {ACCESS, BARE} - names:
            del browser.jar[name]
        if ACCESS not in names:
            del browser.jar[REFRESH]
        before, exchanges = dict(browser.cookies), site.calls("/tokens/rotate_access")
        site.clock.now += seconds

        answer = call(browser, "/sign-in", (before.get(ACCESS) or before[BARE]))

        assert (answer.status, answer.outcome.reply.body) == (200, b"")
        assert answer.header("cache-control") == "private, no-store"
        assert (answer.set_cookies, browser.cookies) == ([], before)
        assert site.calls("/tokens/rotate_access") == exchanges
        assert is_signed_in(browser)

    def test_two_cookies_that_differ_are_nobodys_own(self, site: Site) -> None:
        browser = site.browser()
        sign_in(browser)
        token = browser.cookies[ACCESS]
        lines = {"authorization": f"Bearer {token}", "x-csrf-token": "0" * 128}
        twice = {"X-CSRF-Token__app_demo": "0" * 128, ACCESS: f"{token}; {ACCESS}=a.b.c"}

        assert browser.answer(request("POST", "/auth/sign-in", lines, cookies=twice)).status == 401

    def test_it_is_remembered_for_as_long_as_it_would_count(self, site: Site) -> None:
        """From half a minute before its time, as a clock may have it, to half a minute after."""
        site.emulator.settings(emit_iat=True)
        token = token_of(site)
        site.clock.now -= 30
        assert call(site.browser(), "/sign-in", token).status == 200
        site.clock.now += 60

        assert call(site.browser(), "/sign-in", token).json["reason"] == "token_used"


class TestWhatScuteAnswers:
    @pytest.fixture
    def browser(self, site: Site) -> Browser:
        return site.browser()

    def test_another_users_session_is_ended(self, site: Site, browser: Browser) -> None:
        other = site.emulator.create_session("eve@example.com")
        site.emulator.fault("/tokens/rotate_access", status=200, body=json.dumps(other))

        refused = sign_in(browser)

        assert (refused.status, refused.json["reason"]) == (401, "revoked")
        assert refused.outcome.signed_in is None
        assert site.emulator.state.sessions.of(other["user_id"]) == []
        assert not is_signed_in(browser)

    def test_a_token_that_is_not_good_is_not_taken(self, site: Site, browser: Browser) -> None:
        answer = {"access": site.emulator.mint({"aid": "app_other", "uuid": "x", "exp": 2e9})}
        site.emulator.fault("/tokens/rotate_access", status=200, body=json.dumps(answer))

        assert sign_in(browser).status == 401
        assert not is_signed_in(browser)

    @pytest.mark.parametrize("status", [401, 403, 422])
    def test_a_no_is_one_and_is_logged(self, site: Site, browser: Browser, status: int) -> None:
        """A wrong secret too: the log is where it shows."""
        body = json.dumps({"error": "Not authorized", "error_code": "nope"})
        site.emulator.fault("/tokens/rotate_access", status=status, body=body)

        assert sign_in(browser).status == 401
        assert f"tokens.rotate_access with {status} nope" in site.logged()[-1]

    @pytest.mark.parametrize(
        "fault",
        [{"status": 503}, {"drop": True}, {"status": 200, "body": "<html>"}],
        ids=["503", "drop", "page"],
    )
    @pytest.mark.parametrize("path", ["/tokens/rotate_access", "/current_user"])
    def test_in_an_outage_nobody_is_signed_in_and_nothing_touched(
        self, site: Site, path: str, fault: Mapping[str, Any]
    ) -> None:
        browser = site.signed_in("eve@example.com")
        before = dict(browser.cookies)
        site.emulator.fault(path, **fault)

        refused = sign_in(browser)

        assert refused.status == 503
        assert refused.header("retry-after")
        assert {**browser.cookies, **before} == {**browser.cookies}

    def test_a_session_that_was_revoked_does_not_begin(self, site: Site, browser: Browser) -> None:
        session = site.emulator.create_session("ana@example.com")
        site.emulator.state.sessions.revoke_all(session["user_id"])

        assert call(browser, "/sign-in", session["access"]).json["reason"] == "revoked"


class TestWhenATokenDoesNotSayWhenItWasIssued:
    """Its lifetime tells, as the app's settings have it: which may have changed a moment ago."""

    def test_a_longer_lifetime_is_learnt(self, site: Site) -> None:
        assert sign_in(site.browser()).status == 200
        site.emulator.settings(access_expiration=7200)

        assert sign_in(site.browser()).status == 200

    def test_a_used_token_stays_used_where_a_shorter_lifetime_makes_it_look_new(
        self, site: Site
    ) -> None:
        token = token_of(site)
        assert call(site.browser(), "/sign-in", token).status == 200
        site.clock.now += 3000
        site.emulator.settings(access_expiration=600)
        newcomer = site.other_process()  # which knows of no longer lifetime

        assert call(newcomer.browser(), "/sign-in", token).json["reason"] == "token_used"

    def test_nor_does_one_that_was_never_used(self, site: Site) -> None:
        token = token_of(site)
        assert sign_in(site.browser()).status == 200
        site.clock.now += 3000
        site.emulator.settings(access_expiration=600)

        assert call(site.browser(), "/sign-in", token).json["reason"] == "token_too_old"

    def test_a_shorter_one_counts_once_no_longer_token_lives(self, site: Site) -> None:
        assert sign_in(site.browser()).status == 200
        site.emulator.settings(access_expiration=600)

        assert sign_in(site.browser()).status == 401
        assert "access_expiration fell" in site.logged()[-1]
        site.clock.now += 3600 - 600 + 30  # as far as clocks may differ
        assert sign_in(site.browser()).status == 401
        site.clock.now += 1
        assert sign_in(site.browser()).status == 200

    def test_where_it_says_so_a_shorter_one_counts_at_once(self, site: Site) -> None:
        site.emulator.settings(emit_iat=True)
        assert sign_in(site.browser()).status == 200
        site.emulator.settings(access_expiration=600)
        site.clock.now += site.config.keys_lifetime  # after which the settings are read again

        assert sign_in(site.browser()).status == 200
        assert site.auth.settings.was_longer(site.clock() + 600)

    def test_without_one_no_token_is_new(self, site: Site) -> None:
        token = token_of(site)
        app: dict[str, Any] = {"id": site.config.app_id, "access_expiration": None}
        site.emulator.fault(f"/v1/apps/{site.config.app_id}", status=200, body=json.dumps(app))

        assert call(site.browser(), "/sign-in", token).json["reason"] == "token_too_old"

    def test_in_an_outage_nobody_can_tell(self, site: Site) -> None:
        token = token_of(site)
        site.emulator.fault(f"/v1/apps/{site.config.app_id}", status=503)

        assert call(site.browser(), "/sign-in", token).status == 503

    def test_nor_where_the_store_does_not_answer(self, site: Site) -> None:
        token = token_of(site)
        site.stepper.broken = frozenset({"add"})

        assert call(site.browser(), "/sign-in", token).status == 503


class TestRefreshing:
    def test_only_the_new_access_token_is_told(self, site: Site) -> None:
        browser = site.signed_in()
        before = dict(browser.cookies)

        answer = call(browser, "/refresh")

        assert answer.status == 200
        assert answer.json == {
            "access": browser.cookies[ACCESS],
            "access_expires_at": "2027-01-15T09:00:00.000Z",
        }
        assert browser.cookies[ACCESS] != before[ACCESS]
        assert before[REFRESH] not in answer.outcome.reply.body.decode()
        assert answer.header("cache-control") == "private, no-store"

    def test_a_rotated_refresh_token_is_not_told_either(self, site: Site) -> None:
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        browser = site.signed_in()
        before = browser.cookies[REFRESH]

        answer = call(browser, "/refresh")

        assert set(answer.json) == {"access", "access_expires_at"}
        assert browser.cookies[REFRESH] != before
        assert is_signed_in(browser)

    @pytest.mark.parametrize("lifetime", [-100, 30])
    def test_what_the_request_itself_renewed_is_not_renewed_again(
        self, site: Site, lifetime: int
    ) -> None:
        browser = site.signed_in(access_lifetime=lifetime)

        answer = call(browser, "/refresh")

        assert answer.json["access"] == browser.cookies[ACCESS]
        assert site.calls("/tokens/refresh") == 1

    def test_two_processes_renew_it_once(self, site: Site) -> None:
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        browser, other = site.signed_in(), site.other_process().browser()
        csrf = browser.get("/auth/csrf", script=True).outcome.reply.body.decode()
        other.jar = dict(browser.jar)

        answers = [
            each.post("/auth/refresh", script=True, x_csrf_token=csrf) for each in (browser, other)
        ]

        assert answers[0].json == answers[1].json
        assert site.calls("/tokens/refresh") == 1

    def test_a_session_without_a_refresh_token_stays_as_it_is(self, site: Site) -> None:
        browser = site.signed_in()
        browser.drop("refresh")

        assert call(browser, "/refresh").json["access"] == browser.cookies[ACCESS]

    def test_an_access_token_alone_is_never_revived(self, site: Site) -> None:
        """Scute would exchange an expired one: a token that leaked long ago would do."""
        browser = site.signed_in(access_lifetime=-100)
        browser.drop("refresh")

        refused = call(browser, "/refresh")

        assert (refused.status, refused.json["reason"]) == (401, "expired")
        assert site.calls("/tokens/rotate_access") == 0

    def test_without_a_session_there_is_none(self, site: Site) -> None:
        answer = call(site.browser(), "/refresh")

        assert (answer.status, answer.json) == (200, {"access": None})

    def test_a_token_in_a_header_renews_nothing(self, site: Site) -> None:
        browser = site.signed_in("eve@example.com")

        answer = call(browser, "/refresh", token_of(site))

        assert (answer.status, answer.json) == (200, {"access": None})
        assert site.calls("/tokens/refresh") == 0

    def test_where_it_has_ended_the_cookies_go(self, site: Site) -> None:
        browser = site.signed_in()
        site.emulator.state.sessions.revoke_all(user_of(browser.authenticate()))

        refused = call(browser, "/refresh")

        assert (refused.status, refused.json["reason"]) == (401, "refresh_rejected")
        assert set(browser.cookies) == {"X-CSRF-Token__app_demo"}

    @pytest.mark.parametrize("lifetime", [-100, 3600])
    def test_in_an_outage_they_stay(self, site: Site, lifetime: int) -> None:
        browser = site.signed_in(access_lifetime=lifetime)
        before = dict(browser.cookies)
        site.emulator.fault("/tokens/refresh", status=503)

        refused = call(browser, "/refresh")

        assert refused.status == 503
        assert refused.header("retry-after")
        assert {**browser.cookies, **before} == browser.cookies

    def test_another_users_refresh_cookie_renews_nothing(self, site: Site) -> None:
        browser, eve = site.signed_in(), site.signed_in("eve@example.com")
        browser.put("refresh", eve.cookies[REFRESH])

        refused = call(browser, "/refresh")

        assert (refused.status, refused.json["reason"]) == (401, "refresh_rejected")

    def test_where_no_script_reads_tokens_none_is_noted(self) -> None:
        site = open_site()
        browser = site.signed_in(access_lifetime=-100)

        assert is_signed_in(browser)

        keys = [effect.key for effect in site.stepper.effects if isinstance(effect, StoreCall)]
        assert not [key for key in keys if ":exchanged:" in key]

    def test_a_token_that_cannot_be_noted_is_told_nobody(self, site: Site) -> None:
        """The session is renewed at Scute by then: the next request gets it."""
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        browser = site.signed_in()
        csrf = browser.get("/auth/csrf", script=True).outcome.reply.body.decode()
        before = dict(browser.cookies)
        adding = site.stepper.store.add

        def failing(key: str, value: bytes, ttl: float) -> bool:
            if ":exchanged:" in key:
                raise ScuteUnavailable("the store failed")
            return adding(key, value, ttl)

        site.stepper.store.add = failing  # type: ignore[method-assign]
        refused = browser.post("/auth/refresh", script=True, x_csrf_token=csrf)
        assert (refused.status, browser.cookies) == (503, before)

        site.stepper.store.add = adding  # type: ignore[method-assign]
        assert browser.post("/auth/refresh", script=True, x_csrf_token=csrf).status == 200

    def test_a_forged_token_is_not_rescued(self, site: Site) -> None:
        browser = site.signed_in()
        browser.put("access", forged(site))

        assert call(browser, "/refresh").json["reason"] == "signature"
        assert site.calls("/tokens/refresh") == 0
