"""Settings, faults and the call log, in memory."""

from dataclasses import astuple

import pytest

from scute_auth.effects import HttpCall, HttpFailure, HttpOutcome, HttpReply
from scute_emulator import Emulator
from scute_emulator.state.settings import SettingsError
from tests.emulator.support import Api

JWKS = "/v1/auth/app_demo/jwks"


def fetch(emulator: Emulator, path: str = JWKS, max_bytes: int = 10_000) -> HttpOutcome:
    url = f"http://127.0.0.1:9000{path}"
    return emulator.transport.send(HttpCall("GET", url, timeout=5, max_bytes=max_bytes))


def status(outcome: HttpOutcome) -> int | str:
    return outcome.status if isinstance(outcome, HttpReply) else outcome.kind


def test_a_fault_answers_in_the_apis_place_as_often_as_told(emulator: Emulator) -> None:
    emulator.fault("/jwks", status=503, times=2)

    assert [status(fetch(emulator)) for _ in range(3)] == [503, 503, 200]


def test_a_fault_without_a_number_lasts_until_cleared(emulator: Emulator) -> None:
    emulator.fault("/jwks", status=500)
    before = [status(fetch(emulator)) for _ in range(3)]

    emulator.clear_faults()

    assert (before, status(fetch(emulator))) == ([500, 500, 500], 200)


def test_a_fault_meets_the_paths_that_end_with_its_own(emulator: Emulator) -> None:
    emulator.fault("/tokens/refresh", status=503)

    assert status(fetch(emulator)) == 200
    assert status(fetch(emulator, f"{JWKS}?x=/tokens/refresh")) == 200
    assert status(fetch(emulator, "/v1/auth/app_demo/tokens/refresh?x=1")) == 503


def test_zero_times_is_never(emulator: Emulator) -> None:
    emulator.fault("/jwks", status=503, times=0)

    assert status(fetch(emulator)) == 200


def test_a_fault_can_answer_anything(emulator: Emulator) -> None:
    emulator.fault("/jwks", status=200, body="<html>", headers={"content-type": "text/html"})

    reply = fetch(emulator)

    assert isinstance(reply, HttpReply)
    assert (reply.body, reply.header("content-type")) == (b"<html>", "text/html")


def test_too_many_calls_are_told_when_to_come_again(emulator: Emulator) -> None:
    emulator.fault("/jwks", status=429, times=1, headers={"retry-after": "7"})

    reply = fetch(emulator)

    assert isinstance(reply, HttpReply)
    assert (reply.status, reply.header("retry-after")) == (429, "7")
    assert status(fetch(emulator)) == 200


def test_a_delay_is_waited_for(emulator: Emulator, waits: list[float]) -> None:
    emulator.fault("/jwks", delay=2)

    assert (status(fetch(emulator)), waits) == (200, [2])


def test_a_delay_beyond_the_timeout_is_one(emulator: Emulator, waits: list[float]) -> None:
    emulator.fault("/jwks", delay=60)

    assert (fetch(emulator), waits) == (HttpFailure("timeout"), [5])
    assert emulator.calls() == []


def test_a_drop_is_a_failure_of_the_network(emulator: Emulator) -> None:
    emulator.fault("/jwks", drop=True)

    assert fetch(emulator) == HttpFailure("network")


def test_an_answer_that_is_too_large_is_one(emulator: Emulator) -> None:
    assert fetch(emulator, max_bytes=10) == HttpFailure("too_large")


@pytest.mark.parametrize(
    ("delay", "drop", "expected"),
    [(1, False, 200), (60, False, "timeout"), (0, True, "network")],
    ids=["late", "too late", "dropped"],
)
async def test_the_same_faults_meet_an_async_caller(
    emulator: Emulator, waits: list[float], delay: float, drop: bool, expected: int | str
) -> None:
    emulator.fault("/jwks", delay=delay, drop=drop)

    outcome = await emulator.transport.asend(HttpCall("GET", f"http://127.0.0.1:9000{JWKS}"))
    await emulator.transport.aclose()
    emulator.transport.close()

    assert status(outcome) == expected
    assert waits == [min(delay, 5)] * bool(delay)


