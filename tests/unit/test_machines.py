"""Machines: who calls with which token, what Scute is asked about it, and how long that counts."""

from typing import Any

import pytest

from scute_auth.context import Current, current_machine, optional_machine, variable
from scute_auth.effects import HttpCall
from scute_auth.errors import ConfigError, NotSignedIn, Reason, ScuteUnavailable
from scute_auth.guards import MachineRequirement, gate, without_machine
from scute_auth.http import Reply
from scute_auth.identity import (
    AuthResult,
    Machine,
    SignedIn,
    SignedOut,
    Unavailable,
    machine_of,
)
from tests.unit.sessions import Site, open_site, request
from tests.unit.support import NOW

VERIFY = "/m2m/verify"
KINDS = pytest.mark.parametrize("kind", ["access", "short_token"])
REMOTE = MachineRequirement("remote")


@pytest.fixture
def site() -> Site:
    return open_site()


@pytest.fixture
def tokens(site: Site) -> dict[str, Any]:
    return site.emulator.create_machine("billing")


def sent(site: Site, token: str, header: str = "authorization") -> AuthResult:
    return site.authenticate(request(headers={header: f"Bearer {token}"}))


def reason(result: AuthResult) -> Reason:
    assert isinstance(result, SignedOut), result
    assert result.machine is None
    return result.reason


def wait(result: AuthResult) -> float:
    assert isinstance(result, Unavailable), result
    return result.retry_after


def name(result: AuthResult) -> str | None:
    machine = machine_of(result)
    assert machine is not None, result
    return machine.client_name


def invented(number: int) -> str:
    return f"scm2m_{number:08d}"


class TestWhoCalls:
    @KINDS
    @pytest.mark.parametrize("header", ["authorization", "x-authorization"])
    def test_a_machine_is_known_by_either_token(
        self, site: Site, tokens: dict[str, Any], kind: str, header: str
    ) -> None:
        result = sent(site, tokens[kind], header)

        assert isinstance(result, SignedOut)
        assert result.machine == Machine("billing")
        assert result.reason is Reason.NOT_A_USER
        assert result.changes.by_headers == site.config.token_headers
        assert tokens[kind] not in repr(result)

    def test_a_jwt_is_verified_here_and_remembered(
        self, site: Site, tokens: dict[str, Any]
    ) -> None:
        first = sent(site, tokens["access"])
        effects = len(site.stepper.effects)

        again = sent(site, tokens["access"])

        assert name(first) == name(again) == "billing"
        assert len(site.stepper.effects) == effects
        assert site.calls(VERIFY) == 0

    def test_it_is_forgotten_with_the_keys_that_proved_it(
        self, site: Site, tokens: dict[str, Any]
    ) -> None:
        sent(site, tokens["access"])
        site.clock.now += site.config.keys_lifetime

        assert name(sent(site, tokens["access"])) == "billing"
        assert site.calls("/.well-known/jwks.json") == 2

    def test_a_jwt_says_no_name_if_scute_left_it_out(self, site: Site) -> None:
        jwt = site.emulator.mint({"m2m": True, "aid": "app_demo", "exp": int(NOW) + 60})

        assert name(sent(site, jwt)) is None

    @pytest.mark.parametrize("kind", ["access", "short_token", "refresh"])
    def test_no_machine_comes_by_cookie(
        self, site: Site, tokens: dict[str, Any], kind: str
    ) -> None:
        """Remembered or not: what a browser sends by itself never is a machine."""
        sent(site, tokens["access"])
        browser = site.browser()
        browser.put("access", tokens[kind])

        result = browser.authenticate()

        assert machine_of(result) is None
        assert not isinstance(result, SignedIn)

    def test_a_machine_of_another_app_is_refused(self, site: Site) -> None:
        """security.md T17: the apps of a workspace share their keys."""
        other = site.emulator.create_machine(app_id=site.emulator.create_app().id)

        assert reason(sent(site, other["access"])) is Reason.WRONG_APP
        assert reason(sent(site, other["short_token"])) is Reason.REVOKED

    def test_a_machines_refresh_token_is_no_access_token(
        self, site: Site, tokens: dict[str, Any]
    ) -> None:
        """T19"""
        assert reason(sent(site, tokens["refresh"])) is Reason.NOT_ACCESS

    @pytest.mark.parametrize("claims", [{"uuid": "usr_1"}, {"imp": True}, {"act": {}}], ids=str)
    def test_a_machine_that_is_a_person_too_is_neither(
        self, site: Site, claims: dict[str, Any]
    ) -> None:
        machine = {"m2m": True, "aid": "app_demo", "exp": int(NOW) + 60}

        why = reason(sent(site, site.emulator.mint(machine | claims)))

        assert why in (Reason.NOT_A_USER, Reason.NOT_ACCESS)

    def test_a_machine_never_gets_through_the_gate(self) -> None:
        """Where everything is private, views expect a user."""
        site = open_site(require_by_default=True)
        result = sent(site, site.emulator.create_machine()["access"])

        reply = gate(request(path="/notes"), site.config, result)

        assert reply is not None
        assert (reply.status, b'"not_a_user"' in reply.body) == (401, True)


