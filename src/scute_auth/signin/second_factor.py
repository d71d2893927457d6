"""A sign-in whose first step is done: what is still to come lies sealed in the browser.

Until the second factor is proved there is no session, neither here nor at Scute.
"""

from scute_auth.answers import Challenge, MfaRequired
from scute_auth.calls import ask
from scute_auth.effects import Flow
from scute_auth.errors import ApiError
from scute_auth.http import ResponseChanges
from scute_auth.operations import CHALLENGE_CREATE
from scute_auth.signin.kept import forget
from scute_auth.signin.proving import METHODS, Asked, Place, can_be_asked
from scute_auth.signin.visit import Outcome, Visit, message

PLACE = Place("mfa", "/mfa")

__all__ = ["PLACE", "begin", "create", "no_way"]


def begin(
    visit: Visit,
    answer: MfaRequired,
    account: str | None,
    identifier: str | None,
    sign_in: tuple[str, str] | None,
) -> Flow[Asked | None]:
    """What to ask for now; None where our page cannot ask for any of it.

    `account` and `identifier` are those of the first step, `sign_in` its id, which is good once,
    and where it leads.
    """
    account = account or answer.user_id
    methods = [method for method in answer.methods if method in METHODS]
    if account is None or answer.user_id not in (None, account):
        return None
    challenge = answer.challenge
    if challenge is None or not can_be_asked(challenge, methods):
        challenge = yield from _first_of(visit, account, methods, challenge)
    if challenge is None:
        return None
    id, next_path = sign_in or (visit.random_id("mfa"), visit.auth.config.after_sign_in)
    return Asked(id, account, identifier, next_path, visit.now, methods).by(challenge, visit.now)


def _first_of(
    visit: Visit, account: str, methods: list[str], useless: Challenge | None
) -> Flow[Challenge | None]:
    """The first that can be asked for, in the place of one that cannot."""
    for method in methods:
        if useless is None or method != useless.method:
            challenge = yield from create(visit, account, method)
            if challenge is None or can_be_asked(challenge, methods):
                return challenge
    return None


def create(visit: Visit, account: str, method: str) -> Flow[Challenge | None]:
    """A new challenge for the sign-in that waits; None where Scute gives none any more."""
    body = {"purpose": "mfa", "method": method, "app_user_id": account}
    try:
        return (yield from ask(visit.auth.config, CHALLENGE_CREATE, body=body))
    except ApiError:
        return None


def no_way(visit: Visit, changes: ResponseChanges) -> Outcome:
    reply = message(
        visit,
        403,
        "mfa_required",
        "no_second_factor",
        changes=changes + forget(visit, "mfa"),
    )
    return Outcome(reply)
