"""What an app asks of new users: on the sign-in page, and where an invitation lands."""

import json
from typing import Any

import pytest

from scute_auth.effects import HttpCall, HttpReply
from scute_auth.identity import SignedIn
from tests.unit.sessions import Answered, Browser, Site, ask_for_link, mailed, open_site, user_of

EVE = "eve@example.com"
NAME = {
    "id": "1",
    "name": "First name",
    "field_name": "first_name",
    "field_type": "string",
    "visible_registration": True,
    "required": True,
}
NEWS = {
    "id": "2",
    "name": "Send me news",
    "field_name": "news",
    "field_type": "boolean",
    "visible_registration": True,
    "required": False,
}


@pytest.fixture
def site() -> Site:
    site = open_site()
    site.emulator.settings(user_meta_data_schema=[NAME, NEWS])
    return site


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def invite(site: Site, email: str = EVE, **meta: Any) -> str:
    """A backend invites somebody; the link in the mail."""
    body = json.dumps({"identifier": email, "user_meta": meta}).encode()
    headers = (
        ("authorization", f"Bearer {site.config.secret}"),
        ("content-type", "application/json"),
    )
    url = f"{site.emulator.base_url}/v1/{site.config.app_id}/users/invite"
    reply = site.emulator.transport.send(HttpCall("POST", url, headers, body))
    assert isinstance(reply, HttpReply)
    assert reply.status == 200
    return mailed(site, email)


def confirm(browser: Browser, *, script: bool = False, **meta: str) -> Answered:
    shown = browser.get("/auth/callback").page.context["shown"]
    form = {f"meta.{name}": value for name, value in meta.items()}
    if script:
        body = json.dumps({"shown": shown, "user_meta": meta}).encode()
        return browser.post("/auth/callback", script=True, body=body)
    return browser.post("/auth/callback", {"shown": shown, **form})


def meta_of(site: Site, email: str = EVE) -> dict[str, Any]:
    users = site.emulator.state.users.of(site.config.app_id)
    return dict(next(user for user in users if user.email == email).meta)


