"""Permissions: Scute decides, nothing but its yes passes, and a yes is one user's."""

import json
from dataclasses import replace
from typing import Any

import pytest

from scute_auth.authz import Decision, Permission, PermissionRequirement
from scute_auth.effects import HttpCall
from scute_auth.errors import ConfigError, ScuteUnavailable
from scute_auth.guards import Requirement, guard
from scute_auth.http import Reply, RequestView
from scute_auth.identity import SignedIn, User
from scute_auth.pages import default_renderer
from scute_auth.proofs import Proof, Wish, proof_of, remember, seal_wish
from tests.unit.sessions import Browser, Site, open_site, request

ANA, BOB = "ana@example.com", "bob@example.com"
CHECK, BATCH = "/authz/check", "/authz/check-batch"
POLICY = {
    "resources": {"invoice": {"actions": ["read", "refund", "void", "sign"]}},
    "permissions": {
        "invoice:refund": {"requires_verification": True},
        "invoice:sign": {"requires_verification": True, "verification_method": "totp"},
        "invoice:void": {"requires_approval": True},
        "invoice:read": {"blocked_while_impersonating": True},
    },
    "roles": {
        "billing": {
            "permissions": ["invoice:read", "invoice:refund", "invoice:void", "invoice:sign"]
        }
    },
}


def opened(**settings: Any) -> Site:
    site = open_site(**settings)
    site.emulator.set_policy(POLICY)
    site.emulator.grant_role(ANA, "billing")
    return site


@pytest.fixture
def site() -> Site:
    return opened()


@pytest.fixture
def ana(site: Site) -> Browser:
    return site.signed_in(ANA)


def demand(action: str = "read", resource: str | None = "invoice:{id}") -> PermissionRequirement:
    return PermissionRequirement(action, resource)


def guarded(site: Site, view: RequestView, wanted: PermissionRequirement) -> Reply | None:
    result = site.authenticate(view)
    return site.run(site.auth.permissions.guard(view, result, wanted, site.clock()))


def asked(browser: Browser, action: str = "read", id: object = 7, **headers: str) -> Reply | None:
    """What a view with `require_permission(action, "invoice:{id}")` answers this browser."""
    view = browser.request("GET", f"/invoices/{id}", **headers)
    return guarded(browser.site, view, demand(action).at({"id": id}))


def refused(reply: Reply | None) -> tuple[int, str]:
    assert reply is not None
    return reply.status, json.loads(reply.body)["reason"]


def sent(site: Site, path: str = CHECK) -> list[Any]:
    """What Scute was asked, in order."""
    calls = [each for each in site.stepper.effects if isinstance(each, HttpCall)]
    return [json.loads(call.body or b"{}") for call in calls if call.url.endswith(path)]


def user_of(browser: Browser) -> User:
    result = browser.authenticate()
    assert isinstance(result, SignedIn)
    return result.user


def impersonator(site: Site, email: str, name: str = "sam") -> Browser:
    browser = site.browser()
    browser.take(site.emulator.create_session(email, imp={"sub": name, "kind": "backend"}))
    return browser