class TestAShortToken:
    def test_scute_is_asked_once_in_a_minute(self, site: Site, tokens: dict[str, Any]) -> None:
        for _ in range(3):
            assert name(sent(site, tokens["short_token"])) == "billing"
        site.clock.now += 59.0
        assert name(sent(site, tokens["short_token"])) == "billing"
        assert site.calls(VERIFY) == 1

        site.clock.now += 1.0
        assert name(sent(site, tokens["short_token"])) == "billing"
        assert site.calls(VERIFY) == 2

    def test_a_revoked_one_passes_for_no_longer_than_that(
        self, site: Site, tokens: dict[str, Any]
    ) -> None:
        sent(site, tokens["short_token"])
        site.emulator.revoke_machines("billing")
        site.clock.now += site.config.machines_lifetime

        assert reason(sent(site, tokens["short_token"])) is Reason.REVOKED

    def test_with_no_lifetime_it_is_asked_each_time(self) -> None:
        site = open_site(machines_lifetime=0)
        token = site.emulator.create_machine()["short_token"]
        sent(site, token)
        site.emulator.revoke_machines("billing")

        assert reason(sent(site, token)) is Reason.REVOKED

    def test_a_no_is_remembered_as_long(self, site: Site) -> None:
        for _ in range(3):
            assert reason(sent(site, invented(1))) is Reason.REVOKED
        assert site.calls(VERIFY) == 1

        site.clock.now += 60.0
        sent(site, invented(1))
        assert site.calls(VERIFY) == 2

    @pytest.mark.parametrize(
        "token",
        [
            "scm2m_",
            "scm2m_short",
            "scm2m_" + "x" * 513,
            "scm2m_1234567/../verify",
            "scm2m_\xe912345678",
        ],
        ids=["bare", "short", "long", "path", "not-ascii"],
    )
    def test_what_is_none_is_refused_without_a_call(self, site: Site, token: str) -> None:
        assert reason(sent(site, token)) is Reason.MALFORMED
        assert site.calls(VERIFY) == 0

    @pytest.mark.parametrize(
        ("status", "body"),
        [(400, '{"error_code": "x"}'), (422, "{}"), (404, ""), (200, '{"verified": false}')],
    )
    def test_any_no_of_scutes_own_is_a_no(self, site: Site, status: int, body: str) -> None:
        """No invented token may look like an outage: that would shut the others out."""
        site.emulator.fault(VERIFY, status=status, body=body, times=1)

        assert reason(sent(site, invented(1))) is Reason.REVOKED
        assert name(sent(site, site.emulator.create_machine()["short_token"])) == "billing"


class TestAFloodOfInventedTokens:
    def flood(self, site: Site, many: int = 1000) -> list[AuthResult]:
        return [sent(site, invented(number)) for number in range(many)]

    def test_scute_is_asked_sixty_times_in_a_minute(self, site: Site) -> None:
        results = self.flood(site)

        assert {reason(each) for each in results[:60]} == {Reason.REVOKED}
        assert {wait(each) for each in results[60:]} == {60.0}
        assert site.calls(VERIFY) == 60

    def test_a_machine_that_was_here_today_still_comes_in(
        self, site: Site, tokens: dict[str, Any]
    ) -> None:
        sent(site, tokens["short_token"])
        site.clock.now += 3600.0
        self.flood(site)

        assert name(sent(site, tokens["short_token"])) == "billing"

    def test_a_new_one_comes_in_with_the_next_minute(
        self, site: Site, tokens: dict[str, Any]
    ) -> None:
        self.flood(site)
        assert wait(sent(site, tokens["short_token"])) == 60.0

        site.clock.now += 60.0
        assert name(sent(site, tokens["short_token"])) == "billing"

    def test_good_ones_do_not_count(self, site: Site) -> None:
        for _ in range(100):
            assert name(sent(site, site.emulator.create_machine()["short_token"])) == "billing"

    def test_a_revoked_one_is_a_stranger_again(self, site: Site, tokens: dict[str, Any]) -> None:
        sent(site, tokens["short_token"])
        site.emulator.revoke_machines("billing")
        site.clock.now += 60.0
        sent(site, tokens["short_token"])
        site.clock.now += 60.0
        self.flood(site)

        assert wait(sent(site, tokens["short_token"])) == 60.0

    def test_signed_tokens_are_never_shut_out(self, site: Site, tokens: dict[str, Any]) -> None:
        self.flood(site)

        assert name(sent(site, tokens["access"])) == "billing"


