"""A sign-in whose first step is done: what is still to come lies sealed in the browser.

Until the second factor is proved there is no session, neither here nor at Scute. The cookie names
the account, Scute's challenge and where the visitor wanted to go; it is good for ten minutes.
"""

from dataclasses import dataclass, field
from typing import Final

from scute_auth.answers import Challenge, MfaRequired
from scute_auth.calls import ask
from scute_auth.effects import Flow
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.operations import CHALLENGE_CREATE
from scute_auth.redirects import auth_url
from scute_auth.signin.binding import LIFETIME
from scute_auth.signin.kept import forget, keep
from scute_auth.signin.visit import Visit, message, redirect

__all__ = ["METHODS", "SENT", "SecondFactor", "begin", "create", "go_on", "remember"]

PURPOSE: Final = "mfa"
METHODS = ("totp", "sms_otp", "email_otp", "backup_code")
"""What our page can ask for, in the words of Scute's challenges."""

SENT = frozenset({"sms_otp", "email_otp"})
"""Those for which Scute sends a code."""


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """`account` is Scute's id of who signs in; `identifier` whom the sign-in was asked for."""

    id: str
    account: str
    identifier: str | None
    next: str
    began_at: float
    methods: list[str]
    method: str
    sent_at: float
    challenge: str = field(repr=False)


def begin(
    visit: Visit,
    answer: MfaRequired,
    account: str | None,
    identifier: str | None,
    binding: tuple[str, str] | None,
    changes: ResponseChanges,
) -> Flow[Reply]:
    """Ask for the second factor; `account` and `identifier` must be those of the first step.

    `binding` is the id of the sign-in, which is good once, and where it leads.
    """
    account = account or answer.user_id
    methods = [method for method in answer.methods if method in METHODS]
    if account is None or answer.user_id not in (None, account) or not methods:
        return _no_way(visit, changes)
    challenge = answer.challenge
    if challenge is None or challenge.method not in methods:
        challenge = yield from create(visit, account, methods[0])
    if challenge is None:
        return _no_way(visit, changes)
    sign_in, next_path = binding or (visit.random_id(PURPOSE), visit.auth.config.after_sign_in)
    waiting = SecondFactor(
        sign_in,
        account,
        identifier,
        next_path,
        visit.now,
        methods,
        challenge.method,
        visit.now,
        challenge.token,
    )
    return go_on(visit, waiting, changes)


def create(visit: Visit, account: str, method: str) -> Flow[Challenge | None]:
    """A new challenge for the sign-in that waits; None where Scute gives none any more."""
    body = {"purpose": PURPOSE, "method": method, "app_user_id": account}
    try:
        return (yield from ask(visit.auth.config, CHALLENGE_CREATE, body=body))
    except ApiError:
        return None


def go_on(visit: Visit, waiting: SecondFactor, changes: ResponseChanges) -> Reply:
    """To the page that asks."""
    location = auth_url(visit.view, visit.auth.config, "/mfa")
    content = {"status": "mfa_required", "method": waiting.method, "methods": waiting.methods}
    return redirect(visit, location, content, changes + remember(visit, waiting))


def remember(visit: Visit, waiting: SecondFactor) -> ResponseChanges:
    """Keep it, and not for longer than from its beginning."""
    return keep(visit, PURPOSE, waiting, until=waiting.began_at + LIFETIME)


def _no_way(visit: Visit, changes: ResponseChanges) -> Reply:
    return message(
        visit,
        403,
        "mfa_required",
        title="A second factor is needed",
        text=(
            "This account is protected by a second factor that cannot be used here. You are not "
            "signed in. Ask the people who run this site for another way in."
        ),
        changes=changes + forget(visit, PURPOSE),
    )
