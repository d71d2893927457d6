"""Webhooks of the emulator: endpoints, what is sent to them, and what becomes of it."""

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from io import StringIO
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx2
import pytest

from scute_auth import Hooks, Scute, ScuteConfig, WebhookEvent
from scute_auth.effects import HttpCall, HttpFailure, HttpOutcome, HttpReply
from scute_auth.webhooks import WebhookKind, verify_webhook
from scute_emulator import Emulator
from scute_emulator.state.webhooks import FIRST_WAIT
from scute_wsgi import ScuteAuth
from tests.emulator.support import Api, Clock

ADA = "ada@example.com"
HERE = "http://127.0.0.1:8000/auth/webhook"
CLOSED = "http://127.0.0.1:1/"
"""Where nobody listens: what is served sends."""
HOOKS = "/v1/apps/app_demo/webhooks"
OK = HttpReply(200, (), b"thanks")


def answering(*outcomes: HttpOutcome) -> tuple[Callable[[HttpCall], HttpOutcome], list[HttpCall]]:
    """An app that answers so, and what it was sent."""
    calls: list[HttpCall] = []

    def send(call: HttpCall) -> HttpOutcome:
        calls.append(call)
        return outcomes[min(len(calls), len(outcomes)) - 1]

    return send, calls


def created(api: Api, **values: Any) -> dict[str, Any]:
    body = {"webhook": {"url": HERE, **values}}
    status, made = api("POST", HOOKS, body, authorization=api.secret)
    assert status == 201
    endpoint: dict[str, Any] = made["webhook_endpoint"]
    return endpoint


def deliveries(api: Api, endpoint_id: str, **query: str) -> Any:
    path = f"{HOOKS}/{endpoint_id}/deliveries"
    status, body = api("GET", path, query=query, authorization=api.secret)
    assert status == 200
    return body


class TestEndpoints:
    def test_a_new_one_has_its_documented_fields_and_shows_its_secret_once(self, api: Api) -> None:
        made = created(api)
        _, listed = api("GET", HOOKS, authorization=api.secret)
        _, shown = api("GET", f"{HOOKS}/{made['id']}", authorization=api.secret)

        secret = made.pop("secret")
        assert secret.startswith("whsec_")
        assert made["event_types"] == ["*"]
        assert (made["app_id"], made["retry_limit"], made["enabled"]) == ("app_demo", 3, True)
        assert made["last_ping_at"] is None
        assert listed == {"webhook_endpoints": [made]}
        assert shown == {"webhook_endpoint": made}
        assert secret not in json.dumps([listed, shown])

    def test_it_is_changed_and_deleted(self, api: Api, clock: Clock) -> None:
        path = f"{HOOKS}/{created(api)['id']}"
        clock.now += 1
        values = {"description": "CRM", "metadata": {"team": 1}, "event_types": ["user.*"]}

        status, changed = api("PATCH", path, {"webhook": values}, authorization=api.secret)
        endpoint = changed["webhook_endpoint"]
        assert status == 200
        assert {name: endpoint[name] for name in values} == values
        assert endpoint["updated_at"] > endpoint["created_at"]

        assert api("DELETE", path, authorization=api.secret)[0] == 200
        assert api("GET", path, authorization=api.secret)[0] == 404
        assert api("DELETE", path, authorization=api.secret)[0] == 404

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("url", "https://crm.example/hooks"),
            ("url", "http://127.0.0.1.evil.example/"),
            ("url", "http://127.0.0.1\\@evil.example/"),
            ("url", "ftp://127.0.0.1/"),
            ("url", "http://127.0.0.1:port/"),
            ("url", 7),
            ("url", ""),
            ("event_types", "user.created"),
            ("event_types", []),
            ("event_types", [1]),
            ("retry_limit", 11),
            ("retry_limit", -1),
            ("retry_limit", True),
            ("description", 1),
            ("metadata", []),
            ("enabled", "yes"),
        ],
    )
    def test_what_is_none_of_its_values_is_refused(self, api: Api, name: str, value: Any) -> None:
        path = f"{HOOKS}/{created(api)['id']}"

        made = api("POST", HOOKS, {"webhook": {"url": HERE, name: value}}, authorization=api.secret)
        changed = api("PATCH", path, {name: value}, authorization=api.secret)

        for status, body in (made, changed):
            assert (status, body["error_code"]) == (422, "invalid_webhook")
            assert body["error"].startswith(f"{name}: ")

    def test_another_apps_are_nobodys_business(self, emulator: Emulator, api: Api) -> None:
        other = emulator.create_app(name="Other")
        made = created(api)

        path = f"/v1/apps/{other.id}/webhooks"
        secret = f"Bearer {other.secret}"
        assert api("GET", path, authorization=secret) == (200, {"webhook_endpoints": []})
        assert api("GET", f"{path}/{made['id']}", authorization=secret)[0] == 404
        assert api("GET", HOOKS, authorization=secret)[0] == 403


