"""The user's second factors: see them, choose the default, remove one, make new backup codes."""

from typing import Any

from scute_auth.answers import Method, Methods
from scute_auth.effects import Flow
from scute_auth.enrolments import BackupCodes
from scute_auth.errors import ApiError
from scute_auth.http import Reply
from scute_auth.identity import SignedIn
from scute_auth.operations import (
    MFA_BACKUP_CODES,
    MFA_DEFAULT,
    MFA_METHODS,
    MFA_REMOVE,
)
from scute_auth.refusals import is_navigation
from scute_auth.signin import changes
from scute_auth.signin.changes import Change
from scute_auth.signin.own import ask_as_user, for_user
from scute_auth.signin.visit import Outcome, Visit, in_json, redirect

__all__ = ["make_backup_codes", "methods_page", "remove", "set_default", "show"]

_QUIET = (("cache-control", "private, no-store"),)


@for_user(or_support=True)
def show(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """GET /auth/mfa/methods, maybe with `next`: where the person was on the way to."""
    return (yield from methods_page(visit, signed_in))


def methods_page(visit: Visit, signed_in: SignedIn, error: str | None = None) -> Flow[Outcome]:
    """The list; with `error`, the same again after a form that could not be taken."""
    own = yield from ask_as_user(visit, signed_in, MFA_METHODS)
    settings = yield from visit.auth.settings.get(visit.now)
    content = _content(own, settings.second_factors)
    if not is_navigation(visit.view):
        return Outcome(in_json(content, _QUIET, visit.result.changes))
    profile = yield from visit.auth.profiles.of(signed_in.session, visit.now)
    page = visit.page(
        "mfa_methods",
        **content,
        may_change=not signed_in.user.is_impersonated,
        confirmed=_known(changes.confirmed(visit, signed_in), own),
        email=profile.email or "",
        phone=profile.phone or "",
        next=visit.goal(visit.query_value("next")),
        error=error,
    )
    status = 200 if error is None else 422
    return Outcome(Reply(status, page=page, changes=visit.result.changes))


@for_user()
def set_default(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """POST /auth/mfa/methods/{method}/default."""
    method = visit.parameters["method"]
    try:
        yield from ask_as_user(visit, signed_in, MFA_DEFAULT, method=method)
    except ApiError as error:
        return changes.refused(visit, error)
    return _back(visit, "changed")


@for_user()
def remove(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """POST /auth/mfa/methods/{method}/remove."""
    method = visit.parameters["method"]

    def attempt(challenge: str | None) -> Flow[None]:
        query = {} if challenge is None else {"challenge": challenge}
        return ask_as_user(visit, signed_in, MFA_REMOVE, query=query, method=method)

    try:
        answer = yield from changes.make(visit, signed_in, Change("remove", method), attempt)
    except ApiError as error:
        return changes.refused(visit, error)
    return _back(visit, "removed") if answer is None else Outcome(answer)


@for_user()
def make_backup_codes(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """POST /auth/mfa/backup-codes: the page, shown once; nothing keeps the codes."""

    def attempt(challenge: str | None) -> Flow[BackupCodes]:
        body = {} if challenge is None else {"challenge": challenge}
        return ask_as_user(visit, signed_in, MFA_BACKUP_CODES, body=body)

    try:
        answer = yield from changes.make(visit, signed_in, Change("backup_codes"), attempt)
    except ApiError as error:
        return changes.refused(visit, error)
    if isinstance(answer, Reply):
        return Outcome(answer)
    if not is_navigation(visit.view):
        return Outcome(in_json({"backup_codes": answer.codes}, _QUIET, visit.result.changes))
    page = visit.page("backup_codes", codes=answer.codes)
    return Outcome(Reply(200, page=page, changes=visit.result.changes))


def _content(own: Methods, available: tuple[str, ...]) -> dict[str, Any]:
    return {
        "methods": [_shown(method) for method in own.methods],
        "backup_codes": own.backup_codes,
        "available": available,
    }


def _shown(method: Method) -> dict[str, Any]:
    return {
        "id": method.id,
        "kind": method.kind,
        "name": method.name,
        "is_default": method.is_default,
        "last_used_at": method.last_used_at,
    }


def _known(change: Change | None, own: Methods) -> Change | None:
    """Only what is the user's own can be removed."""
    if change is None or change.what != "remove":
        return change
    return change if change.method in [method.id for method in own.methods] else None


def _back(visit: Visit, status: str) -> Outcome:
    return Outcome(redirect(visit, changes.methods_url(visit), {"status": status}))
