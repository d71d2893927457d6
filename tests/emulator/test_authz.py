"""Roles and permissions: decisions, what they ask for, and who asks for more."""

from typing import Any

import pytest

from scute_auth import Reason, Scute, ScuteConfig, TokenError
from scute_emulator import Emulator
from tests.emulator.support import Answer, Api, Clock, claims_of

ADA = "ada@example.com"
M = "/v1/apps/app_demo/authz"
POLICY = {
    "scute_policy": 1,
    "resources": {"invoice": {"name": "Invoice", "actions": ["read", "refund", "void", "archive"]}},
    "permissions": {
        "invoice:refund": {"requires_verification": True, "verification_method": "email_otp"},
        "invoice:void": {"requires_approval": True},
        "invoice:wipe": {"requires_approval": True, "requires_verification": True},
        "account:delete": {"blocked_while_impersonating": True, "autonomous_allowed": False},
        "account:close": {"enabled": False},
    },
    "roles": {
        "billing": {
            "name": "Billing",
            "permissions": [
                "invoice:read", "invoice:refund", "invoice:void", "invoice:wipe",
                "account:delete", "account:close",
            ],
        },
        "guest": {"permissions": ["status"], "default": True},
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def ada(emulator: Emulator) -> str:
    """Ada does the billing."""
    emulator.set_policy(POLICY)
    return emulator.grant_role(ADA, "billing").id


@pytest.fixture
def bob(emulator: Emulator) -> str:
    return emulator.create_user("bob@example.com").id


def send(api: Api, method: str, path: str, body: Any = None, **query: str) -> Answer:
    return api(method, path, body, query=query or None, authorization=api.secret)


def check(api: Api, user: str, action: str, resource: Any = None, **more: Any) -> Any:
    body = {"user_id": user, "action": action, "resource": resource, **more}
    status, decision = send(api, "POST", "A/authz/check", body)
    assert status == 200
    return decision


def verdict(api: Api, user: str, action: str, resource: Any = None, **more: Any) -> tuple[str, str]:
    decision = check(api, user, action, resource, **more)
    assert decision["allowed"] is (decision["decision"] == "allow")
    return decision["decision"], decision["reason"]


def step_up(emulator: Emulator, api: Api, user: str, action: str, **more: Any) -> str:
    """A challenge for this action, which the user completes."""
    body = {"purpose": "step_up", "method": "email_otp", "app_user_id": user} | more
    body["metadata"] = {"authorizes_action": action}
    _, made = send(api, "POST", "A/challenges", body)
    token: str = made["challenge"]["token"]
    api("POST", f"A/challenges/{token}/verify", {"code": emulator.messages()[0].code})
    return token


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


def test_a_deleted_user_leaves_no_role(emulator: Emulator, api: Api, ada: str) -> None:
    send(api, "POST", f"{M}/requests", {"user_id": ada, "role": "billing"})

    send(api, "DELETE", f"/v1/app_demo/users/{ada}")

    assert emulator.state.authz.grants(ada) == []
    assert send(api, "GET", f"{M}/requests")[1] == {"requests": []}


def test_a_role_that_the_policy_lacks_cannot_be_ordered(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="no such role"):
        emulator.grant_role(ADA, "boss")
