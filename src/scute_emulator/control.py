"""The emulator's own JSON endpoints below `/_emulator`: order mail, faults, users, tokens."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeAlias

from scute_auth.effects import HttpReply
from scute_emulator.api.context import json_reply
from scute_emulator.api.events import event_object
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.request import ApiRequest
from scute_emulator.api.shapes import iso, user_object
from scute_emulator.api.webhooks import delivery_object
from scute_emulator.emulator import Emulator

__all__ = ["control"]

Handler: TypeAlias = Callable[[Emulator, ApiRequest], HttpReply]

NUMBER = int | float


def control(emulator: Emulator, request: ApiRequest) -> HttpReply:
    """Answer a request for `/_emulator/...`."""
    try:
        handler = HANDLERS.get((request.method, request.path.removeprefix("/_emulator/")))
        if handler is None:
            raise not_found("Control path")
        return handler(emulator, request)
    except Refusal as refusal:
        return json_reply(refusal.body(), refusal.status)
    except (ValueError, OverflowError) as error:
        return json_reply(Refusal(400, "invalid_control", str(error)).body(), 400)


def _messages(emulator: Emulator, request: ApiRequest) -> HttpReply:
    messages = emulator.messages(request.query.get("to"))
    return json_reply([asdict(each) | {"sent_at": iso(each.sent_at)} for each in messages])


def _calls(emulator: Emulator, request: ApiRequest) -> HttpReply:
    return json_reply([asdict(call) for call in emulator.calls()])


def _clear_calls(emulator: Emulator, request: ApiRequest) -> HttpReply:
    emulator.clear_calls()
    return json_reply({"message": "ok"})


def _settings(emulator: Emulator, request: ApiRequest) -> HttpReply:
    emulator.settings(**request.fields)
    return json_reply({"message": "ok"})


def _rotate(emulator: Emulator, request: ApiRequest) -> HttpReply:
    fields = _only(request.fields, {"keep_old": bool})
    return json_reply({"kid": emulator.rotate_keys(**fields)})


def _publish(emulator: Emulator, request: ApiRequest) -> HttpReply:
    emulator.publish_key(request.fields)
    return json_reply({"message": "ok"})


def _fault(emulator: Emulator, request: ApiRequest) -> HttpReply:
    kinds = {"path": str, "status": int, "delay": NUMBER, "drop": bool, "after": bool}
    more = {"body": str, "headers": dict, "times": int}
    fields = _only(request.fields, kinds | more)
    if "path" not in fields:
        raise Refusal(400, "invalid_control", "path is missing")
    if not all(isinstance(value, str) for value in fields.get("headers", {}).values()):
        raise Refusal(400, "invalid_control", "headers: the values are texts")
    emulator.fault(**fields)
    return json_reply({"message": "ok"})


def _clear_faults(emulator: Emulator, request: ApiRequest) -> HttpReply:
    emulator.clear_faults()
    return json_reply({"message": "ok"})


def _create_user(emulator: Emulator, request: ApiRequest) -> HttpReply:
    kinds = {"email": str, "phone": str, "app_id": str, "meta": dict, "name": str, "status": str}
    flags = {"email_verified": bool, "phone_verified": bool}
    user = emulator.create_user(**_only(request.fields, kinds | flags))
    return json_reply(user_object(emulator.state, user))


def _create_session(emulator: Emulator, request: ApiRequest) -> HttpReply:
    who = {"email": str, "phone": str, "user_id": str, "app_id": str}
    what = {"access_lifetime": NUMBER, "refresh_lifetime": NUMBER, "imp": dict, "claims": dict}
    return json_reply(emulator.create_session(**_only(request.fields, who | what)))


def _create_machine(emulator: Emulator, request: ApiRequest) -> HttpReply:
    kinds = {"client_name": str, "app_id": str, "access_lifetime": NUMBER}
    return json_reply(emulator.create_machine(**_only(request.fields, kinds)))


def _revoke_machines(emulator: Emulator, request: ApiRequest) -> HttpReply:
    fields = _only(request.fields, {"client_name": str})
    emulator.revoke_machines(fields.get("client_name", ""))
    return json_reply({"message": "ok"})


def _enrol_totp(emulator: Emulator, request: ApiRequest) -> HttpReply:
    who = _person(request.fields)
    return json_reply({"secret": emulator.enrol_totp(**who), "code": emulator.totp_code(**who)})


def _totp_code(emulator: Emulator, request: ApiRequest) -> HttpReply:
    return json_reply({"code": emulator.totp_code(**_person(request.query))})


def _backup_codes(emulator: Emulator, request: ApiRequest) -> HttpReply:
    return json_reply({"backup_codes": emulator.backup_codes(**_person(request.fields))})


def _answer_push(emulator: Emulator, request: ApiRequest) -> HttpReply:
    fields = _only(request.fields, {"email": str, "agree": bool, "app_id": str})
    if "email" not in fields:
        raise Refusal(400, "invalid_control", "email is missing")
    return json_reply({"number": emulator.answer_push(**fields)})


def _passkeys(emulator: Emulator, request: ApiRequest) -> HttpReply:
    found = emulator.passkeys(**_person(request.query))
    return json_reply(
        [
            {"id": each.id, "nickname": each.nickname, "credential_id": each.credential}
            for each in found
        ]
    )


def _events(emulator: Emulator, request: ApiRequest) -> HttpReply:
    return json_reply([event_object(event) for event in emulator.events(request.query.get("kind"))])


def _notify(emulator: Emulator, request: ApiRequest) -> HttpReply:
    texts = ("email", "title", "body", "event_type", "category", "priority", "action_url")
    kinds: dict[str, Any] = dict.fromkeys((*texts, "action_text"), str)
    more = {"read": bool, "dismissible": bool, "metadata": dict}
    fields = _only(request.fields, kinds | more)
    if not {"email", "title"} <= set(fields):
        raise Refusal(400, "invalid_control", "email or title is missing")
    emulator.notify(**fields)
    return json_reply({"message": "ok"})


def _set_policy(emulator: Emulator, request: ApiRequest) -> HttpReply:
    emulator.set_policy(request.fields)
    return json_reply({"message": "ok"})


def _grant_role(emulator: Emulator, request: ApiRequest) -> HttpReply:
    kinds = {"email": str, "role": str, "resource": str, "app_id": str}
    fields = _only(request.fields, kinds)
    if not {"email", "role"} <= set(fields):
        raise Refusal(400, "invalid_control", "email or role is missing")
    return json_reply(user_object(emulator.state, emulator.grant_role(**fields)))


def _add_webhook(emulator: Emulator, request: ApiRequest) -> HttpReply:
    fields = _only(request.fields, {"url": str, "event_types": list, "retry_limit": int})
    made = emulator.webhooks.add(fields.pop("url", ""), **fields)
    return json_reply({"id": made.id, "secret": made.secret})


def _deliveries(emulator: Emulator, request: ApiRequest) -> HttpReply:
    return json_reply([delivery_object(each) for each in emulator.webhooks.deliveries()])


def _person(fields: Mapping[str, Any]) -> dict[str, Any]:
    who = _only(fields, {"email": str, "app_id": str})
    if "email" not in who:
        raise Refusal(400, "invalid_control", "email is missing")
    return who


def _mint(emulator: Emulator, request: ApiRequest) -> HttpReply:
    fields = _only(request.fields, {"claims": dict, "header": dict})
    return json_reply({"token": emulator.mint(fields.get("claims", {}), fields.get("header"))})


def _only(fields: Mapping[str, Any], kinds: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, if each is known and of its kind; a null counts as not given."""
    if unknown := sorted(set(fields) - set(kinds)):
        raise Refusal(400, "invalid_control", f"unknown fields: {', '.join(unknown)}")
    given = {name: value for name, value in fields.items() if value is not None}
    for name, value in given.items():
        is_flag = isinstance(value, bool)
        if not isinstance(value, kinds[name]) or (is_flag and kinds[name] is not bool):
            raise Refusal(400, "invalid_control", f"{name} has the wrong type")
    return given


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "messages"): _messages,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _clear_calls,
    ("POST", "settings"): _settings,
    ("POST", "keys/rotate"): _rotate,
    ("POST", "keys/add"): _publish,
    ("POST", "faults"): _fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "users"): _create_user,
    ("POST", "sessions"): _create_session,
    ("POST", "machines"): _create_machine,
    ("POST", "machines/revoke"): _revoke_machines,
    ("POST", "tokens"): _mint,
    ("POST", "mfa/totp"): _enrol_totp,
    ("GET", "mfa/totp"): _totp_code,
    ("POST", "mfa/backup-codes"): _backup_codes,
    ("POST", "pushes"): _answer_push,
    ("GET", "passkeys"): _passkeys,
    ("GET", "events"): _events,
    ("POST", "notifications"): _notify,
    ("POST", "authz/policy"): _set_policy,
    ("POST", "authz/roles"): _grant_role,
    ("POST", "webhooks"): _add_webhook,
    ("GET", "webhooks"): _deliveries,
}