class TestDeliveries:
    def test_an_event_is_sent_as_documented(self, emulator: Emulator, api: Api) -> None:
        secret = created(api)["secret"]
        user = emulator.create_user(ADA)
        send, calls = answering(OK)

        (sent,) = emulator.webhooks.deliver(send)

        (call,) = calls
        headers = dict(call.headers)
        assert (call.method, call.url) == ("POST", HERE)
        assert headers["content-type"] == "application/json"
        assert headers["user-agent"] == "AppName-Webhooks/1.0"
        event = verify_webhook(headers, call.body or b"", secret, now=emulator.state.clock())
        assert (event.type, event.app_id) == ("user.created", "app_demo")
        assert event.created_at == emulator.state.clock()
        assert event.user is not None
        assert (event.user.id, event.user.email) == (user.id, ADA)
        assert event.raw["api_version"] == "v1"
        assert event.id == sent.id
        assert sent.status == "delivered"
        assert emulator.webhooks.deliver(send) == []

    def test_a_challenge_has_its_names_and_what_it_was_given(
        self, emulator: Emulator, api: Api
    ) -> None:
        created(api, event_types=["challenge.created"])
        user = emulator.create_user(ADA)
        body = {
            "purpose": "step_up",
            "method": "email_otp",
            "app_user_id": user.id,
            "metadata": {"ticket_id": "T-1"},
        }
        api("POST", "A/challenges", body, authorization=api.secret)

        ((_, call),) = emulator.webhooks.due()

        payload = json.loads(call.body or b"")
        assert payload["verification_id"] == payload["challenge_id"]
        assert payload["metadata"] == {"ticket_id": "T-1"}
        assert payload["data"]["purpose"] == "step_up"

    @pytest.mark.parametrize(
        ("wanted", "kinds"),
        [
            (["*"], ["user.created", "user.updated"]),
            (["user.updated"], ["user.updated"]),
            (["user.*", "user.created"], ["user.created", "user.updated"]),
            (["verification.*"], []),
        ],
        ids=str,
    )
    def test_only_what_is_wanted_is_sent(
        self, emulator: Emulator, api: Api, wanted: list[str], kinds: list[str]
    ) -> None:
        created(api, event_types=wanted)
        user = emulator.create_user(ADA)
        name = {"name": "Ada"}
        api("PATCH", f"/v1/app_demo/users/{user.id}", name, authorization=api.secret)

        due = [json.loads(call.body or b"")["event_type"] for _, call in emulator.webhooks.due()]

        assert due == kinds

    def test_who_is_switched_off_or_gone_gets_nothing(self, emulator: Emulator, api: Api) -> None:
        off, gone = created(api)["id"], created(api)["id"]
        emulator.create_user(ADA)
        api("PATCH", f"{HOOKS}/{off}", {"enabled": False}, authorization=api.secret)
        api("DELETE", f"{HOOKS}/{gone}", authorization=api.secret)
        emulator.create_user("bob@example.com")

        assert emulator.webhooks.due() == []
        assert emulator.webhooks.wait() is None
        assert len(emulator.webhooks.deliveries()) == 2

    def test_a_test_is_sent_to_that_endpoint_whatever_it_wants(
        self, emulator: Emulator, api: Api
    ) -> None:
        created(api)
        tested = created(api, event_types=["user.created"])["id"]

        status, _ = api("POST", f"{HOOKS}/{tested}/test", authorization=api.secret)

        ((delivery, call),) = emulator.webhooks.due()
        _, shown = api("GET", f"{HOOKS}/{tested}", authorization=api.secret)
        assert status == 200
        assert delivery.endpoint.id == tested
        assert json.loads(call.body or b"")["event_type"] == "webhook.test"
        assert shown["webhook_endpoint"]["last_ping_at"] is not None

    @pytest.mark.parametrize(
        ("outcome", "facts"),
        [
            (HttpReply(500, (), b"no \xff"), (500, "no \ufffd", "the answer was 500")),
            (HttpReply(302, (), b""), (302, "", "the answer was 302")),
            (HttpFailure("network"), (None, None, "network")),
        ],
        ids=["500", "302", "network"],
    )
    def test_what_fails_is_tried_again_signed_anew_until_the_limit(
        self,
        emulator: Emulator,
        api: Api,
        clock: Clock,
        outcome: HttpOutcome,
        facts: tuple[int | None, str | None, str],
    ) -> None:
        endpoint = created(api, retry_limit=2)
        emulator.create_user(ADA)
        send, calls = answering(outcome)
        waits: list[float] = []

        while (wait := emulator.webhooks.wait()) is not None:
            waits.append(wait)
            clock.now += wait
            emulator.webhooks.deliver(send)

        (failed,) = deliveries(api, endpoint["id"])["deliveries"]
        assert waits == [0, FIRST_WAIT, 2 * FIRST_WAIT]
        assert (failed["status"], failed["retry_count"]) == ("failed", 2)
        shown = (failed["response_status"], failed["response_body"], failed["failure_reason"])
        assert shown == facts
        assert len({call.body for call in calls}) == 1
        assert len({dict(call.headers)["x-webhook-signature"] for call in calls}) == 3
        for call in calls:
            verify_webhook(dict(call.headers), call.body or b"", endpoint["secret"], now=clock.now)

    def test_a_retry_may_succeed(self, emulator: Emulator, api: Api, clock: Clock) -> None:
        endpoint = created(api)
        emulator.create_user(ADA)
        send, _ = answering(HttpReply(503, (), b"later"), OK)
        emulator.webhooks.deliver(send)
        (waiting,) = deliveries(api, endpoint["id"], status="pending")["deliveries"]
        clock.now += FIRST_WAIT
        emulator.webhooks.deliver(send)

        (done,) = deliveries(api, endpoint["id"], status="delivered")["deliveries"]
        assert waiting["failure_reason"] == "the answer was 503"
        assert (done["response_status"], done["response_body"]) == (200, "thanks")
        assert (done["retry_count"], done["failure_reason"]) == (1, None)

    def test_they_are_listed_in_pages_newest_first(self, emulator: Emulator, api: Api) -> None:
        endpoint = created(api)
        created(api)
        for name in ("ada", "bob", "cleo"):
            emulator.create_user(f"{name}@example.com")
        emulator.webhooks.due()

        page = deliveries(api, endpoint["id"], per_page="2", status="processing")

        assert page["pagination"] == {
            "current_page": 1,
            "total_pages": 2,
            "total_count": 3,
            "per_page": 2,
        }
        emails = [each["payload"]["user"]["email"] for each in page["deliveries"]]
        assert emails == ["cleo@example.com", "bob@example.com"]
        assert set(page["deliveries"][0]) == {
            "id", "webhook_endpoint_id", "event_id", "status", "retry_count", "signature",
            "payload", "response_status", "response_body", "failure_reason", "created_at",
            "updated_at",
        }  # fmt: skip

    def test_no_repr_shows_a_secret(self, emulator: Emulator) -> None:
        emulator.webhooks.add(HERE)
        emulator.create_user(ADA)
        ((delivery, call),) = emulator.webhooks.due()

        for secret in (emulator.webhooks.secret, delivery.signature, ADA):
            assert secret not in repr((delivery, call, emulator.webhooks.sign("x")))


