"""Who was deleted and came back: earlier accounts, and taking one of them over.

Scute documents neither the answers' fields nor what is taken over (?): here the metadata, name and
external id that the new account lacks.
"""

from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.shapes import iso, user_object
from scute_emulator.state.users import FormerUser

__all__ = ["merge", "previous_accounts"]


def previous_accounts(call: Context) -> HttpReply:
    return json_reply({"previous_accounts": [_shown(each) for each in _former(call)]})


def merge(call: Context) -> HttpReply:
    wanted, user = call.request.text("from"), call.named_user
    found = next((each for each in _former(call) if each.user.id == wanted), None)
    if found is None:
        raise not_found("Previous account")
    if found.merged:
        raise Refusal(422, "already_merged", "This account was merged already")
    found.merged, old = True, found.user
    user = call.state.users.update(
        user,
        call.state.clock(),
        meta={**old.meta, **user.meta},
        name=user.name or old.name,
        external_id=user.external_id or old.external_id,
    )
    return json_reply({"user": user_object(call.state, user)})


def _former(call: Context) -> list[FormerUser]:
    return call.state.users.former(call.app.id, call.named_user.identifiers)


def _shown(former: FormerUser) -> dict[str, Any]:
    user = former.user
    return {
        "id": user.id,
        "email": user.email,
        "phone": user.phone,
        "status": user.status,
        "created_at": iso(user.created_at),
        "deleted_at": iso(former.deleted_at),
        "merged": former.merged,
    }
