"""Decisions about permissions: what they say, what they ask for, and what they add up to."""

from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.authz_support import ADA, POLICY, M, check, send, step_up, verdict
from tests.emulator.support import Api, Clock


@pytest.fixture(autouse=True)
def ada(emulator: Emulator) -> str:
    """Ada does the billing."""
    emulator.set_policy(POLICY)
    return emulator.grant_role(ADA, "billing").id


@pytest.fixture
def bob(emulator: Emulator) -> str:
    return emulator.create_user("bob@example.com").id


def test_a_role_grants_what_it_names(api: Api, ada: str, bob: str) -> None:
    decision = check(api, ada, "read", "invoice:7")

    assert decision == {
        "decision": "allow",
        "allowed": True,
        "reason": "role_grant",
        "permission": "invoice:read",
        "roles": ["billing"],
        "explanation": "ada@example.com may invoice:read: billing grants it.",
    }
    assert verdict(api, bob, "read", "invoice:7") == ("deny", "no_role_grants_permission")
    assert verdict(api, bob, "status") == ("allow", "role_grant")


@pytest.mark.parametrize(
    "resource",
    ["invoice:7", "invoice", " Invoice:7", {"type": "invoice", "key": "7"}, {"type": "invoice"}],
    ids=str,
)
def test_a_resource_is_a_kind_and_perhaps_a_key(api: Api, ada: str, resource: Any) -> None:
    assert check(api, ada, "READ", resource)["permission"] == "invoice:read"


def test_what_no_policy_names_is_denied(emulator: Emulator, api: Api, ada: str) -> None:
    assert verdict(api, ada, "fly", "invoice:7") == ("deny", "unknown_permission")
    assert verdict(api, ada, "archive", "invoice:7") == ("deny", "no_role_grants_permission")
    assert verdict(api, ada, "close", "account") == ("deny", "permission_disabled")


@pytest.mark.parametrize("value", [True, "true", 1, "yes", {"by": "x"}], ids=str)
def test_some_things_are_refused_to_who_acts_as_the_user(api: Api, ada: str, value: Any) -> None:
    context = {"impersonated": value, "actor": {"sub": "support"}}

    answer = verdict(api, ada, "delete", "account:1", context=context)

    assert answer == ("deny", "impersonating")
    assert verdict(api, ada, "read", "invoice:7", context=context)[0] == "allow"


@pytest.mark.parametrize("context", [None, {}, {"impersonated": False}, {"impersonated": "off"}])
def test_the_user_himself_may(api: Api, ada: str, context: Any) -> None:
    assert verdict(api, ada, "delete", "account:1", context=context)[0] == "allow"


def test_a_fresh_step_up_turns_into_an_allow(emulator: Emulator, api: Api, ada: str) -> None:
    first = check(api, ada, "refund", "invoice:7")

    token = step_up(emulator, api, ada, "invoice:refund")

    assert (first["decision"], first["reason"]) == ("allow_with_step_up", "verification_required")
    assert first["step_up"] == {
        "method": "email_otp",
        "ttl": 300,
        "authorizes_action": "invoice:refund",
    }
    assert verdict(api, ada, "refund", "invoice:7", challenge=token) == ("allow", "verified")


def test_a_step_up_is_good_for_its_user_its_action_and_some_minutes(
    emulator: Emulator, api: Api, clock: Clock, ada: str, bob: str
) -> None:
    emulator.grant_role("bob@example.com", "billing")
    token = step_up(emulator, api, ada, "invoice:refund")
    body = {"purpose": "step_up", "method": "email_otp", "app_user_id": ada}
    _, pending = send(api, "POST", "A/challenges", body)

    others = [
        check(api, bob, "refund", "invoice:7", challenge=token),
        check(api, ada, "refund", "invoice:7", challenge=step_up(emulator, api, ada, "other")),
        check(api, ada, "refund", "invoice:7", challenge=pending["challenge"]["token"]),
        check(api, ada, "refund", "invoice:7", challenge="nonsense"),
    ]
    clock.now += 300
    late = check(api, ada, "refund", "invoice:7", challenge=token)

    assert {each["decision"] for each in [*others, late]} == {"allow_with_step_up"}
    assert late["step_up"]["error"] == "challenge_not_usable"


def test_a_step_up_of_another_method_does_not_do(emulator: Emulator, api: Api, ada: str) -> None:
    emulator.enrol_totp(ADA)
    body = {"purpose": "step_up", "method": "totp", "app_user_id": ada}
    _, made = send(
        api, "POST", "A/challenges", body | {"metadata": {"authorizes_action": "invoice:refund"}}
    )
    token = made["challenge"]["token"]
    status, _ = api("POST", f"A/challenges/{token}/verify", {"code": emulator.totp_code(ADA)})

    assert status == 200
    assert verdict(api, ada, "refund", "invoice", challenge=token)[0] == "allow_with_step_up"


def test_checks_come_in_batches(api: Api, ada: str, bob: str) -> None:
    checks = [
        {"user_id": who, "action": action, "resource": "invoice:7"}
        for who, action in ((ada, "read"), (ada, "refund"), (ada, "void"), (bob, "read"))
    ]

    status, body = send(api, "POST", "A/authz/check-batch", {"checks": checks})

    assert status == 200
    assert [each["decision"] for each in body["results"]] == [
        "allow",
        "allow_with_step_up",
        "allow_with_approval",
        "deny",
    ]


@pytest.mark.parametrize(
    ("checks", "status", "code"),
    [
        ([{"action": "read"}] * 101, 422, "too_many_checks"),
        ([7], 422, "invalid_checks"),
        (None, 422, "invalid_checks"),
        ([{"action": "read", "user_id": "x"}], 404, "not_found"),
    ],
    ids=["too many", "no objects", "none", "nobody"],
)
def test_a_batch_that_is_none_is_refused(api: Api, checks: Any, status: int, code: str) -> None:
    answer, body = send(api, "POST", "A/authz/check-batch", {"checks": checks})

    assert (answer, body["error_code"]) == (status, code)