class TestTheGuard:
    def test_who_may_passes(self, site: Site, ana: Browser) -> None:
        assert asked(ana) is None
        assert sent(site) == [
            {"user_id": user_of(ana).id, "action": "read", "resource": "invoice:7"}
        ]

    def test_who_may_not_is_told_why(self, site: Site) -> None:
        bob = site.signed_in(BOB)

        reply = asked(bob)

        assert refused(reply) == (403, "forbidden")
        assert reply is not None
        explained = "No role of bob@example.com grants invoice:read."
        assert json.loads(reply.body)["detail"] == explained

    def test_a_person_gets_a_page(self, site: Site) -> None:
        reply = asked(site.signed_in(BOB), accept="text/html")

        assert reply is not None
        assert reply.page is not None
        assert (reply.status, reply.page.name) == (403, "message")
        explained = "No role of bob@example.com grants invoice:read."
        assert reply.page.context["text"] == explained

    def test_who_is_not_signed_in_signs_in_first(self, site: Site) -> None:
        assert refused(guarded(site, request(), demand())) == (401, "missing")
        assert site.calls(CHECK) == 0

    def test_a_machine_has_no_permissions(self, site: Site) -> None:
        bearer = f"Bearer {site.emulator.create_machine()['access']}"
        view = request(headers={"authorization": bearer})

        assert refused(guarded(site, view, demand().at({"id": 7}))) == (401, "not_a_user")
        assert site.calls(CHECK) == 0

    @pytest.mark.parametrize("id", ["1/../2", "1:admin", "*", ""])
    def test_a_doubtful_resource_is_refused_without_asking(self, ana: Browser, id: str) -> None:
        assert refused(asked(ana, id=id)) == (403, "forbidden")
        assert ana.site.calls(CHECK) == 0

    def test_a_name_that_the_route_lacks_never_passes(self, site: Site, ana: Browser) -> None:
        with pytest.raises(ConfigError, match="has no 'id'"):
            guarded(site, ana.request(), demand().at({"number": 7}))

    def test_without_a_resource_none_is_sent(self, site: Site, ana: Browser) -> None:
        assert refused(guarded(site, ana.request(), demand("invite", None))) == (403, "forbidden")
        assert "resource" not in sent(site)[0]

    def test_an_approval_is_said_to_be_needed(self, ana: Browser) -> None:
        assert refused(asked(ana, "void")) == (403, "approval_required")
        page = asked(ana, "void", accept="text/html")
        assert page is not None
        assert (page.status, page.page is not None) == (403, True)

    def test_what_scute_does_not_explain_is_said_plainly(self, site: Site, ana: Browser) -> None:
        for told, text in [("deny", "You may not do this."), ("allow_with_approval", "approve")]:
            body = json.dumps({"decision": told})
            site.emulator.fault(CHECK, status=200, body=body, times=1)
            reply = asked(ana)
            assert reply is not None
            assert text in json.loads(reply.body)["detail"]

    def test_the_secret_asks_and_no_token_of_the_user(self, site: Site, ana: Browser) -> None:
        asked(ana)

        [call] = [e for e in site.stepper.effects if isinstance(e, HttpCall) and CHECK in e.url]
        assert ("authorization", f"Bearer {site.config.secret}") in call.headers
        assert str(ana.cookie("access")) not in str(call.headers)

    def test_without_a_secret_it_is_a_mistake_and_not_open(self) -> None:
        site = opened(secret=None, cookie_keys=("k" * 32,))

        with pytest.raises(ConfigError, match="SCUTE_SECRET"):
            asked(site.signed_in(ANA))


class TestOutages:
    @pytest.mark.parametrize(
        "fault",
        [
            {"status": 503},
            {"drop": True},
            {"status": 429},
            {"status": 401, "body": '{"error_code": "unauthorized"}'},
            {"status": 403, "body": "<html>"},
            {"status": 404, "body": "<html>"},
            {"status": 422, "body": '{"error_code": "invalid_check"}'},
            {"status": 200, "body": "{}"},
            {"status": 200, "body": '{"decision": true}'},
        ],
        ids=str,
    )
    def test_nobody_passes(self, site: Site, ana: Browser, fault: dict[str, Any]) -> None:
        site.emulator.fault(CHECK, **fault)

        assert refused(asked(ana)) == (503, "unavailable")

    def test_what_was_allowed_a_moment_ago_is_for_its_time(self, site: Site, ana: Browser) -> None:
        asked(ana)
        site.emulator.fault(CHECK, status=500)

        assert asked(ana) is None
        site.clock.now += site.config.decisions_lifetime
        assert refused(asked(ana)) == (503, "unavailable")

    def test_a_user_who_is_gone_at_scute_may_nothing(self, site: Site, ana: Browser) -> None:
        ana.authenticate()
        site.emulator.state.forget_user(site.emulator.state.users.by_id(user_of(ana).id))

        assert refused(asked(ana)) == (403, "forbidden")


