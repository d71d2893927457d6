"""Step-up: whoever is signed in confirms once more who it is, and goes back to what they did.

The proof is a challenge of Scute's that was passed, sealed for this user, this sign-in and this
app. A browser gets it as a cookie; a caller with a token in a header gets it in JSON.
"""

import logging
from typing import Any

from scute_auth.answers import Challenge, Completed, Tokens
from scute_auth.calls import ask
from scute_auth.effects import Flow, Log
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedIn
from scute_auth.operations import MFA_METHODS, OWN_SESSIONS, STEP_UP
from scute_auth.proofs import (
    LONGEST,
    Proof,
    Wish,
    name_sign_in,
    remember,
    seal_proof,
    sign_in_of,
    wish_of,
)
from scute_auth.redirects import step_up_url
from scute_auth.refusals import is_navigation, problem
from scute_auth.signin.kept import forget, kept
from scute_auth.signin.limits import count
from scute_auth.signin.own import ask_as_user, for_user
from scute_auth.signin.proving import (
    METHODS,
    PASSKEY,
    SENT,
    Answer,
    Asked,
    Kind,
    can_be_asked,
    go_on,
    page,
    prove,
)
from scute_auth.signin.visit import Outcome, Submission, Visit, message, redirect, submitted

__all__ = ["confirm", "show"]

CHALLENGE_OF = {"totp": "totp", "sms": "sms_otp", "email": "email_otp"}