@pytest.mark.parametrize(
    "fields", [{}, {"action": " "}, {"action": 7}, {"action": "read", "resource": 7}], ids=str
)
def test_a_check_needs_an_action(api: Api, ada: str, fields: Any) -> None:
    status, body = send(api, "POST", "A/authz/check", {"user_id": ada, **fields})

    assert (status, body["error_code"]) == (422, "invalid_check")


def test_a_check_needs_a_user(api: Api) -> None:
    assert send(api, "POST", "A/authz/check", {"action": "read"})[0] == 404


def test_a_user_asks_about_himself(emulator: Emulator, api: Api, ada: str, bob: str) -> None:
    access = emulator.create_session(ADA)["access"]
    acting = emulator.create_session(ADA, imp={"sub": "support"})["access"]
    asked = {"action": "delete", "resource": "account:1", "user_id": bob}
    told = asked | {"context": {"impersonated": False}}

    _, mine = api("POST", "A/authz/me/check", asked, x_authorization=access)
    _, theirs = api("POST", "A/authz/me/check", told, x_authorization=acting)
    _, many = api("POST", "A/authz/me/check-batch", {"checks": [asked]}, x_authorization=access)
    _, all_of_it = api("GET", "A/authz/me/permissions", x_authorization=access)

    assert (mine["decision"], theirs["reason"]) == ("allow", "impersonating")
    assert many == {"results": [mine]}
    assert all_of_it["user_id"] == ada


def test_a_user_redeems_no_proof_himself(emulator: Emulator, api: Api, ada: str) -> None:
    token = step_up(emulator, api, ada, "invoice:refund")
    access = emulator.create_session(ADA)["access"]
    body = {"action": "refund", "resource": "invoice:7", "challenge": token}

    _, answer = api("POST", "A/authz/me/check", body, x_authorization=access)

    assert answer["decision"] == "allow_with_step_up"


def test_what_a_user_may_is_listed(api: Api, ada: str) -> None:
    _, body = send(api, "GET", f"A/authz/users/{ada}/permissions")

    assert body["roles"] == ["billing", "guest"]
    assert {"invoice:read", "invoice:refund", "status"} <= set(body["permissions"])
    assert body["step_up"] == ["invoice:refund", "invoice:wipe"]
    assert body["approval"] == ["invoice:void", "invoice:wipe"]


def test_a_role_can_be_held_on_one_object(emulator: Emulator, api: Api, bob: str) -> None:
    emulator.grant_role("bob@example.com", "billing", resource="invoice:7")

    _, listed = send(api, "GET", f"A/authz/users/{bob}/permissions", resource="invoice:7")

    assert verdict(api, bob, "read", "invoice:7")[0] == "allow"
    assert verdict(api, bob, "read", "invoice:8")[0] == "deny"
    assert verdict(api, bob, "read", "invoice")[0] == "deny"
    assert (listed["roles"], listed["resource_roles"]) == (["guest"], ["billing"])
    assert listed["resource"] == "invoice:7"


def test_who_may_do_something_is_listed(emulator: Emulator, api: Api, ada: str, bob: str) -> None:
    emulator.grant_role("cleo@example.com", "billing")
    emulator.create_user(phone="+15550100")

    _, who = send(api, "GET", "A/authz/authorized-users", action="read", resource="invoice")
    _, page = send(
        api, "GET", "A/authz/authorized-users", action="read", resource="invoice:7",
        limit="1", offset="1",
    )  # fmt: skip
    _, everyone = send(api, "GET", "A/authz/authorized-users", action="status")

    assert who["users"][0] == {"id": ada, "email": ADA}
    assert (who["permission"], who["total"], who["everyone"]) == ("invoice:read", 2, False)
    assert [each["email"] for each in page["users"]] == ["cleo@example.com"]
    assert (page["total"], page["resource"]) == (2, "invoice:7")
    assert (everyone["everyone"], everyone["total"]) == (True, 4)
    assert everyone["users"][-1]["phone"] == "+15550100"


def test_no_approval_is_spent_on_a_filter(api: Api, ada: str) -> None:
    who = {"user_id": ada, "action": "void"}
    _, asked = send(api, "POST", f"{M}/requests", {**who, "resource": "invoice"})
    send(api, "POST", f"{M}/requests/{asked['id']}/approve")

    send(
        api,
        "POST",
        "A/authz/filter",
        {**who, "resource_type": "invoice", "approval": asked["id"]},
    )

    assert verdict(api, ada, "void", "invoice", approval=asked["id"]) == ("allow", "approved")


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("read", {"filter": "all"}),
        ("refund", {"filter": "all", "step_up": True}),
        ("archive", {"filter": "none"}),
    ],
)
def test_a_filter_is_all_rows_or_none(
    api: Api, ada: str, action: str, expected: dict[str, Any]
) -> None:
    body = {"user_id": ada, "action": action, "resource_type": "invoice"}

    _, answer = send(api, "POST", "A/authz/filter", body)

    assert answer == {"permission": f"invoice:{action}", **expected}


def test_an_app_without_a_policy_allows_nothing(emulator: Emulator, api: Api) -> None:
    other = emulator.create_app()
    user = emulator.create_user(ADA, app_id=other.id)

    _, body = api(
        "POST",
        f"/v1/auth/{other.id}/authz/check",
        {"user_id": user.id, "action": "read", "resource": "invoice:7"},
        authorization=f"Bearer {other.secret}",
    )

    assert body["reason"] == "unknown_permission"
