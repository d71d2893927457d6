"""Pages, and all their items one after another."""

from typing import Any

import pytest

from scute_auth import AsyncScuteClient, ScuteClient
from scute_auth.client.models.apps import Event
from scute_auth.client.models.users import UserRecord
from scute_auth.client.paging import Page, page_of
from scute_auth.client.reading import Model
from scute_auth.effects import HttpCall, HttpReply
from tests.client.support import CONFIG, Scripted, json_reply

USERS = [{"id": f"u{number}"} for number in range(5)]


@pytest.mark.parametrize(
    ("value", "page"),
    [
        ({"users": [], "current_page": 2, "total_pages": 3, "next_page": 3}, (2, 3, 3, None)),
        ({"users": [], "current_page": 3, "total_pages": 3, "next_page": None}, (3, None, 3, None)),
        (
            {"users": [], "meta": {"current_page": 1, "total_pages": 2, "total_count": 21}},
            (1, 2, 2, 21),
        ),
        (
            {"users": [], "pagination": {"current_page": 2, "total_pages": 2, "total_count": 21}},
            (2, None, 2, 21),
        ),
        ({"users": []}, (1, None, None, None)),
        ({"users": [], "current_page": "2", "total_pages": None}, (1, None, None, None)),
        ([], (1, None, None, None)),
    ],
)
def test_a_page_says_where_it_stands(value: Any, page: tuple[int, ...]) -> None:
    found = page_of("users", UserRecord)(value)

    assert (found.number, found.next, found.pages, found.total) == page
    assert found.items == ()


def test_a_page_keeps_all_that_scute_said() -> None:
    value = {"users": USERS, "meta": {"unread_count": 4}}
    page = page_of("users", UserRecord)(value)

    assert [each.id for each in page.items] == ["u0", "u1", "u2", "u3", "u4"]
    assert page.raw == value
    assert "unread" not in repr(page)


def pages(call: HttpCall) -> HttpReply:
    """Five users, two on a page."""
    number = int(call.url.partition("page=")[2].partition("&")[0])
    shown = USERS[2 * number - 2 : 2 * number]
    following = number + 1 if number < 3 else None
    return json_reply({"users": shown, "current_page": number, "next_page": following})


def test_an_iteration_fetches_each_page_when_it_is_come_to() -> None:
    transport = Scripted(pages)
    users = ScuteClient(CONFIG, transport=transport).users.iterate(status="active")
    assert transport.calls == []

    assert [next(users).id, next(users).id] == ["u0", "u1"]
    assert len(transport.calls) == 1
    assert [each.id for each in users] == ["u2", "u3", "u4"]
    assert len(transport.calls) == 3
    assert all("status=active" in call.url for call in transport.calls)


async def test_an_iteration_is_the_same_awaited() -> None:
    transport = Scripted(pages)
    users = AsyncScuteClient(CONFIG, transport=transport).users.iterate(per_page=2)

    assert [each.id async for each in users] == ["u0", "u1", "u2", "u3", "u4"]
    assert len(transport.calls) == 3


ITERATIONS: list[tuple[str, str, tuple[str, ...], dict[str, str]]] = [
    ("events", "iterate", (), {}),
    ("notifications", "iterate", (), {"token": "t"}),
    ("users", "iterate", (), {}),
    ("verification", "iterate", (), {"token": "t"}),
    ("verification", "iterate_list_of_app", (), {"token": "t"}),
    ("webhooks", "iterate_deliveries", ("w1",), {}),
]
KEYS = ("events", "notifications", "users", "verifications", "deliveries")


@pytest.mark.parametrize(
    ("group", "name", "positional", "named"),
    ITERATIONS,
    ids=[f"{group}.{name}" for group, name, *_ in ITERATIONS],
)
async def test_each_iteration_goes_through_all_pages(
    group: str, name: str, positional: tuple[str, ...], named: dict[str, str]
) -> None:
    def answer(call: HttpCall) -> HttpReply:
        number = 2 if "page=2" in call.url else 1
        items = {key: [{"id": f"x{number}"}] for key in KEYS}
        return json_reply({**items, "meta": {"current_page": number, "total_pages": 2}})

    blocking = getattr(getattr(ScuteClient(CONFIG, transport=Scripted(answer)), group), name)
    client = AsyncScuteClient(CONFIG, transport=Scripted(answer))
    awaiting = getattr(getattr(client, group), name)

    assert [each.id for each in blocking(*positional, **named)] == ["x1", "x2"]
    assert [each.id async for each in awaiting(*positional, **named)] == ["x1", "x2"]


@pytest.mark.parametrize(
    "page",
    [
        {"events": [{"id": "e"}], "current_page": 1, "next_page": 1},
        {"events": [{"id": "e"}], "current_page": 1, "next_page": -1},
        {"events": [], "current_page": 1, "next_page": 2},
    ],
    ids=["itself", "back", "empty"],
)
def test_no_answer_leads_round_in_a_circle(page: dict[str, Any]) -> None:
    transport = Scripted(lambda call: json_reply(page))
    events = ScuteClient(CONFIG, transport=transport).events.iterate()

    assert len(list(events)) == len(page["events"])
    assert len(transport.calls) == 1


def test_a_page_of_one_kind_is_a_page_of_what_it_is_a_kind_of() -> None:
    events = Page((Event(id="e"),))
    page: Page[Model] = events

    assert page.items == (Event(id="e"),)
