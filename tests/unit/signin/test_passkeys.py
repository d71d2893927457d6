"""One's own passkeys: listed, added and removed by the signed-in user in person."""

import json
from typing import Any

import pytest

from scute_auth.settings import Limits
from tests.emulator.authenticator import Authenticator
from tests.unit.passkey_people import ANA, ORIGIN, add, owner, passkey_site, sent_to, wrong
from tests.unit.sessions import Answered, Browser, Site

EVE = "eve@example.com"
SUPPORT = {"sub": "op_1", "kind": "operator"}
CHANGES = ["/auth/passkey/add/options", "/auth/passkey/add", "/auth/passkey/remove"]


@pytest.fixture
def site() -> Site:
    return passkey_site()


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.signed_in()


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(ORIGIN)


def begin(browser: Browser) -> dict[str, Any]:
    answered = browser.post("/auth/passkey/add/options", script=True)
    options: dict[str, Any] = answered.json["options"]
    return options


def finish(browser: Browser, credential: Any, **fields: str) -> Answered:
    form = {"credential": json.dumps(credential), **fields}
    return browser.post("/auth/passkey/add", form, script=True)


def names(site: Site, email: str = ANA) -> list[str]:
    return [passkey.nickname for passkey in site.emulator.passkeys(email)]


class TestTheList:
    def test_at_first_there_is_none(self, browser: Browser) -> None:
        shown = browser.get("/auth/passkeys")

        assert (shown.status, shown.page.name) == (200, "passkeys")
        assert shown.page.context["passkeys"] == []
        assert shown.page.context["may_add"] is True
        assert shown.page.context["sign_in_again"] == "/auth/sign-in?next=/auth/passkeys"

    def test_each_has_a_name_and_its_days(self, site: Site, browser: Browser) -> None:
        add(browser, Authenticator(ORIGIN), name=" Work\n laptop ")
        add(browser, Authenticator(ORIGIN, b"credential-2"))

        first, second = browser.get("/auth/passkeys").page.context["passkeys"]

        assert first == {
            "id": site.emulator.passkeys(ANA)[0].id,
            "name": "Work laptop",
            "created_at": site.clock(),
            "last_used_at": site.clock(),
        }
        assert second["name"] == "Passkey"

    def test_a_script_gets_json(self, site: Site, browser: Browser) -> None:
        add(browser, Authenticator(ORIGIN), name="Laptop")

        answered = browser.get("/auth/passkeys", script=True)

        passkey = {"id": site.emulator.passkeys(ANA)[0].id, "name": "Laptop"}
        times = {"created_at": site.clock(), "last_used_at": site.clock()}
        assert answered.json == {"passkeys": [passkey | times]}
        assert answered.header("cache-control") == "private, no-store"

    def test_nobody_sees_another_ones(self, site: Site, browser: Browser) -> None:
        owner(site, EVE)

        assert browser.get("/auth/passkeys").page.context["passkeys"] == []

    def test_what_scute_does_not_say_is_left_out(self, site: Site, browser: Browser) -> None:
        bare = [{"id": "p1", "credential_id": "abc"}, {"id": "s1", "credential_id": None}]
        site.emulator.fault("/sessions", status=200, body=json.dumps(bare))

        (passkey,) = browser.get("/auth/passkeys").page.context["passkeys"]

        nothing = {"created_at": None, "last_used_at": None}
        assert passkey == {"id": "p1", "name": "Unknown device"} | nothing

    def test_who_is_not_signed_in_is_asked_to(self, site: Site) -> None:
        stranger = site.browser()

        assert stranger.get("/auth/passkeys").location == "/auth/sign-in?next=/auth/passkeys"
        assert stranger.get("/auth/passkeys", script=True).status == 401

    def test_while_passkeys_are_off_they_can_be_removed_only(self, site: Site) -> None:
        owner(site)
        site.emulator.settings(passkeys_enabled=False)
        site.clock.now += 601
        context = site.signed_in().get("/auth/passkeys").page.context

        assert (context["may_add"], context["may_change"]) == (False, True)
        assert context["switched_on"] is False
        assert len(context["passkeys"]) == 1

    def test_a_session_that_scute_has_ended_is_over_here_too(
        self, site: Site, browser: Browser
    ) -> None:
        site.emulator.fault("/sessions", status=401, body='{"error": "Not authorized"}')

        refused = browser.get("/auth/passkeys")

        assert refused.location == "/auth/sign-in?next=/auth/passkeys"
        assert browser.cookie("access") is None

    @pytest.mark.parametrize("status", [503, 404])
    def test_what_cannot_be_told_now_ends_nothing(
        self, site: Site, browser: Browser, status: int
    ) -> None:
        site.emulator.fault("/sessions", status=status, body='{"error": "No"}')

        assert browser.get("/auth/passkeys").status == 503
        assert browser.cookie("access") is not None


