"""Sign in by a code, typed into the browser that asked for it, and nowhere else."""

import json
from typing import Any

import pytest

from scute_auth.effects import HttpCall, StoreCall
from scute_auth.identity import SignedIn
from scute_auth.settings import Limits
from scute_auth.store import MemoryStore
from tests.unit.sessions import Browser, Site, open_site, user_of

ANA = "ana@example.com"
PHONE = "+442079460958"


@pytest.fixture
def site() -> Site:
    site = open_site()
    site.emulator.settings(email_auth_type="otp")
    return site


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def code_for(site: Site, who: str = ANA) -> str:
    code = site.emulator.messages(who)[0].code
    assert code is not None
    return code


def ask(browser: Browser, who: str = ANA, **fields: str) -> str:
    """Have a code sent; the answer is the code."""
    sent = browser.post("/auth/otp", {"identifier": who, **fields})
    assert (sent.status, sent.location) == (303, "/auth/otp")
    return code_for(browser.site, who)


def another(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def sent_to_scute(site: Site, path: str) -> list[Any]:
    return [
        json.loads(effect.body or b"{}")
        for effect in site.stepper.effects
        if isinstance(effect, HttpCall) and effect.url.endswith(path)
    ]


@pytest.mark.parametrize("who", [ANA, PHONE, "+44 20 7946-0958"])
def test_the_code_signs_in(site: Site, browser: Browser, who: str) -> None:
    browser.post("/auth/otp", {"identifier": who, "next": "/a?b=c"})
    code = code_for(site, PHONE if "@" not in who else who)

    signed_in = browser.post("/auth/otp/verify", {"code": f" {code[:3]} {code[3:]} "})

    assert (signed_in.status, signed_in.location) == (303, "/a?b=c")
    assert signed_in.outcome.signed_in is not None
    user, profile = signed_in.outcome.signed_in
    assert user_of(browser.authenticate()) == user.id == profile.id
    assert browser.cookie("otp") is None


def test_scutes_own_test_identities_sign_in_with_their_fixed_code(browser: Browser) -> None:
    browser.post("/auth/otp", {"identifier": "ana+scute_test@example.com"})

    assert browser.post("/auth/otp/verify", {"code": "424242"}).outcome.signed_in is not None


def test_a_script_gets_json_at_each_step(browser: Browser) -> None:
    sent = browser.post("/auth/otp", {"identifier": ANA}, script=True)
    code = code_for(browser.site)
    wrong = browser.post("/auth/otp/verify", {"code": another(code)}, script=True)
    right = browser.post("/auth/otp/verify", {"code": code}, script=True)

    assert sent.json == {"status": "sent", "next": "/auth/otp"}
    assert (wrong.status, wrong.json["reason"]) == (422, "invalid_code")
    assert right.json == {"status": "signed_in", "next": "/"}


def test_the_page_names_the_address_and_offers_another_code_after_a_while(
    site: Site, browser: Browser
) -> None:
    ask(browser, next="/a")
    site.clock.now += 10

    context = browser.get("/auth/otp").page.context

    assert (context["identifier"], context["next"], context["error"]) == (ANA, "/a", None)
    assert context["resend_in"] == 20
    site.clock.now += 100
    assert browser.get("/auth/otp").page.context["resend_in"] == 0


@pytest.mark.parametrize("code", ["", "123", "12 34 5x!", "1" * 17, "\u0661\u0662\u0663\u0664"])
def test_what_is_no_code_is_asked_for_again_and_sent_nowhere(
    site: Site, browser: Browser, code: str
) -> None:
    ask(browser)

    page = browser.post("/auth/otp/verify", {"code": code})

    assert (page.status, page.page.name) == (422, "enter_code")
    assert page.page.context["error"] == "Enter the code from the message."
    assert site.calls("/otps/verify") == 0


def test_a_wrong_code_may_be_tried_again(browser: Browser) -> None:
    code = ask(browser)

    page = browser.post("/auth/otp/verify", {"code": another(code)})

    assert (page.status, page.page.name) == (422, "enter_code")
    assert "not right" in page.page.context["error"]
    assert browser.post("/auth/otp/verify", {"code": code}).outcome.signed_in is not None


def test_a_body_that_cannot_be_read_is_asked_for_again(browser: Browser) -> None:
    ask(browser)

    assert browser.post("/auth/otp/verify", body=b"code=1&code=2").status == 422


def test_a_code_is_good_once(site: Site, browser: Browser) -> None:
    code = ask(browser)
    binding = browser.cookie("otp") or ""
    browser.post("/auth/otp/verify", {"code": code})
    again = site.browser()
    again.put("otp", binding)

    assert again.post("/auth/otp/verify", {"code": code}).status == 422
    assert again.cookie("access") is None


def test_a_code_is_worth_nothing_in_a_browser_that_did_not_ask(site: Site) -> None:
    """C02: an attacker's code, typed into a victim's browser, signs nobody in."""
    attacker, victim = site.browser(), site.browser()
    code = ask(attacker, "eve@example.com")

    alone = victim.post("/auth/otp/verify", {"code": code})
    ask(victim)
    beside = victim.post("/auth/otp/verify", {"code": code})

    assert alone.location == "/auth/sign-in"
    assert beside.status == 422
    assert victim.cookie("access") is None


def test_a_form_of_another_site_reaches_nothing(site: Site, browser: Browser) -> None:
    code = ask(browser)

    for path, form in (("/auth/otp/verify", {"code": code}), ("/auth/otp", {"identifier": ANA})):
        assert browser.post(path, form, sec_fetch_site="cross-site").status == 403
    assert site.calls("/otps/verify") == 0


def test_the_body_cannot_name_a_challenge(site: Site, browser: Browser) -> None:
    """It comes from the binding alone."""
    attacker = site.browser()
    ask(attacker, "eve@example.com")
    binding = site.auth.sealer.open("otp", attacker.cookie("otp"), now=site.clock())
    assert binding is not None
    theirs = binding["sent"].strip()
    ask(browser)

    browser.post("/auth/otp/verify", {"code": "123456", "user_id": theirs, "challenge": theirs})

    assert theirs not in [body["user_id"] for body in sent_to_scute(site, "/otps/verify")]


def test_who_is_unknown_gets_the_same_answers_and_the_same_calls(site: Site) -> None:
    """Where strangers may not join, nobody can find out who is a member."""
    site.emulator.settings(public_signup=False)
    site.emulator.create_user("ana@example.com")
    seen: list[tuple[Any, ...]] = []
    for who in ("ana@example.com", "eve@example.com"):
        browser = site.browser()
        before = len(site.stepper.effects)
        sent = browser.post("/auth/otp", {"identifier": who})
        page = browser.get("/auth/otp")
        wrong = browser.post("/auth/otp/verify", {"code": "12345"})
        calls = [
            (call.method, call.url)
            for call in site.stepper.effects[before:]
            if isinstance(call, HttpCall) and "/otps/" in call.url
        ]
        length = len(browser.cookie("otp") or "")
        context = {**page.page.context, "identifier": ""}
        error = wrong.page.context["error"]
        seen.append((sent.status, sent.location, length, context, wrong.status, error, calls))

    assert seen[0] == seen[1]
    assert len(seen[0][-1]) == 2


@pytest.mark.parametrize("length", [1, 36, 128, 256])
def test_nor_does_the_length_of_scutes_id_tell(site: Site, length: int) -> None:
    answers = [(200, json.dumps({"otp": {}, "user_id": "x" * length})), (404, "{}")]
    lengths: set[int] = set()
    for status, body in answers:
        site.emulator.fault("/otps/login", status=status, body=body, times=1)
        browser = site.browser()
        browser.post("/auth/otp", {"identifier": ANA})
        lengths.add(len(browser.cookie("otp") or ""))

    assert len(lengths) == 1


def test_an_address_that_scute_does_not_take_is_asked_for_again(
    site: Site, browser: Browser
) -> None:
    site.emulator.settings(allowed_identifiers=["email"])

    page = browser.post("/auth/otp", {"identifier": PHONE})

    assert (page.status, page.page.name) == (422, "sign_in")


def test_without_a_binding_the_way_leads_on(site: Site, browser: Browser) -> None:
    for answered in (browser.get("/auth/otp"), browser.post("/auth/otp/verify", {"code": "1234"})):
        assert (answered.status, answered.location) == (303, "/auth/sign-in")
    known = site.signed_in()
    assert known.get("/auth/otp").location == "/"


def test_after_ten_minutes_it_is_over(site: Site, browser: Browser) -> None:
    code = ask(browser)
    value = browser.cookie("otp") or ""
    site.clock.now += 601
    browser.put("otp", value)

    assert browser.post("/auth/otp/verify", {"code": code}).location == "/auth/sign-in"


def test_an_account_that_was_switched_off_is_told_so(site: Site, browser: Browser) -> None:
    ask(browser)
    refused = {"error": "no", "error_code": "account_deactivated"}
    site.emulator.fault("/otps/verify", status=403, body=json.dumps(refused))

    page = browser.post("/auth/otp/verify", {"code": "123456"})

    assert page.status == 403
    assert page.page.context["title"] == "This account is switched off"


def test_a_session_of_somebody_else_is_ended(site: Site, browser: Browser) -> None:
    """C12"""
    ask(browser)
    eve = site.emulator.create_session("eve@example.com")
    site.emulator.fault("/otps/verify", status=200, body=json.dumps(eve))

    answered = browser.post("/auth/otp/verify", {"code": "123456"})

    assert answered.status == 400
    assert browser.cookie("access") is None
    assert not site.emulator.state.sessions.of(eve["user_id"])


def test_in_an_outage_nothing_is_lost(site: Site, browser: Browser) -> None:
    code = ask(browser)
    site.emulator.fault("/otps/verify", status=503, times=1)

    assert browser.post("/auth/otp/verify", {"code": code}).status == 503
    assert browser.post("/auth/otp/verify", {"code": code}).outcome.signed_in is not None


def test_codes_stand_in_no_url_and_no_log(site: Site, browser: Browser) -> None:
    code = ask(browser)
    browser.post("/auth/otp/verify", {"code": another(code)})
    browser.post("/auth/otp/verify", {"code": code})

    urls = [call.url for call in site.stepper.effects if isinstance(call, HttpCall)]
    assert not [text for text in urls + site.logged() if code in text]


def test_a_new_users_data_goes_along(site: Site, browser: Browser) -> None:
    browser.post("/auth/otp", {"identifier": ANA, "meta.first_name": "Ana"})

    assert sent_to_scute(site, "/otps/login")[0]["user_meta"] == {"first_name": "Ana"}
    browser.post("/auth/otp/verify", {"code": code_for(site)})
    assert isinstance(browser.authenticate(), SignedIn)


def test_a_code_that_was_asked_for_again_replaces_the_first(browser: Browser) -> None:
    first = ask(browser)
    second = ask(browser)

    if first != second:
        assert browser.post("/auth/otp/verify", {"code": first}).status == 422
    assert browser.post("/auth/otp/verify", {"code": second}).outcome.signed_in is not None


class TestLimits:
    @pytest.fixture
    def site(self) -> Site:
        return open_site(limits=Limits(600, per_identifier=3, per_address=5))

    @pytest.mark.parametrize("path", ["/auth/otp", "/auth/magic-link"])
    def test_one_address_is_sent_only_so_many(
        self, site: Site, browser: Browser, path: str
    ) -> None:
        statuses = [browser.post(path, {"identifier": ANA}).status for _ in range(4)]
        stopped = site.browser().post(path, {"identifier": "ANA@example.com"})

        assert statuses == [303, 303, 303, 429]
        assert stopped.status == 429
        assert stopped.page.context["title"] == "Too many attempts"
        assert browser.post(path, {"identifier": "eve@example.com"}).status == 303
        seconds = int(stopped.header("retry-after") or "")
        assert 0 < seconds <= 600
        site.clock.now += seconds
        assert browser.post(path, {"identifier": ANA}).status == 303

    def test_a_code_is_tried_only_so_often(self, site: Site, browser: Browser) -> None:
        code = ask(browser)
        tried = [
            browser.post("/auth/otp/verify", {"code": another(code)}, script=True) for _ in range(4)
        ]

        assert [answer.status for answer in tried] == [422, 422, 422, 429]
        assert tried[-1].json["reason"] == "too_often"
        assert site.calls("/otps/verify") == 3
        assert browser.post("/auth/otp/verify", {"code": code}).status == 429

    def test_they_hold_across_processes_that_share_a_store(
        self, site: Site, browser: Browser
    ) -> None:
        other = site.other_process().browser()

        statuses = [
            who.post("/auth/otp", {"identifier": ANA}).status for who in (browser, other) * 2
        ]

        assert statuses == [303, 303, 303, 429]

    @pytest.mark.parametrize(
        ("clients", "last"),
        [
            (["8.8.8.8"] * 6, 429),
            (["::ffff:8.8.8.8", "8.8.8.8"] * 3, 429),
            (["8.8.8.8"] * 5 + ["8.8.4.4"], 303),
            ([f"2a00:1450:4001:80b::{n}" for n in range(1, 7)], 429),
            (["2a00:1450:4001:80b::1"] * 5 + ["2a00:1450:4001:80c::1"], 303),
            (["127.0.0.1"] * 6, 303),
            (["10.0.0.7"] * 6, 303),
            (["::1"] * 6, 303),
            (["unix:"] * 6, 303),
            ([None] * 6, 303),
        ],
        ids=str,
    )
    def test_one_network_address_may_ask_only_so_often(
        self, site: Site, clients: list[str | None], last: int
    ) -> None:
        """A private one is a proxy's: it stands for everybody, and is not counted."""
        statuses: list[int] = []
        for number, client in enumerate(clients):
            browser = site.browser()
            browser.client = client
            sent = browser.post("/auth/otp", {"identifier": f"user{number}@example.com"})
            statuses.append(sent.status)

        assert statuses == [303] * 5 + [last]

    def test_an_address_that_is_stopped_uses_up_nobody_elses_attempts(self, site: Site) -> None:
        """Else one address could keep everybody from signing in, and fill the store."""
        attacker = site.browser()
        attacker.client = "8.8.8.8"
        for number in range(5):
            attacker.post("/auth/otp", {"identifier": f"user{number}@example.com"})
        before = [effect for effect in site.stepper.effects if isinstance(effect, StoreCall)]

        stopped = [attacker.post("/auth/otp", {"identifier": ANA}).status for _ in range(3)]

        calls = [effect for effect in site.stepper.effects if isinstance(effect, StoreCall)]
        assert stopped == [429] * 3
        assert {call.operation for call in calls[len(before) :]} == {"get"}
        assert site.browser().post("/auth/otp", {"identifier": ANA}).status == 303

    def test_zero_is_no_limit(self) -> None:
        browser = open_site(limits=Limits(per_identifier=0, per_address=0)).browser()
        browser.client = "8.8.8.8"

        assert {browser.post("/auth/otp", {"identifier": ANA}).status for _ in range(70)} == {303}

    def test_no_key_in_the_store_names_anybody(self, site: Site, browser: Browser) -> None:
        browser.client = "8.8.8.8"
        ask(browser)

        keys = [effect.key for effect in site.stepper.effects if isinstance(effect, StoreCall)]
        assert keys
        assert not [key for key in keys if "ana" in key or "8.8.8.8" in key]

    def test_those_who_see_the_same_free_place_never_take_more_than_there_are(
        self, site: Site, browser: Browser
    ) -> None:
        """Two processes may look at once: adding an entry is what counts."""

        class SeesNothing(MemoryStore):
            def get(self, key: str) -> None:
                return None

        site.stepper.store = SeesNothing(clock=site.clock)

        statuses = [browser.post("/auth/otp", {"identifier": ANA}).status for _ in range(5)]

        assert statuses == [303, 303, 303, 429, 429]
