"""What Scute's browser SDK expects of a server: it signs in by itself and hands its token over.

As the vendor's Next.js handlers do it: the SDK's access token is exchanged for a session of the
browser's own, whose refresh token no script ever sees. It must have been issued just now, and not
by us; it counts once, and what Scute answers is held against it.
"""

import logging
from dataclasses import replace
from datetime import UTC, datetime

from scute_auth.calls import UNUSABLE, ask
from scute_auth.claims import MAX_ACCESS_LIFETIME, Claims
from scute_auth.cookies import clear_session
from scute_auth.credentials import CookieTokens, read_bearer, read_cookie_tokens
from scute_auth.effects import Flow, Log
from scute_auth.errors import ApiError, Reason, ScuteUnavailable, TokenError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedIn, SignedOut, Unavailable
from scute_auth.operations import ROTATE_ACCESS
from scute_auth.refusals import problem, refusal
from scute_auth.signin import double_submit, session
from scute_auth.signin.completion import Expected, complete
from scute_auth.signin.visit import Outcome, Visit, in_json
from scute_auth.used_tokens import JUST_NOW, use

__all__ = ["refresh", "sign_in", "sign_out"]

_NO_STORE = (("cache-control", "private, no-store"),)


def sign_in(visit: Visit) -> Flow[Outcome]:
    """POST /auth/sign-in: the access token in `Authorization` becomes this browser's session.

    The session of before ends in this browser, also where the token is refused; not at Scute,
    where it may be the very session that the token belongs to.
    """
    if not double_submit.passes(visit):
        return Outcome(double_submit.refused(visit))
    try:
        token = read_bearer(visit.view)
        claims = yield from _verified(visit, token)
    except TokenError as error:
        return Outcome(_refusal(visit, error.reason))
    if claims.is_impersonated:
        return Outcome(_refusal(visit, Reason.FORBIDDEN))
    if not (yield from _is_new(visit, claims)):
        why = ("token_too_old", "The token was not issued just now.")
    elif not (yield from use(visit.auth.config, token, claims, visit.now)):
        why = ("token_used", "This token has signed in already, or came from here.")
    else:
        return (yield from _exchange(visit, token, claims))
    if _is_own(visit, token):
        return Outcome(Reply(200, _NO_STORE, changes=visit.result.changes))
    return Outcome(_turned_down(visit, *why))


def refresh(visit: Visit) -> Flow[Outcome]:
    """POST /auth/refresh: renew the session; only its access token is told."""
    if not double_submit.passes(visit):
        return Outcome(double_submit.refused(visit))
    result = yield from visit.auth.renew(visit.view, visit.result, visit.now)
    if isinstance(result, SignedIn) and result.session.source == "cookie":
        ends = datetime.fromtimestamp(result.session.expires_at, UTC)
        told = {"access": result.session.access, "access_expires_at": _as_script_date(ends)}
        return Outcome(in_json(told, _NO_STORE, result.changes))
    if isinstance(result, SignedIn) or _has_no_session(result):
        return Outcome(in_json({"access": None}, _NO_STORE, result.changes))
    return Outcome(refusal(visit.view, visit.auth.config, result))


def sign_out(visit: Visit) -> Flow[Outcome]:
    """POST /auth/sign-out, for the SDK, our own page and the app's scripts.

    The SDK is known by its `X-CSRF-Token`, and then that must be right; the others need none.
    A script is answered in JSON, the page's form with a redirect.
    """
    if not visit.auth.config.browser_sdk:
        return (yield from session.sign_out(visit))
    if double_submit.is_sent(visit) and not double_submit.passes(visit):
        return Outcome(double_submit.refused(visit))
    outcome = yield from session.sign_out(visit)
    changes = outcome.reply.changes + double_submit.drop(visit)
    return replace(outcome, reply=replace(outcome.reply, changes=changes))


def _has_no_session(result: SignedOut | Unavailable) -> bool:
    return isinstance(result, SignedOut) and result.reason is Reason.MISSING


def _verified(visit: Visit, token: str) -> Flow[Claims]:
    # Until the app's settings are known, a refresh token would pass for an access token.
    yield from visit.auth.settings.get(visit.now)
    return (yield from visit.auth.verifier.verify(token, visit.now))


def _is_new(visit: Visit, claims: Claims) -> Flow[bool]:
    """Was it issued within these seconds? Where it does not say so, its lifetime tells.

    That figure may have changed at Scute, so it is read again before a token counts as too old;
    and where it fell, an older token may look new until all of those have expired.
    """
    age = visit.now - _issued_at(visit, claims)
    if abs(age) > JUST_NOW and claims.issued_at is None:
        yield from visit.auth.settings.reread(visit.now)
        age = visit.now - _issued_at(visit, claims)
    if abs(age) > JUST_NOW:
        yield Log(logging.WARNING, "a sign-in's token was %d s old: are the clocks right?", (age,))
        return False
    if claims.issued_at is None and visit.auth.settings.was_longer(claims.expires_at - JUST_NOW):
        yield Log(logging.WARNING, "access_expiration fell: nobody can tell how old a token is yet")
        return False
    return True


def _issued_at(visit: Visit, claims: Claims) -> float:
    if claims.issued_at is not None:
        return claims.issued_at
    known = visit.auth.settings.known
    lifetime = None if known is None else known.access_expiration
    return claims.expires_at - (lifetime or MAX_ACCESS_LIFETIME)


def _is_own(visit: Visit, token: str) -> bool:
    """Is it this browser's own access token already? Then nothing is to be done, and no harm."""
    own = read_cookie_tokens(visit.view, visit.auth.config)
    return isinstance(own, CookieTokens) and own.access == token


def _exchange(visit: Visit, token: str, claims: Claims) -> Flow[Outcome]:
    try:
        answer = yield from ask(visit.auth.config, ROTATE_ACCESS, token=token, agent=visit.agent)
    except ApiError as error:
        yield Log(logging.WARNING, "a sign-in's token was not exchanged: %s", (error,))
        if error.code == UNUSABLE:
            raise ScuteUnavailable(str(error)) from None
        return Outcome(_refusal(visit, Reason.REVOKED))
    expected = Expected(user_id=claims.user_id)
    outcome = yield from complete(visit, answer, expected, None, ResponseChanges())
    if outcome.signed_in is None:
        return Outcome(_refusal(visit, Reason.REVOKED))
    reply = Reply(200, _NO_STORE, changes=outcome.reply.changes)
    return replace(outcome, reply=reply, replaced=None)


def _refusal(visit: Visit, reason: Reason) -> Reply:
    return refusal(visit.view, visit.auth.config, SignedOut(reason, _cleared(visit)))


def _turned_down(visit: Visit, reason: str, detail: str) -> Reply:
    challenge = f'Bearer error="invalid_token", error_description="{detail}"'
    headers = (("www-authenticate", challenge),)
    return problem(401, reason, detail, headers=headers, changes=_cleared(visit))


def _cleared(visit: Visit) -> ResponseChanges:
    return visit.result.changes + ResponseChanges(clear_session(visit.view, visit.auth.config))


def _as_script_date(time: datetime) -> str:
    """As JavaScript writes a `Date` into JSON."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
