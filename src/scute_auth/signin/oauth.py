"""Sign in with a provider: send the browser to Scute, which comes back to the callback.

Scute carries no state for us, so a browser is bound before it leaves, and only a page of ours
can send it: else any page could begin a sign-in in a visitor's name.
"""

from scute_auth.csrf import is_opened_as_document, is_same_origin_fetch
from scute_auth.effects import Flow
from scute_auth.guards import problem
from scute_auth.http import Reply, ResponseChanges
from scute_auth.operations import oauth_authorize_url
from scute_auth.redirects import safe_path, sign_in_url
from scute_auth.signin.binding import Binding, bind
from scute_auth.signin.visit import Outcome, Visit

__all__ = ["begin"]


def begin(visit: Visit) -> Flow[Outcome]:
    """GET /auth/oauth/{provider}, maybe with `next`."""
    config = visit.auth.config
    next_path = safe_path(visit.query_value("next")) or config.after_sign_in
    is_ours = is_same_origin_fetch(visit.view) and is_opened_as_document(visit.view)
    if not is_ours or visit.view.method != "GET":
        location = sign_in_url(visit.view, config, next_path)
        return Outcome(Reply(303, (("location", location),), changes=visit.result.changes))
    settings = yield from visit.auth.settings.get(visit.now)
    provider = visit.parameters["provider"]
    if all(provider != known.slug for known in settings.oauth_providers):
        return Outcome(problem(404, "unknown_provider", "This app has no such provider."))
    binding = Binding(visit.random_id("oauth"), "oauth", next_path, visit.now)
    changes: ResponseChanges = visit.result.changes + bind(visit, binding)
    return Outcome(
        Reply(303, (("location", oauth_authorize_url(config, provider)),), changes=changes)
    )
