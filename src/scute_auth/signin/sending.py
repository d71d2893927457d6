"""Ask Scute to send a link or a code, and bind this browser to the sign-in that it began.

Whether an identifier has an account here is nobody's business: the answer is the same.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scute_auth.calls import Operation, ask
from scute_auth.effects import Flow, Log
from scute_auth.errors import ApiError
from scute_auth.http import ResponseChanges
from scute_auth.identity import SignedIn
from scute_auth.meta_fields import typed
from scute_auth.redirects import auth_url
from scute_auth.signin.binding import Binding, Way, bind
from scute_auth.signin.limits import count
from scute_auth.signin.refusals import refused
from scute_auth.signin.registration import demanded, hint, is_registration
from scute_auth.signin.sign_in_page import sign_in_page
from scute_auth.signin.visit import Outcome, Visit, redirect, submitted

__all__ = ["Sending", "send", "way_on"]

_ROOM = 256
"""Scute's id is padded to this: the cookie's length must not tell either."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How one kind of message is asked for; `path` is where the visitor then waits for it.

    `hint` is the text for whoever enters no such `identifier`.
    """

    way: Way
    path: str
    login: Operation[str]
    register: Operation[str]
    identifier: Callable[[str], str | None]
    hint: str


def send(visit: Visit, sending: Sending) -> Flow[Outcome]:
    """A form with `identifier`, maybe `next`, maybe `meta.*` for a new user's data.

    With `register` it is the form for new users, and all that the app requires must be in it.
    """
    submission = submitted(visit.view)
    identifier = None if submission is None else sending.identifier(submission.get("identifier"))
    if submission is None or identifier is None:
        return (yield from sign_in_page(visit, visit.say(sending.hint)))
    meta = submission.meta
    if is_registration(submission):
        fields = demanded((yield from visit.auth.settings.get(visit.now)))
        meta = typed(fields, meta)
        if (left_out := hint(visit, fields, meta)) is not None:
            return (yield from sign_in_page(visit, left_out, "user_meta_required"))
    if (stopped := (yield from count(visit, "send", identifier))) is not None:
        return Outcome(stopped)
    next_path = visit.goal(submission.get("next")) or visit.auth.config.after_sign_in
    try:
        sent = yield from _ask_scute(visit, sending, meta, identifier)
    except ApiError as error:
        if error.code == "sso_required":
            # Of a domain, not of a person: it holds for those without an account too.
            return Outcome(refused(visit, error, next_path, ResponseChanges()))
        if error.code == "invalid_identifier":
            return (yield from sign_in_page(visit, visit.say("identifier_not_taken")))
        yield Log(logging.INFO, "nothing was sent to sign in with: %s", (error,))
        sent = ""
    began = visit.random_id(sending.way), sending.way, next_path, visit.now
    binding = Binding(*began, identifier, sent.ljust(_ROOM))
    waiting = auth_url(visit.view, visit.auth.config, sending.path)
    return Outcome(redirect(visit, waiting, {"status": "sent"}, bind(visit, binding)))


def way_on(visit: Visit) -> Outcome:
    """Where a visitor goes whose browser began nothing of the kind, or is done with it."""
    config = visit.auth.config
    if isinstance(visit.result, SignedIn):
        return Outcome(redirect(visit, config.after_sign_in, {"status": "signed_in"}))
    sign_in = auth_url(visit.view, config, "/sign-in")
    return Outcome(redirect(visit, sign_in, {"status": "expired"}))


def _ask_scute(
    visit: Visit, sending: Sending, meta: Mapping[str, Any], identifier: str
) -> Flow[str]:
    body: dict[str, Any] = {"identifier": identifier, "webauthn_enabled": False}
    operation = sending.login
    if meta:
        operation = sending.register
        body["user_meta"] = dict(meta)
    return (yield from ask(visit.auth.config, operation, body=body))
