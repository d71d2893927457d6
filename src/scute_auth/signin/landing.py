"""Where Scute's links and OAuth send the browser: `/auth/callback`, the app's login URL at Scute.

Opening a link uses nothing up (mail scanners open links, and so does a victim who was sent an
attacker's), unless this very browser began this very sign-in. Otherwise the token moves out of
the URL into a cookie, the page says whose sign-in it claims to be, and only the button, a POST
from our own page, goes on. OAuth cannot be begun elsewhere, so its landing needs its cookie.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from scute_auth.calls import ask
from scute_auth.csrf import is_opened_as_document
from scute_auth.effects import Flow
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedIn
from scute_auth.meta_fields import MetaField, typed
from scute_auth.operations import CONFIRM_INVITE
from scute_auth.redirects import TOKEN_PARAMETERS, auth_url
from scute_auth.refusals import is_navigation, problem
from scute_auth.signin.arrival import Arrival, aside, forget_aside, put_aside, read
from scute_auth.signin.binding import Binding, Way, bound, unbind
from scute_auth.signin.completion import Expected, complete, exchange
from scute_auth.signin.identifiers import same_identifier
from scute_auth.signin.limits import count
from scute_auth.signin.refusals import refused
from scute_auth.signin.registration import asked_of, hint, shown
from scute_auth.signin.visit import Outcome, Submission, Visit, message, redirect, submitted

__all__ = ["confirm", "land"]

_SENT_WITHIN = 30
"""Seconds between asking for a link and its token's `iat`: one call, and clocks that differ."""

_PREFETCH = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")
_NO_REFERRER = (("referrer-policy", "no-referrer"),)


def land(visit: Visit) -> Flow[Outcome]:
    """GET and HEAD: go straight on in the browser that began it, else ask.

    Whose address has had too many goes on by the button, whose answer can say so.
    """
    given = [(name, value) for name, value in visit.query() if name in TOKEN_PARAMETERS]
    if not given:
        if visit.query_value("error"):
            return Outcome(_cancelled(visit))
        return Outcome((yield from _ask(visit)))
    arrival = read(_way(given[0][0]), given[0][1]) if len(given) == 1 else None
    if arrival is None:
        return Outcome(_broken(visit))
    binding = bound(visit, arrival.way)
    if arrival.way == "oauth" and binding is None:
        return Outcome(_not_begun_here(visit))
    goes_on = binding is not None and _is_opened(visit) and _is_bound_to(binding, arrival)
    if goes_on and (yield from count(visit, "land")) is None:
        expected = _expected(arrival, binding)
        return (yield from exchange(visit, arrival.token, expected, binding, ResponseChanges()))
    return Outcome(_move_aside(visit, arrival))


def confirm(visit: Visit) -> Flow[Outcome]:
    """POST: the person saw whose sign-in this claims to be, and wants it."""
    arrival = aside(visit)
    submission = submitted(visit.view)
    if arrival is None or submission is None:
        return Outcome(_broken(visit))
    # The button belongs to the token that its page showed: another landing may have replaced it.
    if not compare_digest(submission.get("shown").encode("utf-8"), arrival.digest.encode("ascii")):
        return Outcome((yield from _ask(visit)))
    binding = bound(visit, arrival.way)
    if arrival.way == "oauth" and binding is None:
        return Outcome(_not_begun_here(visit))
    if binding is not None and not _is_bound_to(binding, arrival):
        binding = None
    if (stopped := (yield from count(visit, "land"))) is not None:
        return Outcome(stopped)
    expected = _expected(arrival, binding)
    fields = () if binding is not None else (yield from asked_of(visit, arrival))
    if fields:
        return (yield from _confirm_invite(visit, arrival, submission, expected, fields))
    return (yield from exchange(visit, arrival.token, expected, binding, forget_aside(visit)))


def _confirm_invite(
    visit: Visit,
    arrival: Arrival,
    submission: Submission,
    expected: Expected,
    fields: tuple[MetaField, ...],
) -> Flow[Outcome]:
    """The app requires data of new users: it goes with the token, and Scute looks at both."""
    names = {field.name for field in fields}
    given = {name: value for name, value in submission.meta.items() if name in names}
    meta = typed(fields, given)
    if (left_out := hint(visit, fields, meta)) is not None:
        return Outcome((yield from _ask(visit, meta, left_out)))
    try:
        body = {"token": arrival.token, "user_meta": meta}
        answer = yield from ask(visit.auth.config, CONFIRM_INVITE, body=body, agent=visit.agent)
    except ApiError as error:
        if error.status == 422:
            return Outcome((yield from _ask(visit, meta, visit.say("meta_not_taken"))))
        goal = visit.auth.config.after_sign_in
        return Outcome(refused(visit, error, goal, forget_aside(visit)))
    return (yield from complete(visit, answer, expected, None, forget_aside(visit)))


