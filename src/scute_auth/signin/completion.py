"""The end of every way to sign in: exchange what Scute gave, hold the user against what was shown.

What a landing shows comes from a token that nobody has verified, so it is only a claim. After
the exchange the verified user and Scute's own current user must be the ones that were shown;
else the session that just began is ended.
"""

import logging
from dataclasses import dataclass

from scute_auth.answers import MfaRequired, Tokens
from scute_auth.calls import ask
from scute_auth.effects import Flow, Log, Spawn
from scute_auth.errors import ApiError, ScuteUnavailable, TokenError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import Profile, Session, SignedIn
from scute_auth.operations import AUTHENTICATE
from scute_auth.refusals import not_allowed
from scute_auth.signin import second_factor
from scute_auth.signin.binding import Binding, unbind, use
from scute_auth.signin.device import remember
from scute_auth.signin.enrolment import lead
from scute_auth.signin.identifiers import same_identifier
from scute_auth.signin.kept import forget_half_done
from scute_auth.signin.proving import go_on
from scute_auth.signin.refusals import refused
from scute_auth.signin.visit import Outcome, Visit, message, redirect
from scute_auth.verified import digest

__all__ = ["Expected", "complete", "end_replaced", "exchange", "turn_away"]


@dataclass(frozen=True, slots=True)
class Expected:
    """Who must come out of it: as far as the token claimed, and the address that was asked for."""

    user_id: str | None = None
    identifier: str | None = None


def exchange(
    visit: Visit, token: str, expected: Expected, binding: Binding | None, changes: ResponseChanges
) -> Flow[Outcome]:
    """Trade a landing's token for a session; Scute takes it once."""
    try:
        answer = yield from ask(
            visit.auth.config, AUTHENTICATE, body={"token": token}, agent=visit.agent
        )
    except ApiError as error:
        next_path = visit.auth.config.after_sign_in if binding is None else binding.next
        return Outcome(refused(visit, error, next_path, changes))
    return (yield from complete(visit, answer, expected, binding, changes))


def complete(
    visit: Visit,
    answer: Tokens | MfaRequired,
    expected: Expected,
    binding: Binding | None,
    changes: ResponseChanges,
    goal: str | None = None,
) -> Flow[Outcome]:
    """Start the session, unless a second factor is due or it is somebody else's.

    `goal` is where to go on to without a binding, which has its own.
    """
    if isinstance(answer, MfaRequired):
        return (yield from _ask_for_second(visit, answer, expected, binding, changes))
    try:
        signed_in = yield from visit.auth.start(visit.view, answer, visit.now)
        profile = yield from visit.auth.profiles.of(signed_in.session, visit.now)
        fits = _is_expected(signed_in, profile, expected)
        is_first = not fits or binding is None or (yield from use(visit, binding))
    except TokenError as error:
        yield Log(
            logging.ERROR, "a sign-in ended with a token that is refused: %s", (error.reason,)
        )
        return Outcome(_not_completed(visit, changes))
    except ScuteUnavailable:
        # Nobody can say whose session this is or who began it, so nobody gets it.
        yield from visit.auth.end(answer.access, visit.now)
        raise
    if not fits:
        return (yield from _stop(visit, answer, changes))
    if binding is not None and not is_first:
        return (yield from _second_use(visit, answer, binding, changes))
    goal = binding.next if binding is not None else goal or visit.auth.config.after_sign_in
    location, advice, kept = lead(visit, answer, signed_in.user.id, goal)
    content = {"status": "signed_in", **advice}
    changes = changes + forget_half_done(visit) + kept + signed_in.changes
    changes = changes + remember(visit, profile, binding)
    reply = redirect(visit, location, content, changes)
    began = (signed_in.user, profile)
    return Outcome(reply, began, access=answer.access, replaced=_replaced(visit, signed_in))


def end_replaced(visit: Visit, session: Session) -> Flow[None]:
    """Nobody sees to the session of before any more: it ends at Scute too, while nobody waits."""
    yield Spawn(f"end:{digest(session.access).hex()}", _end_replaced(visit, session))


def _end_replaced(visit: Visit, session: Session) -> Flow[None]:
    if not (yield from visit.auth.end(session.access, visit.now, session.refresh)):
        yield Log(logging.WARNING, "Scute could not be told to end the session of before a sign-in")


def _replaced(visit: Visit, signed_in: SignedIn) -> Session | None:
    """The session that this browser was in, unless Scute has it go on."""
    before = visit.result
    if not isinstance(before, SignedIn) or before.session.source == "header":
        return None
    named = before.user.claims.session_id
    goes_on = named is not None and named == signed_in.user.claims.session_id
    return None if goes_on else before.session


def turn_away(visit: Visit, outcome: Outcome, text: str) -> Flow[Outcome]:
    """The app wants nobody like this user: the session that just began ends."""
    yield from visit.auth.end(outcome.access, visit.now)
    return Outcome(not_allowed(visit.view, visit.auth.config, visit.result, text))


def _is_expected(signed_in: SignedIn, profile: Profile, expected: Expected) -> bool:
    if profile.id != signed_in.user.id:
        return False
    if expected.user_id is not None and expected.user_id != profile.id:
        return False
    return expected.identifier is None or any(
        same_identifier(expected.identifier, known) for known in (profile.email, profile.phone)
    )


def _stop(visit: Visit, answer: Tokens, changes: ResponseChanges) -> Flow[Outcome]:
    """End a session that is not the one that was shown or begun."""
    yield from visit.auth.end(answer.access, visit.now)
    yield Log(logging.WARNING, "a sign-in was ended: it is not the one that was shown or begun")
    return Outcome(_not_completed(visit, changes))


def _second_use(
    visit: Visit, answer: Tokens, binding: Binding, changes: ResponseChanges
) -> Flow[Outcome]:
    """A binding is good once. Where the link is opened while the waiting page asks, both are this
    browser's: the first one brings the session, the second only leads to it."""
    if binding.way == "oauth":
        return (yield from _stop(visit, answer, changes))
    yield from visit.auth.end(answer.access, visit.now)
    return Outcome(redirect(visit, binding.next, {"status": "signed_in"}, changes))


def _ask_for_second(
    visit: Visit,
    answer: MfaRequired,
    expected: Expected,
    binding: Binding | None,
    changes: ResponseChanges,
) -> Flow[Outcome]:
    """The first step is done: its binding goes, and lives on in what waits for the second."""
    goal = None
    if binding is not None:
        goal = (binding.id, binding.next)
        changes = changes + unbind(visit, binding.way)
    who = (expected.user_id, expected.identifier)
    asked = yield from second_factor.begin(visit, answer, *who, goal)
    if asked is None:
        return second_factor.no_way(visit, changes)
    return go_on(visit, second_factor.PLACE, asked, changes)


def _not_completed(visit: Visit, changes: ResponseChanges) -> Reply:
    return message(
        visit,
        400,
        "not_completed",
        "not_asked_for",
        actions=visit.action("sign_in_again", "/sign-in"),
        changes=changes,
    )
