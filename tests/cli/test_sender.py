"""One row becomes one user, whatever happens to the calls."""

import json
from collections.abc import Callable

import pytest

from scute_auth.cli.users.journal import Fate, Outcome
from scute_auth.cli.users.sender import Sender, Stopped
from scute_auth.effects import HttpCall, HttpFailure, HttpOutcome, HttpReply
from scute_auth.errors import ApiError, ScuteUnavailable
from tests.cli.support import World, row

MAIL, PHONE = "ana@example.com", "+49151123456"
CREATED = Outcome(Fate.CREATED)
FOUND = Outcome(Fate.FOUND)


def answered(status: int, **headers: str) -> HttpReply:
    return HttpReply(status, tuple(headers.items()), json.dumps({"error": "no"}).encode())


def once(outcome: HttpOutcome, method: str = "POST") -> Callable[[HttpCall], HttpOutcome | None]:
    """The first call of this method gets this answer in the API's place."""
    left = [outcome]
    return lambda call: left.pop() if left and call.method == method else None


def users(world: World) -> list[str | None]:
    state = world.emulator.state
    return [user.email for user in state.users.of(state.apps.first.id)]


def test_a_new_user_takes_one_call_and_no_mail() -> None:
    world = World()

    outcome = world.sender().send(row(first_name="Ana", status="imported"), in_doubt=False)

    assert (outcome, world.calls, users(world)) == (CREATED, ["POST"], [MAIL])
    assert world.emulator.messages() == []


def test_who_is_invited_gets_a_mail() -> None:
    world = World()
    world.sender(invite=True).send(row(), in_doubt=False)

    assert [message.to for message in world.emulator.messages()] == [MAIL]


def test_an_address_and_a_number_are_one_user() -> None:
    world = World()
    world.sender().send(row(MAIL, PHONE), in_doubt=False)

    (user,) = world.emulator.state.users.of("app_demo")
    assert (user.email, user.phone) == (MAIL, PHONE)


def test_a_number_alone_is_enough() -> None:
    world = World()
    sender = world.sender()

    assert sender.send(row(None, PHONE), in_doubt=False) == CREATED
    assert sender.send(row(None, PHONE), in_doubt=True) == FOUND


def test_what_scute_does_not_take_is_told() -> None:
    outcome = World().sender().send(row(user_meta={"plan": "pro"}), in_doubt=False)

    assert outcome == Outcome(
        Fate.CREATED,
        "without user_meta.plan, which Scute did not take (has the app declared the field?)",
    )


def test_who_is_there_already_is_found() -> None:
    world = World()
    world.emulator.create_user(MAIL)

    assert world.sender().send(row(), in_doubt=False) == FOUND
    assert world.calls == ["POST", "GET"]


def test_who_is_there_with_another_number_is_told() -> None:
    world = World()
    world.emulator.create_user(MAIL)

    outcome = world.sender().send(row(MAIL, PHONE), in_doubt=False)

    assert outcome == Outcome(Fate.FOUND, "a user with another phone")


def test_what_scute_did_not_take_is_told_though_its_answer_got_lost() -> None:
    world = World()
    sender, mine = world.sender(), row(MAIL, PHONE, user_meta={"plan": "pro"})
    world.emulator.create_user(MAIL)

    outcome = sender.send(mine, in_doubt=True)

    note = "a user with another phone and no user_meta.plan"
    assert outcome == Outcome(Fate.FOUND, note)


def test_what_scute_does_not_say_of_a_user_is_no_difference() -> None:
    world = World()
    told = json.dumps({"users": [{"id": "1", "email": MAIL}], "current_page": 1, "total_pages": 1})
    world.before = once(HttpReply(200, (), told.encode()), "GET")

    outcome = world.sender().send(row(user_meta={"plan": "pro"}), in_doubt=True)

    assert outcome == FOUND


def test_who_is_refused_is_not_there() -> None:
    world = World(before=once(answered(422)))

    outcome = world.sender().send(row(), in_doubt=False)

    assert outcome == Outcome(Fate.REFUSED, "Scute answered users.create with 422")
    assert (world.calls, users(world)) == (["POST", "GET"], [])


