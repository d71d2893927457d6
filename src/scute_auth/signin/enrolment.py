"""Set up a second factor: choose one, prove that it works, go on.

What was begun lies sealed in the browser until its first code: an authenticator's secret too,
which Scute tells once. A caller with a token in a header gets it as `state`, and brings it back.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from scute_auth.answers import Tokens
from scute_auth.effects import Flow
from scute_auth.enrolments import Enrolment
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedIn
from scute_auth.operations import MFA_ENROL, MFA_ENROL_VERIFY
from scute_auth.pages import qr_code
from scute_auth.public_app import FACTORS
from scute_auth.redirects import auth_url
from scute_auth.refusals import is_navigation, problem
from scute_auth.signin import changes
from scute_auth.signin.binding import LIFETIME
from scute_auth.signin.changes import Change
from scute_auth.signin.identifiers import email_address, phone_number
from scute_auth.signin.kept import forget, keep, kept, seal
from scute_auth.signin.limits import count
from scute_auth.signin.methods import methods_page
from scute_auth.signin.own import ask_as_user, for_user
from scute_auth.signin.visit import Outcome, Submission, Visit, code_in, redirect, submitted

__all__ = ["begin", "lead", "show", "verify"]

_PURPOSE = "enrol"


@dataclass(frozen=True, slots=True)
class _Begun:
    """`wanted` and `days` are Scute's advice at the sign-in that led here, `next` its goal.

    `id` is empty until a second factor was chosen.
    """

    account: str
    began_at: float
    next: str = ""
    wanted: Literal["", "suggested", "required"] = ""
    days: int | None = None
    id: str = ""
    kind: str = ""
    address: str = ""
    uri: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)


def lead(
    visit: Visit, tokens: Tokens, account: str, next_path: str
) -> tuple[str, dict[str, str], ResponseChanges]:
    """Where a sign-in leads: here, if Scute wants the user to set up a second factor."""
    if not tokens.enrolment:
        return next_path, {}, ResponseChanges()
    begun = _Begun(account, visit.now, next_path, tokens.enrolment, tokens.grace_days)
    location = auth_url(visit.view, visit.auth.config, "/mfa/enroll")
    return location, {"mfa_enrollment": tokens.enrolment}, _keep(visit, begun)


@for_user()
def show(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """GET /auth/mfa/enroll: the one that was begun; after a sign-in, what to choose from."""
    begun = _begun(visit, signed_in, "")
    if begun is not None and begun.id:
        return _page(visit, begun)
    if begun is None:
        return _done(visit, "", {"status": "none"})
    settings = yield from visit.auth.settings.get(visit.now)
    if not settings.second_factors:
        # Scute wants what this page has no way to set up: nobody is kept from going on.
        return Outcome(redirect(visit, begun.next, {"status": "none"}))
    profile = yield from visit.auth.profiles.of(signed_in.session, visit.now)
    page = visit.page(
        "mfa_offer",
        available=settings.second_factors,
        wanted=begun.wanted,
        days=begun.days,
        email=profile.email or "",
        phone=profile.phone or "",
        next=begun.next,
    )
    return Outcome(Reply(200, page=page, changes=visit.result.changes))


@for_user()
def begin(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """POST /auth/mfa/enroll: `method`, and the `address` that codes go to."""
    submission = submitted(visit.view) or Submission({})
    kind, address = submission.get("method"), _address(submission)
    if kind not in FACTORS or address is None:
        hint = visit.say("enter_where_codes_go")
        return (yield from _again(visit, signed_in, hint))
    if address and (stopped := (yield from count(visit, "send", address))) is not None:
        return Outcome(stopped)

    def attempt(challenge: str | None) -> Flow[Enrolment]:
        body = {"method": kind, "secret_data": address, "challenge": challenge}
        given = {name: value for name, value in body.items() if value}
        return ask_as_user(visit, signed_in, MFA_ENROL, body=given)

    try:
        answer = yield from changes.make(visit, signed_in, Change("enroll", kind), attempt)
    except ApiError as error:
        return changes.refused(visit, error)
    if isinstance(answer, Reply):
        return Outcome(answer)
    before = _begun(visit, signed_in, "") or _Begun(signed_in.user.id, visit.now)
    begun = replace(
        before,
        began_at=visit.now,
        id=answer.id,
        kind=kind,
        address=address,
        uri=answer.uri,
        secret=answer.secret,
    )
    return _go_on(visit, begun)


@for_user()
def verify(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """POST /auth/mfa/enroll/verify: the first `code`."""
    submission = submitted(visit.view) or Submission({})
    begun = _begun(visit, signed_in, submission.get("state"))
    if begun is None or not begun.id:
        return _done(visit, "", {"status": "none"})
    code = code_in(submission)
    if code is None:
        return _page(visit, begun, visit.say("enter_the_code"))
    if (stopped := (yield from count(visit, "verify", begun.account))) is not None:
        return Outcome(stopped)
    body = {"enrollment_id": begun.id, "code": code}
    try:
        yield from ask_as_user(visit, signed_in, MFA_ENROL_VERIFY, body=body)
    except ApiError as error:
        if error.code == "invalid_code":
            return _page(visit, begun, visit.say("enrolment_wrong_code"))
        return changes.refused(visit, error, "enrolment_over", forget(visit, _PURPOSE))
    return _done(visit, begun.next, {"status": "enrolled"})


def _address(submission: Submission) -> str | None:
    """Where codes go: an authenticator app needs no address, None if it is none."""
    given = submission.get("address")
    match submission.get("method"):
        case "sms":
            return phone_number(given)
        case "email":
            return email_address(given)
        case _:
            return ""


def _begun(visit: Visit, signed_in: SignedIn, state: str) -> _Begun | None:
    begun = kept(visit, _PURPOSE, _Begun, state)
    return begun if begun is not None and begun.account == signed_in.user.id else None


def _keep(visit: Visit, begun: _Begun) -> ResponseChanges:
    return keep(visit, _PURPOSE, begun, until=begun.began_at + LIFETIME)


def _go_on(visit: Visit, begun: _Begun) -> Outcome:
    content: dict[str, Any] = {"status": "enrolling", "method": begun.kind}
    if begun.uri or begun.secret:
        content |= {"provisioning_uri": begun.uri, "secret": begun.secret}
    if visit.by_header:
        content["state"] = seal(visit, _PURPOSE, begun, until=begun.began_at + LIFETIME)
    here = auth_url(visit.view, visit.auth.config, "/mfa/enroll")
    return Outcome(redirect(visit, here, content, _keep(visit, begun)))


def _page(visit: Visit, begun: _Begun, error: str | None = None) -> Outcome:
    if not is_navigation(visit.view):
        if error is None:
            return _go_on(visit, begun)
        return Outcome(problem(422, "invalid_code", error, changes=visit.result.changes))
    page = visit.page(
        "mfa_enroll",
        kind=begun.kind,
        address=begun.address,
        qr=qr_code(begun.uri) if begun.uri else "",
        secret=begun.secret,
        error=error,
    )
    return Outcome(Reply(200 if error is None else 422, page=page, changes=visit.result.changes))


def _again(visit: Visit, signed_in: SignedIn, error: str) -> Flow[Outcome]:
    if not is_navigation(visit.view):
        return Outcome(problem(422, "invalid_method", error, changes=visit.result.changes))
    return (yield from methods_page(visit, signed_in, error))


def _done(visit: Visit, next_path: str, content: dict[str, str]) -> Outcome:
    """To the list, which offers backup codes, and from there on."""
    location = changes.methods_url(visit, next=next_path)
    return Outcome(redirect(visit, location, content, forget(visit, _PURPOSE)))
