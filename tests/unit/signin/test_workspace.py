"""From one app of the workspace to another at the same host: who comes over, and who does not."""

from dataclasses import replace
from typing import Any

import pytest

from scute_auth import Hooks, Scute
from scute_auth.authenticator import Authenticator
from scute_auth.errors import Reason, SignInRefused
from scute_auth.identity import SignedIn, SignedOut
from tests.unit.sessions import Answered, Browser, Site, open_site, request, user_of

ANA = "ana@example.com"
EVIL = [
    {"sec_fetch_site": "cross-site", "origin": "https://evil.example"},
    {"sec_fetch_site": "same-site", "origin": "https://portal.example"},
    {"sec_fetch_site": "", "origin": "null"},
]


def opened(apps: int = 1, **settings: Any) -> Site:
    """The app `app_demo`, with others of its workspace at its host."""
    site = open_site()
    state = site.emulator.state
    others = tuple(site.emulator.create_app().id for _ in range(apps))
    given = {"workspace_id": state.workspace_id, "workspace_secret": state.workspace_secret}
    config = replace(site.config, **(given | {"workspace_apps": others} | settings))
    return replace(site, config=config, auth=Authenticator(config))


@pytest.fixture
def site() -> Site:
    return opened()


def there(site: Site, number: int = 0) -> str:
    return site.config.workspace_apps[number]


def put(browser: Browser, app_id: str, purpose: str, token: str) -> None:
    browser.jar[f"scute-{purpose}__{app_id}"] = (token, float("inf"))


def signed_in_there(site: Site, app_id: str | None = None, **session: Any) -> Browser:
    """A browser with the cookies of another app."""
    browser, app_id = site.browser(), app_id or there(site)
    tokens = site.emulator.create_session(ANA, app_id=app_id, **session)
    for purpose in {"access", "refresh"} & tokens.keys():
        put(browser, app_id, purpose, tokens[purpose])
    return browser


def enter(browser: Browser, **fields: str) -> Answered:
    return browser.post("/auth/workspace", fields)


def is_signed_in(browser: Browser) -> bool:
    return isinstance(browser.authenticate(), SignedIn)


class TestWhoComesOver:
    def test_is_signed_in_here_and_stays_so_there(self, site: Site) -> None:
        browser = signed_in_there(site)
        before = dict(browser.cookies)

        answer = enter(browser, next="/bills?of=may")

        assert (answer.status, answer.location) == (303, "/bills?of=may")
        assert answer.header("referrer-policy") == "no-referrer"
        assert user_of(browser.authenticate()) == site.emulator.create_session(ANA)["user_id"]
        assert before.items() <= browser.cookies.items()
        assert not any(there(site) in line for line in answer.set_cookies)

    def test_no_token_of_either_app_is_told(self, site: Site) -> None:
        browser = signed_in_there(site)

        answer = browser.post("/auth/workspace", script=True)

        assert answer.json == {"status": "signed_in", "next": "/"}
        assert not any(value in str(answer.json) for value in browser.cookies.values())

    def test_the_app_hears_of_it_and_may_refuse(self, site: Site) -> None:
        heard: list[str | None] = []

        def hook(user: Any, profile: Any) -> None:
            heard.append(profile.email)
            raise SignInRefused("Not you.")

        browser = signed_in_there(site)
        view = request(
            "POST",
            "/auth/workspace",
            {"sec-fetch-site": "same-origin"},
            cookies=browser.cookies,
        )
        options: dict[str, Any] = {"clock": site.clock, "transport": site.emulator.transport}
        with Scute(site.config, hooks=Hooks(on_sign_in=hook), **options) as scute:
            reply = scute.respond(view, scute.authenticate(view))

        assert (reply.status, heard) == (403, [ANA])
        assert not reply.changes.cookies

    def test_the_session_of_before_ends(self, site: Site) -> None:
        browser = signed_in_there(site)
        browser.take(site.emulator.create_session("bob@example.com"))
        bobs = replace(browser, jar=dict(browser.jar))

        enter(browser)

        assert is_signed_in(browser)
        assert bobs.authenticate() == SignedOut(Reason.REVOKED)

    def test_where_there_is_one_other_app_the_form_need_not_name_it(self, site: Site) -> None:
        assert enter(signed_in_there(site)).status == 303

    def test_where_there_are_two_it_does(self) -> None:
        site = opened(apps=2)
        browser = signed_in_there(site, there(site, 1))

        assert enter(browser).status == 404
        assert enter(browser, app=there(site, 1)).status == 303
        assert is_signed_in(browser)


