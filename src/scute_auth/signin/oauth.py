"""Sign in with a provider: send the browser to Scute, which comes back to the callback.

Scute carries no state for us, so a browser is bound before it leaves, and only a page of ours
can send it: else any page could begin a sign-in in a visitor's name.
"""

from scute_auth.csrf import is_opened_as_document, is_same_origin_fetch
from scute_auth.effects import Flow
from scute_auth.http import Reply
from scute_auth.operations import oauth_authorize_url
from scute_auth.redirects import sign_in_url
from scute_auth.refusals import problem
from scute_auth.signin.binding import Binding, bind
from scute_auth.signin.visit import Outcome, Visit

__all__ = ["begin", "go_to_sign_in", "is_begun_here", "leave_for"]


def begin(visit: Visit) -> Flow[Outcome]:
    """GET /auth/oauth/{provider}, maybe with `next`."""
    config = visit.auth.config
    next_path = visit.goal(visit.query_value("next")) or config.after_sign_in
    if not is_begun_here(visit):
        return go_to_sign_in(visit, next_path)
    settings = yield from visit.auth.settings.get(visit.now)
    provider = visit.parameters["provider"]
    if all(provider != known.slug for known in settings.oauth_providers):
        return Outcome(problem(404, "unknown_provider", visit.say("no_such_provider")))
    return leave_for(visit, oauth_authorize_url(config, provider), next_path)


def is_begun_here(visit: Visit) -> bool:
    """Did a person follow a link on a page of ours?"""
    is_ours = is_same_origin_fetch(visit.view) and is_opened_as_document(visit.view)
    return is_ours and visit.view.method == "GET"


def leave_for(visit: Visit, url: str, next_path: str) -> Outcome:
    """Bind this browser, which comes back with a token, and send it there."""
    binding = Binding(visit.random_id("oauth"), "oauth", next_path, visit.now)
    changes = visit.result.changes + bind(visit, binding)
    return Outcome(Reply(303, (("location", url),), changes=changes))


def go_to_sign_in(visit: Visit, next_path: str) -> Outcome:
    location = sign_in_url(visit.view, visit.auth.config, next_path)
    return Outcome(Reply(303, (("location", location),), changes=visit.result.changes))