@pytest.mark.parametrize("what", [{"drop": True}, {"status": 502}, {"delay": 60}])
def test_an_answer_can_get_lost_after_scute_has_acted(
    emulator: Emulator, api: Api, what: dict[str, object]
) -> None:
    emulator.settings(rotate_refresh=True)
    refresh = emulator.create_session("ada@example.com")["refresh"]
    emulator.fault("/tokens/refresh", after=True, times=1, **what)
    headers = (("X-Refresh-Token", refresh),)
    url = "http://127.0.0.1:9000/v1/auth/app_demo/tokens/refresh"

    lost = emulator.transport.send(HttpCall("POST", url, headers))

    assert status(lost) != 200
    assert [call.count for call in emulator.calls()] == [1]
    assert api("POST", "A/tokens/refresh", x_refresh_token=refresh)[0] == 401


def test_an_answer_that_comes_late_was_acted_on_once(emulator: Emulator, api: Api) -> None:
    emulator.settings(rotate_refresh=True)
    refresh = emulator.create_session("ada@example.com")["refresh"]
    emulator.fault("/tokens/refresh", after=True, times=1, delay=1)

    code, body = api("POST", "A/tokens/refresh", x_refresh_token=refresh)

    assert code == 200
    assert api("POST", "A/tokens/refresh", x_refresh_token=body["refresh"])[0] == 200
    assert [call.count for call in emulator.calls()] == [2]


def test_calls_are_counted_by_method_path_and_status(emulator: Emulator) -> None:
    emulator.fault("/jwks", drop=True, times=1)
    for path in (JWKS, JWKS, f"{JWKS}?token=secret", "/v1/nothing"):
        fetch(emulator, path)

    counted = [astuple(call) for call in emulator.calls()]
    emulator.clear_calls()

    assert counted == [
        ("GET", JWKS, None, 1),
        ("GET", JWKS, 200, 2),
        ("GET", "/v1/nothing", 404, 1),
    ]
    assert emulator.calls() == []


def test_a_status_that_http_does_not_know_is_refused(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="200 to 599"):
        emulator.fault("/jwks", status=99)


@pytest.mark.parametrize(
    "values",
    [
        {"rotate_refresh": "yes"},
        {"access_lifetime": True},
        {"access_lifetime": "60"},
        {"email_auth_type": "pigeon"},
        {"allowed_identifiers": "email"},
        {"allowed_identifiers": [1]},
        {"oauth_providers": ["google"]},
        {"logo": 7},
        {"colors": "#fff"},
        {"colors": [7]},
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_changes_nothing(
    emulator: Emulator, values: dict[str, object]
) -> None:
    before = (emulator.state.behaviour, emulator.state.apps.first.settings)

    with pytest.raises(SettingsError, match="does not fit"):
        emulator.settings(name="Changed", mfa_required=True, **values)

    assert (emulator.state.behaviour, emulator.state.apps.first.settings) == before


def test_unknown_settings_are_named(emulator: Emulator) -> None:
    with pytest.raises(SettingsError, match="unknown settings: a, b"):
        emulator.settings(b=1, a=2, name="x")


def test_settings_show_in_the_public_app(emulator: Emulator, api: Api) -> None:
    providers = [{"provider": "okta", "name": "Okta"}]

    emulator.settings(name="Shop", logo="/l.svg", oauth_providers=providers, email_auth_type="otp")

    _, app = api("GET", "/v1/apps/app_demo")
    assert (app["name"], app["logo"], app["email_auth_type"]) == ("Shop", "/l.svg", "otp")
    assert app["oauth_providers"] == providers
    assert "colors" not in app


def test_an_apps_colors_show_where_it_has_any(emulator: Emulator, api: Api) -> None:
    """Create app takes them; that the public app tells them is a guess."""
    body = {"name": "Shop", "colors": ["#d6246e"]}

    _, made = api("POST", "/v1/apps", body, authorization=api.secret)
    _, app = api("GET", f"/v1/apps/{made['app']['id']}")

    assert app["colors"] == ["#d6246e"]


@pytest.mark.parametrize("prefix", ["scapp_", "scwor_"])
def test_a_live_looking_secret_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="looks like one of a live") as raised:
        Emulator(secret=prefix + "a1" * 10)

    assert "a1a1" not in str(raised.value)
    with pytest.raises(ValueError, match="looks like one of a live"):
        Emulator(workspace_secret=prefix + "a1" * 10)


def test_no_secret_shows_in_a_repr(emulator: Emulator) -> None:
    emulator.create_session("ada@example.com")
    state = emulator.state

    shown = repr([state.apps.first, state.keys.current, state.issuer, emulator.messages()])

    assert state.apps.first.secret not in shown
    assert state.workspace_secret not in shown
    assert "PRIVATE" not in shown
