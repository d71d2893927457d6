"""Who holds which role, who asks for more, and the policy itself."""

from typing import Any

import pytest

from scute_auth import Reason, Scute, ScuteConfig, TokenError
from scute_emulator import Emulator
from tests.emulator.authz_support import ADA, POLICY, M, check, send, step_up, verdict
from tests.emulator.support import Api, Clock, claims_of


@pytest.fixture(autouse=True)
def ada(emulator: Emulator) -> str:
    """Ada does the billing."""
    emulator.set_policy(POLICY)
    return emulator.grant_role(ADA, "billing").id


@pytest.fixture
def bob(emulator: Emulator) -> str:
    return emulator.create_user("bob@example.com").id


def test_roles_are_given_and_taken(emulator: Emulator, api: Api, clock: Clock, bob: str) -> None:
    roles = f"{M}/users/{bob}/roles"

    for fields in ({}, {"duration": 60}, {"resource": "invoice:7"}):
        assert send(api, "POST", roles, {"role": "billing", **fields})[0] == 201
    _, held = send(api, "GET", roles)
    clock.now += 60
    _, later = send(api, "GET", roles)

    assert [(each["role"], each["active"]) for each in held["roles"]] == [("billing", True)] * 2
    assert [each["active"] for each in later["roles"]] == [False, True]
    assert verdict(api, bob, "read", "invoice:8")[0] == "deny"
    assert send(api, "DELETE", f"{roles}/billing", resource="invoice:7")[0] == 204
    assert send(api, "DELETE", f"{roles}/billing")[0] == 204
    assert send(api, "DELETE", f"{roles}/billing")[0] == 404
    assert send(api, "GET", roles)[1] == {"roles": []}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"role": "boss"}, "unknown_role"),
        ({}, "unknown_role"),
        ({"role": "billing", "duration": 0}, "invalid_duration"),
        ({"role": "billing", "duration": "1"}, "invalid_duration"),
    ],
    ids=str,
)
def test_a_role_that_is_none_is_not_given(api: Api, ada: str, body: Any, code: str) -> None:
    status, answer = send(api, "POST", f"{M}/users/{ada}/roles", body)

    assert (status, answer["error_code"]) == (422, code)


def test_an_approved_operation_is_done_once(api: Api, ada: str, bob: str) -> None:
    first = check(api, ada, "void", "invoice:7")
    body = {"user_id": ada, "action": "void", "resource": "invoice:7", "reason": "twice"}
    status, asked = send(api, "POST", f"{M}/requests", body)
    early = check(api, ada, "void", "invoice:7", approval=asked["id"])
    decided = send(
        api, "POST", f"{M}/requests/{asked['id']}/approve", {"note": "fine", "reviewer_id": bob}
    )[1]
    elsewhere = check(api, ada, "void", "invoice:8", approval=asked["id"])
    used = verdict(api, ada, "void", "invoice:7", approval=asked["id"])
    again = check(api, ada, "void", "invoice:7", approval=asked["id"])
    _, listed = send(api, "GET", f"{M}/requests", status="used")

    assert (first["decision"], first["reason"]) == ("allow_with_approval", "approval_required")
    assert first["approval"] == {"permission": "invoice:void", "resource": "invoice:7"}
    assert (status, asked["kind"], asked["status"]) == (201, "operation", "pending")
    assert (asked["permission"], asked["resource"]) == ("invoice:void", "invoice:7")
    assert (decided["status"], decided["decided_by"]) == ("approved", bob)
    assert decided["decision_note"] == "fine"
    assert used == ("allow", "approved")
    assert {each["approval"]["error"] for each in (early, elsewhere, again)} == {
        "approval_not_usable"
    }
    assert [each["id"] for each in listed["requests"]] == [asked["id"]]


def test_an_approval_and_a_proof_may_both_be_needed(emulator: Emulator, api: Api, ada: str) -> None:
    body = {"user_id": ada, "action": "wipe", "resource": "invoice"}
    _, asked = send(api, "POST", f"{M}/requests", body)
    send(api, "POST", f"{M}/requests/{asked['id']}/approve")
    token = step_up(emulator, api, ada, "invoice:wipe")

    assert verdict(api, ada, "wipe", "invoice")[0] == "allow_with_approval"
    assert verdict(api, ada, "wipe", "invoice", approval=asked["id"])[0] == "allow_with_step_up"
    assert verdict(api, ada, "wipe", "invoice", approval=asked["id"], challenge=token) == (
        "allow",
        "verified",
    )


