"""Where Scute's links and OAuth send the browser: `/auth/callback`, the app's login URL at Scute.

Opening a link uses nothing up (mail scanners open links, and so does a victim who was sent an
attacker's), unless this very browser began this very sign-in. Otherwise the token moves out of
the URL into a cookie, the page says whose sign-in it claims to be, and only the button, a POST
from our own page, goes on. OAuth cannot be begun elsewhere, so its landing needs its cookie.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from scute_auth.cookies import MAX_COOKIE
from scute_auth.csrf import is_opened_as_document
from scute_auth.effects import Flow
from scute_auth.errors import TokenError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedIn
from scute_auth.jws import is_token_shaped, unverified_claims
from scute_auth.redirects import TOKEN_PARAMETERS, auth_url
from scute_auth.signin.binding import Binding, Way, bound, unbind
from scute_auth.signin.completion import Expected, exchange
from scute_auth.signin.identifiers import identifier, same_identifier
from scute_auth.signin.kept import forget, keep, kept
from scute_auth.signin.visit import Outcome, Visit, message, redirect, submitted

__all__ = ["Arrival", "confirm", "land"]

_KEPT_FOR = 300
_SENT_WITHIN = 30
"""Seconds between asking for a link and its token's `iat`: one call, and clocks that differ."""

_YEAR_3000 = 32_503_680_000
_PREFETCH = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")
_NO_REFERRER = (("referrer-policy", "no-referrer"),)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A token that came in, and what it says of itself. Nobody has verified any of it."""

    way: Way
    token: str = field(repr=False)
    user_id: str | None
    identifier: str | None
    issued_at: int | None

    @property
    def digest(self) -> str:
        return sha256(self.token.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class _Aside:
    """A token out of a URL, while its person is asked."""

    way: Way
    token: str = field(repr=False)


def land(visit: Visit) -> Flow[Outcome]:
    """GET and HEAD: go straight on in the browser that began it, else ask."""
    given = [(name, value) for name, value in visit.query() if name in TOKEN_PARAMETERS]
    if not given:
        return Outcome(_cancelled(visit) if visit.query_value("error") else _ask(visit))
    arrival = _arrival(*given[0]) if len(given) == 1 else None
    if arrival is None:
        return Outcome(_broken(visit))
    binding = bound(visit, arrival.way)
    if arrival.way == "oauth" and binding is None:
        return Outcome(_not_begun_here(visit))
    if binding is not None and _is_opened(visit) and _is_bound_to(binding, arrival):
        expected = _expected(arrival, binding)
        return (yield from exchange(visit, arrival.token, expected, binding, ResponseChanges()))
    return Outcome(_move_aside(visit, arrival))


def confirm(visit: Visit) -> Flow[Outcome]:
    """POST: the person saw whose sign-in this claims to be, and wants it."""
    arrival = _kept(visit)
    submission = submitted(visit.view)
    if arrival is None or submission is None:
        return Outcome(_broken(visit))
    # The button belongs to the token that its page showed: another landing may have replaced it.
    if not compare_digest(submission.get("shown").encode("utf-8"), arrival.digest.encode("ascii")):
        return Outcome(_ask(visit))
    binding = bound(visit, arrival.way)
    if arrival.way == "oauth" and binding is None:
        return Outcome(_not_begun_here(visit))
    if binding is not None and not _is_bound_to(binding, arrival):
        binding = None
    expected = _expected(arrival, binding)
    without = forget(visit, "landing")
    return (yield from exchange(visit, arrival.token, expected, binding, without))


def _arrival(name: str, token: str) -> Arrival | None:
    """Read a landing's token as the vendor's browser SDK does: unverified, for display."""
    if not is_token_shaped(token) or len(token) > MAX_COOKIE // 2:
        return None
    way: Way = "magic" if name == "sct_magic" else "oauth"
    try:
        claims = unverified_claims(token)
    except TokenError:
        return None if way == "magic" else Arrival(way, token, None, None, None)
    user_id = _text(claims, "uuid")
    if way == "magic" and user_id is None:
        return None
    issued_at = claims.get("iat")
    return Arrival(
        way,
        token,
        user_id,
        identifier(_text(claims, "email") or "") or identifier(_text(claims, "phone") or ""),
        issued_at if type(issued_at) is int and 0 < issued_at < _YEAR_3000 else None,
    )


def _text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return (
        value if isinstance(value, str) and 0 < len(value) < 255 and value.isprintable() else None
    )


def _is_opened(visit: Visit) -> bool:
    """Did a person open this, and not a scanner's HEAD or a browser that reads ahead?"""
    if visit.view.method != "GET" or not is_opened_as_document(visit.view):
        return False
    return not any((visit.view.header(name) or b"") for name in _PREFETCH)