def _way(parameter: str) -> Way:
    return "magic" if parameter == "sct_magic" else "oauth"


def _is_opened(visit: Visit) -> bool:
    """Did a person open this, and not a scanner's HEAD or a browser that reads ahead?"""
    if visit.view.method != "GET" or not is_opened_as_document(visit.view):
        return False
    return not any((visit.view.header(name) or b"") for name in _PREFETCH)


def _is_bound_to(binding: Binding, arrival: Arrival) -> bool:
    """Is this the very link that this browser asked for?

    An attacker's link must not pass while the victim waits for his own: neither one to the
    attacker's address, nor one to the victim's that the attacker asked for and waits for. The
    second is told by its time, where the token says when it was issued.
    """
    if arrival.way == "oauth":
        return True
    issued_at = binding.began_at if arrival.issued_at is None else arrival.issued_at
    is_of_its_time = abs(issued_at - binding.began_at) <= _SENT_WITHIN
    return is_of_its_time and same_identifier(binding.identifier, arrival.identifier)


def _expected(arrival: Arrival, binding: Binding | None) -> Expected:
    asked_for = "" if binding is None else binding.identifier
    return Expected(arrival.user_id, asked_for or arrival.identifier)


def _move_aside(visit: Visit, arrival: Arrival) -> Reply:
    """Out of the URL (history, Referer) and into a cookie that no script reads."""
    callback = auth_url(visit.view, visit.auth.config, "/callback")
    return redirect(visit, callback, {"status": "confirm"}, put_aside(visit, arrival))


def _ask(
    visit: Visit, meta: Mapping[str, Any] | None = None, error: str | None = None
) -> Flow[Reply]:
    """The page with the button: whose sign-in it claims to be, and who may be waiting for it.

    With `meta` and `error`, the same again after data that could not be taken.
    """
    arrival = aside(visit)
    if arrival is None:
        return _broken(visit)
    if isinstance(visit.result, SignedIn) and visit.result.user.id == arrival.user_id:
        return _signed_in_already(visit)
    if error is not None and not is_navigation(visit.view):
        return problem(422, "user_meta_required", error, changes=visit.result.changes)
    binding = bound(visit, arrival.way)
    asked_here = binding is not None and _is_bound_to(binding, arrival)
    if arrival.is_new and (stopped := (yield from count(visit, "land"))) is not None:
        return stopped
    fields = () if asked_here else (yield from asked_of(visit, arrival))
    asked_at = arrival.issued_at
    page = visit.page(
        "confirm",
        address=arrival.identifier,
        asked_here=asked_here,
        may_be_invited=arrival.is_new,
        asked_at=None if asked_at is None else datetime.fromtimestamp(asked_at, UTC),
        replaces=isinstance(visit.result, SignedIn),
        shown=arrival.digest,
        fields=shown(fields, meta),
        error=error,
    )
    return Reply(200 if error is None else 422, page=page, changes=visit.result.changes)


def _signed_in_already(visit: Visit) -> Reply:
    """Whoever opens his own link once more, or comes back to it, is told where he stands."""
    return message(
        visit,
        200,
        "signed_in",
        "same_account",
        actions=((visit.say("continue"), visit.auth.config.after_sign_in),),
        changes=forget_aside(visit),
        content={"status": "signed_in"},
    )


def _broken(visit: Visit) -> Reply:
    return message(
        visit,
        400,
        "malformed",
        "broken_link",
        actions=visit.action("sign_in", "/sign-in"),
        headers=_NO_REFERRER,
    )


def _cancelled(visit: Visit) -> Reply:
    """The provider sent the person back without a token; its own words are not shown.

    An image on another page says nothing about the sign-in that is under way here.
    """
    return message(
        visit,
        400,
        "cancelled",
        "cancelled",
        actions=visit.action("sign_in_another_way", "/sign-in"),
        changes=unbind(visit, "oauth") if _is_opened(visit) else None,
    )


def _not_begun_here(visit: Visit) -> Reply:
    return message(
        visit,
        400,
        "not_begun_here",
        "not_begun_here",
        actions=visit.action("sign_in", "/sign-in"),
        headers=_NO_REFERRER,
    )
