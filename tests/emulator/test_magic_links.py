"""Signing in by link, and what stands in the way of it."""

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Api, Clock, claims_of, landed


def open_link(api: Api, token: str) -> int:
    return api("PATCH", "A/magic_links/authenticate", {"token": token})[0]


def test_the_mail_leads_to_the_login_url(emulator: Emulator, api: Api) -> None:
    api("POST", "A/magic_links/login", {"identifier": " Ada@Example.com "})

    (mail,) = emulator.messages("ada@example.com")

    assert (mail.to, mail.kind, mail.code) == ("ada@example.com", "email", None)
    assert mail.link is not None
    assert mail.link.startswith("http://127.0.0.1:8000/auth/callback?sct_magic=")


def test_a_login_url_with_a_query_keeps_it(emulator: Emulator, api: Api) -> None:
    emulator.settings(login_url="http://127.0.0.1:8000/in?x=1")

    api.link_for("ada@example.com")

    assert landed(emulator.messages()[0].link)["x"] == "1"


def test_the_token_says_whom_it_is_for(emulator: Emulator, api: Api, clock: Clock) -> None:
    token = api.link_for("ada@example.com")

    claims = claims_of(token)

    names = {"uuid", "email", "user_status", "webauthnEnabled", "iat", "exp", "jti"}
    assert set(claims) == names
    assert claims["email"] == "ada@example.com"
    assert claims["user_status"] == "pending"
    assert claims["exp"] - claims["iat"] == 2000


def test_opening_it_signs_in_and_verifies_the_address(emulator: Emulator, api: Api) -> None:
    token = api.link_for("ada@example.com")

    _, session = api(
        "PATCH", "A/magic_links/authenticate", {"token": token}, user_agent="Firefox/1"
    )

    _, body = api("GET", "A/current_user", x_authorization=session["access"])
    user = body["user"]
    assert (user["status"], user["email_verified"], user["login_count"]) == ("active", True, 1)
    assert user["sessions"][0]["type"] == "magic"
    assert user["sessions"][0]["user_agent_shortname"] == "Firefox"


def test_a_link_works_once(api: Api) -> None:
    token = api.link_for("ada@example.com")

    assert [open_link(api, token), open_link(api, token)] == [200, 404]


def test_a_link_expires(emulator: Emulator, api: Api, clock: Clock) -> None:
    emulator.settings(magic_link_lifetime=100)
    token = api.link_for("ada@example.com")
    clock.now += 100

    status, body = api("PATCH", "A/magic_links/authenticate", {"token": token})

    assert (status, body["error"]) == (404, "Magic link not found or expired")


def test_two_links_of_one_second_are_two(api: Api) -> None:
    one, other = api.link_for("ada@example.com"), api.link_for("ada@example.com")

    assert [open_link(api, one), open_link(api, other)] == [200, 200]


def test_a_link_of_another_app_is_unknown_here(emulator: Emulator, api: Api) -> None:
    other = emulator.create_app().id
    token = api.link_for("ada@example.com")

    path = f"/v1/auth/{other}/magic_links/authenticate"
    assert api("PATCH", path, {"token": token})[0] == 404
    assert open_link(api, token) == 200


def test_the_browser_that_asked_gets_a_session_of_its_own_once(
    emulator: Emulator, api: Api
) -> None:
    _, asked = api("POST", "A/magic_links/login", {"identifier": "ada@example.com"})
    link_id = asked["magic_link"]["id"]
    token = landed(emulator.messages()[0].link)["sct_magic"]

    before = api("POST", "A/magic_links/status", {"id": link_id})
    _, opened = api("PATCH", "A/magic_links/authenticate", {"token": token})
    _, polled = api("POST", "A/magic_links/status", {"id": link_id})
    after, _ = api("POST", "A/magic_links/status", {"id": link_id})

    assert before == (200, {"message": "ok"})
    assert polled["user_id"] == opened["user_id"]
    assert polled["refresh"] != opened["refresh"]
    assert after == 404
    api("DELETE", "A/current_user", x_authorization=opened["access"])
    assert api("GET", "A/current_user", x_authorization=polled["access"])[0] == 200


def test_polling_for_an_unknown_link_is_refused(api: Api) -> None:
    assert api("POST", "A/magic_links/status", {"id": "x"})[0] == 404


def test_a_phone_number_gets_a_text_message(emulator: Emulator, api: Api) -> None:
    api("POST", "A/magic_links/login", {"identifier": "+1 (555) 010-0123"})

    (sms,) = emulator.messages("+15550100123")

    assert sms.kind == "sms"
    claims = claims_of(landed(sms.link)["sct_magic"])
    assert claims["phone"] == "+15550100123"


