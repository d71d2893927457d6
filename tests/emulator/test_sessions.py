"""Sessions and refreshes: what lives on, what ends, and when."""

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Api, Clock, claims_of


def refresh(api: Api, token: str) -> int:
    return api("POST", "A/tokens/refresh", x_refresh_token=token)[0]


def is_good(api: Api, access: str) -> bool:
    return api("GET", "A/current_user", x_authorization=access)[0] == 200


def test_without_rotation_the_refresh_token_stays_good(emulator: Emulator, api: Api) -> None:
    token = emulator.create_session("ada@example.com")["refresh"]

    assert [refresh(api, token) for _ in range(3)] == [200, 200, 200]


def test_a_refresh_names_the_same_user_under_a_new_token(emulator: Emulator, api: Api) -> None:
    first = emulator.create_session("ada@example.com")

    _, second = api("POST", "A/tokens/refresh", x_refresh_token=first["refresh"])

    assert second["user_id"] == first["user_id"] == claims_of(second["access"])["uuid"]
    assert second["access"] != first["access"]
    assert is_good(api, first["access"])
    assert is_good(api, second["access"])


def test_a_refresh_kills_the_earlier_access_token_if_told_to(emulator: Emulator, api: Api) -> None:
    emulator.settings(refresh_kills_access=True)
    first = emulator.create_session("ada@example.com")

    _, second = api("POST", "A/tokens/refresh", x_refresh_token=first["refresh"])

    assert not is_good(api, first["access"])
    assert is_good(api, second["access"])


@pytest.mark.parametrize("reuse_revokes", [False, True])
def test_a_rotated_refresh_token_is_refused(
    emulator: Emulator, api: Api, reuse_revokes: bool
) -> None:
    emulator.settings(rotate_refresh=True, reuse_revokes=reuse_revokes)
    old = emulator.create_session("ada@example.com")["refresh"]
    _, renewed = api("POST", "A/tokens/refresh", x_refresh_token=old)

    assert refresh(api, old) == 401
    assert is_good(api, renewed["access"]) is not reuse_revokes
    assert refresh(api, renewed["refresh"]) == (401 if reuse_revokes else 200)


def test_tokens_expire(emulator: Emulator, api: Api, clock: Clock) -> None:
    session = emulator.create_session("ada@example.com", access_lifetime=60, refresh_lifetime=120)

    clock.now += 59
    before = (is_good(api, session["access"]), refresh(api, session["refresh"]))
    clock.now += 1
    between = (is_good(api, session["access"]), refresh(api, session["refresh"]))
    clock.now += 60
    after = refresh(api, session["refresh"])

    assert (before, between, after) == ((True, 200), (False, 200), 401)


def test_the_lifetimes_of_the_first_tokens_are_not_those_of_the_next(
    emulator: Emulator, api: Api, clock: Clock
) -> None:
    session = emulator.create_session("ada@example.com", access_lifetime=-5)

    _, renewed = api("POST", "A/tokens/refresh", x_refresh_token=session["refresh"])

    assert claims_of(session["access"])["exp"] == clock.now - 5
    assert claims_of(renewed["access"])["exp"] == clock.now + 3600


def test_lifetimes_and_iat_follow_the_settings(emulator: Emulator, api: Api, clock: Clock) -> None:
    emulator.settings(access_lifetime=90, refresh_lifetime=7200, emit_iat=True, iso_times=False)

    session = emulator.create_session("ada@example.com")

    assert claims_of(session["access"])["iat"] == clock.now
    assert session["access_expires_at"] == clock.now + 90
    assert session["refresh_expires_at"] == claims_of(session["refresh"])["exp"] == clock.now + 7200


def test_expiry_is_written_as_a_date(emulator: Emulator) -> None:
    session = emulator.create_session("ada@example.com")

    assert session["access_expires_at"] == "2027-01-15T09:00:00.000+00:00"


def test_signing_out_ends_this_session_only(emulator: Emulator, api: Api) -> None:
    one, other = (emulator.create_session("ada@example.com") for _ in range(2))

    api("DELETE", "A/current_user", x_authorization=one["access"])

    assert not is_good(api, one["access"])
    assert refresh(api, one["refresh"]) == 401
    assert is_good(api, other["access"])


