"""`POST /auth/workspace`: who is signed in to another app of the workspace signs in to this one.

Both apps are at one host: the user's token of the other app comes out of that app's own cookie,
in a POST from a page of this origin, and Scute makes a session of it for the workspace's secret.
So no token goes from one origin to another, where a URL would show it and an attacker could plant
his own (RFC 9700 section 4.7).
"""

import logging

from scute_auth.calls import UNUSABLE, ask
from scute_auth.effects import Flow, Log
from scute_auth.errors import ApiError, Reason, ScuteUnavailable, TokenError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedOut
from scute_auth.neighbours import Neighbour
from scute_auth.operations import WORKSPACE_SESSION
from scute_auth.refusals import refusal
from scute_auth.signin.completion import Expected, complete
from scute_auth.signin.limits import count
from scute_auth.signin.refusals import is_about_the_person, refused
from scute_auth.signin.visit import Outcome, Submission, Visit, message, submitted

__all__ = ["enter"]

OF_OPERATORS = frozenset(
    {"workspace_api_key_required", "workspace_access_denied", "app_not_in_workspace"}
)
"""What no user can mend, in Scute's words (docs.scute.io, guides/workspace-sessions)."""


def enter(visit: Visit) -> Flow[Outcome]:
    submission = submitted(visit.view)
    neighbour = None if submission is None else _chosen(visit, submission)
    if submission is None or neighbour is None:
        return Outcome(message(visit, 404, "not_found", "no_such_page"))
    if (stopped := (yield from count(visit, "land"))) is not None:
        return Outcome(stopped)
    goal = visit.goal(submission.get("next")) or visit.auth.config.after_sign_in
    body = {"app_id": visit.auth.config.app_id}
    try:
        token = yield from neighbour.access(visit.view, visit.now)
        answer = yield from ask(
            visit.auth.config, WORKSPACE_SESSION, token=token, body=body, agent=visit.agent
        )
    except TokenError as error:
        return Outcome(_not_signed_in(visit, error.reason))
    except ApiError as error:
        return Outcome((yield from _refused(visit, error, goal)))
    return (yield from complete(visit, answer, Expected(), None, ResponseChanges(), goal))


def _chosen(visit: Visit, submission: Submission) -> Neighbour | None:
    """The one that the form names; it may leave that out where there is only one."""
    known = visit.auth.neighbours
    only = next(iter(known)) if len(known) == 1 else ""
    return known.get(submission.get("app") or only)


def _not_signed_in(visit: Visit, reason: Reason) -> Reply:
    """There is nobody to take over: people are led to the sign-in page of this app."""
    return refusal(visit.view, visit.auth.config, SignedOut(reason, visit.result.changes))


def _refused(visit: Visit, error: ApiError, goal: str) -> Flow[Reply]:
    if error.code == UNUSABLE:
        raise ScuteUnavailable(str(error))
    if error.code in OF_OPERATORS:
        yield Log(
            logging.ERROR,
            "nobody can come over from another app: %s; look at SCUTE_WORKSPACE_ID, "
            "SCUTE_WORKSPACE_SECRET and SCUTE_APP_ID",
            (error.code,),
        )
        return message(visit, 500, "not_set_up", "not_set_up")
    if is_about_the_person(error):
        return refused(visit, error, goal, ResponseChanges())
    return _not_signed_in(visit, Reason.REVOKED)
