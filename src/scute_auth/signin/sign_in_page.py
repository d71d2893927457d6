"""The page with the ways to sign in that the app has switched on at Scute."""

from scute_auth.effects import Flow
from scute_auth.guards import is_navigation, problem
from scute_auth.http import Reply
from scute_auth.identity import SignedIn
from scute_auth.redirects import safe_path
from scute_auth.signin.visit import Outcome, Visit, submitted

__all__ = ["sign_in_page"]


def sign_in_page(visit: Visit, error: str | None = None) -> Flow[Outcome]:
    """GET /auth/sign-in; with `error`, the same page again after a form that could not be taken."""
    if error is not None and not is_navigation(visit.view):
        return Outcome(problem(422, "invalid_identifier", error, changes=visit.result.changes))
    settings = yield from visit.auth.settings.get(visit.now)
    wanted = visit.query_value("next")
    identifier = ""
    if error is not None:
        submission = submitted(visit.view)
        if submission is not None:
            wanted, identifier = submission.get("next"), submission.get("identifier")[:254]
    next_path = safe_path(wanted) or visit.auth.config.after_sign_in
    shown = visit.page(
        "sign_in",
        magic_link=settings.email_auth_type == "magic",
        providers=settings.oauth_providers,
        next=next_path,
        identifier=identifier,
        error=error,
        signed_in=isinstance(visit.result, SignedIn),
    )
    return Outcome(Reply(200 if error is None else 422, page=shown, changes=visit.result.changes))