def _is_bound_to(binding: Binding, arrival: Arrival) -> bool:
    """Is this the very link that this browser asked for?

    An attacker's link must not pass while the victim waits for his own: neither one to the
    attacker's address, nor one to the victim's that the attacker asked for and waits for. The
    second is told by its time, where the token says when it was issued.
    """
    if arrival.way == "oauth":
        return True
    issued_at = binding.began_at if arrival.issued_at is None else arrival.issued_at
    is_of_its_time = abs(issued_at - binding.began_at) <= _SENT_WITHIN
    return is_of_its_time and same_identifier(binding.identifier, arrival.identifier)


def _expected(arrival: Arrival, binding: Binding | None) -> Expected:
    asked_for = "" if binding is None else binding.identifier
    return Expected(arrival.user_id, asked_for or arrival.identifier)


def _move_aside(visit: Visit, arrival: Arrival) -> Reply:
    """Out of the URL (history, Referer) and into a cookie that no script reads."""
    aside = keep(visit, "landing", _Aside(arrival.way, arrival.token), until=visit.now + _KEPT_FOR)
    callback = auth_url(visit.view, visit.auth.config, "/callback")
    return redirect(visit, callback, {"status": "confirm"}, aside)


def _kept(visit: Visit) -> Arrival | None:
    aside = kept(visit, "landing", _Aside)
    if aside is None:
        return None
    return _arrival("sct_magic" if aside.way == "magic" else "sct_oauth", aside.token)


def _ask(visit: Visit) -> Reply:
    """The page with the button: whose sign-in it claims to be, and who may be waiting for it."""
    arrival = _kept(visit)
    if arrival is None:
        return _broken(visit)
    if isinstance(visit.result, SignedIn) and visit.result.user.id == arrival.user_id:
        return _signed_in_already(visit)
    binding = bound(visit, arrival.way)
    asked_at = arrival.issued_at
    shown = visit.page(
        "confirm",
        address=arrival.identifier,
        asked_here=binding is not None and _is_bound_to(binding, arrival),
        asked_at=None if asked_at is None else datetime.fromtimestamp(asked_at, UTC),
        replaces=isinstance(visit.result, SignedIn),
        shown=arrival.digest,
    )
    return Reply(200, page=shown, changes=visit.result.changes)


def _signed_in_already(visit: Visit) -> Reply:
    """Whoever opens his own link once more, or comes back to it, is told where he stands."""
    return message(
        visit,
        200,
        "signed_in",
        title="You are signed in already",
        text="This link is for the account that you are signed in with.",
        actions=(("Continue", visit.auth.config.after_sign_in),),
        changes=forget(visit, "landing"),
        content={"status": "signed_in"},
    )


def _broken(visit: Visit) -> Reply:
    return message(
        visit,
        400,
        "malformed",
        title="This link is not complete",
        text="Open the link in the mail once more, or ask for a new one.",
        actions=visit.sign_in_action("Sign in"),
        headers=_NO_REFERRER,
    )


def _cancelled(visit: Visit) -> Reply:
    """The provider sent the person back without a token; its own words are not shown."""
    return message(
        visit,
        400,
        "cancelled",
        title="You are not signed in",
        text="The sign-in was cancelled, or the provider refused it.",
        actions=visit.sign_in_action("Sign in another way"),
        changes=unbind(visit, "oauth"),
    )


def _not_begun_here(visit: Visit) -> Reply:
    return message(
        visit,
        400,
        "not_begun_here",
        title="This sign-in did not begin here",
        text=(
            "It began in another browser, was finished already, or took longer than ten minutes. "
            "Begin again in this one."
        ),
        actions=visit.sign_in_action("Sign in"),
        headers=_NO_REFERRER,
    )