class TestAdding:
    def test_it_is_added_under_its_name(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        added = finish(browser, device.create(begin(browser)), name="Laptop")

        assert added.json == {"status": "added", "next": "/auth/passkeys"}
        assert names(site) == ["Laptop"]
        assert browser.cookie("new_passkey") is None

    @pytest.mark.parametrize(
        ("given", "taken"),
        [("", "Passkey"), ("x" * 100, "x" * 64), ("a\u202eb", "Passkey"), (" ", "Passkey")],
    )
    def test_a_name_is_short_and_shows_what_it_is(
        self, site: Site, browser: Browser, device: Authenticator, given: str, taken: str
    ) -> None:
        finish(browser, device.create(begin(browser)), name=given)

        assert names(site) == [taken]

    def test_the_page_is_given_what_scute_wants_and_a_passkey_that_is_found_alone(
        self, site: Site, browser: Browser
    ) -> None:
        owner(site)

        options = begin(browser)

        assert options["rp"] == {"id": "127.0.0.1", "name": "Demo"}
        assert options["user"]["name"] == ANA
        assert len(options["excludeCredentials"]) == 1
        assert options["authenticatorSelection"] == {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        }

    def test_only_what_scute_needs_is_handed_on(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        finish(browser, device.create(begin(browser)) | {"nickname": "smuggled"}, name="Laptop")

        (sent,) = sent_to(site, "/devices/finalize")
        assert sent["nickname"] == "Laptop"
        assert sent["response"].keys() == {"clientDataJSON", "attestationObject"}

    @pytest.mark.parametrize("credential", wrong(Authenticator(ORIGIN).create, "webauthn.get"))
    def test_what_is_no_answer_is_sent_nowhere(
        self, site: Site, browser: Browser, credential: Any
    ) -> None:
        options = begin(browser)

        refused = browser.post("/auth/passkey/add", {"credential": credential(options)})

        assert (refused.status, refused.page.name) == (422, "message")
        assert site.calls("/devices/finalize") == 0
        assert names(site) == []

    def test_what_scute_refuses_is_not_added(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        elsewhere = Authenticator("https://evil.example")

        refused = finish(browser, elsewhere.create(begin(browser)))

        assert (refused.status, refused.json["reason"]) == (422, "passkey_not_added")
        assert names(site) == []
        assert browser.cookie("new_passkey") is None

    def test_an_attackers_passkey_gets_into_no_other_account(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        """His challenge and his answer, in the victim's browser: with his cookie too."""
        attacker = site.signed_in(EVE)
        credential = device.create(begin(attacker))

        alone = finish(browser, credential)
        begin(browser)
        beside = finish(browser, credential)
        browser.put("new_passkey", attacker.cookie("new_passkey") or "")
        planted = finish(browser, credential)

        assert {answer.status for answer in (alone, beside, planted)} == {422}
        assert site.calls("/devices/finalize") == 0
        assert names(site) == []

    def test_who_signed_in_since_gets_nothing_that_another_began(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        credential = device.create(begin(browser))
        browser.take(site.emulator.create_session(EVE))

        assert finish(browser, credential).status == 422
        assert names(site, EVE) == []

    def test_a_challenge_is_good_once_and_not_for_ever(
        self, site: Site, browser: Browser, device: Authenticator
    ) -> None:
        credential = device.create(begin(browser))
        begun = browser.cookie("new_passkey") or ""
        finish(browser, credential)
        browser.put("new_passkey", begun)

        assert finish(browser, credential).status == 422
        site.clock.now += 601
        browser.put("new_passkey", begun)
        assert finish(browser, credential).status == 422
        assert len(names(site)) == 1
        assert site.calls("/devices/finalize") == 2

    def test_passkeys_that_are_switched_off(self, site: Site, browser: Browser) -> None:
        site.emulator.settings(passkeys_enabled=False)

        refused = browser.post("/auth/passkey/add/options", script=True)

        assert (refused.status, refused.json["reason"]) == (403, "passkeys_disabled")

    def test_it_is_begun_only_so_often(self) -> None:
        browser = passkey_site(limits=Limits(600, per_identifier=1)).signed_in()

        answers = [browser.post("/auth/passkey/add/options", script=True) for _ in range(2)]

        assert [answer.status for answer in answers] == [200, 429]

    def test_a_caller_with_a_token_gets_no_cookie_but_a_state(
        self, site: Site, device: Authenticator
    ) -> None:
        token, caller = site.emulator.create_session(ANA)["access"], site.browser()

        def post(path: str, **form: str) -> Answered:
            return caller.post(path, form, script=True, authorization=f"Bearer {token}")

        begun = post("/auth/passkey/add/options")
        credential = json.dumps(device.create(begun.json["options"]))
        stateless = post("/auth/passkey/add", credential=credential)
        added = post("/auth/passkey/add", credential=credential, state=begun.json["state"])

        assert begun.set_cookies == added.set_cookies == []
        assert (stateless.status, added.json["status"]) == (422, "added")
        assert len(names(site)) == 1


class TestRemoving:
    @pytest.fixture
    def passkey(self, site: Site) -> str:
        owner(site)
        return site.emulator.passkeys(ANA)[0].id

    def test_it_is_gone(self, site: Site, browser: Browser, passkey: str) -> None:
        removed = browser.post("/auth/passkey/remove", {"id": passkey})

        assert (removed.status, removed.location) == (303, "/auth/passkeys")
        assert names(site) == []

    def test_a_script_is_told_so(self, browser: Browser, passkey: str) -> None:
        removed = browser.post("/auth/passkey/remove", {"id": passkey}, script=True)

        assert removed.json == {"status": "removed", "next": "/auth/passkeys"}

    def test_another_ones_stays(self, site: Site, passkey: str) -> None:
        removed = site.signed_in(EVE).post("/auth/passkey/remove", {"id": passkey})

        assert removed.location == "/auth/passkeys"
        assert len(names(site)) == 1

    def test_what_scute_does_not_do_now_is_not_done(
        self, site: Site, browser: Browser, passkey: str
    ) -> None:
        site.emulator.fault(f"/devices/{passkey}", status=403, body='{"error": "No"}')

        assert browser.post("/auth/passkey/remove", {"id": passkey}).status == 503
        assert len(names(site)) == 1

    @pytest.mark.parametrize(
        "name", ["", ".", "..", "../x", "a/b", "?x", "%2e%2e", "x\n", "x" * 129]
    )
    def test_what_is_no_id_is_asked_of_nobody(
        self, site: Site, browser: Browser, name: str
    ) -> None:
        """C09"""
        assert browser.post("/auth/passkey/remove", {"id": name}).location == "/auth/passkeys"
        assert not any("/devices" in call.path for call in site.emulator.calls())

    def test_nor_is_a_body_that_cannot_be_read(self, site: Site, browser: Browser) -> None:
        removed = browser.post("/auth/passkey/remove", body=b"id=1&id=2")

        assert removed.location == "/auth/passkeys"
        assert not any("/devices" in call.path for call in site.emulator.calls())


class TestWhoMayChange:
    @pytest.mark.parametrize("path", CHANGES)
    def test_nobody_with_support_access(self, site: Site, path: str) -> None:
        owner(site)
        support = site.signed_in(imp=SUPPORT)
        site.emulator.clear_calls()
        form = {"id": site.emulator.passkeys(ANA)[0].id}

        assert support.post(path, form).status == 403
        assert support.post(path, form, script=True).json["reason"] == "forbidden"
        assert site.emulator.calls() == []
        context = support.get("/auth/passkeys").page.context
        assert (context["may_change"], context["may_add"]) == (False, False)

    @pytest.mark.parametrize("path", CHANGES)
    def test_nobody_who_is_not_signed_in(self, site: Site, path: str) -> None:
        refused = site.browser().post(path, script=True)

        assert (refused.status, refused.json["reason"]) == (401, "missing")

    @pytest.mark.parametrize("path", CHANGES)
    def test_no_other_site(self, site: Site, browser: Browser, path: str) -> None:
        refused = browser.post(path, {"id": "x"}, sec_fetch_site="cross-site")

        assert refused.status == 403
        assert site.calls("/devices") == 0

    @pytest.mark.parametrize("path", CHANGES)
    def test_scute_may_want_a_fresh_sign_in(
        self, site: Site, browser: Browser, device: Authenticator, path: str
    ) -> None:
        credential = json.dumps(device.create(begin(browser)))
        stale = '{"error": "Verify", "error_code": "verification_required"}'
        for place in ("/register", "/finalize", "/p1"):
            site.emulator.fault(f"/devices{place}", status=403, body=stale)
        form = {"id": "p1", "credential": credential}

        page = browser.post(path, form)
        script = browser.post(path, form, script=True)

        assert (page.status, page.page.context["title"]) == (403, "Sign in again first")
        (action,) = page.page.context["actions"]
        assert action == ("Sign in again", "/auth/sign-in?next=/auth/passkeys")
        assert script.json["reason"] == "verification_required"
        assert browser.cookie("access") is not None

    def test_a_refusal_of_another_kind_is_no_end_of_the_session(
        self, site: Site, browser: Browser
    ) -> None:
        site.emulator.fault("/devices/register", status=403, body='{"error": "No"}')

        refused = browser.post("/auth/passkey/add/options", script=True)

        assert (refused.status, refused.json["reason"]) == (422, "passkey_not_added")
        assert browser.cookie("access") is not None

    def test_a_session_that_is_over_adds_nothing(self, site: Site, browser: Browser) -> None:
        site.emulator.fault("/devices/register", status=401, body='{"error": "Not authorized"}')

        refused = browser.post("/auth/passkey/add/options", script=True)

        assert (refused.status, refused.json["reason"]) == (401, "revoked")
        assert browser.cookie("access") is None