class TestWhatIsRemembered:
    def test_a_yes_for_five_seconds(self, site: Site, ana: Browser) -> None:
        for _ in range(3):
            assert asked(ana) is None
        assert site.calls(CHECK) == 1

        site.clock.now += 4.0
        assert asked(ana) is None  # using it does not make it last
        site.clock.now += 1.0
        assert asked(ana) is None
        assert site.calls(CHECK) == 2

    def test_a_right_that_was_taken_away_ends_then(self, site: Site, ana: Browser) -> None:
        asked(ana)
        site.emulator.state.authz.revoke(user_of(ana).id, "billing", None)
        site.clock.now += 5.0

        assert refused(asked(ana)) == (403, "forbidden")

    def test_with_no_lifetime_it_is_asked_each_time(self) -> None:
        site = opened(decisions_lifetime=0)
        ana = site.signed_in(ANA)
        asked(ana)
        asked(ana)

        assert site.calls(CHECK) == 2

    def test_a_no_is_not_remembered(self, site: Site) -> None:
        bob = site.signed_in(BOB)
        assert refused(asked(bob)) == (403, "forbidden")
        site.emulator.grant_role(BOB, "billing")

        assert asked(bob) is None

    def test_the_yes_of_one_user_is_nobody_elses(self, site: Site, ana: Browser) -> None:
        asked(ana)

        assert refused(asked(site.signed_in(BOB))) == (403, "forbidden")

    def test_a_yes_is_for_one_action_and_one_resource(self, site: Site, ana: Browser) -> None:
        asked(ana)
        asked(ana, id=8)
        asked(ana, "void")
        guarded(site, ana.request(), demand("read", None))

        assert site.calls(CHECK) == 4

    def test_support_does_not_inherit_the_users_own_yes(self, site: Site, ana: Browser) -> None:
        assert asked(ana) is None

        assert refused(asked(impersonator(site, ANA))) == (403, "forbidden")

    def test_nor_the_user_or_another_actor_what_support_may(self, site: Site) -> None:
        allowed = json.dumps({"decision": "allow"})
        site.emulator.fault(CHECK, status=200, body=allowed, times=1)
        sam = impersonator(site, ANA)
        assert asked(sam, "void") is None
        assert asked(sam, "void") is None

        assert refused(asked(site.signed_in(ANA), "void")) == (403, "approval_required")
        assert refused(asked(impersonator(site, ANA, "eve"), "void")) == (403, "approval_required")


class TestSupportAccess:
    def test_scute_is_told_who_acts(self, site: Site) -> None:
        asked(impersonator(site, ANA))

        actor = {"sub": "sam", "kind": "backend"}
        assert sent(site)[0]["context"] == {"impersonated": True, "actor": actor}

    def test_also_of_many_at_once(self, site: Site) -> None:
        user = user_of(impersonator(site, ANA))
        flow = site.auth.permissions.decide(user, [Permission("read", "invoice:7")], site.clock())

        [decision] = site.run(flow)

        assert not decision.is_allowed
        assert sent(site, BATCH)[0]["checks"][0]["context"]["impersonated"] is True


