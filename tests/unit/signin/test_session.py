"""Who am I, and signing out: here in any case, and at Scute if it answers."""

from typing import Any

import pytest

from scute_auth.identity import SignedIn, SignedOut
from tests.unit.sessions import Browser, Site, ask_for_link, open_site, user_of


@pytest.fixture
def site() -> Site:
    return open_site()


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.signed_in()


class TestWhoAmI:
    def test_a_user_is_named(self, site: Site, browser: Browser) -> None:
        answer = browser.get("/auth/session", script=True)

        assert answer.json == {
            "user_id": user_of(browser.authenticate()),
            "expires_at": site.clock() + 3600,
            "impersonated": False,
        }
        assert answer.header("cache-control") == "private, no-store"
        assert answer.header("vary") == "Cookie"

    def test_support_access_is_named(self, site: Site) -> None:
        browser = site.signed_in(imp={"sub": "op_1", "kind": "operator"})

        assert browser.get("/auth/session", script=True).json["impersonated"] is True

    def test_nobody_is_told_why(self, site: Site) -> None:
        answer = site.browser().get("/auth/session", script=True)

        assert (answer.status, answer.json) == (200, {"user_id": None, "reason": "missing"})

    def test_in_an_outage_nobody_can_tell(self, site: Site) -> None:
        browser = site.signed_in(access_lifetime=-100)
        before = dict(browser.cookies)
        site.emulator.fault("/tokens/refresh", status=503)

        answer = browser.get("/auth/session", script=True)

        assert answer.status == 503
        assert answer.header("retry-after")
        assert browser.cookies == before


