"""Who am I, and the end of it: `/auth/session` and `/auth/sign-out`."""

import json

from scute_auth.cookies import clear, clear_session
from scute_auth.credentials import CookieTokens, read_credentials
from scute_auth.effects import Flow
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedIn, SignedOut, Unavailable
from scute_auth.jws import is_token_shaped
from scute_auth.refusals import refusal
from scute_auth.signin.kept import HALF_DONE
from scute_auth.signin.visit import Outcome, Visit, message, redirect

__all__ = ["ask_to_sign_out", "sign_out", "who_am_i"]


def who_am_i(visit: Visit) -> Reply:
    """GET /auth/session: JSON for scripts, the same for everyone who may read it."""
    result = visit.result
    if isinstance(result, Unavailable):
        return refusal(visit.view, visit.auth.config, result)
    content: dict[str, object]
    if isinstance(result, SignedIn):
        content = {
            "user_id": result.user.id,
            "expires_at": result.session.expires_at,
            "impersonated": result.user.is_impersonated,
        }
    else:
        content = {"user_id": None, "reason": result.reason}
    headers = (("content-type", "application/json"), ("cache-control", "private, no-store"))
    return Reply(200, headers, json.dumps(content).encode("utf-8"), changes=result.changes)


def ask_to_sign_out(visit: Visit) -> Reply:
    """GET /auth/sign-out: a link must not end a session, so it shows a button.

    In an outage too: nobody can tell then, and whoever wants to leave may.
    """
    shown = visit.page("sign_out", signed_in=not isinstance(visit.result, SignedOut))
    return Reply(200, page=shown, changes=visit.result.changes)


def sign_out(visit: Visit) -> Flow[Outcome]:
    """POST /auth/sign-out: end the session here in any case, and at Scute if it answers."""
    access = _access_token(visit)
    ended = True
    refresh = visit.result.session.refresh if isinstance(visit.result, SignedIn) else None
    if access is not None:
        ended = yield from visit.auth.end(access, visit.now, refresh)
    elif isinstance(visit.result, Unavailable):
        ended = False
    user = visit.result.user if isinstance(visit.result, SignedIn) else None
    return Outcome(_signed_out(visit, ended=ended), signed_out=user)


def _signed_out(visit: Visit, *, ended: bool) -> Reply:
    config = visit.auth.config
    changes = ResponseChanges(
        clear_session(visit.view, config)
        + tuple(cookie for way in HALF_DONE for cookie in clear(visit.view, config, way))
    )
    content = {"status": "signed_out", "ended_at_scute": ended}
    if ended:
        return redirect(visit, config.after_sign_out, content, changes)
    return message(
        visit,
        200,
        "not_ended_at_scute",
        "not_ended",
        actions=((visit.say("continue"), config.after_sign_out),),
        changes=changes,
        content=content,
    )


def _access_token(visit: Visit) -> str | None:
    """The token of the session to end: also one that could not be verified just now."""
    if isinstance(visit.result, SignedIn):
        return visit.result.session.access
    if isinstance(visit.result, Unavailable):
        credentials = read_credentials(visit.view, visit.auth.config)
        if isinstance(credentials, CookieTokens) and credentials.access is not None:
            return credentials.access if is_token_shaped(credentials.access) else None
    return None