def test_registration_keeps_declared_metadata_and_names_the_rest(
    emulator: Emulator, api: Api
) -> None:
    meta = {"first_name": "Ada", "shoe_size": 38}

    _, body = api(
        "POST", "A/magic_links/register", {"identifier": "ada@example.com", "user_meta": meta}
    )

    assert set(body["user_meta_errors"]) == {"shoe_size"}
    assert emulator.state.users.of("app_demo")[0].meta == {"first_name": "Ada"}


def test_registering_a_known_user_changes_nothing_about_him(emulator: Emulator, api: Api) -> None:
    ada = emulator.create_user("ada@example.com", meta={"first_name": "Ada"})

    fields = {"identifier": "ada@example.com", "user_meta": {"first_name": "Eve"}}
    status, _ = api("POST", "A/magic_links/register", fields)

    assert status == 200
    assert emulator.state.users.of("app_demo") == [ada]


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "ada",
        "a@b",
        "a@x.example,b@y.example",
        "a@x.example b@y.example",
        "5550100",
        None,
        7,
        [],
    ],
)
def test_what_is_not_one_identifier_is_refused(api: Api, identifier: object) -> None:
    status, body = api("POST", "A/magic_links/login", {"identifier": identifier})

    assert (status, body["error_code"]) == (400, "invalid_identifier")


def test_an_identifier_of_a_kind_that_is_switched_off_is_refused(
    emulator: Emulator, api: Api
) -> None:
    emulator.settings(allowed_identifiers=["email"])

    assert api("POST", "A/magic_links/login", {"identifier": "+15550100123"})[0] == 400


def test_without_public_sign_up_strangers_get_no_link(emulator: Emulator, api: Api) -> None:
    emulator.settings(public_signup=False)

    status, body = api("POST", "A/magic_links/login", {"identifier": "eve@example.com"})

    assert (status, body["error_code"]) == (404, "identifier_not_recognized")
    assert emulator.messages() == []


def test_a_deactivated_user_can_neither_ask_nor_land(emulator: Emulator, api: Api) -> None:
    token = api.link_for("ada@example.com")
    user = emulator.state.users.of("app_demo")[0]
    api("POST", f"/v1/app_demo/users/{user.id}/deactivate", authorization=api.secret)

    asked = api("POST", "A/magic_links/login", {"identifier": "ada@example.com"})
    opened = api("PATCH", "A/magic_links/authenticate", {"token": token})

    assert [asked[0], opened[0]] == [403, 403]
    assert opened[1]["error_code"] == "account_deactivated"


def test_the_link_of_a_deleted_user_is_gone(emulator: Emulator, api: Api) -> None:
    token = api.link_for("ada@example.com")
    emulator.state.forget_user(emulator.state.users.of("app_demo")[0])

    assert api("POST", "A/magic_links/confirm_invite", {"token": token})[0] == 404


def test_where_a_second_factor_is_due_there_is_no_session(emulator: Emulator, api: Api) -> None:
    emulator.settings(mfa_required=True)

    status, body = api(
        "PATCH", "A/magic_links/authenticate", {"token": api.link_for("ada@example.com")}
    )

    assert status == 200
    assert set(body) == {"mfa_required", "app_user_id", "mfa_challenge", "available_methods"}
    assert body["available_methods"] == ["totp", "backup_codes"]
    assert body["mfa_challenge"]["method"] == "totp"
    assert emulator.state.sessions.of(body["app_user_id"]) == []


def test_where_single_sign_on_is_enforced_links_are_refused(emulator: Emulator, api: Api) -> None:
    token = api.link_for("ada@example.com")
    emulator.settings(sso_required=True, sso_login_url="https://sso.example.com/go")

    asked = api("POST", "A/magic_links/login", {"identifier": "ada@example.com"})
    opened = api("PATCH", "A/magic_links/authenticate", {"token": token})

    assert [asked[0], opened[0]] == [403, 403]
    assert asked[1]["error_code"] == "sso_required"
    assert asked[1]["details"] == {
        "sso_login_url": "https://sso.example.com/go",
        "domain": "example.com",
    }


def test_an_invitation_is_accepted_with_metadata(emulator: Emulator, api: Api) -> None:
    api(
        "POST",
        "/v1/app_demo/users/invite",
        {"identifier": "ada@example.com"},
        authorization=api.secret,
    )
    mail = emulator.messages("ada@example.com")[0]
    token = landed(mail.link)["sct_magic"]

    wrong, _ = api(
        "POST", "A/magic_links/confirm_invite", {"token": token, "user_meta": {"nope": 1}}
    )
    status, session = api(
        "POST", "A/magic_links/confirm_invite", {"token": token, "user_meta": {"last_name": "L"}}
    )

    assert mail.subject == "You are invited to Demo"
    assert (wrong, status) == (422, 200)
    user = emulator.state.users.get("app_demo", session["user_id"])
    assert user is not None
    assert user.meta == {"last_name": "L"}
