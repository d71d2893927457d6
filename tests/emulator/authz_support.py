"""A policy, and the calls about it."""

from typing import Any

from scute_emulator import Emulator
from tests.emulator.support import Answer, Api

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
