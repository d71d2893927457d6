"""What an event tells: both ways in which Scute's pages write it, and what is none of them."""

import json
from typing import Any

import pytest

from scute_auth.webhook_events import WebhookEvent, WebhookKind, WebhookUser, matches, read_event

SENT_AT = 1_800_000_000

OF_THE_GUIDE: dict[str, Any] = {
    "id": "4b2c",
    "created_at": "2026-04-16T12:00:00Z",
    "event_type": "verification.sms.verified",
    "app_id": "0b8d7a52-6a0e-4c86-9a35-0d5e5a0f7c11",
    "data": {"verification_id": "vrf_1", "was_opened": True, "meta_data": {"ticket_id": "T-1"}},
    "api_version": "v1",
}

OF_THE_PAYLOAD_PAGE: dict[str, Any] = {
    "id": "dlv_1",
    "verification_id": "chl_1",
    "challenge_id": "chl_1",
    "created_at": 1776340800,
    "event_type": "verification.success",
    "app_id": "app_l3RxEBGbQq5Q0b6T6K6N",
    "user": {
        "id": "usr_1",
        "app_user_id": "aus_1",
        "external_id": "42",
        "email": "jane@acme.example",
        "phone": "+15555550100",
        "msp_id": "msp_1",
    },
    "metadata": {"ticket_id": "T-123"},
    "data": {"purpose": "verify_contact", "method": "magic_link", "channel": "email"},
    "api_version": "v1",
}


def event_of(value: dict[str, Any]) -> WebhookEvent:
    return read_event(json.dumps(value).encode(), SENT_AT)


def named(event_type: str) -> WebhookEvent:
    return event_of({**OF_THE_GUIDE, "event_type": event_type})


def test_an_event_as_the_guide_has_it() -> None:
    event = event_of(OF_THE_GUIDE)

    assert event.id == "4b2c"
    assert event.type == "verification.sms.verified"
    assert event.kind is WebhookKind.VERIFICATION_VERIFIED
    assert event.channel == "sms"
    assert event.created_at == 1776340800
    assert event.sent_at == SENT_AT
    assert event.verification_id == "vrf_1"
    assert event.data["was_opened"] is True
    assert (event.user, event.metadata) == (None, {"ticket_id": "T-1"})
    assert event.raw == OF_THE_GUIDE


def test_an_event_as_the_payload_page_has_it() -> None:
    event = event_of(OF_THE_PAYLOAD_PAGE)

    assert event.type == "verification.success"
    assert event.kind is WebhookKind.VERIFICATION_VERIFIED
    assert event.channel == "email"
    assert event.user == WebhookUser(
        "usr_1", "42", "jane@acme.example", "+15555550100", "aus_1", "msp_1"
    )
    assert event.metadata == {"ticket_id": "T-123"}
    assert event.verification_id == "chl_1"
    assert event.created_at == 1776340800


@pytest.mark.parametrize(
    ("sent_as", "kind"),
    [
        ("verification.email.requested", WebhookKind.VERIFICATION_REQUESTED),
        ("verification.email.verified", WebhookKind.VERIFICATION_VERIFIED),
        ("verification.sms.expired", WebhookKind.VERIFICATION_EXPIRED),
        ("verification.sms.failed", WebhookKind.VERIFICATION_FAILED),
        ("verification.email.denied", WebhookKind.VERIFICATION_DENIED),
        ("verification.sms.delivery_failed", WebhookKind.VERIFICATION_DELIVERY_FAILED),
        ("verification.success", WebhookKind.VERIFICATION_VERIFIED),
        ("verification.failed", WebhookKind.VERIFICATION_FAILED),
        ("verification.denied", WebhookKind.VERIFICATION_DENIED),
        ("auth.login.failed", WebhookKind.LOGIN_FAILED),
        ("challenge.created", WebhookKind.CHALLENGE_CREATED),
        ("challenge.completed", WebhookKind.CHALLENGE_COMPLETED),
        ("challenge.failed", WebhookKind.CHALLENGE_FAILED),
        ("user.created", WebhookKind.USER_CREATED),
        ("user.updated", WebhookKind.USER_UPDATED),
        ("user.identifier_changed", WebhookKind.USER_IDENTIFIER_CHANGED),
        ("webhook.test", WebhookKind.TEST),
        ("user.deleted", None),
        ("verification.fax.verified", None),
        ("verification.email", None),
        ("USER.CREATED", None),
        ("user.created\n", None),
    ],
)
def test_each_word_has_its_meaning_and_stays_as_it_was_sent(
    sent_as: str, kind: WebhookKind | None
) -> None:
    event = named(sent_as)

    assert event.kind is kind
    assert event.type == sent_as


@pytest.mark.parametrize(
    ("pattern", "sent_as", "is_meant"),
    [
        ("user.created", "user.created", True),
        ("user.created", "user.updated", False),
        ("user.*", "user.updated", True),
        ("user.*", "users.updated", False),
        ("*", "user.deleted", True),
        ("verification.verified", "verification.email.verified", True),
        ("verification.verified", "verification.success", True),
        ("verification.email.verified", "verification.email.verified", True),
        ("verification.email.verified", "verification.success", False),
        ("verification.success", "verification.sms.verified", False),
        ("verification.*", "verification.success", True),
        ("verification.sms.*", "verification.sms.denied", True),
        ("verification.sms.*", "verification.email.denied", False),
        ("", "user.deleted", False),
    ],
)
def test_a_pattern_means_words_or_meanings(pattern: str, sent_as: str, is_meant: bool) -> None:
    assert matches(pattern, named(sent_as)) is is_meant


@pytest.mark.parametrize("time", [None, "soon", [], {}, True, float("1e300"), 10**400], ids=repr)
def test_a_time_that_nobody_can_read_loses_no_event(time: Any) -> None:
    event = event_of({**OF_THE_GUIDE, "created_at": time})

    assert event.created_at is None or isinstance(event.created_at, float)


@pytest.mark.parametrize("user", [None, {}, [], {"email": "a@b.example"}, {"id": 1}], ids=repr)
def test_a_user_without_an_id_is_none(user: Any) -> None:
    assert event_of({**OF_THE_GUIDE, "user": user}).user is None


def test_a_user_may_have_the_one_id_or_the_other() -> None:
    event = event_of({**OF_THE_GUIDE, "user": {"app_user_id": "aus_1"}})

    assert event.user == WebhookUser("aus_1", app_user_id="aus_1")


def test_no_log_of_an_event_shows_whom_it_is_about() -> None:
    shown = repr(event_of(OF_THE_PAYLOAD_PAGE))

    assert "usr_1" in shown
    for private in ("jane", "5555", "T-123", "magic_link"):
        assert private not in shown