@pytest.mark.parametrize(
    "answer",
    [
        HttpFailure("timeout"),
        answered(500),
        answered(503),
        HttpReply(200, (), b"<html>"),
        HttpReply(404, (), b"<html>"),
    ],
    ids=["timeout", "500", "503", "no JSON", "a proxy's 404"],
)
class TestACallWithoutAnAnswer:
    def test_is_made_again_where_it_did_not_arrive(self, answer: HttpOutcome) -> None:
        world = World(before=once(answer))

        assert world.sender().send(row(), in_doubt=False) == CREATED
        assert (world.calls, users(world)) == (["POST", "GET", "POST"], [MAIL])

    def test_is_not_made_again_where_it_arrived(self, answer: HttpOutcome) -> None:
        world = World()
        left = [answer]

        def arrived(call: HttpCall) -> HttpOutcome | None:
            if not left:
                return None
            world.emulator.transport.send(call)
            return left.pop()

        world.before = arrived

        assert world.sender().send(row(), in_doubt=False) == FOUND
        assert (world.calls, users(world)) == (["POST", "GET"], [MAIL])


def test_a_row_in_doubt_is_looked_up_before_it_is_sent() -> None:
    world = World()

    assert world.sender().send(row(), in_doubt=True) == CREATED
    assert world.calls == ["GET", "POST"]


def test_a_row_in_doubt_is_not_sent_where_nobody_can_look_it_up() -> None:
    world = World(before=lambda call: answered(400) if call.method == "GET" else None)

    outcome = world.sender().send(row(), in_doubt=True)

    assert outcome == Outcome(Fate.REFUSED, "Scute answered users.list with 400")
    assert "POST" not in world.calls


def test_a_look_up_knows_an_address_in_small_letters_too() -> None:
    world = World()
    sender = world.sender()
    sender.send(row("Ana@example.com"), in_doubt=False)
    nobody = HttpReply(200, (), b'{"users": []}')
    world.before = lambda call: nobody if "=Ana" in call.url else None

    assert sender.send(row("Ana@example.com"), in_doubt=True) == FOUND


def test_who_answers_with_somebody_else_has_found_nobody() -> None:
    """A filter that Scute should pass over must not make users of strangers."""
    world = World()
    other = {"users": [{"id": "1", "email": "bob@example.com", "phone": "+1"}]}
    world.before = once(HttpReply(200, (), json.dumps(other).encode()), "GET")

    assert world.sender().send(row(), in_doubt=True) == CREATED


def test_429_is_waited_for_and_sent_again_without_a_look_up() -> None:
    world = World(before=once(answered(429, **{"retry-after": "7"})))

    assert world.sender().send(row(), in_doubt=False) == CREATED
    assert (world.calls, world.waits) == (["POST", "POST"], [7.0])


def test_who_is_turned_away_speaks_for_all() -> None:
    world = World(before=once(answered(429, **{"retry-after": "7"})))
    sender = world.sender()
    sender.send(row(), in_doubt=False)

    sender.send(row("bob@example.com"), in_doubt=False)

    assert world.waits == [7.0]


def test_an_outage_ends_the_import_with_the_rows_in_doubt() -> None:
    world = World(before=lambda call: HttpFailure("network"))
    sender = world.sender()

    assert sender.send(row(), in_doubt=False).fate is Fate.SENDING
    assert sender.send(row(), in_doubt=False).fate is Fate.SENDING
    with pytest.raises(ScuteUnavailable, match="cannot be asked now"):
        sender.send(row(), in_doubt=False)
    assert world.calls.count("POST") == 3


def test_one_row_that_scute_cannot_take_stops_no_other() -> None:
    world = World(before=lambda call: answered(500) if b"bad@" in (call.body or b"") else None)
    sender = world.sender()

    for _ in range(5):
        assert sender.send(row("bad@example.com"), in_doubt=False).fate is Fate.SENDING
        assert sender.send(row(), in_doubt=False).fate in (Fate.CREATED, Fate.FOUND)


def test_whoever_is_always_turned_away_gives_up() -> None:
    world = World(before=lambda call: answered(429))

    assert world.sender().send(row(), in_doubt=False).fate is Fate.SENDING
    assert len(world.calls) == 20


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_secret_ends_the_import(status: int) -> None:
    world = World(before=lambda call: answered(status))

    with pytest.raises(ApiError, match=rf"users\.create with {status}"):
        world.sender().send(row(), in_doubt=False)
    assert len(world.calls) == 1


def test_after_a_stop_no_call_begins() -> None:
    world = World()
    sender = Sender(world.client(), invite=False)
    sender.stop()

    with pytest.raises(Stopped):
        sender.send(row(), in_doubt=False)
    assert world.calls == []