class TestWhoDoesNot:
    def refused(self, browser: Browser, reason: str, **fields: str) -> None:
        """A script is told why, people get to the sign-in page; nothing is asked of Scute."""
        site = browser.site
        script = browser.post("/auth/workspace", fields, script=True)
        page = enter(browser, **fields)

        assert (script.status, script.json["reason"]) == (401, reason)
        assert page.status == 303
        assert (page.location or "").startswith("/auth/sign-in")
        assert site.calls("/sessions") == 0
        assert not is_signed_in(browser)

    def test_nobody(self, site: Site) -> None:
        self.refused(site.browser(), "missing")

    def test_who_is_signed_in_nowhere_but_at_an_app_that_is_not_listed(self, site: Site) -> None:
        """An app whose sign-ins this one does not trust."""
        other = site.emulator.create_app()
        browser = signed_in_there(site, other.id)

        assert enter(browser, app=other.id).status == 404
        self.refused(browser, "missing")

    def test_who_shows_a_token_of_a_third_app_under_the_name_of_a_listed_one(
        self, site: Site
    ) -> None:
        """T17"""
        browser = site.browser()
        third = site.emulator.create_app()
        tokens = site.emulator.create_session(ANA, app_id=third.id)
        put(browser, there(site), "access", tokens["access"])

        self.refused(browser, "wrong_app")

    def test_a_refresh_token(self, site: Site) -> None:
        """T19"""
        browser = site.browser()
        tokens = site.emulator.create_session(ANA, app_id=there(site))
        put(browser, there(site), "access", tokens["refresh"])
        self.refused(browser, "not_access")

        put(browser, there(site), "refresh", tokens["refresh"])
        self.refused(browser, "not_access")

    def test_a_machine(self, site: Site) -> None:
        browser = site.browser()
        machine = site.emulator.create_machine(app_id=there(site))
        put(browser, there(site), "access", machine["access"])

        self.refused(browser, "not_a_user")

    def test_a_result_of_a_verification(self, site: Site) -> None:
        browser = site.browser()
        claims = {"uuid": "u", "aid": there(site), "verification_id": "v"}
        token = site.emulator.mint(claims | {"exp": int(site.clock()) + 60})
        put(browser, there(site), "access", token)

        self.refused(browser, "not_access")

    def test_who_was_signed_in_there_an_hour_ago(self, site: Site) -> None:
        """Its own process renews that session; two at once would lose it."""
        browser = signed_in_there(site, access_lifetime=-31)

        self.refused(browser, "expired")
        assert site.calls("/tokens/refresh") == 0

    def test_two_cookies_that_differ(self, site: Site) -> None:
        """H01"""
        token = site.emulator.create_session(ANA, app_id=there(site))["access"]
        name = f"scute-access__{there(site)}"
        line = {"cookie": f"{name}={token}; {name}=x"}
        view = request("POST", "/auth/workspace", {"sec-fetch-site": "same-origin", **line})

        answer = site.browser().answer(view)

        assert (answer.status, answer.json["reason"]) == (401, "conflicting_credentials")

    def test_support_access(self, site: Site) -> None:
        """T21: the new session would not say that it is one."""
        browser = signed_in_there(site, imp={"sub": "usr_2", "kind": "operator"})

        answer = browser.post("/auth/workspace", script=True)

        assert (answer.status, answer.json["reason"]) == (403, "forbidden")
        assert site.calls("/sessions") == 0

    def test_a_token_in_a_header(self, site: Site) -> None:
        """A header sets no cookie: who has the token asks Scute himself."""
        token = site.emulator.create_session(ANA, app_id=there(site))["access"]

        answer = site.browser().post(
            "/auth/workspace", script=True, authorization=f"Bearer {token}"
        )

        assert (answer.status, answer.json["reason"]) == (401, "missing")

    @pytest.mark.parametrize("headers", EVIL, ids=str)
    def test_whom_another_site_sends(self, site: Site, headers: dict[str, Any]) -> None:
        """H10: a stranger's page must not sign anybody in, not even as himself."""
        answer = signed_in_there(site).post("/auth/workspace", {}, **headers)

        assert answer.status == 403
        assert answer.set_cookies == []

    def test_whom_a_link_leads_here(self, site: Site) -> None:
        answer = signed_in_there(site).open("/auth/workspace")

        assert (answer.status, answer.set_cookies) == (405, [])

    def test_with_a_body_that_is_no_form(self, site: Site) -> None:
        answer = signed_in_there(site).post("/auth/workspace", script=True, body=b"[")

        assert answer.status == 404

    def test_too_often(self) -> None:
        site = opened(limits=type(open_site().config.limits)(per_address=1))
        browser = signed_in_there(site)
        browser.client = "8.8.8.8"

        answers = [enter(browser).status for _ in range(11)]

        assert answers == [303] * 10 + [429]


