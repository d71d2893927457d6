"""How a refusal looks: for people a redirect or a page, for programs problem details.

One table says what each reason means (RFC 9457 problem details, RFC 6750 and RFC 9470
challenges).
"""

import json
from collections.abc import Mapping
from math import ceil
from typing import Any

from scute_auth.config import ScuteConfig
from scute_auth.errors import Reason
from scute_auth.http import READ, Page, Reply, RequestView, ResponseChanges
from scute_auth.identity import AuthResult, SignedIn, SignedOut, Unavailable
from scute_auth.origin import own_origin
from scute_auth.pages import page
from scute_auth.proofs import Wish, seal_wish
from scute_auth.redirects import auth_url, here, referring_path, sign_in_url, step_up_url

__all__ = [
    "denied",
    "essential_headers",
    "failure",
    "is_navigation",
    "needs_step_up",
    "not_allowed",
    "problem",
    "refusal",
    "step_up",
]

_FORBIDDEN: Mapping[Reason, str] = {
    Reason.CSRF: "from_elsewhere",
    Reason.FORBIDDEN: "support_refused",
}
"""What nobody may do, however signed in, and the message for people about it."""

_DETAILS: Mapping[Reason, str] = {
    Reason.MISSING: "Sign in, or send an access token.",
    Reason.MALFORMED: "The token is not a Scute access token.",
    Reason.ALGORITHM: "The token is not signed with RS256.",
    Reason.SIGNATURE: "The token's signature is wrong.",
    Reason.EXPIRED: "The token has expired.",
    Reason.WRONG_APP: "The token was issued for another app.",
    Reason.NOT_A_USER: "The token does not stand for a user.",
    Reason.REVOKED: "The session was ended.",
    Reason.UNKNOWN_KEY: "The token was signed with a key that Scute does not publish.",
    Reason.NOT_A_MACHINE: "Only a machine's token is taken here.",
    Reason.NOT_ACCESS: "The token is not an access token.",
    Reason.TOO_LARGE: "The token is too large.",
    Reason.CONFLICTING_CREDENTIALS: "The request carries two different credentials.",
    Reason.CSRF: (
        "The request came from another site. Send it from this origin, list that origin in "
        "trusted_origins, or use an Authorization header instead of a cookie."
    ),
    Reason.REFRESH_REJECTED: "The session has ended. Sign in again.",
    Reason.STEP_UP_REQUIRED: "Confirm that it is you before you do this.",
    Reason.APPROVAL_REQUIRED: "Somebody has to approve this first.",
    Reason.FORBIDDEN: "This is not allowed during support access.",
    Reason.NOT_A_VERIFICATION: "The token is not the result of a verification.",
    Reason.WRONG_VERIFICATION: "The token is the result of another verification.",
    Reason.REPLAYED: "The token came before.",
}
"""For programs and headers: not of the catalogue, for an app's own text is fit for no header."""

_SEND_MACHINE = "Send a machine's token."


def refusal(view: RequestView, config: ScuteConfig, result: SignedOut | Unavailable) -> Reply:
    """How to say no, or "not now", to this request."""
    if isinstance(result, Unavailable):
        return _unavailable(view, config, result)
    if result.reason in _FORBIDDEN:
        return _refused(view, config, result)
    if result.wanted == "user" and is_navigation(view):
        headers = (("location", sign_in_url(view, config, _come_back(view, config))),)
        return Reply(303, headers, changes=result.changes)
    is_missing = result.wanted == "machine" and result.reason is Reason.MISSING
    return problem(
        401,
        result.reason,
        _SEND_MACHINE if is_missing else _DETAILS[result.reason],
        headers=(("www-authenticate", _challenge(result.reason)),),
        changes=result.changes,
    )


def problem(
    status: int,
    reason: str,
    detail: str,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    changes: ResponseChanges = READ,
    **members: Any,
) -> Reply:
    """Problem details (RFC 9457) with our `reason` in them."""
    content = {
        "title": _TITLES.get(status, "Refused"),
        "status": status,
        "detail": detail,
        "reason": reason,
    }
    body = json.dumps({**content, **members}).encode("utf-8")
    lines = (("content-type", "application/problem+json"), ("cache-control", "private, no-store"))
    return Reply(status, headers + lines, body, changes=changes)


def failure(changes: ResponseChanges) -> Reply:
    """The answer where the app itself failed and said nothing."""
    headers = (("content-type", "text/plain; charset=utf-8"),)
    return Reply(500, headers, b"Internal Server Error", changes=changes)


def essential_headers(reply: Reply) -> dict[str, str]:
    """The headers of a refusal that hold whoever writes its body."""
    return {name: value for name, value in reply.headers if name in _ESSENTIAL}


_ESSENTIAL = frozenset({"www-authenticate", "retry-after", "location", "cache-control"})