def test_an_approved_role_is_held(api: Api, clock: Clock, bob: str) -> None:
    body = {"user_id": bob, "role": "billing", "duration": 60, "resource": "invoice:7"}
    _, asked = send(api, "POST", f"{M}/requests", body)
    _, mine = send(api, "GET", f"{M}/requests", user_id=bob, status="pending")

    send(api, "POST", f"{M}/requests/{asked['id']}/approve")
    _, roles = send(api, "GET", f"{M}/users/{bob}/roles")

    assert (asked["kind"], asked["duration_seconds"]) == ("role", 60)
    assert [each["id"] for each in mine["requests"]] == [asked["id"]]
    assert verdict(api, bob, "read", "invoice:7")[0] == "allow"
    assert (roles["roles"][0]["resource"], roles["roles"][0]["role"]) == ("invoice:7", "billing")
    clock.now += 60
    assert verdict(api, bob, "read", "invoice:7")[0] == "deny"


def test_a_role_for_good_needs_no_duration(api: Api, clock: Clock, bob: str) -> None:
    _, asked = send(api, "POST", f"{M}/requests", {"user_id": bob, "role": "billing"})
    send(api, "POST", f"{M}/requests/{asked['id']}/approve")
    clock.now += 10**8

    assert verdict(api, bob, "read", "invoice:7")[0] == "allow"
    assert send(api, "GET", f"{M}/requests", user_id=bob)[1]["requests"][0]["status"] == "approved"


def test_a_denied_request_helps_nobody(api: Api, ada: str, bob: str) -> None:
    _, role = send(api, "POST", f"{M}/requests", {"user_id": bob, "role": "billing"})
    body = {"user_id": ada, "action": "void", "resource": "invoice:7"}
    _, operation = send(api, "POST", f"{M}/requests", body)

    for request in (role, operation):
        _, denied = send(api, "POST", f"{M}/requests/{request['id']}/deny", {"note": "no"})
        assert (denied["status"], denied["decision_note"]) == ("denied", "no")

    assert verdict(api, bob, "read", "invoice:7")[0] == "deny"
    assert verdict(api, ada, "void", "invoice:7", approval=operation["id"])[0] != "allow"
    again, body = send(api, "POST", f"{M}/requests/{role['id']}/approve")
    assert (again, body["error_code"]) == (422, "request_not_pending")


def test_a_request_expires(api: Api, clock: Clock, ada: str) -> None:
    body = {"user_id": ada, "action": "void", "resource": "invoice:7"}
    _, asked = send(api, "POST", f"{M}/requests", body)
    _, approved = send(api, "POST", f"{M}/requests", body)
    send(api, "POST", f"{M}/requests/{approved['id']}/approve")
    clock.now += 7 * 86_400

    _, listed = send(api, "GET", f"{M}/requests")

    assert [each["status"] for each in listed["requests"]] == ["expired", "expired"]
    assert verdict(api, ada, "void", "invoice:7", approval=approved["id"])[0] != "allow"
    assert send(api, "POST", f"{M}/requests/{asked['id']}/approve")[0] == 422


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"user_id": "x", "role": "billing"}, 404, "not_found"),
        ({"role": "boss"}, 422, "unknown_role"),
        ({"action": "fly", "resource": "invoice"}, 422, "unknown_permission"),
        ({}, 422, "invalid_check"),
    ],
    ids=["nobody", "no role", "no permission", "nothing"],
)
def test_what_cannot_be_asked_for_is_refused(
    api: Api, ada: str, fields: dict[str, Any], status: int, code: str
) -> None:
    answer, body = send(api, "POST", f"{M}/requests", {"user_id": ada} | fields)

    assert (answer, body["error_code"]) == (status, code)