def test_a_user_lists_and_revokes_own_sessions(emulator: Emulator, api: Api) -> None:
    one, other = (emulator.create_session("ada@example.com") for _ in range(2))
    _, listed = api("GET", "A/sessions", x_authorization=one["access"])
    other_id = listed[1]["id"]

    status, _ = api("DELETE", f"A/sessions/{other_id}", x_authorization=one["access"])

    assert (status, len(listed)) == (200, 2)
    assert is_good(api, one["access"])
    assert not is_good(api, other["access"])
    again, _ = api("DELETE", f"A/sessions/{other_id}", x_authorization=one["access"])
    assert again == 404


def test_a_session_of_someone_else_cannot_be_revoked(emulator: Emulator, api: Api) -> None:
    ada, bob = (emulator.create_session(f"{name}@example.com") for name in ("ada", "bob"))
    bobs = emulator.state.sessions.of(bob["user_id"])[0].id

    status, _ = api("DELETE", f"A/sessions/{bobs}", x_authorization=ada["access"])

    assert status == 404
    assert is_good(api, bob["access"])


def test_rotate_access_takes_an_expired_token(emulator: Emulator, api: Api, clock: Clock) -> None:
    access = emulator.create_session("ada@example.com")["access"]
    clock.now += 4000

    status, body = api(
        "POST", "A/tokens/rotate_access", authorization=api.secret, x_authorization=access
    )

    assert status == 200
    assert refresh(api, body["refresh"]) == 200


def test_without_refresh_payload_no_refresh_token_is_handed_out(
    emulator: Emulator, api: Api
) -> None:
    emulator.settings(refresh_payload=False)

    _, session = api("PATCH", "A/magic_links/authenticate", {"token": api.link_for("a@b.example")})

    assert "access" in session
    assert not {"refresh", "refresh_expires_at"} & set(session)


def test_an_impersonated_session_names_the_actor_and_has_no_refresh_token(
    emulator: Emulator, api: Api
) -> None:
    actor = {"sub": "op_1", "kind": "operator"}
    session = emulator.create_session("ada@example.com", imp=actor)

    _, body = api("GET", "A/current_user", x_authorization=session["access"])

    assert "refresh" not in session
    assert claims_of(session["access"])["imp"] is True
    assert body["impersonation"]["actor"] == claims_of(session["access"])["act"] == actor
    _, rotated = api(
        "POST",
        "A/tokens/rotate_access",
        authorization=api.secret,
        x_authorization=session["access"],
    )
    assert "refresh" not in rotated


def test_extra_claims_go_into_every_token_of_the_session(emulator: Emulator, api: Api) -> None:
    session = emulator.create_session("ada@example.com", claims={"crid": "c1"})

    _, renewed = api("POST", "A/tokens/refresh", x_refresh_token=session["refresh"])

    assert claims_of(session["refresh"])["crid"] == claims_of(renewed["access"])["crid"] == "c1"


def test_a_token_is_good_at_its_own_app_only(emulator: Emulator, api: Api) -> None:
    other = emulator.create_app(name="Other")
    session = emulator.create_session("ada@example.com", app_id=other.id)

    here, _ = api("GET", "A/current_user", x_authorization=session["access"])
    there, _ = api("GET", f"/v1/auth/{other.id}/current_user", x_authorization=session["access"])

    assert (here, there) == (401, 200)


@pytest.mark.parametrize("text", ["", "nonsense", "a.b.c", "é\ud800"])
def test_what_is_no_token_of_ours_is_refused(api: Api, text: str) -> None:
    assert refresh(api, text) == 401
    assert not is_good(api, text)


def test_sessions_are_made_for_known_users_and_apps_only(emulator: Emulator) -> None:
    ada = emulator.create_user("ada@example.com")

    assert emulator.create_session(user_id=ada.id)["user_id"] == ada.id
    assert emulator.create_session("ADA@example.com")["user_id"] == ada.id
    for wrong in ({"user_id": "u"}, {"app_id": "a"}, {"email": "nobody"}):
        with pytest.raises(ValueError, match=r"there is no such|give an e-mail"):
            emulator.create_session(**wrong)  # type: ignore[arg-type]
