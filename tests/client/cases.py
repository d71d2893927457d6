"""How each method of the client is called: `CASES` for what the emulator answers, `INFERRED` for
the rows that nobody was seen to call, with an answer as one may guess it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.client.world import ADA, World

__all__ = ["CASES", "INFERRED", "Arguments", "Case"]


@dataclass(frozen=True)
class Arguments:
    positional: tuple[Any, ...]
    named: dict[str, Any]


Case: TypeAlias = Callable[[World], Arguments]


def call(*positional: Any, **named: Any) -> Arguments:
    return Arguments(positional, named)


BOB = "bob@example.com"
PHONE = "+4915112345678"
SESSION = {"access": "a.b.c", "user_id": "usr_1"}
ONE = {"id": "x1", "name": "X"}
TOKEN = "t.o.k"
CHECK = {"user_id": "usr_1", "action": "read", "resource": "invoice:7"}

HOOK = "http://127.0.0.1:9/hook"


def _signed_link(world: World) -> Arguments:
    world.client.magic_links.send_login(ADA)
    return call(world.landing())


def _invited(world: World) -> Arguments:
    world.client.users.invite(BOB)
    return call(world.landing(BOB), user_meta={})


def _opened(world: World) -> Arguments:
    sent = world.client.magic_links.send_login(ADA)
    world.client.magic_links.authenticate(world.landing())
    return call(sent.id)


def _otp(world: World) -> Arguments:
    sent = world.client.otp.send(ADA)
    return call(world.code(), sent.challenge)


def _provider(world: World) -> Arguments:
    state = world.provider_state()
    return call(world.emulator.oauth_agree(state, ADA), state)


def _sso(world: World) -> Arguments:
    world.emulator.settings(sso_domain="corp.example")
    return call("eve@corp.example")


def _assertion(world: World) -> Arguments:
    assert world.device
    options = world.client.webauthn.start_login(ADA).options
    return call(world.authenticator.get(options))


def _new_passkey(world: World) -> Arguments:
    options = world.client.webauthn.start_device(token=world.access).options
    return call(world.authenticator.create(options), token=world.access)


def _pushed(world: World) -> Arguments:
    assert world.user
    asked = world.client.challenges.create(
        "authenticate", "entra_push", identifier=ADA, as_backend=False
    )
    world.emulator.answer_push(ADA)
    return call(asked.token)


def _former(world: World) -> Arguments:
    earlier = world.deleted()
    return call(world.client.users.create(BOB).id, earlier)


def _phone(world: World) -> Arguments:
    added = world.client.alternate_phones.add(PHONE, token=world.access)
    return call(added.challenge_token, world.code(PHONE), token=world.access)


def _has_phone(world: World) -> Arguments:
    arguments = _phone(world)
    world.client.alternate_phones.verify(*arguments.positional, **arguments.named)
    return call(PHONE, token=world.access)


def _with_role(world: World) -> Arguments:
    assert world.policy
    world.client.authz.give_role(world.user, "billing")
    return call(world.user, "billing")


def _policy(world: World) -> Arguments:
    assert world.policy
    return call()


def _with_webhook(world: World) -> Arguments:
    assert world.webhook
    return call()


def _child(world: World) -> Arguments:
    return call(world.client.workspaces.create_child("Branch").id)


CASES: dict[str, Case] = {
    "users.list": lambda w: call(q="ada", status="active", page=1, per_page=10, email=ADA),
    "users.create": lambda w: call(BOB, user_meta={"x": 1}, external_id="7", first_name="Bob"),
    "users.show": lambda w: call(w.user),
    "users.update": lambda w: call(w.user, user_meta={}, fields={"name": "Ada"}),
    "users.replace": lambda w: call(w.user, {"name": "Ada"}),
    "users.update_meta": lambda w: call(w.user, {}),
    "users.activate": lambda w: call(w.user),
    "users.deactivate": lambda w: call(w.user),
    "users.invite": lambda w: call(BOB),
    "users.delete": lambda w: call(w.user),
    "users.sessions": lambda w: call(w.user),
    "users.revoke_session": lambda w: call(w.user, w.session),
    "users.previous_accounts": lambda w: call(_former(w).positional[0]),
    "users.merge": _former,
    "users.look_up": lambda w: call(ADA),
    "users.lack_meta": lambda w: call(w.user),
    "impersonation.start": lambda w: call(w.user, "a support case", minutes=5),
    "impersonation.list": lambda w: call(w.user),
    "impersonation.end": lambda w: call(w.user, session_id=None),
    "magic_links.send_login": lambda w: call(ADA),
    "magic_links.send_registration": lambda w: call(BOB, user_meta={"x": 1}),
    "magic_links.status": _opened,
    "magic_links.authenticate": _signed_link,
    "magic_links.confirm_invitation": _invited,
    "otp.send": lambda w: call(ADA),
    "otp.verify": _otp,
    "oauth.authorize": lambda w: call("google"),
    "oauth.callback": _provider,
    "oauth.discover": _sso,
    "oauth.saml_login": lambda w: call(),
    "webauthn.start_login": lambda w: call(ADA),
    "webauthn.finish_login": _assertion,
    "webauthn.start_device": lambda w: call(token=w.access),
    "webauthn.finish_device": _new_passkey,
    "webauthn.revoke_device": lambda w: call(w.device, token=w.access),
    "challenges.create": lambda w: call(
        "step_up", "email_otp", app_user_id=w.user, metadata={"authorizes_action": "invoice:read"}
    ),
    "challenges.show": lambda w: call(w.step_up.token),
    "challenges.verify": lambda w: call(w.step_up.token, code=w.code()),
    "challenges.resend": lambda w: call(w.step_up.token),
    "challenges.deny": lambda w: call(w.step_up.token),
    "challenges.cancel": lambda w: call(w.step_up.token),
    "challenges.session": _pushed,
    "errors.report": lambda w: call({"message": "x is undefined"}),
    "mfa.methods": lambda w: call(token=w.access),
    "mfa.status": lambda w: call(identifier=ADA),
    "mfa.enrol": lambda w: call("totp", token=w.access),
    "mfa.verify_enrolment": lambda w: call(w.enrolment.enrollment.id, w.code(), token=w.access),
    "mfa.set_default": lambda w: call(w.factor, token=w.access),
    "mfa.remove": lambda w: call(w.factor, token=w.access),
    "mfa.new_backup_codes": lambda w: call(token=w.factor and w.access),
    "keys.jwks": lambda w: call(),
    "keys.jwks_documented": lambda w: call(),
    "keys.public_key": lambda w: call(),
    "tokens.refresh": lambda w: call(refresh_token=w.refresh),
    "tokens.rotate_access": lambda w: call(token=w.access),
    "tokens.force_refresh": lambda w: call(refresh_token=w.refresh),
    "tokens.verify_access": lambda w: call(token=w.access),
    "tokens.verify_refresh": lambda w: call(refresh_token=w.refresh),
    "sessions.current_user": lambda w: call(token=w.access),
    "sessions.update_meta": lambda w: call({}, token=w.access),
    "sessions.sign_out": lambda w: call(token=w.access),
    "sessions.list": lambda w: call(token=w.access),
    "sessions.revoke": lambda w: call(w.session, token=w.access),
    "alternate_phones.list": lambda w: call(token=w.access),
    "alternate_phones.add": lambda w: call(PHONE, token=w.access),
    "alternate_phones.verify": _phone,
    "alternate_phones.remove": _has_phone,
    "apps.create": lambda w: call("Second", settings={"origin": "https://two.example"}),
    "apps.list": lambda w: call(),
    "apps.show": lambda w: call(),
    "apps.update": lambda w: call({"name": "Renamed"}),
    "apps.delete": lambda w: call("app_demo"),
    "api_keys.create": lambda w: call("deploy"),
    "user_meta_fields.create": lambda w: call("Team", "string", required=True),
    "notifications.list": lambda w: call(token=w.access, unread=True),
    "m2m.create_token": lambda w: call("reports"),
    "m2m.list": lambda w: call(),
    "m2m.verify": lambda w: call(token=w.machine),
    "m2m.refresh": lambda w: call(refresh_token=w.machine_refresh),
    "events.list": lambda w: call(category="user", user_id=w.user, page=1, limit=5),
    "verification.create_with_intent": lambda w: call(
        "refund", {"contact_email": ADA}, method="email", token=w.machine
    ),
    "verification.list": lambda w: call(token=w.verification and w.access, status="pending"),
    "verification.list_of_app": lambda w: call(token=w.verification and w.access, page=1),
    "verification.show": lambda w: call(w.verification, token=w.machine),
    "verification.verify": lambda w: call(w.verification, w.code(), token=w.access),
    "verification.approve": lambda w: call(w.verification, token=w.access),
    "verification.deny": lambda w: call(w.verification, reason="not me", token=w.access),
    "verification.resend": lambda w: call(w.verification, token=w.access),
    "verification.delete": lambda w: call(w.verification, token=w.access),
    "webhooks.list": _with_webhook,
    "webhooks.create": lambda w: call(HOOK, event_types=["user.created"], retry_limit=0),
    "webhooks.show": lambda w: call(w.webhook),
    "webhooks.update": lambda w: call(w.webhook, {"enabled": False}),
    "webhooks.delete": lambda w: call(w.webhook),
    "webhooks.test": lambda w: call(w.webhook),
    "webhooks.deliveries": lambda w: call(w.webhook, page=1, per_page=100, status="failed"),
    "workspaces.create_session": lambda w: call(w.client.apps.create("Second").id, token=w.access),
    "workspaces.children": lambda w: call(),
    "workspaces.create_child": lambda w: call("Branch", fields={"branding_color": "#fff"}),
    "workspaces.show_child": _child,
    "authz.check": lambda w: call(w.user, "read", resource="invoice:7"),
    "authz.check_batch": lambda w: call([{**CHECK, "user_id": w.user}]),
    "authz.my_check": lambda w: call("read", resource="invoice:7", token=w.access),
    "authz.my_check_batch": lambda w: call([{"action": "read"}], token=w.access),
    "authz.my_permissions": lambda w: call(token=w.access),
    "authz.permissions": lambda w: call(w.user, resource="invoice:7"),
    "authz.authorized_users": lambda w: call("read", resource="invoice:7", limit=5, offset=0),
    "authz.filter": lambda w: call(w.user, "read", "invoice"),
    "authz.requests": lambda w: call(status="pending"),
    "authz.create_request": lambda w: call(w.policy and w.user, role="billing", reason="audit"),
    "authz.approve_request": lambda w: call(w.asked_for, note="fine"),
    "authz.deny_request": lambda w: call(w.asked_for, note="no"),
    "authz.roles_of": lambda w: call(w.user),
    "authz.give_role": lambda w: call(w.policy and w.user, "billing", duration=60),
    "authz.take_role": _with_role,
    "authz.roles": _policy,
    "authz.resources": _policy,
    "authz.policy": _policy,
    "authz.snapshot": _policy,
    "authz.policy_document": _policy,
    "authz.import_policy": lambda w: call({"roles": {}}, dry_run=True),
}

INFERRED: dict[str, tuple[Arguments, Any]] = {
    "api_keys.list": (call(), {"api_keys": [ONE]}),
    "api_keys.show": (call("k1"), {"api_key": ONE}),
    "api_keys.update": (call("k1", "deploy"), {"api_key": ONE}),
    "api_keys.delete": (call("k1"), {"message": "ok"}),
    "auth_providers.list": (call(), {"auth_providers": [ONE]}),
    "auth_providers.upsert": (call({"provider": "google"}), {"auth_provider": ONE}),
    "message_service_providers.list": (call(), {"message_service_providers": [ONE]}),
    "message_service_providers.upsert": (call({"provider": "x"}), ONE),
    "message_service_providers.update": (call("p1", {"enabled": True}), ONE),
    "user_meta_fields.list": (call(), {"user_meta_fields": [ONE]}),
    "user_meta_fields.update": (call("f1", {"required": True}), ONE),
    "user_meta_fields.delete": (call("f1"), None),
    "user_meta_fields.update_positions": (call(["f2", "f1"]), [ONE]),
    "notifications.show": (call("n1", token=TOKEN), {"notification": ONE}),
    "notifications.statistics": (call(token=TOKEN), {"total": 3}),
    "notifications.mark_read": (call("n1", token=TOKEN), {"notification": ONE}),
    "notifications.mark_all_read": (call(token=TOKEN), {"count": 3}),
    "notifications.dismiss": (call("n1", token=TOKEN), {"notification": ONE}),
    "m2m.revoke": (call("s1"), {"message": "ok"}),
    "m2m.revoke_current": (call(token=TOKEN), None),
    "users.import_many": (call({"users": []}), {"imported": 0}),
    "verification.search": (call("ada", token=None), {"users": [ONE]}),
    "verification.create": (call({"identifier": ADA}), {"verification": ONE}),
    "webauthn.start_registration": (call(ADA), {"options": {"challenge": "x"}}),
    "webauthn.finish_registration": (call({"id": "c1"}), SESSION),
    "workspaces.list": (call(token=TOKEN), {"workspaces": [ONE]}),
    "workspaces.create": (call({"name": "W"}, token=TOKEN), {"workspace": ONE}),
    "workspaces.show": (call(token=TOKEN), {"workspace": ONE}),
    "workspaces.update": (call({"name": "W"}, token=TOKEN), {"workspace": ONE}),
    "workspaces.apps": (call(), {"apps": [ONE]}),
    "workspaces.memberships": (call(token=TOKEN), {"memberships": [ONE]}),
    "workspaces.add_member": (call(ADA, role="admin", token=TOKEN), {"membership": ONE}),
    "workspaces.update_member": (call("m1", "admin", token=TOKEN), {"membership": ONE}),
    "workspaces.remove_member": (call("m1", token=TOKEN), None),
}