class TestStepUp:
    def location(self, reply: Reply | None) -> str:
        assert reply is not None
        return dict(reply.headers)["location"]

    def code(self, site: Site) -> str:
        return site.emulator.messages(ANA)[0].code or ""

    def confirmed(self, ana: Browser, location: str, method: str = "email_otp") -> Any:
        page = ana.get(location).page
        fields = {"method": method, "next": page.context["next"]}
        begun = ana.post(page.context["action"], fields)
        assert begun.location == "/auth/step-up"
        return ana.post("/auth/step-up", {"code": self.code(ana.site)})

    def test_a_person_confirms_it_for_this_permission_and_comes_back(
        self, site: Site, ana: Browser
    ) -> None:
        location = self.location(asked(ana, "refund", accept="text/html"))

        done = self.confirmed(ana, location)

        assert (done.status, done.location) == (303, "/invoices/7")
        assert asked(ana, "refund") is None
        challenge = sent(site)[-1]["challenge"]
        told = site.emulator.state.challenges.get("app_demo", challenge)
        assert told is not None
        assert told.metadata == {"authorizes_action": "invoice:refund"}

    def test_the_challenge_is_shown_only_where_scute_asks_for_it(
        self, site: Site, ana: Browser
    ) -> None:
        self.confirmed(ana, self.location(asked(ana, "refund", accept="text/html")))
        asked(ana, "refund")
        asked(ana, "read")

        assert ["challenge" in each for each in sent(site)[1:]] == [False, True, False]

    def test_its_yes_is_not_remembered(self, site: Site, ana: Browser) -> None:
        """Another sign-in of the same user has not confirmed anything."""
        self.confirmed(ana, self.location(asked(ana, "refund", accept="text/html")))
        assert asked(ana, "refund") is None

        assert refused(asked(site.signed_in(ANA), "refund")) == (401, "step_up_required")

    def test_a_proof_for_another_permission_counts_for_nothing(
        self, site: Site, ana: Browser
    ) -> None:
        self.confirmed(ana, self.location(asked(ana, "refund", accept="text/html")))
        before = len(sent(site))

        assert refused(asked(ana, "sign")) == (401, "step_up_required")
        assert all("challenge" not in each for each in sent(site)[before:])

    def test_it_proves_nothing_else(self, site: Site, ana: Browser) -> None:
        """What a person confirmed for a refund must not delete the account."""
        self.confirmed(ana, self.location(asked(ana, "refund", accept="text/html")))

        assert refused(self.guarded_by_age(ana)) == (401, "step_up_required")

    def test_a_place_that_wants_both_gets_both(self, site: Site, ana: Browser) -> None:
        """Neither confirmation takes the place of the other, or the person would never arrive."""
        self.confirmed(ana, self.location(asked(ana, "refund", accept="text/html")))
        ana.post("/auth/step-up", {"method": "email_otp", "next": "/"})
        ana.post("/auth/step-up", {"code": self.code(site)})

        assert self.guarded_by_age(ana) is None
        assert asked(ana, "refund") is None

    def test_the_same_again_takes_the_place_of_the_one_before(
        self, site: Site, ana: Browser
    ) -> None:
        location = self.location(asked(ana, "refund", accept="text/html"))
        self.confirmed(ana, location)
        site.clock.now += 299
        self.confirmed(ana, location)
        site.clock.now += 299

        assert asked(ana, "refund") is None
        assert "~" not in (ana.cookie("proof") or "")

    def test_only_the_latest_are_kept(self, site: Site, ana: Browser) -> None:
        """A cookie is small, and so is a header."""
        for action in ("first", "second", "third", "fourth"):
            wish = Wish(user_of(ana).id, f"invoice:{action}", "")
            sealed = seal_wish(site.config, wish, site.clock())
            self.confirmed(ana, f"/auth/step-up?next=/&for={sealed}")

        result = ana.authenticate()
        assert isinstance(result, SignedIn)
        view = ana.request()
        found = [
            proof_of(view, site.config, result, site.clock(), f"invoice:{action}") is not None
            for action in ("first", "second", "third", "fourth")
        ]
        assert found == [False, True, True, True]

    def test_only_what_a_browser_takes_is_kept(self, site: Site, ana: Browser) -> None:
        """A cookie that is too large is dropped without a word: nothing would ever be proved."""
        now = site.clock()
        small, large = Proof("u", "s", now, "c", "small"), Proof("u", "s", now, "c" * 2400, "large")
        view = request()
        for proof in (small, replace(large, authorizes="other"), large):
            [cookie] = remember(view, site.config, proof).cookies
            view = request(cookies={cookie.name: cookie.value})

            assert len(f"{cookie.name}={cookie.value}") <= 4096

        assert "~" in cookie.value

    def guarded_by_age(self, browser: Browser) -> Reply | None:
        site, view = browser.site, browser.request("GET", "/danger")
        wanted = Requirement(step_up=300)
        return site.run(guard(view, site.config, site.authenticate(view), wanted, site.clock()))

    def test_the_page_says_what_is_confirmed(self, site: Site, ana: Browser) -> None:
        location = self.location(asked(ana, "refund", accept="text/html"))
        choose = ana.get(location).page
        ana.post(choose.context["action"], {"method": "email_otp", "next": "/"})
        enter = ana.get("/auth/step-up").page
        plain = ana.get("/auth/step-up?next=/").page

        shown = [each.context["permission"] for each in (choose, enter, plain)]
        assert shown == ["invoice:refund", "invoice:refund", ""]
        html = default_renderer("second_factor", {**enter.context, "nonce": "n"})
        assert "nothing else: invoice:refund</p>" in html

    def test_a_confirmation_for_nothing_in_particular_does_not_do(
        self, site: Site, ana: Browser
    ) -> None:
        ana.post("/auth/step-up", {"method": "email_otp", "next": "/"})
        ana.post("/auth/step-up", {"code": self.code(site)})

        assert refused(asked(ana, "refund")) == (401, "step_up_required")

    def test_one_that_scute_takes_no_more_is_asked_for_again(
        self, site: Site, ana: Browser
    ) -> None:
        self.confirmed(ana, self.location(asked(ana, "refund", accept="text/html")))
        site.clock.now += 301.0

        assert refused(asked(ana, "refund")) == (401, "step_up_required")

    def test_where_scute_wants_one_way_only_that_is_offered(self, site: Site, ana: Browser) -> None:
        site.emulator.enrol_totp(ANA)
        site.emulator.backup_codes(ANA)
        any_way = ana.get(self.location(asked(ana, "refund", accept="text/html"))).page
        one_way = ana.get(self.location(asked(ana, "sign", accept="text/html"))).page

        assert any_way.context["others"] == ["totp", "backup_code"]
        assert one_way.context["others"] == ["totp"]

    def test_who_cannot_do_it_that_way_is_told_so(self, ana: Browser) -> None:
        location = self.location(asked(ana, "sign", accept="text/html"))

        assert ana.get(location).status == 403

    def test_a_link_of_somebody_elses_authorizes_nothing(self, site: Site, ana: Browser) -> None:
        """Who sends Ana his own link must not have her confirm what she never asked for."""
        site.emulator.grant_role(BOB, "billing")
        bobs = self.location(asked(site.signed_in(BOB), "refund", accept="text/html"))
        for location in (bobs, "/auth/step-up?next=/&for=invoice:refund"):
            self.confirmed(ana, location)

            assert refused(asked(ana, "refund")) == (401, "step_up_required")

    def test_a_link_is_good_for_ten_minutes(self, site: Site, ana: Browser) -> None:
        location = self.location(asked(ana, "refund", accept="text/html"))
        site.clock.now += 600.0
        self.confirmed(ana, location)

        assert refused(asked(ana, "refund")) == (401, "step_up_required")

    def test_another_way_is_for_the_same_permission(self, site: Site, ana: Browser) -> None:
        """Also where somebody changes his mind on the page that asks."""
        site.emulator.enrol_totp(ANA)
        [backup, *_] = site.emulator.backup_codes(ANA)
        page = ana.get(self.location(asked(ana, "refund", accept="text/html"))).page
        ana.post(page.context["action"], {"method": "totp", "next": page.context["next"]})
        ana.post("/auth/step-up", {"method": "backup_code"})
        done = ana.post("/auth/step-up", {"code": backup})

        assert done.location == "/invoices/7"
        assert asked(ana, "refund") is None

    def test_a_caller_is_told_where_and_how(self, site: Site) -> None:
        """RFC 9470, with the permission in the address."""
        session = site.emulator.create_session(ANA)
        client = site.browser()
        header = {"authorization": f"Bearer {session['access']}"}
        reply = asked(client, "refund", **header)
        assert reply is not None
        told = json.loads(reply.body)
        challenge = dict(reply.headers)["www-authenticate"]
        bearer = header["authorization"]
        begun = client.post(
            told["step_up"], {"method": "email_otp"}, script=True, authorization=bearer
        )
        fields = {"code": self.code(site), "state": begun.json["state"]}
        done = client.post(told["step_up"], fields, script=True, authorization=bearer)
        proof = done.json["proof"]

        assert (reply.status, told["permission"]) == (401, "invoice:refund")
        assert challenge.startswith('Bearer error="insufficient_user_authentication"')
        assert "max_age" not in challenge
        assert asked(client, "refund", x_scute_step_up=proof, **header) is None
        assert refused(asked(client, "refund", **header)) == (401, "step_up_required")

    def test_a_script_begins_anew_beside_a_step_up_that_was_begun(
        self, site: Site, ana: Browser
    ) -> None:
        ana.post("/auth/step-up", {"method": "email_otp", "next": "/"})
        reply = asked(ana, "refund")
        assert reply is not None
        ana.post(json.loads(reply.body)["step_up"], {"method": "email_otp"}, script=True)
        ana.post("/auth/step-up", {"code": self.code(site)}, script=True)

        assert asked(ana, "refund") is None

    def test_without_a_name_for_it_no_proof_counts(self, site: Site, ana: Browser) -> None:
        """Scute says what a step-up must be for; where it does not, none can be."""
        ana.post("/auth/step-up", {"method": "email_otp", "next": "/"})
        ana.post("/auth/step-up", {"code": self.code(site)})
        body = json.dumps({"decision": "allow_with_step_up"})
        site.emulator.fault(CHECK, status=200, body=body)

        assert refused(asked(ana)) == (401, "step_up_required")
        assert site.calls(CHECK) == 1