class TestAnInvitation:
    def test_asks_for_what_the_app_requires_and_signs_in(
        self, site: Site, browser: Browser
    ) -> None:
        moved = browser.open(invite(site))
        page = browser.get(moved.location or "").page

        confirmed = confirm(browser, first_name=" Eve ", news="yes")

        assert [(field["name"], field["required"]) for field in page.context["fields"]] == [
            ("meta.first_name", True),
            ("meta.news", False),
        ]
        assert page.context["may_be_invited"] is True
        assert (confirmed.status, confirmed.location) == (303, "/")
        assert isinstance(browser.authenticate(), SignedIn)
        assert meta_of(site) == {"first_name": "Eve", "news": True}
        assert browser.cookie("landing") is None

    def test_looking_at_it_uses_nothing_up(self, site: Site, browser: Browser) -> None:
        link = invite(site)
        for _ in range(3):
            scanner = site.browser()
            scanner.get(link, method="HEAD")
            scanner.open(link)
            scanner.get("/auth/callback")
        assert site.calls("/magic_links/confirm_invite") == 0
        browser.open(link)

        assert confirm(browser, first_name="Eve").status == 303

    def test_without_them_it_asks_again_and_keeps_what_was_given(
        self, site: Site, browser: Browser
    ) -> None:
        browser.open(invite(site))

        asked = confirm(browser, first_name="  ", news="yes")

        context = asked.page.context
        assert (asked.status, asked.page.name) == (422, "confirm")
        assert context["error"] == "Fill in: First name."
        assert [field["missing"] for field in context["fields"]] == [True, False]
        assert context["fields"][1]["value"] is True
        assert site.calls("/magic_links/confirm_invite") == 0
        assert browser.cookie("access") is None
        assert confirm(browser, first_name="Eve").status == 303

    def test_a_script_is_told_what_is_missing(self, site: Site, browser: Browser) -> None:
        browser.open(invite(site))

        asked = confirm(browser, script=True)

        assert (asked.status, asked.json["reason"]) == (422, "user_meta_required")
        assert asked.json["detail"] == "Fill in: First name."
        assert confirm(browser, script=True, first_name="Eve").json["status"] == "signed_in"

    def test_what_the_app_did_not_ask_for_is_not_sent(self, site: Site, browser: Browser) -> None:
        """Else a form could set any field that the app has declared for itself."""
        browser.open(invite(site))

        confirm(browser, first_name="Eve", role="admin")

        assert meta_of(site) == {"first_name": "Eve", "news": False}

    def test_where_nothing_is_missing_nothing_is_asked(self, site: Site, browser: Browser) -> None:
        browser.open(invite(site, first_name="Eve"))
        page = browser.get("/auth/callback").page

        assert page.context["fields"] == []
        assert confirm(browser).status == 303
        assert site.calls("/magic_links/confirm_invite") == 0
        assert site.calls("/magic_links/authenticate") == 1

    def test_where_the_app_requires_nothing_scute_is_not_even_asked(
        self, site: Site, browser: Browser
    ) -> None:
        site.emulator.settings(user_meta_data_schema=[NEWS])
        browser.open(invite(site))

        assert browser.get("/auth/callback").page.context["fields"] == []
        assert site.calls("/users/metafields") == 0

    def test_the_user_must_be_the_one_that_was_shown(self, site: Site, browser: Browser) -> None:
        """The rules of every landing hold (security.md C12)."""
        other = site.emulator.create_session("ana@example.com")
        browser.open(invite(site))
        site.emulator.fault("/confirm_invite", status=200, body=json.dumps(other))

        confirmed = confirm(browser, first_name="Eve")

        assert confirmed.status == 400
        assert browser.cookie("access") is None
        assert site.emulator.state.sessions.of(other["user_id"]) == []

    def test_it_is_good_once(self, site: Site, browser: Browser) -> None:
        link = invite(site)
        browser.open(link)
        confirm(browser, first_name="Eve")
        other = site.browser()
        other.open(link)

        assert other.get("/auth/callback").page.context["fields"] == []
        assert confirm(other, first_name="Eve").status == 400
        assert other.cookie("access") is None

    def test_scutes_no_to_the_data_is_told(self, site: Site, browser: Browser) -> None:
        browser.open(invite(site))
        site.emulator.fault("/confirm_invite", status=422, body='{"error_code": "x"}', times=1)

        refused = confirm(browser, first_name="Eve")

        assert (refused.status, refused.page.name) == (422, "confirm")
        assert "Look at what you entered" in refused.page.context["error"]
        assert refused.page.context["fields"][0]["value"] == "Eve"
        assert confirm(browser, first_name="Eve").status == 303

    @pytest.mark.parametrize(
        ("status", "code", "answer"),
        [(404, "not_found", 400), (403, "account_deactivated", 403), (403, "sso_required", 403)],
    )
    def test_any_other_no_is_that_of_every_landing(
        self, site: Site, browser: Browser, status: int, code: str, answer: int
    ) -> None:
        browser.open(invite(site))
        body = json.dumps({"error_code": code})
        site.emulator.fault("/confirm_invite", status=status, body=body)

        refused = confirm(browser, first_name="Eve")

        assert (refused.status, refused.page.name) == (answer, "message")
        assert browser.cookie("access") is None

    def test_a_second_factor_is_still_asked_for(self, site: Site, browser: Browser) -> None:
        browser.open(invite(site))
        site.emulator.settings(mfa_required=True)

        assert confirm(browser, first_name="Eve").location == "/auth/mfa"
        assert browser.cookie("access") is None

    def test_in_an_outage_nothing_is_used_up(self, site: Site, browser: Browser) -> None:
        browser.open(invite(site))
        shown = browser.get("/auth/callback").page.context["shown"]
        site.emulator.fault("/users/metafields", status=503, times=1)

        form = {"shown": shown, "meta.first_name": "Eve"}

        assert browser.post("/auth/callback", form).status == 503
        assert browser.post("/auth/callback", form).status == 303

    @pytest.mark.parametrize("user_id", ["nobody", ".", "..", "a&user_id=b", "\u00e9"])
    def test_of_whom_scute_does_not_know_nothing_is_asked(
        self, site: Site, browser: Browser, user_id: str
    ) -> None:
        """The token is a claim that anybody may make."""
        claims = {"uuid": user_id, "email": EVE, "user_status": "pending"}
        browser.open(f"/auth/callback?sct_magic={site.emulator.mint(claims)}")

        assert browser.get("/auth/callback").page.context["fields"] == []

    def test_the_session_is_named_after_the_browser(self, site: Site, browser: Browser) -> None:
        firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        browser.open(invite(site))
        shown = browser.get("/auth/callback").page.context["shown"]

        form = {"shown": shown, "meta.first_name": "Eve"}
        browser.post("/auth/callback", form, user_agent=firefox)

        (session,) = browser.get("/auth/sessions", script=True).json["sessions"]
        assert session["name"] == "Firefox on Linux"

    def test_a_link_that_this_browser_asked_for_asks_nothing(
        self, site: Site, browser: Browser
    ) -> None:
        browser.get(ask_for_link(browser, EVE), purpose="prefetch")

        assert browser.get("/auth/callback").page.context["asked_here"] is True
        assert browser.get("/auth/callback").page.context["fields"] == []
        assert confirm(browser).status == 303