def is_navigation(view: RequestView) -> bool:
    """Is this a person's browser asking for a document, and not a script?"""
    if view.kind != "http":
        return False
    mode = view.header(b"sec-fetch-mode")
    if mode is not None:
        return mode == b"navigate" and view.header(b"sec-fetch-dest") in (None, b"document")
    accepted = view.header(b"accept") or b""
    return b"text/html" in accepted and view.header(b"x-requested-with") is None


_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    413: "Content too large",
    422: "Not acceptable",
    429: "Too many attempts",
    500: "Not set up",
    503: "Temporarily unavailable",
}


def _come_back(view: RequestView, config: ScuteConfig) -> str | None:
    """A POST cannot be repeated after the sign-in, so the visitor comes back to its form."""
    if view.is_unsafe:
        return referring_path(view, own_origin(view, config)) or config.after_sign_in
    return here(view)


def _challenge(reason: Reason) -> str:
    """RFC 6750 section 3.1: no `error` where no credential came."""
    if reason is Reason.MISSING:
        return "Bearer"
    return f'Bearer error="invalid_token", error_description="{_DETAILS[reason]}"'


def _refused(view: RequestView, config: ScuteConfig, result: SignedOut) -> Reply:
    if is_navigation(view):
        return Reply(
            403, page=_message(view, config, _FORBIDDEN[result.reason]), changes=result.changes
        )
    return problem(403, result.reason, _DETAILS[result.reason], changes=result.changes)


def _message(
    view: RequestView,
    config: ScuteConfig,
    name: str,
    actions: tuple[tuple[str, str], ...] = (),
    text: str | None = None,
) -> Page:
    """A page of two texts of the catalogue; `actions` are a text's key and a path each."""
    said = config.messages
    return page(
        view,
        config,
        "message",
        title=said[f"{name}_title"],
        text=said[f"{name}_text"] if text is None else text,
        actions=tuple((said[key], url) for key, url in actions),
    )


def not_allowed(view: RequestView, config: ScuteConfig, result: AuthResult, text: str) -> Reply:
    """The app itself lets this person in no further: it says why, we show the ways on."""
    if not is_navigation(view):
        return problem(403, Reason.FORBIDDEN, text, changes=result.changes)
    sign_out = (("sign_out", auth_url(view, config, "/sign-out")),)
    actions = (
        *(sign_out if isinstance(result, SignedIn) else ()),
        ("sign_in_as_another", auth_url(view, config, "/sign-in")),
    )
    shown = _message(view, config, "not_allowed", actions, text)
    return Reply(403, page=shown, changes=result.changes)


def _unavailable(view: RequestView, config: ScuteConfig, result: Unavailable) -> Reply:
    retry_after = (("retry-after", str(max(1, ceil(result.retry_after)))),)
    if is_navigation(view):
        again = None if view.is_unsafe else here(view)
        actions = () if again is None else (("try_again", again),)
        shown = _message(view, config, "unavailable", actions)
        return Reply(503, retry_after, page=shown, changes=result.changes)
    detail = config.messages["unavailable_text"]
    return problem(503, "unavailable", detail, headers=retry_after, changes=result.changes)


def step_up(view: RequestView, config: ScuteConfig, max_age: int) -> Reply:
    """Have the person confirm who it is, and come back.

    A caller is told as in RFC 9470 section 3, and where to do it.
    """
    return _confirm_first(view, config, None, f', max_age="{max_age}"', max_age=max_age)


def needs_step_up(view: RequestView, config: ScuteConfig, wish: Wish, now: float) -> Reply:
    """The same for one permission: Scute wants a confirmation that names it."""
    return _confirm_first(
        view, config, seal_wish(config, wish, now), "", permission=wish.authorizes
    )


def _confirm_first(
    view: RequestView, config: ScuteConfig, wish: str | None, parameters: str, **members: Any
) -> Reply:
    if is_navigation(view):
        url = step_up_url(view, config, _come_back(view, config), wish)
        return Reply(303, (("location", url),))
    detail = _DETAILS[Reason.STEP_UP_REQUIRED]
    challenge = (
        f'Bearer error="insufficient_user_authentication", error_description="{detail}"{parameters}'
    )
    return problem(
        401,
        Reason.STEP_UP_REQUIRED,
        detail,
        headers=(("www-authenticate", challenge),),
        step_up=step_up_url(view, config, None, wish),
        **members,
    )


def denied(
    view: RequestView, config: ScuteConfig, signed_in: SignedIn, reason: Reason, text: str = ""
) -> Reply:
    """Scute gives no permission, or none before somebody else agrees; `text` says why."""
    name = _DENIED[reason]
    if is_navigation(view):
        shown = _message(view, config, name, text=text or None)
        return Reply(403, page=shown, changes=signed_in.changes)
    detail = text or config.messages[f"{name}_text"]
    return problem(403, reason, detail, changes=signed_in.changes)


_DENIED = {Reason.FORBIDDEN: "not_allowed", Reason.APPROVAL_REQUIRED: "not_approved"}
