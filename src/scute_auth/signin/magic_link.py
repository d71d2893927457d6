"""Sign in by a link in a mail: send it, and wait for it to be opened anywhere.

The browser that asks is bound to what it asked for. The waiting page polls Scute with the link's
id from that binding, never from the request's body: nobody can wait for a stranger's link.
"""

from typing import Any

from scute_auth.answers import Pending
from scute_auth.calls import ask
from scute_auth.effects import Flow
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedIn
from scute_auth.operations import MAGIC_LINK_LOGIN, MAGIC_LINK_REGISTER, MAGIC_LINK_STATUS
from scute_auth.redirects import auth_url, safe_path, sign_in_url
from scute_auth.signin.binding import LIFETIME, Binding, bind, bound, unbind
from scute_auth.signin.completion import Expected, complete, refused
from scute_auth.signin.identifiers import email_address
from scute_auth.signin.sign_in_page import sign_in_page
from scute_auth.signin.visit import Outcome, Submission, Visit, redirect, submitted

__all__ = ["poll", "send", "wait"]

_LINK_ROOM = 64


def send(visit: Visit) -> Flow[Outcome]:
    """POST /auth/magic-link: `identifier`, maybe `next`, maybe `meta.*` for a new user's data."""
    submission = submitted(visit.view)
    identifier = None if submission is None else email_address(submission.get("identifier"))
    if submission is None or identifier is None:
        return (yield from sign_in_page(visit, "Enter one e-mail address, like ana@example.com."))
    try:
        link = yield from _ask_for_link(visit, submission, identifier)
    except ApiError as error:
        if error.code == "sso_required" or error.status in (401, 403):
            return Outcome(refused(visit, error, ResponseChanges()))
        if error.code == "invalid_identifier":
            return (yield from sign_in_page(visit, "Scute does not take this address."))
        # Whether an address has an account here is nobody's business: the answer stays the same.
        link = ""
    next_path = safe_path(submission.get("next")) or visit.auth.config.after_sign_in
    # The cookie's length must not tell either, so the id is padded.
    link = link.ljust(_LINK_ROOM)
    binding = Binding(visit.random_id("magic"), "magic", next_path, visit.now, identifier, link)
    waiting = auth_url(visit.view, visit.auth.config, "/magic-link")
    return Outcome(redirect(visit, waiting, {"status": "sent"}, bind(visit, binding)))


def wait(visit: Visit) -> Reply:
    """GET /auth/magic-link: the page that says to look into the inbox, and asks on and on."""
    binding = bound(visit, "magic")
    if binding is None:
        return redirect(visit, _way_on(visit), {"status": _status(visit)})
    shown = visit.page(
        "check_inbox",
        identifier=binding.identifier,
        next=binding.next,
        seconds_left=max(0, int(binding.began_at + LIFETIME - visit.now)),
    )
    return Reply(200, page=shown, changes=visit.result.changes)


def poll(visit: Visit) -> Flow[Outcome]:
    """POST /auth/magic-link/status: signed in as soon as the link was opened somewhere."""
    binding = bound(visit, "magic")
    if binding is None:
        return Outcome(redirect(visit, _way_on(visit), {"status": _status(visit)}))
    waiting = auth_url(visit.view, visit.auth.config, "/magic-link")
    pending = Outcome(redirect(visit, waiting, {"status": "pending"}))
    link = binding.link.rstrip()
    if not link:
        return pending
    try:
        answer = yield from ask(visit.auth.config, MAGIC_LINK_STATUS, body={"id": link})
    except ApiError:
        gone = sign_in_url(visit.view, visit.auth.config, binding.next)
        return Outcome(redirect(visit, gone, {"status": "expired"}, unbind(visit, "magic")))
    if isinstance(answer, Pending):
        return pending
    expected = Expected(identifier=binding.identifier)
    return (yield from complete(visit, answer, expected, binding, ResponseChanges()))


def _ask_for_link(visit: Visit, submission: Submission, identifier: str) -> Flow[str]:
    body: dict[str, Any] = {"identifier": identifier, "webauthn_enabled": False}
    operation = MAGIC_LINK_LOGIN
    if submission.meta:
        operation = MAGIC_LINK_REGISTER
        body["user_meta"] = dict(submission.meta)
    return (yield from ask(visit.auth.config, operation, body=body))


def _way_on(visit: Visit) -> str:
    if isinstance(visit.result, SignedIn):
        return visit.auth.config.after_sign_in
    return auth_url(visit.view, visit.auth.config, "/sign-in")


def _status(visit: Visit) -> str:
    return "signed_in" if isinstance(visit.result, SignedIn) else "expired"
