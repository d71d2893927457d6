"""A change to the user's second factors, for which Scute may want a fresh proof.

Long after the sign-in it does (protocol D.18). The person then confirms who it is by a step-up,
and its completed challenge goes with the change. A POST cannot be repeated for them, so the page
that they come back to has the button ready.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar
from urllib.parse import urlencode

from scute_auth.calls import UNUSABLE
from scute_auth.effects import Flow
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedIn
from scute_auth.proofs import is_proved, proof_of
from scute_auth.redirects import auth_url, step_up_url
from scute_auth.refusals import is_navigation, step_up
from scute_auth.signin.visit import Outcome, Visit, message

__all__ = ["FRESH", "Change", "confirmed", "make", "methods_url", "refused"]

T = TypeVar("T")
Attempt: TypeAlias = Callable[[str | None], Flow[T]]

FRESH = 300
"""Seconds that Scute takes a proof for at least: the least `mfa_reverify_minutes`."""

_CODE = "verification_required"


@dataclass(frozen=True, slots=True)
class Change:
    """`method` is the one to remove, or the kind to set up."""

    what: Literal["enroll", "remove", "backup_codes"]
    method: str = ""


def make(visit: Visit, signed_in: SignedIn, change: Change, attempt: Attempt[T]) -> Flow[T | Reply]:
    """The change's result; or what to answer where the person has to confirm who it is first.

    `attempt` makes the call, with a completed challenge or without one.
    """
    try:
        return (yield from attempt(None))
    except ApiError as error:
        if error.code != _CODE:
            raise
    proof = proof_of(visit.view, visit.auth.config, signed_in, visit.now)
    if proof is None:
        return _ask(visit, change)
    try:
        return (yield from attempt(proof.challenge))
    except ApiError as error:
        # A challenge counts once, and for some minutes.
        if error.code != _CODE:
            raise
        return _ask(visit, change)


def confirmed(visit: Visit, signed_in: SignedIn) -> Change | None:
    """The change that a person comes back to, who has just confirmed who it is."""
    method = visit.query_value("method") or ""
    for what in ("enroll", "remove", "backup_codes"):
        if visit.query_value("change") == what:
            fresh = is_proved(visit.view, visit.auth.config, signed_in, FRESH, visit.now)
            return Change(what, method) if fresh else None
    return None


def refused(
    visit: Visit,
    error: ApiError,
    key: str = "not_changed_text",
    more: ResponseChanges | None = None,
) -> Outcome:
    """Scute's no to a change; an answer that is none of Scute's says nothing.

    `key` is what the page then says.
    """
    if error.code == UNUSABLE:
        raise error
    gone = error.status == 404
    reply = message(
        visit,
        404 if gone else 422,
        error.code or "not_changed",
        "not_changed",
        text=visit.say("gone_text" if gone else key),
        actions=visit.action("your_methods", "/mfa/methods"),
        changes=more,
    )
    return Outcome(reply)


def methods_url(visit: Visit, **query: str) -> str:
    """The list of second factors; what is empty in the query is left out."""
    url = auth_url(visit.view, visit.auth.config, "/mfa/methods")
    given = urlencode({name: value for name, value in query.items() if value})
    return f"{url}?{given}" if given else url


def _ask(visit: Visit, change: Change) -> Reply:
    view, config = visit.view, visit.auth.config
    if not is_navigation(view):
        return step_up(view, config, FRESH)
    back = methods_url(visit, change=change.what, method=change.method)
    return Reply(303, (("location", step_up_url(view, config, back)),))