class TestTheSignInPage:
    def register(self, browser: Browser, path: str = "/auth/magic-link", **fields: str) -> Answered:
        form = {"identifier": EVE, "next": "/a", "register": "yes"}
        return browser.post(path, {**form, **fields})

    def test_has_a_form_for_new_users(self, browser: Browser) -> None:
        form = browser.get("/auth/sign-in").page.context["registration"]

        assert (form["action"], form["type"]) == ("/auth/magic-link", "email")
        assert [field["label"] for field in form["fields"]] == ["First name", "Send me news"]

    @pytest.mark.parametrize(
        "settings",
        [
            {"user_meta_data_schema": [NEWS]},
            {"public_signup": False},
        ],
        ids=["nothing required", "closed"],
    )
    def test_has_none_where_there_is_nothing_to_ask(
        self, site: Site, browser: Browser, settings: dict[str, Any]
    ) -> None:
        site.emulator.settings(**settings)

        assert browser.get("/auth/sign-in").page.context["registration"] is None

    def test_its_data_becomes_the_new_users(self, site: Site, browser: Browser) -> None:
        sent = self.register(browser, **{"meta.first_name": "Eve"})

        browser.open(mailed(site, EVE))

        assert (sent.status, sent.location) == (303, "/auth/magic-link")
        assert meta_of(site) == {"first_name": "Eve", "news": False}
        assert user_of(browser.authenticate())

    def test_by_code_too(self, site: Site, browser: Browser) -> None:
        site.emulator.settings(email_auth_type="otp")

        sent = self.register(browser, "/auth/otp", **{"meta.first_name": "Eve"})

        assert sent.location == "/auth/otp"
        assert meta_of(site) == {"first_name": "Eve", "news": False}

    def test_what_is_missing_is_asked_for_again(self, site: Site, browser: Browser) -> None:
        asked = self.register(browser, **{"meta.news": "yes"})

        context = asked.page.context
        form = context["registration"]
        assert (asked.status, asked.page.name) == (422, "sign_in")
        assert (form["error"], form["value"]) == ("Fill in: First name.", EVE)
        assert [field["missing"] for field in form["fields"]] == [True, False]
        assert form["fields"][1]["value"]
        assert [each["error"] for each in context["forms"]] == [None, None]
        assert context["next"] == "/a"
        assert site.calls("/magic_links/register") == 0

    def test_a_script_is_told_so(self, browser: Browser) -> None:
        asked = browser.post(
            "/auth/magic-link", {"identifier": EVE, "register": "yes"}, script=True
        )

        assert (asked.status, asked.json["reason"]) == (422, "user_meta_required")

    def test_an_address_that_is_none_is_asked_for_in_the_same_form(self, browser: Browser) -> None:
        asked = self.register(browser, identifier="nobody", **{"meta.first_name": "Eve"})

        form = asked.page.context["registration"]
        assert form["error"].startswith("Enter one e-mail address")
        assert form["fields"][0]["value"] == "Eve"

    def test_known_and_unknown_are_treated_alike(self, site: Site) -> None:
        site.emulator.create_user("ana@example.com")
        known, unknown = site.browser(), site.browser()
        name = {"meta.first_name": "X"}

        one = self.register(known, identifier="ana@example.com", **name)
        other = self.register(unknown, identifier="eve@example.com", **name)

        assert (one.status, one.location) == (other.status, other.location)
        assert len(known.cookie("magic") or "") == len(unknown.cookie("magic") or "")
        assert meta_of(site, "ana@example.com") == {}