def test_without_the_setting_there_is_no_such_page() -> None:
    site = open_site()

    assert enter(site.browser()).status == 404


class TestWhatScuteAnswers:
    @pytest.mark.parametrize(
        ("settings", "code"),
        [
            ({"workspace_secret": "emulated_another_one"}, "workspace_api_key_required"),
            ({"workspace_id": "another"}, "workspace_access_denied"),
        ],
        ids=["401", "403"],
    )
    def test_a_wrong_workspace_is_the_operators_to_mend(
        self, settings: dict[str, Any], code: str
    ) -> None:
        site = opened(**settings)
        browser = signed_in_there(site)

        answer = browser.post("/auth/workspace", script=True)

        assert (answer.status, answer.json["reason"]) == (500, "not_set_up")
        assert any(code in line for line in site.logged())
        assert not is_signed_in(browser)

    def test_an_app_of_another_workspace_too(self, site: Site) -> None:
        body = '{"error": "no", "error_code": "app_not_in_workspace"}'
        site.emulator.fault("/sessions", status=404, body=body)

        assert enter(signed_in_there(site)).status == 500
        assert any("look at SCUTE_WORKSPACE_ID" in line for line in site.logged())

    def test_a_session_that_was_ended_there_is_none(self, site: Site) -> None:
        """T22: the token still verifies."""
        browser = signed_in_there(site)
        site.emulator.fault("/sessions", status=401, body='{"error": "Not authorized"}')

        answer = browser.post("/auth/workspace", script=True)

        assert (answer.status, answer.json["reason"]) == (401, "revoked")

    def test_whose_account_is_closed_here_is_told_so(self, site: Site) -> None:
        site.emulator.create_user(ANA, status="inactive")

        answer = signed_in_there(site).post("/auth/workspace", script=True)

        assert (answer.status, answer.json["reason"]) == (403, "account_deactivated")

    @pytest.mark.parametrize(
        "fault", [{"status": 503}, {"status": 200, "body": "<html>"}], ids=["outage", "a page"]
    )
    def test_an_outage_leaves_everything_as_it_is(self, site: Site, fault: dict[str, Any]) -> None:
        browser = signed_in_there(site)
        site.emulator.fault("/sessions", **fault)

        answer = enter(browser)

        assert (answer.status, answer.set_cookies) == (503, [])