@for_user()
def show(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """GET /auth/step-up: how to confirm it; without `next`, the page that was being asked."""
    asked = _asked(visit, signed_in, Submission({}))
    if asked is not None and visit.query_value("next") is None:
        return page(visit, STEP_UP_KIND, asked)
    wish = _wish(visit, signed_in)
    methods = yield from _methods(visit, signed_in, wish)
    return _choose(visit, methods, visit.query_value("next"), wish)


@for_user()
def confirm(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """POST /auth/step-up: begin with a `method` and `next`, then as in `proving.prove`."""
    submission = submitted(visit.view) or Submission({})
    asked, wish = _asked(visit, signed_in, submission), _wish(visit, signed_in)
    begins = submission.get("next") or (wish is not None and submission.get("method"))
    if asked is not None and not begins:
        return (yield from prove(visit, STEP_UP_KIND, asked, submission))
    return (yield from _begin(visit, signed_in, submission, wish))


def _begin(
    visit: Visit, signed_in: SignedIn, submission: Submission, wish: Wish | None
) -> Flow[Outcome]:
    methods = yield from _methods(visit, signed_in, wish)
    method, next_path = submission.get("method"), submission.get("next")
    if method not in methods:
        return _choose(visit, methods, next_path, wish, visit.say("choose_how_to_confirm"))
    if method in SENT and (stopped := (yield from count(visit, "send", signed_in.user.id))):
        return Outcome(stopped)
    began = sign_in_of(visit.view, visit.auth.config, signed_in, visit.now)
    changes = ResponseChanges()
    if began is None:
        # A session that did not begin on our pages has no name yet.
        began, changes = name_sign_in(
            visit.view, visit.auth.config, signed_in, visit.random_id("sign-in"), visit.now
        )
    goal = visit.goal(next_path) or visit.auth.config.after_sign_in
    permission = "" if wish is None else wish.authorizes
    who = began.id, began.user_id, None
    asked = Asked(*who, goal, visit.now, methods, authorizes=permission)
    challenge = yield from _create(visit, asked, method)
    if challenge is None or not can_be_asked(challenge, methods):
        return _choose(visit, methods, next_path, wish, visit.say("choose_another_way"))
    return go_on(visit, STEP_UP_KIND, asked.by(challenge, visit.now), changes)


def _asked(visit: Visit, signed_in: SignedIn, submission: Submission) -> Asked | None:
    """What this very user, in this very sign-in, was asked."""
    asked = kept(visit, "step_up", Asked, submission.get("state"))
    began = sign_in_of(visit.view, visit.auth.config, signed_in, visit.now)
    if asked is None or began is None or (asked.account, asked.id) != (began.user_id, began.id):
        return None
    return asked


def _wish(visit: Visit, signed_in: SignedIn) -> Wish | None:
    """The permission that it is for; what we did not seal for this user is none."""
    sealed = visit.query_value("for")
    return wish_of(visit.auth.config, sealed, signed_in.user.id, visit.now)


def _methods(visit: Visit, signed_in: SignedIn, wish: Wish | None) -> Flow[list[str]]:
    """How this user can confirm it; where Scute wants it done in one way, that one alone."""
    methods = yield from _own_methods(visit, signed_in)
    if wish is None or wish.method not in METHODS:
        return methods
    return [method for method in methods if method == wish.method]


def _own_methods(visit: Visit, signed_in: SignedIn) -> Flow[list[str]]:
    """Second factors that the user has set up; where there are none, his own address. And his
    passkeys, first of all: nobody can be talked into telling one."""
    own = yield from ask_as_user(visit, signed_in, MFA_METHODS)
    found = [CHALLENGE_OF[each.kind] for each in own.methods if each.kind in CHALLENGE_OF]
    if found and own.backup_codes:
        found.append("backup_code")
    if not found:
        profile = yield from visit.auth.profiles.of(signed_in.session, visit.now)
        addresses = {"email_otp": profile.email, "sms_otp": profile.phone}
        found = [method for method, address in addresses.items() if address]
    if (yield from _has_passkey(visit, signed_in)):
        found.insert(0, PASSKEY)
    return list(dict.fromkeys(found))


def _has_passkey(visit: Visit, signed_in: SignedIn) -> Flow[bool]:
    settings = yield from visit.auth.settings.get(visit.now)
    if not settings.passkeys:
        return False
    listed = yield from ask_as_user(visit, signed_in, OWN_SESSIONS)
    return any(each.credential_id is not None for each in listed)


def _create(visit: Visit, asked: Asked, method: str) -> Flow[Challenge | None]:
    """Only the app itself may ask for a step-up: this call carries its secret."""
    if visit.auth.config.secret is None:
        yield Log(logging.ERROR, "nobody can confirm who it is: set SCUTE_SECRET", ())
        return None
    body: dict[str, Any] = {"purpose": "step_up", "method": method, "app_user_id": asked.account}
    if asked.authorizes:
        body["metadata"] = {"authorizes_action": asked.authorizes}
    try:
        return (yield from ask(visit.auth.config, STEP_UP, body=body))
    except ApiError as error:
        yield Log(logging.ERROR, "no step-up could be begun: %s", (error,))
        return None


def _done(visit: Visit, asked: Asked, answer: Answer) -> Flow[Outcome]:
    if isinstance(answer, Tokens):
        # Not what was asked for: nobody gets a session by a step-up.
        yield from visit.auth.end(answer.access, visit.now)
    if not isinstance(answer, Completed):
        return Outcome(_failed(visit))
    config = visit.auth.config
    proof = Proof(asked.account, asked.id, visit.now, asked.challenge, asked.authorizes)
    content: dict[str, object] = {"status": "confirmed", "expires_in": LONGEST}
    changes = forget(visit, "step_up")
    if visit.by_header:
        content["proof"] = seal_proof(config, proof)
    else:
        changes = changes + remember(visit.view, config, proof)
    return Outcome(redirect(visit, asked.next, content, changes))


STEP_UP_KIND = Kind("step_up", "/step-up", _create, _done)


def _choose(
    visit: Visit,
    methods: list[str],
    wanted: str | None,
    wish: Wish | None,
    error: str | None = None,
) -> Outcome:
    changes = visit.result.changes
    if not methods:
        return Outcome(_no_way(visit))
    if not is_navigation(visit.view):
        detail = error or visit.say("confirm_it_is_you")
        return Outcome(problem(422, "step_up_required", detail, changes=changes, methods=methods))
    shown = visit.page(
        "second_factor",
        action=step_up_url(visit.view, visit.auth.config, None, visit.query_value("for")),
        purpose="step_up",
        method=None,
        others=methods,
        resend_in=None,
        shown="",
        options="",
        next=visit.goal(wanted) or visit.auth.config.after_sign_in,
        permission="" if wish is None else wish.authorizes,
        error=error,
    )
    return Outcome(Reply(200 if error is None else 422, page=shown, changes=changes))


def _no_way(visit: Visit) -> Reply:
    return message(
        visit,
        403,
        "step_up_required",
        "no_step_up",
    )


def _failed(visit: Visit) -> Reply:
    return message(
        visit,
        400,
        "not_completed",
        "not_confirmed",
        changes=forget(visit, "step_up"),
    )
