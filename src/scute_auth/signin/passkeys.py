"""The signed-in user's passkeys: list them, add one, remove one.

A passkey is a way in that outlives the session, so none is added or removed with support access.
Scute may ask for a fresh sign-in first. Which challenge belongs to which user's browser lies
sealed there: nobody's answer ends up in another's account.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from scute_auth.answers import UserSession
from scute_auth.effects import Flow
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedIn
from scute_auth.operations import OWN_SESSIONS, PASSKEY_ADD, PASSKEY_ADD_OPTIONS, PASSKEY_REMOVE
from scute_auth.passkeys import attestation, options_to_add
from scute_auth.redirects import auth_url, sign_in_url
from scute_auth.refusals import is_navigation
from scute_auth.signin.binding import LIFETIME
from scute_auth.signin.kept import forget, keep, kept, seal
from scute_auth.signin.limits import count
from scute_auth.signin.own import ask_as_user, for_user
from scute_auth.signin.passkey import switched_off
from scute_auth.signin.visit import (
    Outcome,
    Submission,
    Visit,
    in_json,
    message,
    redirect,
    submitted,
)

__all__ = ["add", "begin", "remove", "show"]

PURPOSE: Final = "new_passkey"
_LONGEST_NAME = 64
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class _NewPasskey:
    """One that is being added; `user_id` is whose it will be."""

    user_id: str
    challenge: str = field(repr=False)


@for_user(or_support=True)
def show(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """GET /auth/passkeys."""
    settings = yield from visit.auth.settings.get(visit.now)
    listed = yield from ask_as_user(visit, signed_in, OWN_SESSIONS)
    passkeys = [_shown(visit, each) for each in listed if each.credential_id is not None]
    if not is_navigation(visit.view):
        quiet = (("cache-control", "private, no-store"),)
        return Outcome(in_json({"passkeys": passkeys}, quiet, visit.result.changes))
    may_change = not signed_in.user.is_impersonated
    page = visit.page(
        "passkeys",
        passkeys=passkeys,
        may_change=may_change,
        may_add=may_change and settings.passkeys,
        switched_on=settings.passkeys,
        sign_in_again=_sign_in_url(visit),
    )
    return Outcome(Reply(200, page=page, changes=visit.result.changes))


@for_user()
def begin(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """POST /auth/passkey/add/options."""
    settings = yield from visit.auth.settings.get(visit.now)
    if not settings.passkeys:
        return Outcome(switched_off(visit))
    if (stopped := (yield from count(visit, "passkey", signed_in.user.id))) is not None:
        return Outcome(stopped)
    try:
        begun = yield from ask_as_user(visit, signed_in, PASSKEY_ADD_OPTIONS)
    except ApiError as error:
        return Outcome(_refused(visit, error, ResponseChanges()))
    new, until = _NewPasskey(signed_in.user.id, begun.challenge), visit.now + LIFETIME
    content: dict[str, Any] = {"options": options_to_add(begun)}
    if visit.by_header:
        content["state"] = seal(visit, PURPOSE, new, until=until)
    changes = visit.result.changes + keep(visit, PURPOSE, new, until=until)
    return Outcome(in_json(content, (), changes))


@for_user()
def add(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """POST /auth/passkey/add: `credential` as a text of JSON, and a `name`."""
    submission = submitted(visit.view) or Submission({})
    new = kept(visit, PURPOSE, _NewPasskey, submission.get("state"))
    if new is None or new.user_id != signed_in.user.id:
        return Outcome(_not_added(visit, ResponseChanges()))
    credential = attestation(submission.get("credential"), new.challenge)
    if credential is None:
        return Outcome(_not_added(visit, ResponseChanges()))
    over = forget(visit, PURPOSE)
    body = {**credential, "nickname": _name(visit, submission)}
    try:
        yield from ask_as_user(visit, signed_in, PASSKEY_ADD, body=body)
    except ApiError as error:
        return Outcome(_refused(visit, error, over))
    return Outcome(redirect(visit, _url(visit), {"status": "added"}, over))


@for_user()
def remove(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """POST /auth/passkey/remove: the `id` of one of the user's own. One that is gone is gone."""
    passkey = (submitted(visit.view) or Submission({})).get("id")
    if _ID.fullmatch(passkey):
        try:
            yield from ask_as_user(visit, signed_in, PASSKEY_REMOVE, passkey=passkey)
        except ApiError as error:
            if error.code == "verification_required":
                return Outcome(_sign_in_again(visit))
            if error.status != 404:
                raise
    return Outcome(redirect(visit, _url(visit), {"status": "removed"}))


def _shown(visit: Visit, passkey: UserSession) -> dict[str, Any]:
    return {
        "id": passkey.id,
        "name": passkey.name or visit.say("unknown_device"),
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
    }


def _name(visit: Visit, submission: Submission) -> str:
    name = " ".join(submission.get("name").split())[:_LONGEST_NAME]
    return name if name.isprintable() and name else visit.say("passkey_unnamed")


def _url(visit: Visit) -> str:
    return auth_url(visit.view, visit.auth.config, "/passkeys")


def _sign_in_url(visit: Visit) -> str:
    """The sign-in page, which leads back here."""
    return sign_in_url(visit.view, visit.auth.config, _url(visit))


def _refused(visit: Visit, error: ApiError, changes: ResponseChanges) -> Reply:
    if error.code == "verification_required":
        return _sign_in_again(visit)
    return _not_added(visit, changes)


def _sign_in_again(visit: Visit) -> Reply:
    return message(
        visit,
        403,
        "verification_required",
        "passkey_stale",
        actions=((visit.say("sign_in_again"), _sign_in_url(visit)),),
    )


def _not_added(visit: Visit, changes: ResponseChanges) -> Reply:
    return message(
        visit,
        422,
        "passkey_not_added",
        "passkey_not_added",
        actions=visit.action("back_to_passkeys", "/passkeys"),
        changes=changes,
    )
