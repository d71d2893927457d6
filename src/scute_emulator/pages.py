"""Pages for people: which is which, the inbox, and the questions that people are asked."""

from urllib.parse import urlencode

from scute_auth.effects import HttpReply
from scute_emulator.api.request import ApiRequest
from scute_emulator.confirming import confirm, show
from scute_emulator.desk import PEOPLE_PATH, SWITCHES_PATH, people, switch, switches
from scute_emulator.emulator import Emulator
from scute_emulator.rendering import moment, origin_of, render
from scute_emulator.state.oauth import CONSENT_PATH, Attempt
from scute_emulator.state.users import identifier
from scute_emulator.state.verifications import PAGE_PATH

__all__ = ["PAGES", "page"]

INBOX_PATHS = ("/_emulator", "/_emulator/")
PAGES = frozenset({*INBOX_PATHS, CONSENT_PATH, PAGE_PATH, PEOPLE_PATH, SWITCHES_PATH})


def page(emulator: Emulator, request: ApiRequest) -> HttpReply:
    """Answer a request for one of `PAGES`."""
    if request.path in INBOX_PATHS:
        return _inbox(emulator, request)
    if request.path == PEOPLE_PATH:
        return people(emulator)
    if request.path == PAGE_PATH:
        return confirm(emulator, request) if request.method == "POST" else show(emulator, request)
    if request.path == SWITCHES_PATH:
        return switch(emulator, request) if request.method == "POST" else switches(emulator)
    return _decide(emulator, request) if request.method == "POST" else _ask(emulator, request)


def _inbox(emulator: Emulator, request: ApiRequest) -> HttpReply:
    app = emulator.state.apps.first
    context = {
        "app": app.settings.name,
        "messages": emulator.messages(request.query.get("to")),
        "moment": moment,
    }
    return render(emulator, "inbox.html", context)


def _ask(emulator: Emulator, request: ApiRequest) -> HttpReply:
    state = request.query.get("state", "")
    attempt = emulator.oauth_attempt(state)
    if attempt is None:
        return _over(emulator)
    return _consent(emulator, state, attempt)


def _decide(emulator: Emulator, request: ApiRequest) -> HttpReply:
    state = request.text("state")
    attempt = emulator.oauth_attempt(state)
    if attempt is None:
        return _over(emulator)
    callback = f"/v1/auth/{attempt.app_id}/oauth/callback"
    if request.text("answer") != "allow":
        query = {"error": "access_denied", "state": state}
        return HttpReply(303, (("location", f"{callback}?{urlencode(query)}"),))
    who = identifier(request.text("email"))
    if who is None or who.kind != "email":
        return _consent(emulator, state, attempt, "Type one e-mail address.", 422)
    query = {"code": emulator.oauth_agree(state, who.value), "state": state}
    return HttpReply(303, (("location", f"{callback}?{urlencode(query)}"),))


def _consent(
    emulator: Emulator, state: str, attempt: Attempt, problem: str = "", status: int = 200
) -> HttpReply:
    app = emulator.state.apps.find(attempt.app_id) or emulator.state.apps.first
    providers = {each.get("provider"): each.get("name") for each in app.settings.oauth_providers}
    users = reversed(emulator.state.users.of(app.id))
    context = {
        "app": app.settings.name,
        "provider": providers.get(attempt.provider) or attempt.provider,
        "state": state,
        "emails": [user.email for user in users if user.email][:10],
        "problem": problem,
    }
    return render(emulator, "consent.html", context, status, origin_of(app.settings.login_url))


def _over(emulator: Emulator) -> HttpReply:
    return render(emulator, "over.html", {}, 404)
