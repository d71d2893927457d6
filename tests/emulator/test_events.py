"""What happens becomes an event, once: users as they change, challenges, sign-ins that fail."""

import pytest

from scute_emulator import Emulator
from scute_emulator.api.shapes import iso
from scute_emulator.state.events import Event
from tests.emulator.support import Api, Clock

ADA = "ada@example.com"
USERS = "/v1/app_demo/users"


def kinds(emulator: Emulator) -> list[str]:
    return [event.kind for event in emulator.events()]


def events_from_now(emulator: Emulator) -> list[Event]:
    """The events from now on, in a list that grows."""
    events: list[Event] = []
    emulator.state.events.watch(events.append)
    return events


def step_up(api: Api) -> str:
    body = {"purpose": "step_up", "method": "email_otp", "identifier": ADA, "intent": "pay"}
    _, made = api("POST", "A/challenges", body, authorization=api.secret)
    token: str = made["challenge"]["token"]
    return token


def test_a_user_is_created_once_with_all_that_is_known(emulator: Emulator, api: Api) -> None:
    body = {"email": ADA, "user_meta": {"first_name": "Ada"}, "external_id": "e1"}

    api("POST", USERS, body, authorization=api.secret)

    (event,) = emulator.events()
    assert event.user is not None
    assert (event.kind, event.app_id, event.user.email) == ("user.created", "app_demo", ADA)
    assert (event.user.meta, event.user.external_id) == ({"first_name": "Ada"}, "e1")
    assert event.happened_at == emulator.state.clock()
    assert event.id.startswith("evt_")


@pytest.mark.parametrize("path", ["A/magic_links/register", "A/otps/login"])
def test_a_registration_creates_the_user_with_its_metadata(
    emulator: Emulator, api: Api, path: str
) -> None:
    body = {"identifier": ADA, "user_meta": {"first_name": "Ada"}}

    api("POST", path, body)
    api("POST", path, body | {"user_meta": {"first_name": "Eve"}})

    (event,) = emulator.events("user.created")
    assert event.user is not None
    assert event.user.meta == {"first_name": "Ada"}
    assert emulator.events("user.updated") == []


def test_a_change_of_a_user_is_told_and_no_change_is_not(emulator: Emulator, api: Api) -> None:
    path = f"{USERS}/{emulator.create_user(ADA).id}"
    events = events_from_now(emulator)

    for _ in range(2):
        api("PATCH", path, {"user_meta": {"first_name": "Ada"}}, authorization=api.secret)
    api("POST", f"{path}/deactivate", authorization=api.secret)

    assert [(event.kind, event.data) for event in events] == [
        ("user.updated", {"changed": ["meta"]}),
        ("user.updated", {"changed": ["status"]}),
    ]


def test_another_address_is_told_apart(emulator: Emulator) -> None:
    ada = emulator.create_user(ADA)
    events = events_from_now(emulator)

    emulator.state.users.update(ada, 0, email="new@example.com")

    assert [event.kind for event in events] == ["user.updated", "user.identifier_changed"]
    assert events[1].data == {"identifier_type": "email", "previous_identifier": ADA}


def test_a_sign_in_changes_nobody(emulator: Emulator, api: Api) -> None:
    api("PATCH", "A/magic_links/authenticate", {"token": api.link_for(ADA)})

    assert kinds(emulator) == ["user.created"]


def test_a_challenge_is_told_from_its_start_to_its_end(emulator: Emulator, api: Api) -> None:
    ada = emulator.create_user(ADA)
    events = events_from_now(emulator)

    token = step_up(api)
    api("POST", f"A/challenges/{token}/verify", {"code": emulator.messages(ADA)[0].code})

    assert [event.kind for event in events] == ["challenge.created", "challenge.completed"]
    assert [event.data["outcome"] for event in events] == ["pending", "completed"]
    assert {event.subject for event in events} == {token}
    assert (events[1].user, events[1].data["intent"]) == (ada, "pay")


def test_a_challenge_fails_with_its_last_try_or_when_it_is_denied(
    emulator: Emulator, api: Api
) -> None:
    emulator.create_user(ADA)
    one, other = step_up(api), step_up(api)
    events = events_from_now(emulator)

    for _ in range(3):
        api("POST", f"A/challenges/{one}/verify", {"code": "x"})
    api("POST", f"A/challenges/{other}/deny")

    assert [(event.kind, event.subject, event.data["outcome"]) for event in events] == [
        ("challenge.failed", one, "failed"),
        ("challenge.failed", other, "denied"),
    ]


def test_a_sign_in_that_fails_is_told(emulator: Emulator, api: Api) -> None:
    emulator.settings(passkeys_enabled=True)
    eve = emulator.create_user("eve@example.com", status="inactive")
    _, sent = api("POST", "A/otps/login", {"identifier": ADA})

    api("POST", "A/otps/verify", {"otp": "x", "user_id": sent["user_id"]})
    api("PATCH", "A/magic_links/authenticate", {"token": "x"})
    api("POST", "A/webauthn/login/finalize", {"id": "x"})
    api("POST", "A/magic_links/login", {"identifier": eve.email})

    assert [
        (event.user and event.user.email, event.data)
        for event in emulator.events("auth.login.failed")
    ] == [
        (ADA, {"method": "email_otp", "error": "invalid_code"}),
        (None, {"method": "magic_link", "error": "not_found"}),
        (None, {"method": "webauthn", "error": "invalid_credential"}),
        ("eve@example.com", {"method": "", "error": "account_deactivated"}),
    ]


def test_events_are_told_apart_by_app(emulator: Emulator) -> None:
    other = emulator.create_app()
    emulator.create_user(ADA, app_id=other.id)

    assert emulator.events() == []
    assert [event.kind for event in emulator.state.events.of(other.id)] == ["user.created"]


def test_a_backend_lists_them_newest_first_by_kind_category_person_and_time(
    emulator: Emulator, api: Api, clock: Clock
) -> None:
    """The query and the answer of "List events" in Scute's reference."""
    ada = emulator.create_user(ADA)
    begun = clock.now
    clock.now += 60
    step_up(api)

    def listed(query: str = "") -> list[str]:
        status, answer = api("GET", f"/v1/apps/app_demo/events{query}", authorization=api.secret)
        assert status == 200
        return [each["slug"] for each in answer["events"]]

    assert listed() == ["challenge.created", "user.created"]
    assert listed("?category=user") == ["user.created"]
    assert listed("?slug=challenge.created") == ["challenge.created"]
    assert listed(f"?user_id={ada.id}") == ["challenge.created", "user.created"]
    assert listed("?user_id=nobody") == []
    assert listed(f"?start_date={iso(begun + 1)}".replace("+", "%2B")) == ["challenge.created"]
    assert listed(f"?end_date={iso(begun + 1)}".replace("+", "%2B")) == ["user.created"]
    assert listed("?limit=1&page=2") == ["user.created"]


def test_a_date_that_is_none_is_refused(api: Api) -> None:
    answer = api("GET", "/v1/apps/app_demo/events?start_date=today", authorization=api.secret)

    assert (answer[0], answer[1]["error_code"]) == (400, "invalid_start_date")