class TestAnApp:
    """The whole way: what happens at Scute reaches the functions of an app."""

    def test_what_is_signed_for_a_test_passes_in_the_app(self, emulator: Emulator) -> None:
        heard: list[WebhookEvent] = []
        config = ScuteConfig.from_env(emulator.config_env())
        clock = emulator.state.clock
        app = Scute(config, clock=clock, hooks=Hooks(webhooks={"user.*": heard.append}))
        site = ScuteAuth(lambda environ, start_response: [], scute=app)

        with httpx2.Client(transport=httpx2.WSGITransport(app=site), base_url="http://t") as client:
            for name in ("user.created", "user.updated", "challenge.failed"):
                sent = emulator.webhooks.sign(
                    name, user={"id": "usr_1"}, data={"x": 1}, metadata={"y": 2}, subject="chl_1"
                )
                answer = client.post("/auth/webhook", content=sent.body, headers=sent.headers)
                assert answer.status_code == 200

        assert [event.type for event in heard] == ["user.created", "user.updated"]
        assert heard[0].user is not None
        assert (heard[0].user.id, heard[0].data["x"], heard[0].metadata["y"]) == ("usr_1", 1, 2)
        assert heard[0].verification_id == "chl_1"

    @pytest.mark.parametrize("is_older", [False, True], ids=["payload page", "guide"])
    def test_it_hears_of_a_verification_in_its_typed_words(
        self, emulator: Emulator, api: Api, is_older: bool
    ) -> None:
        emulator.settings(guide_webhooks=is_older)
        app = emulator.state.apps.first
        endpoint = created(api, event_types=["verification.*"])
        machine = emulator.create_machine()["access"]
        contact = {"contact_email": ADA, "ticket_id": "T-1"}
        path = "/v1/verify/app_demo/verifications/intent"
        body = {"intent_name": "reset", "meta_data": contact}
        _, asked = api("POST", path, body, x_authorization=machine)

        ((_, call),) = emulator.webhooks.due()

        now = emulator.state.clock()
        event = verify_webhook(dict(call.headers), call.body or b"", endpoint["secret"], now=now)
        assert event.type == "verification.email.requested"
        assert event.kind is WebhookKind.VERIFICATION_REQUESTED
        assert (event.verification_id, event.channel) == (asked["verification_id"], "email")
        assert event.metadata["ticket_id"] == "T-1"
        assert event.app_id == (app.uuid if is_older else app.id)

    def test_a_served_emulator_sends_by_itself_and_tries_again(
        self, signing_key: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("scute_emulator.state.webhooks.FIRST_WAIT", 0.01)
        emulator = Emulator(signing_key=signing_key)
        heard: list[WebhookEvent] = []
        arrived = threading.Event()

        def welcome(event: WebhookEvent) -> None:
            heard.append(event)
            if len(heard) == 1:
                raise ValueError("the database is away")
            arrived.set()

        config = ScuteConfig.from_env(emulator.config_env())
        app = Scute(config, hooks=Hooks(webhooks={"user.created": welcome}))
        with on_loopback(ScuteAuth(nothing, scute=app)) as origin, emulator.serve():
            emulator.webhooks.add(f"{origin}/auth/webhook")
            emulator.create_user(ADA)
            assert arrived.wait(20)

        assert [event.id for event in heard] == [heard[0].id] * 2
        (delivery,) = emulator.webhooks.deliveries()
        assert (delivery.retry_count, delivery.status) == (1, "delivered")

    def test_the_control_api_adds_endpoints_and_lists_deliveries(
        self, served: httpx2.Client, emulator: Emulator
    ) -> None:
        made = served.post("/_emulator/webhooks", json={"url": CLOSED, "event_types": ["x"]}).json()
        refused = served.post("/_emulator/webhooks", json={"url": "https://crm.example"})
        nowhere = served.post("/_emulator/webhooks", json={})
        served.post(f"{HOOKS}/{made['id']}/test", headers={"authorization": secret_of(emulator)})

        (delivery,) = served.get("/_emulator/webhooks").json()
        assert made["secret"] == emulator.config_env()["SCUTE_WEBHOOK_SECRETS"]
        assert delivery["webhook_endpoint_id"] == made["id"]
        assert (refused.status_code, nowhere.status_code) == (400, 400)


def secret_of(emulator: Emulator) -> str:
    return f"Bearer {emulator.state.apps.first.secret}"


def nothing(environ: Any, start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [])
    return []


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...

    def get_stderr(self) -> StringIO:
        return StringIO()


@contextmanager
def on_loopback(app: Any) -> Generator[str, None, None]:
    """An app on a loopback port, in a thread of its own."""
    with make_server("127.0.0.1", 0, app, handler_class=_Silent) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
