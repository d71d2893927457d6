"""The second factor of a sign-in: prove it, choose another method, have the code sent again."""

from dataclasses import replace
from hashlib import sha256

from scute_auth.answers import Challenge
from scute_auth.calls import ask
from scute_auth.effects import Flow
from scute_auth.errors import ApiError
from scute_auth.guards import is_navigation, problem
from scute_auth.http import Reply, ResponseChanges
from scute_auth.operations import CHALLENGE, CHALLENGE_RESEND, CHALLENGE_VERIFY
from scute_auth.signin.binding import Binding
from scute_auth.signin.completion import Expected, complete
from scute_auth.signin.kept import forget, kept
from scute_auth.signin.limits import count
from scute_auth.signin.second_factor import PURPOSE, SENT, SecondFactor, create, go_on
from scute_auth.signin.sending import RESEND_AFTER, code_in, way_on
from scute_auth.signin.visit import Outcome, Visit, message, submitted

__all__ = ["prove", "show"]


def show(visit: Visit) -> Flow[Outcome]:
    """GET /auth/mfa."""
    yield from ()
    waiting = kept(visit, PURPOSE, SecondFactor)
    return way_on(visit) if waiting is None else Outcome(_page(visit, waiting))


def prove(visit: Visit) -> Flow[Outcome]:
    """POST /auth/mfa: `code`; or `method` to switch to; or `resend`.

    `shown` is the challenge that the page was about: another tab may have gone on since.
    """
    waiting = kept(visit, PURPOSE, SecondFactor)
    submission = submitted(visit.view)
    if waiting is None or submission is None:
        return way_on(visit)
    if submission.get("shown") not in ("", _digest(waiting)):
        return Outcome(_page(visit, waiting, "Another tab has gone on meanwhile. Try again here."))
    if method := submission.get("method"):
        return (yield from _switch(visit, waiting, method))
    if submission.get("resend"):
        return (yield from _resend(visit, waiting))
    code = code_in(submission)
    if code is None:
        return Outcome(_page(visit, waiting, "Enter the code."))
    return (yield from _verify(visit, waiting, code))


def _verify(visit: Visit, waiting: SecondFactor, code: str) -> Flow[Outcome]:
    if (stopped := (yield from count(visit, "verify", waiting.account))) is not None:
        return Outcome(stopped)
    place = {"challenge": waiting.challenge}
    try:
        answer = yield from ask(
            visit.auth.config, CHALLENGE_VERIFY, body={"code": code}, path=place
        )
    except ApiError:
        return (yield from _refused(visit, waiting))
    expected = Expected(waiting.account, waiting.identifier)
    binding = Binding(waiting.id, PURPOSE, waiting.next, waiting.began_at)
    return (yield from complete(visit, answer, expected, binding, ResponseChanges()))


def _refused(visit: Visit, waiting: SecondFactor) -> Flow[Outcome]:
    """A wrong code, or a challenge that is over? Scute says which."""
    try:
        challenge = yield from ask(
            visit.auth.config, CHALLENGE, path={"challenge": waiting.challenge}
        )
    except ApiError:
        return _over(visit)
    if challenge.status != "pending":
        return _over(visit)
    return Outcome(_page(visit, waiting, f"This code is not right. {_tries_left(challenge)}"))


def _tries_left(challenge: Challenge) -> str:
    if challenge.tries_left is None:
        return "Try again."
    return (
        f"You can try {challenge.tries_left} more time{'' if challenge.tries_left == 1 else 's'}."
    )


def _switch(visit: Visit, waiting: SecondFactor, method: str) -> Flow[Outcome]:
    if method not in waiting.methods:
        return Outcome(_page(visit, waiting, "This method is not set up for the account."))
    if method in SENT and (stopped := (yield from count(visit, "send", waiting.account))):
        return Outcome(stopped)
    challenge = yield from create(visit, waiting.account, method)
    return _over(visit) if challenge is None else _asked_anew(visit, waiting, challenge)


def _resend(visit: Visit, waiting: SecondFactor) -> Flow[Outcome]:
    if waiting.method not in SENT:
        return Outcome(_page(visit, waiting, "No code is sent for this method."))
    if (stopped := (yield from count(visit, "send", waiting.account))) is not None:
        return Outcome(stopped)
    try:
        challenge = yield from ask(
            visit.auth.config, CHALLENGE_RESEND, body={}, path={"challenge": waiting.challenge}
        )
    except ApiError:
        return _over(visit)
    return _asked_anew(visit, waiting, challenge)


def _asked_anew(visit: Visit, waiting: SecondFactor, challenge: Challenge) -> Outcome:
    now = replace(waiting, method=challenge.method, challenge=challenge.token, sent_at=visit.now)
    return Outcome(go_on(visit, now, ResponseChanges()))


def _page(visit: Visit, waiting: SecondFactor, error: str | None = None) -> Reply:
    if not is_navigation(visit.view):
        if error is None:
            return go_on(visit, waiting, ResponseChanges())
        return problem(422, "invalid_code", error, changes=visit.result.changes)
    shown = visit.page(
        "second_factor",
        method=waiting.method,
        others=[method for method in waiting.methods if method != waiting.method],
        resend_in=_resend_in(visit, waiting),
        shown=_digest(waiting),
        error=error,
    )
    return Reply(200 if error is None else 422, page=shown, changes=visit.result.changes)


def _resend_in(visit: Visit, waiting: SecondFactor) -> int | None:
    """Seconds until the page offers to send the code again; None where nothing is sent."""
    if waiting.method not in SENT:
        return None
    return max(0, int(waiting.sent_at + RESEND_AFTER - visit.now))


def _digest(waiting: SecondFactor) -> str:
    return sha256(waiting.challenge.encode("utf-8")).hexdigest()


def _over(visit: Visit) -> Outcome:
    reply = message(
        visit,
        400,
        "not_completed",
        title="This sign-in is over",
        text="It took too long, or too many codes were wrong. You are not signed in.",
        actions=visit.sign_in_action("Sign in again"),
        changes=forget(visit, PURPOSE),
    )
    return Outcome(reply)
