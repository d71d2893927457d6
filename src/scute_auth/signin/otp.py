"""Sign in by a code, sent by mail or SMS and typed into the browser that asked for it.

What the code belongs to stands in that browser's binding, never in a form: a code is worth
nothing anywhere else, and nobody can be made to use up another's.
"""

from scute_auth.calls import ask
from scute_auth.effects import Flow
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.operations import OTP_SEND, OTP_VERIFY
from scute_auth.refusals import is_navigation, problem
from scute_auth.signin import sending
from scute_auth.signin.binding import Binding, bound
from scute_auth.signin.completion import Expected, complete
from scute_auth.signin.identifiers import identifier
from scute_auth.signin.limits import count
from scute_auth.signin.proving import RESEND_AFTER
from scute_auth.signin.refusals import is_about_the_person, refused
from scute_auth.signin.visit import Outcome, Visit, code_in, submitted

__all__ = ["enter", "send", "verify"]
_SENDING = sending.Sending(
    "otp",
    "/otp",
    OTP_SEND,
    OTP_SEND,
    identifier,
    "enter_email_or_phone",
)


def send(visit: Visit) -> Flow[Outcome]:
    """POST /auth/otp."""
    return (yield from sending.send(visit, _SENDING))


def enter(visit: Visit) -> Flow[Outcome]:
    """GET /auth/otp: the page that takes the code."""
    yield from ()
    binding = bound(visit, "otp")
    return sending.way_on(visit) if binding is None else Outcome(_page(visit, binding))


def verify(visit: Visit) -> Flow[Outcome]:
    """POST /auth/otp/verify: `code`, as it was typed."""
    binding = bound(visit, "otp")
    if binding is None:
        return sending.way_on(visit)
    submission = submitted(visit.view)
    code = None if submission is None else code_in(submission)
    if code is None:
        return Outcome(_page(visit, binding, visit.say("enter_sent_code")))
    if (stopped := (yield from count(visit, "verify", binding.identifier))) is not None:
        return Outcome(stopped)
    # Where nothing was sent Scute is asked all the same: else the time would tell.
    challenge = binding.sent.rstrip() or visit.random_id("challenge")
    body = {"otp": code, "user_id": challenge}
    try:
        answer = yield from ask(visit.auth.config, OTP_VERIFY, body=body, agent=visit.agent)
    except ApiError as error:
        if is_about_the_person(error):
            return Outcome(refused(visit, error, binding.next, ResponseChanges()))
        return Outcome(_page(visit, binding, visit.say("wrong_or_old_code")))
    expected = Expected(identifier=binding.identifier)
    return (yield from complete(visit, answer, expected, binding, ResponseChanges()))


def _page(visit: Visit, binding: Binding, error: str | None = None) -> Reply:
    if error is not None and not is_navigation(visit.view):
        return problem(422, "invalid_code", error, changes=visit.result.changes)
    shown = visit.page(
        "enter_code",
        identifier=binding.identifier,
        next=binding.next,
        resend_in=max(0, int(binding.began_at + RESEND_AFTER - visit.now)),
        error=error,
    )
    return Reply(200 if error is None else 422, page=shown, changes=visit.result.changes)
