"""Invitations: accepted with the metadata that the app requires, and not without."""

from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Answer, Api, landed

ADA = "ada@example.com"


@pytest.fixture
def token(emulator: Emulator, api: Api) -> str:
    """The token in an invitation to an app that wants to know the team."""
    schema = [
        {"id": "1", "name": "Team", "field_name": "team", "field_type": "string", "required": True},
        {"id": "2", "name": "Name", "field_name": "name", "field_type": "string"},
    ]
    emulator.settings(user_meta_data_schema=schema)
    api("POST", "/v1/app_demo/users/invite", {"identifier": ADA}, authorization=api.secret)
    return landed(emulator.messages(ADA)[0].link)["sct_magic"]


def accept(api: Api, token: str, meta: Any) -> Answer:
    return api("POST", "A/magic_links/confirm_invite", {"token": token, "user_meta": meta})


def test_what_is_missing_is_known_before(emulator: Emulator, api: Api, token: str) -> None:
    user = emulator.state.users.of("app_demo")[0]

    _, asked = api("GET", "A/users/metafields", query={"user_id": user.id})
    _, shown = api("GET", f"/v1/app_demo/users/{user.id}", authorization=api.secret)

    assert asked == {"meta": True}
    assert shown["user"]["required_fields"] == [{"field": "team", "required": True}]


@pytest.mark.parametrize("meta", [{}, {"name": "Ada"}, {"team": ""}, {"team": None}], ids=str)
def test_without_it_the_invitation_stays_open(api: Api, token: str, meta: Any) -> None:
    status, body = accept(api, token, meta)
    landing = api("PATCH", "A/magic_links/authenticate", {"token": token})

    assert (status, body["error_code"]) == (422, "user_meta_required")
    assert body["details"] == {"fields": ["team"]}
    assert (landing[0], landing[1]["error_code"]) == (422, "user_meta_required")
    assert accept(api, token, {"team": "Blue"})[0] == 200


def test_with_it_the_person_is_in(emulator: Emulator, api: Api, token: str) -> None:
    status, session = accept(api, token, {"team": "Blue"})

    _, body = api("GET", "A/current_user", x_authorization=session["access"])
    assert (status, body["user"]["status"]) == (200, "active")
    assert (body["user"]["meta"], body["user"]["required_fields"]) == ({"team": "Blue"}, [])
    assert accept(api, token, {"team": "Red"})[0] == 404


def test_nothing_is_kept_of_a_refused_confirmation(
    emulator: Emulator, api: Api, token: str
) -> None:
    accept(api, token, {"name": "Ada"})

    assert emulator.state.users.of("app_demo")[0].meta == {}


def test_a_link_that_is_no_invitation_asks_for_nothing(
    emulator: Emulator, api: Api, token: str
) -> None:
    link = api.link_for(ADA)

    assert api("PATCH", "A/magic_links/authenticate", {"token": link})[0] == 200


def test_an_invitation_waits_for_the_second_factor_too(
    emulator: Emulator, api: Api, token: str
) -> None:
    emulator.settings(mfa_policy="required")

    _, body = accept(api, token, {"team": "Blue"})

    assert (body["mfa_required"], "access" in body) == (True, False)