class TestAnOutage:
    @pytest.mark.parametrize(
        "fault", [{"status": 503}, {"drop": True}, {"status": 403, "body": "<html>"}], ids=str
    )
    def test_nobody_is_refused_and_nobody_passes(
        self, site: Site, tokens: dict[str, Any], fault: dict[str, Any]
    ) -> None:
        site.emulator.fault(VERIFY, **fault)

        assert wait(sent(site, tokens["short_token"])) >= 1.0

    def test_what_is_remembered_is_good_to_its_end(
        self, site: Site, tokens: dict[str, Any]
    ) -> None:
        sent(site, tokens["short_token"])
        site.emulator.fault(VERIFY, status=500)
        site.clock.now += 59.0
        assert name(sent(site, tokens["short_token"])) == "billing"

        site.clock.now += 1.0
        assert wait(sent(site, tokens["short_token"])) >= 1.0

    def test_not_every_request_asks_again(self, site: Site, tokens: dict[str, Any]) -> None:
        site.emulator.fault(VERIFY, status=500)

        for _ in range(10):
            assert wait(sent(site, tokens["short_token"])) == 1.0
        assert site.calls(VERIFY) == 1

    def test_it_is_over_when_scute_answers(self, site: Site, tokens: dict[str, Any]) -> None:
        site.emulator.fault(VERIFY, status=500, times=1)
        sent(site, tokens["short_token"])
        site.clock.now += 1.0

        assert name(sent(site, tokens["short_token"])) == "billing"

    def test_scute_says_when_to_come_back(self, site: Site, tokens: dict[str, Any]) -> None:
        site.emulator.fault(VERIFY, status=429, headers={"retry-after": "17"})

        assert wait(sent(site, tokens["short_token"])) == 17.0


class TestRemoteChecks:
    @pytest.fixture
    def site(self) -> Site:
        return open_site(check="remote")

    def test_a_revoked_jwt_is_refused(self, site: Site, tokens: dict[str, Any]) -> None:
        assert name(sent(site, tokens["access"])) == "billing"
        site.emulator.revoke_machines("billing")
        assert name(sent(site, tokens["access"])) == "billing"  # for as long as it is remembered
        site.clock.now += site.config.machines_lifetime

        assert reason(sent(site, tokens["access"])) is Reason.REVOKED

    def test_a_short_token_is_asked_about_once(self, site: Site, tokens: dict[str, Any]) -> None:
        assert name(sent(site, tokens["short_token"])) == "billing"
        assert site.calls(VERIFY) == 1

    def test_an_outage_is_no_refusal(self, site: Site, tokens: dict[str, Any]) -> None:
        site.emulator.fault(VERIFY, status=503)

        assert wait(sent(site, tokens["access"])) == 1.0

    def test_scute_gives_a_nameless_jwt_its_name(self, site: Site) -> None:
        site.emulator.fault(VERIFY, status=200, body='{"verified": true, "client_name": "ops"}')
        jwt = site.emulator.mint({"m2m": True, "aid": "app_demo", "exp": int(NOW) + 60})

        result = sent(site, jwt)

        assert name(result) == "ops"

    def test_a_users_token_is_not_asked_about_there(self, site: Site) -> None:
        access = site.emulator.create_session("ana@example.com")["access"]

        assert isinstance(sent(site, access), SignedIn)
        assert site.calls(VERIFY) == 0


def guard(
    site: Site, token: str, demand: MachineRequirement = REMOTE, **headers: str
) -> Reply | None:
    view = request(headers={"authorization": f"Bearer {token}", **headers})
    result = site.authenticate(view)
    return site.run(site.auth.machines.guard(view, result, demand, site.clock()))