class TestSeveralAtOnce:
    def decide(self, browser: Browser, *permissions: Permission) -> tuple[Decision, ...]:
        site = browser.site
        flow = site.auth.permissions.decide(user_of(browser), permissions, site.clock())
        return site.run(flow)

    def test_each_gets_its_decision_in_order(self, site: Site, ana: Browser) -> None:
        wanted = [Permission(action, "invoice:7") for action in ("void", "read", "shred", "refund")]

        found = self.decide(ana, *wanted)

        outcomes = ["allow_with_approval", "allow", "deny", "allow_with_step_up"]
        assert [each.outcome for each in found] == outcomes
        assert (site.calls(BATCH), site.calls(CHECK)) == (1, 0)

    def test_more_than_scute_takes_are_asked_in_turns(self, site: Site, ana: Browser) -> None:
        found = self.decide(ana, *(Permission("read", f"invoice:{n}") for n in range(250)))

        assert all(each.is_allowed for each in found)
        assert [len(each["checks"]) for each in sent(site, BATCH)] == [100, 100, 50]

    def test_what_is_known_is_not_asked_again(self, site: Site, ana: Browser) -> None:
        asked(ana)
        seven, eight = Permission("read", "invoice:7"), Permission("read", "invoice:8")

        found = self.decide(ana, seven, eight, seven)
        again = self.decide(ana, seven, eight)

        assert [each.is_allowed for each in (*found, *again)] == [True] * 5
        assert [len(each["checks"]) for each in sent(site, BATCH)] == [1]
        assert asked(ana, id=8) is None
        assert site.calls(CHECK) == 1

    @pytest.mark.parametrize("id", ["1:admin", "1/../2", "", "*", "1 2", "{id}"])
    def test_a_doubtful_resource_is_denied_without_asking(self, ana: Browser, id: str) -> None:
        """An app may have put there what a visitor wrote."""
        [denied, allowed] = self.decide(
            ana, Permission("read", f"invoice:{id}"), Permission("read", "invoice:7")
        )

        assert (denied.is_allowed, allowed.is_allowed) == (False, True)
        assert [len(each["checks"]) for each in sent(ana.site, BATCH)] == [1]

    def test_none_costs_nothing(self, ana: Browser) -> None:
        assert self.decide(ana) == ()
        assert ana.site.calls(BATCH) == 0

    def test_in_an_outage_nothing_is_decided(self, site: Site, ana: Browser) -> None:
        site.emulator.fault(BATCH, status=500)

        with pytest.raises(ScuteUnavailable):
            self.decide(ana, Permission("read", "invoice:7"))

    @pytest.mark.parametrize("results", [[], [{"decision": "allow"}] * 3], ids=len)
    def test_answers_that_do_not_fit_the_questions_decide_nothing(
        self, site: Site, ana: Browser, results: list[Any]
    ) -> None:
        """One too few or too many, and a yes could be taken for the answer to another."""
        site.emulator.fault(BATCH, status=200, body=json.dumps({"results": results}))

        with pytest.raises(ScuteUnavailable, match="undecided"):
            self.decide(ana, Permission("read", "invoice:7"), Permission("read", "invoice:8"))

    def test_a_user_who_is_gone_at_scute_may_nothing(self, site: Site, ana: Browser) -> None:
        user = user_of(ana)
        site.emulator.state.forget_user(site.emulator.state.users.by_id(user.id))
        wanted = [Permission("read", "invoice:7"), Permission("read", "invoice:8")]

        found = site.run(site.auth.permissions.decide(user, wanted, site.clock()))

        assert [each.outcome for each in found] == ["deny", "deny"]
