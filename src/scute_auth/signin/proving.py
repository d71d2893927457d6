"""Ask for a proof through one of Scute's challenges: a second factor, or a step-up.

What is asked lies sealed in the browser, for ten minutes from the beginning: account, method and
challenge are never taken from a form. A form says only which page it belongs to.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Literal, TypeAlias

from scute_auth.answers import Challenge, Completed, MfaRequired, Tokens
from scute_auth.calls import ask
from scute_auth.effects import Flow
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.operations import CHALLENGE, CHALLENGE_RESEND, CHALLENGE_VERIFY
from scute_auth.passkeys import assertion, options_to_prove
from scute_auth.redirects import auth_url
from scute_auth.refusals import is_navigation, problem
from scute_auth.signin.binding import LIFETIME
from scute_auth.signin.kept import forget, keep, seal
from scute_auth.signin.limits import Step, count
from scute_auth.signin.refusals import is_about_the_person, refused
from scute_auth.signin.visit import Outcome, Submission, Visit, code_in, message, redirect

__all__ = [
    "METHODS",
    "PASSKEY",
    "RESEND_AFTER",
    "SENT",
    "Asked",
    "Kind",
    "Place",
    "can_be_asked",
    "go_on",
    "page",
    "prove",
]

PASSKEY = "webauthn"

METHODS = ("totp", "sms_otp", "email_otp", "backup_code", PASSKEY)
"""What our page can ask for, in the words of Scute's challenges."""

SENT = frozenset({"sms_otp", "email_otp"})
"""Those for which Scute sends a code."""

RESEND_AFTER = 30
"""Seconds after which a page offers to send another code."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of whom: `id` is the sign-in, `account` Scute's id of its user.

    `identifier` is whom a sign-in was asked for, `options` what a passkey has to sign,
    `authorizes` the permission that a step-up is for.
    """

    id: str
    account: str
    identifier: str | None
    next: str
    began_at: float
    methods: list[str]
    method: str = ""
    sent_at: float = 0.0
    challenge: str = field(default="", repr=False)
    options: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)
    authorizes: str = ""

    def by(self, challenge: Challenge, now: float) -> "Asked":
        """The same, to be proved by this challenge."""
        begun = challenge.ceremony if challenge.method == PASSKEY else None
        return replace(
            self,
            method=challenge.method,
            sent_at=now,
            challenge=challenge.token,
            options={} if begun is None else options_to_prove(begun),
        )


def can_be_asked(challenge: Challenge, methods: list[str]) -> bool:
    """Is it one of these methods, and all there that it needs? A passkey has something to sign."""
    has_all = challenge.method != PASSKEY or challenge.ceremony is not None
    return has_all and challenge.method in methods


Answer: TypeAlias = Tokens | MfaRequired | Completed


@dataclass(frozen=True, slots=True)
class Place:
    """What a proof is for, and the route that asks for it."""

    purpose: Literal["mfa", "step_up"]
    path: str


@dataclass(frozen=True, slots=True)
class Kind(Place):
    """How a challenge for it is made, and what follows a proof."""

    create: Callable[[Visit, Asked, str], Flow[Challenge | None]]
    done: Callable[[Visit, Asked, Answer], Flow[Outcome]]


def prove(visit: Visit, kind: Kind, asked: Asked, submission: Submission) -> Flow[Outcome]:
    """A form with `code` or `credential`; or with a `method` to switch to; or with `resend`.

    `shown` is the challenge that its page was about: another tab may have gone on since.
    """
    if submission.get("shown") not in ("", _digest(asked)):
        return page(visit, kind, asked, visit.say("other_tab"))
    if method := submission.get("method"):
        return (yield from _switch(visit, kind, asked, method))
    if submission.get("resend"):
        return (yield from _resend(visit, kind, asked))
    proof = _proof(asked, submission)
    if proof is None:
        missing = "passkey_wrong" if asked.method == PASSKEY else "enter_the_code"
        return page(visit, kind, asked, visit.say(missing))
    return (yield from _verify(visit, kind, asked, proof))


def _proof(asked: Asked, submission: Submission) -> dict[str, Any] | None:
    """What Scute is to verify: a code as it was typed, or a passkey's answer to this challenge."""
    if asked.method == PASSKEY:
        credential = assertion(submission.get("credential"), asked.options["challenge"])
        return None if credential is None else {"credential": credential}
    code = code_in(submission)
    return None if code is None else {"code": code}


def go_on(visit: Visit, place: Place, asked: Asked, changes: ResponseChanges) -> Outcome:
    """To the page that asks; what is asked is kept, and never for longer than at first."""
    location = auth_url(visit.view, visit.auth.config, place.path)
    until = asked.began_at + LIFETIME
    content: dict[str, Any] = {
        "status": f"{place.purpose}_required",
        "method": asked.method,
        "methods": asked.methods,
    }
    if asked.options:
        content["options"] = asked.options
    if visit.by_header:
        content["state"] = seal(visit, place.purpose, asked, until=until)
    changes = changes + keep(visit, place.purpose, asked, until=until)
    return Outcome(redirect(visit, location, content, changes))


