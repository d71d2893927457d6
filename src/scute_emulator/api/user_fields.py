"""What a backend says about a user: his addresses and data, read and checked."""

from collections.abc import Mapping
from typing import Any, cast, get_args

from scute_emulator.api.context import Context
from scute_emulator.api.meta import undeclared
from scute_emulator.api.paging import time_of
from scute_emulator.api.refusals import Refusal
from scute_emulator.state.users import Identifier, Status, User, identifier

__all__ = ["addresses", "checked_meta", "fits", "plain_values", "sent_meta"]

STATUSES = get_args(Status)
ROLES = ("owner", "admin", "member")


def addresses(call: Context, own: User | None = None) -> tuple[Identifier, ...]:
    """The identifiers that were sent, if each is one and free, or the user's own."""
    sent = {name: call.request.fields.get(name) for name in ("identifier", "email", "phone")}
    found = [(name, identifier(value)) for name, value in sent.items() if value is not None]
    every = tuple(who for name, who in found if who and name in ("identifier", who.kind))
    kinds = {who.kind: who for who in every}
    if len(every) < len(found) or set(every) != set(kinds.values()):
        raise Refusal(400, "invalid_identifier", "The identifier is not valid")
    for who in kinds.values():
        holder = call.state.users.find(call.app.id, who)
        if holder is not None and (own is None or holder.id != own.id):
            raise Refusal(422, "identifier_already_exists", "There is such a user already")
    return tuple(kinds.values())


def sent_meta(call: Context) -> Mapping[str, Any]:
    return call.request.object("user_meta") or call.request.object("meta")


def checked_meta(call: Context) -> Mapping[str, Any]:
    """Metadata for a known user: what the app has not declared is refused."""
    meta = sent_meta(call)
    if unknown := undeclared(call.app, meta):
        raise Refusal(422, "invalid_user_meta", "Undeclared fields", {"fields": unknown})
    return meta


def plain_values(call: Context) -> dict[str, Any]:
    """The other fields that were sent."""
    request = call.request
    names = (request.text(f"{part}_name") for part in ("first", "middle", "last"))
    values: dict[str, Any] = {
        "name": request.text("name") or " ".join(name for name in names if name),
        "external_id": request.text("external_id"),
        "status": _one_of(request.text("status"), "status", STATUSES),
    }
    values = {name: value for name, value in values.items() if value}
    if request.fields.get("add_as_workspace_member") is True:
        role = request.text("workspace_role") or "member"
        values["workspace_role"] = _one_of(role, "workspace_role", ROLES)
    if "authz_attributes" in request.fields:
        values["authz_attributes"] = _attributes(request.fields["authz_attributes"])
    return values


def fits(user: User, query: Mapping[str, str]) -> bool:
    """Is this one of the users that a list is asked for?"""
    if query.get("id", user.id) != user.id or query.get("status", user.status) != user.status:
        return False
    wanted = [identifier(query[name]) for name in ("email", "phone") if name in query]
    if not all(who in user.identifiers for who in wanted):
        return False
    before = time_of(query, "created_before")
    if before is not None and user.created_at >= before:
        return False
    words = (query.get("q") or query.get("search") or "").lower()
    return any(words in (value or "").lower() for value in (user.email, user.phone, user.name))


def _one_of(word: str, name: str, words: tuple[str, ...]) -> str:
    if word and word not in words:
        raise Refusal(422, f"invalid_{name}", f"{name} must be one of {', '.join(words)}")
    return word


def _attributes(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refusal(422, "invalid_authz_attributes", "authz_attributes: give an object")
    return cast("dict[str, Any]", value)
