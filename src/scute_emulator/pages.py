"""Pages for people: the inbox, and the stand-in provider's question."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader

from scute_auth.effects import HttpReply
from scute_emulator.api.request import ApiRequest
from scute_emulator.emulator import Emulator
from scute_emulator.state.oauth import CONSENT_PATH, Attempt
from scute_emulator.state.users import identifier

__all__ = ["PAGES", "page"]

INBOX_PATHS = ("/_emulator", "/_emulator/")
PAGES = frozenset({*INBOX_PATHS, CONSENT_PATH})

_templates = Environment(
    loader=PackageLoader("scute_emulator"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def page(emulator: Emulator, request: ApiRequest) -> HttpReply:
    """Answer a request for one of `PAGES`."""
    if request.path in INBOX_PATHS:
        return _inbox(emulator, request)
    return _decide(emulator, request) if request.method == "POST" else _ask(emulator, request)


def _inbox(emulator: Emulator, request: ApiRequest) -> HttpReply:
    app = emulator.state.apps.first
    context = {
        "app": app.settings.name,
        "messages": emulator.messages(request.query.get("to")),
        "moment": _moment,
    }
    return _render(emulator, "inbox.html", context)


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
    return _render(emulator, "consent.html", context, status, _origin(app.settings.login_url))


def _over(emulator: Emulator) -> HttpReply:
    return _render(emulator, "over.html", {}, 404)


def _render(
    emulator: Emulator,
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
    form_target: str = "",
) -> HttpReply:
    nonce = base64.b64encode(emulator.state.random(16)).decode("ascii")
    body = _templates.get_template(template).render(context, nonce=nonce)
    headers = (
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", _policy(nonce, form_target)),
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
    )
    return HttpReply(status, headers, body.encode("utf-8"))


def _policy(nonce: str, form_target: str) -> str:
    """Browsers hold a form's redirects against `form-action` too, so the app is named there."""
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        f"img-src data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' http://127.0.0.1:* http://localhost:* {form_target}".rstrip()
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _moment(seconds: float) -> dict[str, str]:
    """A time for people, in this machine's zone, and for programs."""
    local = datetime.fromtimestamp(seconds, UTC).astimezone()
    return {"text": local.strftime("%-d %b, %H:%M:%S"), "iso": local.isoformat()}