def page(visit: Visit, kind: Kind, asked: Asked, error: str | None = None) -> Outcome:
    """The page that asks; a script is told the same."""
    if not is_navigation(visit.view):
        if error is None:
            return go_on(visit, kind, asked, ResponseChanges())
        reason = "passkey_not_recognised" if asked.method == PASSKEY else "invalid_code"
        return Outcome(problem(422, reason, error, changes=visit.result.changes))
    resend_in = max(0, int(asked.sent_at + RESEND_AFTER - visit.now))
    shown = visit.page(
        "second_factor",
        action=auth_url(visit.view, visit.auth.config, kind.path),
        purpose=kind.purpose,
        method=asked.method,
        others=[method for method in asked.methods if method != asked.method],
        resend_in=resend_in if asked.method in SENT else None,
        shown=_digest(asked),
        options=json.dumps(asked.options) if asked.options else "",
        next=asked.next,
        permission=asked.authorizes,
        error=error,
    )
    return Outcome(Reply(200 if error is None else 422, page=shown, changes=visit.result.changes))


def _verify(visit: Visit, kind: Kind, asked: Asked, proof: dict[str, Any]) -> Flow[Outcome]:
    if (stopped := (yield from count(visit, "verify", asked.account))) is not None:
        return Outcome(stopped)
    place = {"challenge": asked.challenge}
    try:
        answer = yield from ask(
            visit.auth.config,
            CHALLENGE_VERIFY,
            body=proof,
            path=place,
            agent=visit.agent,
        )
    except ApiError as error:
        if is_about_the_person(error):
            return Outcome(refused(visit, error, asked.next, forget(visit, kind.purpose)))
        return (yield from _refused(visit, kind, asked))
    return (yield from kind.done(visit, asked, answer))


def _refused(visit: Visit, kind: Kind, asked: Asked) -> Flow[Outcome]:
    """A wrong proof, or a challenge that is over? Scute says which."""
    try:
        challenge = yield from ask(
            visit.auth.config, CHALLENGE, path={"challenge": asked.challenge}
        )
    except ApiError:
        return _over(visit, kind)
    if challenge.status != "pending":
        return _over(visit, kind)
    return page(visit, kind, asked, f"{_wrong(visit, asked)} {_tries_left(visit, challenge)}")


def _wrong(visit: Visit, asked: Asked) -> str:
    return visit.say("passkey_wrong" if asked.method == PASSKEY else "wrong_code")


def _tries_left(visit: Visit, challenge: Challenge) -> str:
    tries = challenge.tries_left
    if tries is None:
        return visit.say("tries_unknown")
    return visit.auth.config.messages.counted("tries_left", tries)


def _switch(visit: Visit, kind: Kind, asked: Asked, method: str) -> Flow[Outcome]:
    if method not in asked.methods:
        return page(visit, kind, asked, visit.say("method_not_set_up"))
    if method == asked.method:
        return page(visit, kind, asked)
    step: Step = "send" if method in SENT else "switch"
    if (stopped := (yield from count(visit, step, asked.account))) is not None:
        return Outcome(stopped)
    challenge = yield from kind.create(visit, asked, method)
    return _asked_anew(visit, kind, asked, challenge)


def _resend(visit: Visit, kind: Kind, asked: Asked) -> Flow[Outcome]:
    if asked.method not in SENT:
        return page(visit, kind, asked, visit.say("no_code_is_sent"))
    if (stopped := (yield from count(visit, "send", asked.account))) is not None:
        return Outcome(stopped)
    try:
        challenge = yield from ask(
            visit.auth.config, CHALLENGE_RESEND, body={}, path={"challenge": asked.challenge}
        )
    except ApiError:
        return _over(visit, kind)
    return _asked_anew(visit, kind, asked, challenge)


def _asked_anew(visit: Visit, kind: Kind, asked: Asked, challenge: Challenge | None) -> Outcome:
    if challenge is None or challenge.method not in asked.methods:
        return _over(visit, kind)
    if not can_be_asked(challenge, asked.methods):
        return page(visit, kind, asked, visit.say("choose_another_way"))
    return go_on(visit, kind, asked.by(challenge, visit.now), ResponseChanges())


def _digest(asked: Asked) -> str:
    return sha256(asked.challenge.encode("utf-8")).hexdigest()


def _over(visit: Visit, kind: Kind) -> Outcome:
    """Too late or too often: nobody is signed in by it, and nobody signed out."""
    begin_again = {
        "mfa": visit.action("sign_in_again", "/sign-in"),
        "step_up": visit.action("try_again", kind.path),
    }
    reply = message(
        visit,
        400,
        "not_completed",
        "over",
        actions=begin_again[kind.purpose],
        changes=forget(visit, kind.purpose),
    )
    return Outcome(reply)
