"""My sessions: where the user is signed in, and the end of any of them.

What is ended at Scute can renew no token any more. An access token that it gave before is still
good for local verification until it expires.
"""

import json
from typing import Any

from scute_auth.answers import UserSession
from scute_auth.calls import ask
from scute_auth.cookies import clear_session
from scute_auth.effects import Flow
from scute_auth.errors import ApiError, ScuteUnavailable
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedIn
from scute_auth.operations import OWN_SESSIONS, REVOKE_SESSION, REVOKE_SESSION_OF
from scute_auth.proofs import sign_in_of
from scute_auth.redirects import auth_url
from scute_auth.refusals import is_navigation
from scute_auth.signin.own import ask_as_user, for_user
from scute_auth.signin.visit import Outcome, Visit, message, redirect

__all__ = ["end", "show"]

OTHERS, ALL = "others", "all"
"""Stand for a session's id where all but this one are to end, or all of them."""

_BEGAN_WITHIN = 30
"""Seconds between a session's beginning at Scute and here: one call, and clocks that differ."""


@for_user(or_support=True)
def show(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """GET /auth/sessions."""
    sessions = yield from _sessions(visit, signed_in)
    current = _current(visit, signed_in, sessions)
    shown = [_shown(visit, session, current) for session in sessions]
    if is_navigation(visit.view):
        page = visit.page(
            "sessions",
            sessions=shown,
            knows_current=current is not None,
            may_end=not signed_in.user.is_impersonated,
        )
        return Outcome(Reply(200, page=page, changes=visit.result.changes))
    headers = (("content-type", "application/json"), ("cache-control", "private, no-store"))
    body = json.dumps({"sessions": shown}).encode("utf-8")
    return Outcome(Reply(200, headers, body, changes=visit.result.changes))


@for_user()
def end(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    """POST /auth/sessions/{session}/revoke; `others` or `all` in place of an id."""
    sessions = yield from _sessions(visit, signed_in)
    current = _current(visit, signed_in, sessions)
    ending = _chosen(visit.parameters["session"], sessions, current)
    if not ending:
        return Outcome(_unknown(visit))
    for session in ending:
        if session.id != current:
            yield from _end(visit, signed_in, session, knows_current=current is not None)
    # Its own comes last: without it none of the others could be ended.
    if current in [session.id for session in ending] or len(ending) == len(sessions):
        return (yield from _end_this(visit, signed_in))
    back = auth_url(visit.view, visit.auth.config, "/sessions")
    return Outcome(redirect(visit, back, {"status": "ended", "ended": len(ending)}))


def _sessions(visit: Visit, signed_in: SignedIn) -> Flow[tuple[UserSession, ...]]:
    listed = yield from ask_as_user(visit, signed_in, OWN_SESSIONS)
    return tuple(one for one in listed if one.credential_id is None)


def _current(visit: Visit, signed_in: SignedIn, sessions: tuple[UserSession, ...]) -> str | None:
    """Which one is this? Scute's tokens may name it (protocol B.4); else its beginning tells.

    Where two began at once nobody can tell, and none is taken for this one.
    """
    named = signed_in.user.claims.session_id
    if named in [session.id for session in sessions]:
        return named
    began = sign_in_of(visit.view, visit.auth.config, signed_in, visit.now)
    if began is None or began.at is None:
        return None
    near = [
        session.id
        for session in sessions
        if session.created_at is not None and abs(session.created_at - began.at) <= _BEGAN_WITHIN
    ]
    return near[0] if len(near) == 1 else None


def _chosen(
    wanted: str, sessions: tuple[UserSession, ...], current: str | None
) -> list[UserSession]:
    """Only the user's own can be chosen."""
    if wanted == ALL:
        return list(sessions)
    if wanted == OTHERS:
        return [] if current is None else [one for one in sessions if one.id != current]
    return [session for session in sessions if session.id == wanted]


def _end(
    visit: Visit, signed_in: SignedIn, session: UserSession, *, knows_current: bool
) -> Flow[None]:
    """The user ends it; or the app, where it may be this one: after it the user could end none."""
    config = visit.auth.config
    try:
        if knows_current or config.secret is None:
            yield from ask_as_user(visit, signed_in, REVOKE_SESSION, session=session.id)
        else:
            place = {"user": signed_in.user.id, "session": session.id}
            yield from ask(config, REVOKE_SESSION_OF, path=place)
    except ApiError as error:
        # Somebody else has ended it meanwhile.
        if error.status != 404:
            raise


def _end_this(visit: Visit, signed_in: SignedIn) -> Flow[Outcome]:
    config, session = visit.auth.config, signed_in.session
    if not (yield from visit.auth.end(session.access, visit.now, session.refresh)):
        raise ScuteUnavailable("the session could not be ended at Scute")
    changes = ResponseChanges(() if visit.by_header else clear_session(visit.view, config))
    reply = redirect(visit, config.after_sign_out, {"status": "signed_out"}, changes)
    return Outcome(reply, signed_out=signed_in.user)


def _shown(visit: Visit, session: UserSession, current: str | None) -> dict[str, Any]:
    return {
        "id": session.id,
        "name": session.name or visit.say("unknown_device"),
        "current": session.id == current,
        "created_at": session.created_at,
        "last_used_at": session.last_used_at,
    }


def _unknown(visit: Visit) -> Reply:
    return message(
        visit,
        404,
        "not_found",
        "no_such_session",
        actions=visit.action("your_sessions", "/sessions"),
    )
