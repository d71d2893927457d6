"""The app's public settings: cached like the keys, waited for only before a refusal."""

import pytest

from scute_auth.app_settings import SettingsCache
from scute_auth.claims import MAX_ACCESS_LIFETIME
from scute_auth.effects import HttpReply, Spawn
from scute_auth.errors import ScuteUnavailable
from tests.unit.support import DOWN, NOW, Clock, Endpoint, Stepper, app_reply, config, json_reply


class Case:
    def __init__(self, **settings: object) -> None:
        self.clock = Clock()
        self.endpoint = Endpoint()
        self.stepper = Stepper(self.endpoint, self.clock)
        self.cache = SettingsCache(config(**settings))

    def refresh(self) -> None:
        """What each verification does: ask in the background if that is due."""
        if (due := self.cache.refresh(self.clock())) is not None:
            self.stepper.run(due.flow)

    def answer(self, access_expiration: object) -> None:
        self.endpoint.app = app_reply(access_expiration)
        self.clock.forward(600)
        self.refresh()

    @property
    def bound(self) -> float:
        return self.cache.access_bound(self.clock())


def test_without_an_answer_the_bound_is_the_longest_that_scute_takes() -> None:
    case = Case()

    assert case.bound == MAX_ACCESS_LIFETIME
    case.endpoint.app = DOWN
    case.refresh()
    assert case.bound == MAX_ACCESS_LIFETIME


@pytest.mark.parametrize("unusable", [None, "3600", 3600.5, True, 0, -1, [3600], 31_536_001])
def test_a_figure_that_is_none_leaves_the_longest_bound(unusable: object) -> None:
    case = Case()

    case.answer(unusable)

    assert case.bound == MAX_ACCESS_LIFETIME


def test_a_figure_beyond_all_times_is_no_trouble_when_it_falls() -> None:
    case = Case()
    for figure in (10**400, 3600, 10**20, 60):
        case.answer(figure)

        assert case.bound <= MAX_ACCESS_LIFETIME


def test_the_answer_is_the_bound_and_is_read_again_every_ten_minutes() -> None:
    case = Case()
    for _ in range(100):
        case.refresh()
        case.clock.forward(60)

    assert case.bound == 3600
    assert case.endpoint.app_fetches == 10


def test_the_setting_of_this_app_overrides_what_scute_says() -> None:
    case = Case(access_lifetime=900)

    case.answer(7200)

    assert case.bound == 900


def test_an_increase_holds_at_once() -> None:
    case = Case()
    case.answer(3600)

    case.answer(7200)

    assert case.bound == 7200


def test_after_a_decrease_the_old_bound_holds_for_its_own_length_and_no_longer() -> None:
    """However often the settings are read in the meantime."""
    case = Case()
    case.answer(3600)
    case.answer(600)
    decreased_at = case.clock.now

    bounds: list[float] = []
    while case.clock.now < decreased_at + 3600:
        bounds.append(case.bound)
        case.clock.forward(300)
        case.refresh()

    assert set(bounds) == {3600}
    assert case.bound == 600


def test_each_of_several_decreases_holds_for_its_own_length() -> None:
    case = Case()
    for figure in (7200, 3600, 600):
        case.answer(figure)
    last = case.clock.now

    case.clock.now = last - 600 + 7199
    assert case.bound == 7200
    case.clock.now = last - 600 + 7200
    assert case.bound == 600


def test_a_figure_that_comes_and_goes_leaves_no_growing_trace() -> None:
    case = Case(keys_lifetime=1)
    for index in range(200):
        case.answer(60 + index % 2)

    assert case.bound == 61
    assert len(vars(case.cache)["_earlier_bounds"]) <= 2


def test_a_decrease_from_no_figure_holds_nothing_over() -> None:
    case = Case()
    case.answer(None)

    case.answer(600)

    assert case.bound == 600


def test_a_figure_that_disappears_frees_the_bound() -> None:
    case = Case()
    case.answer(600)

    case.answer(None)

    assert case.bound == MAX_ACCESS_LIFETIME


def test_a_failure_keeps_what_is_known_and_waits_longer_each_time() -> None:
    case = Case()
    case.answer(3600)
    case.endpoint.app = DOWN
    case.endpoint.calls.clear()
    case.clock.forward(600)

    for _ in range(600):
        case.refresh()
        case.clock.forward(0.1)

    assert case.bound == 3600
    assert 5 <= case.endpoint.app_fetches <= 7


def test_a_refusal_reads_again_at_most_once_per_cooldown() -> None:
    case = Case()
    case.refresh()

    for _ in range(60):
        case.stepper.run(case.cache.reread(case.clock()))
        case.clock.forward(1)

    assert case.endpoint.app_fetches == 3


def test_nobody_can_tell_while_the_settings_cannot_be_read_again() -> None:
    case = Case()
    case.refresh()
    case.endpoint.app = HttpReply(503)

    for _ in range(3):
        with pytest.raises(ScuteUnavailable) as caught:
            case.stepper.run(case.cache.reread(case.clock()))
        assert caught.value.retry_after == 1
    assert case.endpoint.app_fetches == 2


def test_whoever_needs_the_settings_waits_for_them_once() -> None:
    case = Case()

    first = case.stepper.run(case.cache.get(case.clock()))
    second = case.stepper.run(case.cache.get(case.clock()))

    assert first is second
    assert (first.name, first.access_expiration) == ("Demo", 3600)
    assert case.endpoint.app_fetches == 1


def test_whoever_needs_the_settings_gets_the_old_ones_in_an_outage() -> None:
    case = Case()
    case.stepper.run(case.cache.get(case.clock()))
    case.endpoint.app = DOWN
    case.clock.forward(100_000)

    assert case.stepper.run(case.cache.get(case.clock())).name == "Demo"


def test_without_any_settings_an_outage_is_unavailable() -> None:
    case = Case()
    case.endpoint.app = json_reply({"name": "no id"})

    with pytest.raises(ScuteUnavailable):
        case.stepper.run(case.cache.get(case.clock()))


def test_a_wrong_app_id_is_told_as_what_it_is() -> None:
    case = Case()
    case.endpoint.app = json_reply({"error": "App not found", "error_code": "not_found"}, 404)

    case.refresh()

    (told,) = (log.message % log.arguments for log in case.stepper.logged)
    assert told.startswith("Scute at https://api.scute.io knows no app app_demo: compare SCUTE_")


def test_the_public_id_is_asked_for_once_where_the_app_is_known_by_its_uuid() -> None:
    case = Case(app_id="2f1cbb2c-1d2f-4f39-9c8b-6f6f7d0e7a11")
    case.endpoint.app = app_reply(app_id="app_public")

    ids = [case.stepper.run(case.cache.public_app_id(case.clock())) for _ in range(3)]

    assert ids == ["app_public"] * 3
    assert case.endpoint.app_fetches == 1


def test_a_public_id_is_asked_of_nobody() -> None:
    case = Case()

    assert case.stepper.run(case.cache.public_app_id(NOW)) == "app_demo"
    assert case.endpoint.calls == []


def test_a_fetch_that_was_asked_for_while_another_ended_is_not_made() -> None:
    """K04"""
    case = Case()
    one, other = case.cache.refresh(NOW), case.cache.refresh(NOW)
    assert isinstance(one, Spawn)
    assert isinstance(other, Spawn)

    case.stepper.run(one.flow)
    case.stepper.run(other.flow)

    assert case.endpoint.app_fetches == 1
