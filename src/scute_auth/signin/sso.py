"""Sign in through one's organisation, where it lets its people in by no other way.

Scute says where its sign-in page is. That lies sealed in the browser, so that no link can name
another place, and as with OAuth only a page of ours sends the browser there, bound.
"""

import re
from dataclasses import dataclass

from scute_auth.effects import Flow
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.signin.binding import LIFETIME
from scute_auth.signin.kept import keep, kept
from scute_auth.signin.oauth import go_to_sign_in, is_begun_here, leave_for
from scute_auth.signin.visit import Outcome, Visit, message

__all__ = ["begin", "offer"]

_WEB_ADDRESS = re.compile(r"https?://[!-~]{1,2000}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Organisation:
    url: str
    next: str


def offer(visit: Visit, error: ApiError, next_path: str, changes: ResponseChanges) -> Reply:
    """Say that the organisation demands its own sign-in, and link it if that is a web address."""
    url = error.details.get("sso_login_url")
    actions: tuple[tuple[str, str], ...] = ()
    if isinstance(url, str) and _WEB_ADDRESS.fullmatch(url):
        organisation = _Organisation(url, next_path)
        changes = changes + keep(visit, "sso", organisation, until=visit.now + LIFETIME)
        actions = visit.action("with_organisation", "/sso")
    return message(
        visit,
        403,
        error.code,
        "organisation",
        actions=actions,
        changes=changes,
    )


def begin(visit: Visit) -> Flow[Outcome]:
    """GET /auth/sso: to the page that was offered, and back to the callback."""
    yield from ()
    organisation = kept(visit, "sso", _Organisation)
    if organisation is None:
        return go_to_sign_in(visit, visit.auth.config.after_sign_in)
    if not is_begun_here(visit):
        return go_to_sign_in(visit, organisation.next)
    return leave_for(visit, organisation.url, organisation.next)