class TestTheGuard:
    @KINDS
    def test_a_machine_passes(self, site: Site, tokens: dict[str, Any], kind: str) -> None:
        assert guard(site, tokens[kind]) is None
        assert guard(site, tokens[kind], MachineRequirement()) is None

    def test_a_revoked_jwt_passes_only_where_nobody_asks(
        self, site: Site, tokens: dict[str, Any]
    ) -> None:
        site.emulator.revoke_machines("billing")

        assert guard(site, tokens["access"], MachineRequirement()) is None
        refused = guard(site, tokens["access"])

        assert refused is not None
        assert (refused.status, b'"revoked"' in refused.body) == (401, True)

    def test_an_outage_closes_where_scute_must_be_asked(
        self, site: Site, tokens: dict[str, Any]
    ) -> None:
        site.emulator.fault(VERIFY, status=500)
        refused = guard(site, tokens["access"])

        assert refused is not None
        assert (refused.status, ("retry-after", "1") in refused.headers) == (503, True)

    def test_with_remote_settings_scute_is_asked_once(self) -> None:
        site = open_site(check="remote", machines_lifetime=0)

        assert guard(site, site.emulator.create_machine()["access"]) is None
        assert site.calls(VERIFY) == 1

    def test_a_browser_is_not_sent_to_the_sign_in_page(self, site: Site) -> None:
        """It would come back as a user, and be sent again."""
        refused = guard(
            site, site.emulator.create_session("a@b.example")["access"], accept="text/html"
        )

        assert refused is not None
        assert (refused.status, b'"not_a_machine"' in refused.body) == (401, True)
        assert dict(refused.headers)["www-authenticate"].startswith('Bearer error="invalid_token"')

    def test_without_a_token_one_is_asked_for(self, site: Site) -> None:
        view = request(headers={"accept": "text/html"})
        flow = site.auth.machines.guard(view, site.authenticate(view), REMOTE, site.clock())

        refused = site.run(flow)

        assert refused is not None
        assert b"Send a machine's token." in refused.body
        assert ("www-authenticate", "Bearer") in refused.headers

    @pytest.mark.parametrize("check", ["always", "", True], ids=repr)
    def test_a_demand_that_makes_no_sense_is_an_error_at_once(self, check: Any) -> None:
        with pytest.raises(ConfigError, match="require_machine"):
            MachineRequirement(check)


class TestTheVerdictWithoutAMachine:
    @pytest.mark.parametrize(
        ("given", "told"),
        [
            (Reason.MISSING, Reason.MISSING),
            (Reason.EXPIRED, Reason.EXPIRED),
            (Reason.NOT_A_USER, Reason.NOT_A_MACHINE),
        ],
    )
    def test_its_reason_stays_unless_it_is_about_users(self, given: Reason, told: Reason) -> None:
        assert without_machine(SignedOut(given)) == SignedOut(told, wanted="machine")

    def test_nobody_knows_in_an_outage(self) -> None:
        assert without_machine(Unavailable(3.0)) == Unavailable(3.0)


class TestTheCurrentMachine:
    def within(self, result: AuthResult) -> Any:
        return variable.set(Current(request(), result, None))

    def test_it_is_there_in_a_request(self) -> None:
        token = self.within(SignedOut(Reason.NOT_A_USER, machine=Machine("billing")))
        try:
            assert current_machine() == optional_machine() == Machine("billing")
        finally:
            variable.reset(token)

    def test_without_one_it_raises(self, site: Site) -> None:
        token = self.within(sent(site, site.emulator.create_session("a@b.example")["access"]))
        try:
            assert optional_machine() is None
            with pytest.raises(NotSignedIn, match="no machine is signed in") as caught:
                current_machine()
        finally:
            variable.reset(token)
        assert (caught.value.reason, caught.value.wanted) == (Reason.NOT_A_MACHINE, "machine")

    def test_in_an_outage_it_says_so(self) -> None:
        token = self.within(Unavailable(3.0))
        try:
            with pytest.raises(ScuteUnavailable):
                current_machine()
        finally:
            variable.reset(token)


def test_the_token_goes_to_scute_in_its_header_alone(site: Site, tokens: dict[str, Any]) -> None:
    sent(site, tokens["short_token"])

    calls = [each for each in site.stepper.effects if isinstance(each, HttpCall)]

    assert ("authorization", f"Bearer {tokens['short_token']}") in calls[-1].headers
    assert all(tokens["short_token"] not in call.url for call in calls)
    assert all(tokens["short_token"] not in line for line in site.logged())