def test_nobody_reviews_himself(api: Api, bob: str) -> None:
    _, asked = send(api, "POST", f"{M}/requests", {"user_id": bob, "role": "billing"})
    path = f"{M}/requests/{asked['id']}/approve"

    assert send(api, "POST", path, {"reviewer_id": bob})[0] == 403
    assert send(api, "POST", path, {"reviewer_id": "x"})[0] == 422
    assert send(api, "POST", f"{M}/requests/x/approve")[0] == 404


def test_a_policy_is_planned_imported_and_shown(emulator: Emulator, api: Api) -> None:
    path = f"{M}/policy/import"
    document = {"roles": {"viewer": {"name": "Viewer", "permissions": ["invoice:read"]}}}

    _, plan = send(api, "POST", path, {"document": document})
    _, unchanged = send(api, "GET", f"{M}/policy/document")
    _, done = send(api, "POST", path, {"document": document, "dry_run": False})
    _, again = send(api, "POST", path, {"document": document, "dry_run": False})
    _, roles = send(api, "GET", f"{M}/roles")
    _, resources = send(api, "GET", f"{M}/resources")

    assert (plan["dry_run"], plan["applied"], unchanged) == (True, False, POLICY)
    assert (done["applied"], again["applied"], again["changes"]) == (True, False, [])
    assert send(api, "GET", f"{M}/policy")[1] == document
    assert roles == {
        "roles": [
            {
                "slug": "viewer",
                "name": "Viewer",
                "permissions": ["invoice:read"],
                "default": False,
            }
        ]
    }
    assert resources == {"resources": []}


def test_a_snapshot_is_signed_and_no_session(emulator: Emulator, api: Api, clock: Clock) -> None:
    _, first = send(api, "GET", f"{M}/snapshot")
    emulator.set_policy({})
    _, second = send(api, "GET", f"{M}/snapshot")

    claims = claims_of(first["token"])
    assert (claims["typ"], claims["aud"]) == ("scute-authz-snapshot", "app_demo")
    assert claims["policy"]["permissions"]["invoice:void"]["requires_approval"] is True
    assert claims["policy"]["roles"]["guest"]["default"] is True
    assert (first["version"], second["version"], claims["version"]) == (1, 2, 1)
    assert api("GET", first["jwks"])[0] == 200
    config = ScuteConfig.from_env(emulator.config_env())
    scute = Scute(config, clock=clock, transport=emulator.transport)
    with scute, pytest.raises(TokenError) as refused:
        scute.verify(first["token"])
    assert refused.value.reason is Reason.WRONG_APP


def test_the_resources_of_a_policy_are_listed(api: Api) -> None:
    _, body = send(api, "GET", f"{M}/resources")

    actions = ["read", "refund", "void", "archive"]
    assert body == {"resources": [{"slug": "invoice", "actions": actions}]}


NO_POLICIES: list[Any] = [
    None,
    [],
    {"roles": []},
    {"roles": {"a": 7}},
    {"roles": {"a": {"permissions": [{"permission": "x", "when": {}}]}}},
    {"permissions": {"a": {"enabled": "yes"}}},
    {"permissions": {"a": 7}},
    {"resources": {"a": {"actions": "read"}}},
]


@pytest.mark.parametrize("document", NO_POLICIES, ids=str)
def test_what_is_no_policy_changes_nothing(api: Api, document: Any) -> None:
    body = {"document": document, "dry_run": False}

    status, answer = send(api, "POST", f"{M}/policy/import", body)

    assert (status, answer["error_code"]) == (422, "invalid_policy")
    assert send(api, "GET", f"{M}/policy")[1] == POLICY


def test_a_deleted_user_leaves_no_role(emulator: Emulator, api: Api, ada: str) -> None:
    send(api, "POST", f"{M}/requests", {"user_id": ada, "role": "billing"})

    send(api, "DELETE", f"/v1/app_demo/users/{ada}")

    assert emulator.state.authz.grants(ada) == []
    assert send(api, "GET", f"{M}/requests")[1] == {"requests": []}


def test_a_role_that_the_policy_lacks_cannot_be_ordered(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="no such role"):
        emulator.grant_role(ADA, "boss")