class TestSigningOut:
    def test_a_link_ends_nothing(self, site: Site, browser: Browser) -> None:
        page = browser.get("/auth/sign-out")

        assert page.page.name == "sign_out"
        assert page.page.context["signed_in"] is True
        assert isinstance(browser.authenticate(), SignedIn)
        assert site.browser().get("/auth/sign-out").page.context["signed_in"] is False

    def test_in_an_outage_too_there_is_a_button(self, site: Site) -> None:
        browser = site.signed_in(access_lifetime=-100)
        site.emulator.fault("/tokens/refresh", status=503)

        assert browser.get("/auth/sign-out").page.context["signed_in"] is True

    def test_the_session_ends_here_and_at_scute(self, site: Site, browser: Browser) -> None:
        user_id = user_of(browser.authenticate())
        kept = dict(browser.cookies)

        answer = browser.post("/auth/sign-out")

        assert (answer.status, answer.location) == (303, "/")
        assert browser.cookies == {}
        assert site.emulator.state.sessions.of(user_id) == []
        assert answer.outcome.signed_out is not None
        assert answer.outcome.signed_out.id == user_id
        browser.jar = {name: (value, float("inf")) for name, value in kept.items()}
        assert isinstance(browser.authenticate(), SignedOut)

    def test_a_script_is_told_the_same(self, browser: Browser) -> None:
        answer = browser.post("/auth/sign-out", script=True)

        assert answer.json == {"status": "signed_out", "ended_at_scute": True, "next": "/"}

    def test_where_to_go_can_be_set(self) -> None:
        browser = open_site(after_sign_out="/bye").signed_in()

        assert browser.post("/auth/sign-out").location == "/bye"

    def test_what_a_sign_in_under_way_left_goes_too(self, site: Site, browser: Browser) -> None:
        ask_for_link(browser)
        browser.get("/auth/oauth/google")
        browser.put("landing", "1.x")

        browser.post("/auth/sign-out")

        assert browser.cookies == {}

    @pytest.mark.parametrize("is_outage", [False, True])
    @pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "another process"])
    def test_a_late_request_with_the_refresh_token_of_before_brings_nothing_back(
        self, site: Site, is_outage: bool, elsewhere: bool
    ) -> None:
        """T22: what the store holds for latecomers ends with the session."""
        site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
        browser, other = site.signed_in(access_lifetime=-100), site.browser()
        other.jar = dict(browser.jar)
        browser.authenticate()
        assert browser.cookie("refresh") != other.cookie("refresh")
        if is_outage:
            site.emulator.fault("/current_user", status=503)
        browser.post("/auth/sign-out")
        if elsewhere:
            other.site = site.other_process()

        late = other.authenticate()

        assert isinstance(late, SignedOut)
        assert other.cookies == {}

    def test_an_expired_session_is_ended_too(self, site: Site) -> None:
        browser = site.signed_in(access_lifetime=-100)

        answer = browser.post("/auth/sign-out", script=True)

        assert answer.json["ended_at_scute"] is True
        assert browser.cookies == {}
        assert answer.outcome.signed_out is not None
        assert site.emulator.state.sessions.of(answer.outcome.signed_out.id) == []

    @pytest.mark.parametrize(
        "fault", [{"status": 503}, {"drop": True}, {"delay": 9.0}], ids=["503", "drop", "timeout"]
    )
    def test_in_an_outage_it_ends_here_and_says_that_the_other_still_lives(
        self, site: Site, browser: Browser, fault: dict[str, Any]
    ) -> None:
        site.emulator.fault("/current_user", **fault)

        answer = browser.post("/auth/sign-out")

        assert answer.status == 200
        assert answer.page.name == "message"
        assert "still lives" in answer.page.context["text"]
        assert browser.cookies == {}
        assert answer.outcome.signed_out is not None

    def test_in_an_outage_a_script_is_told_so(self, site: Site, browser: Browser) -> None:
        site.emulator.fault("/current_user", status=503)

        answer = browser.post("/auth/sign-out", script=True)

        assert answer.json == {"status": "signed_out", "ended_at_scute": False}
        assert browser.cookies == {}

    @pytest.mark.parametrize("has_access", [True, False])
    def test_in_a_whole_outage_too(self, site: Site, has_access: bool) -> None:
        """Not even the keys can be had, so nobody knows whose session it is."""
        for path in ("jwks.json", "/tokens/refresh", "/current_user"):
            site.emulator.fault(path, drop=True)
        browser = site.signed_in()
        if not has_access:
            browser.drop("access")

        answer = browser.post("/auth/sign-out")

        assert answer.status == 200
        assert "still lives" in answer.page.context["text"]
        assert browser.cookies == {}
        assert answer.outcome.signed_out is None

    def test_a_token_that_cannot_be_verified_now_is_ended_at_scute(self, site: Site) -> None:
        """The keys cannot be had, but Scute knows its own token."""
        session = site.emulator.create_session("ana@example.com")
        browser = site.browser()
        browser.take(session)
        site.emulator.fault("jwks.json", status=503)

        answer = browser.post("/auth/sign-out", script=True)

        assert answer.json["ended_at_scute"] is True
        assert site.emulator.state.sessions.of(session["user_id"]) == []

    def test_what_is_too_large_for_a_header_is_sent_nowhere(self, site: Site) -> None:
        site.emulator.fault("jwks.json", status=503)
        browser = site.browser()
        browser.put("access", site.emulator.mint({"note": "x" * 8000}))

        answer = browser.post("/auth/sign-out", script=True)

        assert answer.json == {"status": "signed_out", "ended_at_scute": False}
        assert site.calls("/current_user") == 0

    def test_a_bearer_token_is_ended_too(self, site: Site) -> None:
        session = site.emulator.create_session("ana@example.com")
        browser = site.browser()

        answer = browser.post(
            "/auth/sign-out", script=True, authorization=f"Bearer {session['access']}"
        )

        assert answer.json["ended_at_scute"] is True
        assert site.emulator.state.sessions.of(session["user_id"]) == []

    def test_a_header_that_cannot_be_verified_now_ends_nothing(self, site: Site) -> None:
        session = site.emulator.create_session("ana@example.com")
        site.emulator.fault("jwks.json", status=503)

        answer = site.browser().post(
            "/auth/sign-out", script=True, authorization=f"Bearer {session['access']}"
        )

        assert answer.json == {"status": "signed_out", "ended_at_scute": False}

    def test_who_is_signed_out_already_is_told_the_same(self, site: Site) -> None:
        answer = site.browser().post("/auth/sign-out")

        assert (answer.status, answer.location) == (303, "/")
        assert answer.outcome.signed_out is None
        assert site.calls("/current_user") == 0

    def test_another_site_cannot_do_it(self, site: Site, browser: Browser) -> None:
        """Login CSRF's twin."""
        answer = browser.post(
            "/auth/sign-out", sec_fetch_site="cross-site", origin="https://evil.example"
        )

        assert answer.status == 403
        assert isinstance(browser.authenticate(), SignedIn)
