"""`POST /auth/webhook`: who is refused, and that nothing is handled twice."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from scute_auth.deliveries import CLAIMED_FOR, KEPT_FOR, give_back, keep
from scute_auth.effects import Answer, Log, StoreCall
from scute_auth.endpoints import handle, max_body
from scute_auth.errors import ScuteUnavailable
from scute_auth.http import MAX_BODY, RequestView
from scute_auth.identity import SignedIn
from scute_auth.signin.visit import Outcome, Visit
from scute_auth.webhook_events import WebhookEvent
from scute_auth.webhooks import MAX_WEBHOOK, TOLERANCE, signature
from tests.unit.sessions import Site, open_site, request

SECRET = "whsec_3f9d1c5b7a2e4860"
NEWER = "whsec_1111111111111111"


@pytest.fixture
def site() -> Site:
    return open_site(webhook_secrets=(NEWER, SECRET))


def delivery(site: Site, *, secret: str = SECRET, late: float = 0, **members: Any) -> RequestView:
    """As Scute sends it; `late` is how many seconds ago it was signed."""
    event = {"id": "dlv_1", "event_type": "user.updated", "app_id": site.config.app_id, **members}
    body = json.dumps(event).encode()
    headers = {
        "content-type": "application/json",
        "user-agent": "AppName-Webhooks/1.0",
        "x-webhook-signature": signature(secret, int(site.clock() - late), body),
    }
    return request("POST", "/auth/webhook", headers, body=body)


def receive(site: Site, view: RequestView) -> Outcome:
    visit = Visit(
        site.auth, view, site.authenticate(view), site.clock(), site.emulator.state.random(32)
    )
    return site.run(handle(visit))


def handled(site: Site, view: RequestView) -> WebhookEvent:
    """Receive it, and be done with it as the façades are."""
    outcome = receive(site, view)
    assert (outcome.reply.status, outcome.reply.body) == (200, b'{"status": "handled"}')
    assert outcome.event is not None
    site.run(keep(site.config, outcome.event))
    return outcome.event


def fail(site: Site, outcome: Outcome) -> None:
    """A handler raises."""
    assert outcome.event is not None
    site.run(give_back(site.config, outcome.event, outcome.claim))


def reason(outcome: Outcome) -> tuple[int, str]:
    assert outcome.event is None
    return outcome.reply.status, json.loads(outcome.reply.body)["reason"]


@pytest.mark.parametrize("secret", [SECRET, NEWER])
def test_an_event_is_for_the_handlers(site: Site, secret: str) -> None:
    event = handled(site, delivery(site, secret=secret))

    assert (event.id, event.type) == ("dlv_1", "user.updated")
    assert site.logged() == []


def test_it_comes_from_no_page_and_needs_no_origin(site: Site) -> None:
    view = delivery(site)
    foreign = [(b"origin", b"https://evil.example"), (b"sec-fetch-site", b"cross-site")]

    assert receive(site, replace(view, headers=[*view.headers, *foreign])).event is not None


def test_a_bad_signature_is_refused_and_logged(site: Site) -> None:
    refused = receive(site, delivery(site, secret="whsec_0000000000000000"))

    assert reason(refused) == (400, "signature")
    assert site.logged() == ["a webhook was refused: signature"]
    assert [log.level for log in site.stepper.effects if isinstance(log, Log)] == [logging.WARNING]


@pytest.mark.parametrize(
    ("late", "why"), [(TOLERANCE + 1, "old"), (-TOLERANCE - 1, "future")], ids=["old", "future"]
)
def test_it_was_signed_just_now(site: Site, late: float, why: str) -> None:
    assert reason(receive(site, delivery(site, late=late))) == (400, why)


def test_the_header_is_there_and_the_body_is_not_huge(site: Site) -> None:
    bare = request("POST", "/auth/webhook", body=b"{}")
    huge = request("POST", "/auth/webhook", body=b" " * (MAX_WEBHOOK + 1))

    assert reason(receive(site, bare)) == (400, "missing")
    assert reason(receive(site, huge)) == (413, "too_large")


def test_a_body_that_the_server_keeps_to_itself_is_called_so(site: Site) -> None:
    """Django reads none that comes in chunks, under WSGI."""
    chunked = [(b"transfer-encoding", b"chunked")]
    view = delivery(site)
    empty = replace(view, body=b"")

    without = replace(empty, headers=[*empty.headers, *chunked])
    assert reason(receive(site, without)) == (400, "no_body")
    assert reason(receive(site, empty)) == (400, "signature")
    assert receive(site, replace(view, headers=[*view.headers, *chunked])).event is not None


def test_more_is_read_of_a_webhook_than_of_a_form(site: Site) -> None:
    assert max_body("/webhook", site.config) == MAX_WEBHOOK
    assert max_body("/sign-out", site.config) == MAX_BODY
    assert max_body("/nowhere", site.config) == MAX_BODY
    assert max_body("/webhook", open_site().config) == MAX_BODY

    large = {"x": "x" * MAX_BODY}
    assert handled(site, delivery(site, data=large)).data == large


def test_another_apps_event_is_refused(site: Site) -> None:
    assert reason(receive(site, delivery(site, app_id="app_other"))) == (400, "wrong_app")


def test_the_older_payloads_name_the_app_by_what_we_cannot_compare(site: Site) -> None:
    other_name = "0b8d7a52-6a0e-4c86-9a35-0d5e5a0f7c11"

    assert handled(site, delivery(site, app_id=other_name)).app_id == other_name


class TestOnce:
    @pytest.mark.parametrize("seconds", [0, 60, 2 * TOLERANCE - 1])
    def test_the_same_bytes_again_are_a_replay(self, site: Site, seconds: float) -> None:
        view = delivery(site, late=-TOLERANCE)
        handled(site, view)
        site.clock.now += seconds

        assert reason(receive(site, view)) == (409, "replayed")
        assert site.logged() == ["a webhook was refused: replayed"]

    def test_for_processes_that_share_a_store(self, site: Site) -> None:
        view = delivery(site)
        handled(site, view)

        assert reason(receive(site.other_process(), view)) == (409, "replayed")

    def test_a_replay_with_another_good_signature_too(self, site: Site) -> None:
        handled(site, delivery(site))

        assert reason(receive(site, delivery(site, secret=NEWER))) == (409, "replayed")

    def test_a_retry_of_what_was_handled_is_acknowledged_and_not_handled(self, site: Site) -> None:
        handled(site, delivery(site))
        site.clock.now += 3600

        again = receive(site, delivery(site))

        assert (again.reply.status, again.event) == (200, None)
        assert again.reply.body == b'{"status": "handled_before"}'

    def test_while_it_is_handled_scute_is_asked_to_wait(self, site: Site) -> None:
        receive(site, delivery(site))

        meanwhile = receive(site.other_process(), delivery(site))

        assert reason(meanwhile) == (503, "in_progress")
        assert ("retry-after", "10") in meanwhile.reply.headers

    def test_what_a_handler_failed_on_is_handled_at_the_next_try(self, site: Site) -> None:
        fail(site, receive(site, delivery(site)))

        assert handled(site, delivery(site)).id == "dlv_1"

    def test_who_fails_after_its_time_gives_back_no_claim_but_its_own(self, site: Site) -> None:
        late = receive(site, delivery(site))
        site.clock.now += CLAIMED_FOR + 1
        second = receive(site.other_process(), delivery(site))
        assert second.event is not None

        fail(site, late)

        assert reason(receive(site, delivery(site))) == (503, "in_progress")
        fail(site, second)
        assert handled(site, delivery(site)).id == "dlv_1"

    def test_nor_does_it_forget_that_another_handled_it(self, site: Site) -> None:
        late = receive(site, delivery(site))
        site.clock.now += CLAIMED_FOR + 1
        handled(site, delivery(site))

        fail(site, late)

        assert reason(receive(site, delivery(site))) == (409, "replayed")

    def test_what_is_handled_stays_so_whoever_has_claimed_it_since(self, site: Site) -> None:
        late = receive(site, delivery(site))
        site.clock.now += CLAIMED_FOR + 1
        second = receive(site, delivery(site))

        assert late.event is not None
        site.run(keep(site.config, late.event))
        fail(site, second)

        assert receive(site, delivery(site)).reply.body == b'{"status": "handled_before"}'

    def test_a_process_that_died_holds_its_claim_for_a_while_only(self, site: Site) -> None:
        receive(site, delivery(site))
        site.clock.now += CLAIMED_FOR + 1

        assert handled(site, delivery(site)).id == "dlv_1"

    def test_a_claim_that_is_given_back_just_then_still_means_wait(self, site: Site) -> None:
        view = delivery(site)
        flow = handle(Visit(site.auth, view, site.authenticate(view), site.clock(), b""))

        asked = [next(flow), flow.send(Answer(False, site.clock()))]
        with pytest.raises(StopIteration) as stopped:
            flow.send(Answer(None, site.clock()))

        assert [getattr(effect, "operation", "") for effect in asked] == ["add", "get"]
        assert reason(stopped.value.value) == (503, "in_progress")

    def test_other_deliveries_and_apps_are_others(self, site: Site) -> None:
        handled(site, delivery(site))

        assert handled(site, delivery(site, id="dlv_2")).id == "dlv_2"

    def test_it_is_remembered_for_longer_than_its_signature_is_good(self) -> None:
        assert KEPT_FOR > 2 * TOLERANCE

    def test_no_store_learns_what_came(self, site: Site) -> None:
        handled(site, delivery(site, id="dlv_\ud83d\ude00" * 100))

        keys = [effect.key for effect in site.stepper.effects if isinstance(effect, StoreCall)]
        assert keys
        assert all(key.startswith("scute:app_demo:webhook:") and len(key) < 128 for key in keys)
        assert not any("dlv" in key for key in keys)


class TestWithoutAStore:
    @pytest.mark.parametrize("operation", ["add", "get"])
    def test_nobody_can_tell_and_scute_comes_again(self, site: Site, operation: str) -> None:
        if operation == "get":
            handled(site, delivery(site))
        site.stepper.broken = frozenset({operation})

        answered = receive(site, delivery(site))

        assert (answered.reply.status, answered.event) == (503, None)

    def test_that_it_was_handled_is_not_forgotten_in_silence(self, site: Site) -> None:
        event = receive(site, delivery(site)).event
        assert event is not None
        site.stepper.broken = frozenset({"set"})

        with pytest.raises(ScuteUnavailable):
            site.run(keep(site.config, event))

    @pytest.mark.parametrize("operation", ["get", "delete"])
    def test_the_handlers_own_error_is_the_one_to_be_seen(self, site: Site, operation: str) -> None:
        claimed = receive(site, delivery(site))
        site.stepper.broken = frozenset({operation})

        fail(site, claimed)

        assert site.logged() == ["a webhook was not given back: the store failed"]


def test_the_profile_of_whom_it_is_about_is_asked_for_anew(site: Site) -> None:
    browsers = [site.signed_in(f"{name}@example.com") for name in ("ana", "bob")]
    ana, bob = (browser.authenticate() for browser in browsers)
    assert isinstance(ana, SignedIn)
    assert isinstance(bob, SignedIn)

    def profiles_asked_for() -> int:
        before = site.calls("/current_user")
        for signed_in in (ana, bob):
            site.run(site.auth.profiles.of(signed_in.session, site.clock()))
        return site.calls("/current_user") - before

    assert [profiles_asked_for(), profiles_asked_for()] == [2, 0]
    handled(site, delivery(site, user={"id": "usr_base", "app_user_id": ana.user.id}))
    assert profiles_asked_for() == 1
