"""What a place demands, held against the verdict: either pass (None) or the reply to give instead.

One table says how each refusal looks, for people (a redirect or a page) and for programs
(RFC 9457 problem details, RFC 6750 and RFC 9470 challenges).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

from scute_auth.calls import ask, is_over
from scute_auth.config import ScuteConfig
from scute_auth.cookies import clear_session
from scute_auth.effects import Flow
from scute_auth.errors import ApiError, ConfigError, Reason, ScuteUnavailable
from scute_auth.http import READ, Reply, RequestView, ResponseChanges
from scute_auth.identity import AuthResult, Session, SignedIn, SignedOut, Unavailable
from scute_auth.operations import CURRENT_USER
from scute_auth.origin import own_origin
from scute_auth.pages import page
from scute_auth.paths import covers
from scute_auth.proofs import is_proved
from scute_auth.redirects import auth_url, here, referring_path, sign_in_url, step_up_url

__all__ = [
    "Requirement",
    "essential_headers",
    "failure",
    "gate",
    "guard",
    "is_live",
    "is_navigation",
    "not_allowed",
    "problem",
    "refusal",
    "revoked",
    "step_up",
]

_FORBIDDEN = frozenset({Reason.CSRF, Reason.FORBIDDEN})

_TEXTS: Mapping[Reason, str] = {
    Reason.MISSING: "Sign in, or send an access token.",
    Reason.MALFORMED: "The token is not a Scute access token.",
    Reason.ALGORITHM: "The token is not signed with RS256.",
    Reason.SIGNATURE: "The token's signature is wrong.",
    Reason.EXPIRED: "The token has expired.",
    Reason.WRONG_APP: "The token was issued for another app.",
    Reason.NOT_A_USER: "The token does not stand for a user.",
    Reason.REVOKED: "The session was ended.",
    Reason.UNKNOWN_KEY: "The token was signed with a key that Scute does not publish.",
    Reason.NOT_ACCESS: "The token is not an access token.",
    Reason.TOO_LARGE: "The token is too large.",
    Reason.CONFLICTING_CREDENTIALS: "The request carries two different credentials.",
    Reason.CSRF: (
        "The request came from another site. Send it from this origin, list that origin in "
        "trusted_origins, or use an Authorization header instead of a cookie."
    ),
    Reason.REFRESH_REJECTED: "The session has ended. Sign in again.",
    Reason.STEP_UP_REQUIRED: "Confirm that it is you before you do this.",
    Reason.FORBIDDEN: "This is not allowed during support access.",
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a place demands beside a user; `step_up` in seconds since the last confirmation."""

    step_up: int | None = None
    impersonated: bool | None = None
    check: Literal["local", "remote"] | None = None

    def __post_init__(self) -> None:
        step_up: object = self.step_up
        if step_up is not None and (type(step_up) is not int or step_up <= 0):
            raise ConfigError("require_user(step_up=...): use a whole number of seconds above 0")
        if self.impersonated not in (None, True, False):
            raise ConfigError("require_user(impersonated=...): use False to refuse support access")
        if self.check not in (None, "local", "remote"):
            raise ConfigError("require_user(check=...): use 'local' or 'remote'")


def guard(
    view: RequestView,
    config: ScuteConfig,
    result: AuthResult,
    requirement: Requirement,
    now: float,
) -> Flow[Reply | None]:
    """None if the verdict meets the requirement, else what to answer."""
    if not isinstance(result, SignedIn):
        return refusal(view, config, result)
    if requirement.impersonated is False and result.user.is_impersonated:
        return refusal(view, config, SignedOut(Reason.FORBIDDEN))
    # With check="remote" in the settings, `authenticate` has asked already.
    if requirement.check == "remote" and config.check != "remote":
        try:
            live = yield from is_live(config, result.session)
        except ScuteUnavailable as error:
            return refusal(view, config, Unavailable(error.retry_after))
        if not live:
            return refusal(view, config, revoked(view, config, result.session))
    max_age = requirement.step_up
    if max_age is not None and not is_proved(view, config, result, max_age, now):
        return step_up(view, config, max_age)
    return None


def gate(
    view: RequestView, config: ScuteConfig, result: AuthResult, *, is_public: bool = False
) -> Reply | None:
    """With `require_by_default`: what to answer before the app is even asked, else None.

    `is_public`: what will answer is known already, and marked as open to everybody.
    """
    if not config.require_by_default or is_public or isinstance(result, SignedIn):
        return None
    open_paths = (*config.public_paths, *config.exempt_paths, config.auth_prefix)
    return None if covers(open_paths, view.path, view.root_path) else refusal(view, config, result)


def is_live(config: ScuteConfig, session: Session) -> Flow[bool]:
    """Ask Scute whether the session still stands; only an explicit no counts as one."""
    try:
        yield from ask(config, CURRENT_USER, token=session.access)
    except ApiError as error:
        if is_over(error):
            return False
        raise ScuteUnavailable(str(error)) from None
    return True


def revoked(view: RequestView, config: ScuteConfig, session: Session) -> SignedOut:
    """The verdict on a session that Scute has ended; its cookies go too."""
    if session.source == "header":
        return SignedOut(Reason.REVOKED)
    return SignedOut(Reason.REVOKED, ResponseChanges(clear_session(view, config)))


def refusal(view: RequestView, config: ScuteConfig, result: SignedOut | Unavailable) -> Reply:
    """How to say no, or "not now", to this request."""
    if isinstance(result, Unavailable):
        return _unavailable(view, config, result)
    if result.reason in _FORBIDDEN:
        return _refused(view, config, 403, result)
    if is_navigation(view):
        headers = (("location", sign_in_url(view, config, _come_back(view, config))),)
        return Reply(303, headers, changes=result.changes)
    return problem(
        401,
        result.reason,
        _TEXTS[result.reason],
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
    return f'Bearer error="invalid_token", error_description="{_TEXTS[reason]}"'


def _refused(view: RequestView, config: ScuteConfig, status: int, result: SignedOut) -> Reply:
    detail = _TEXTS[result.reason]
    if is_navigation(view):
        shown = page(view, config, "message", title="Not allowed", text=detail, actions=())
        return Reply(status, page=shown, changes=result.changes)
    return problem(status, result.reason, detail, changes=result.changes)


def not_allowed(view: RequestView, config: ScuteConfig, result: AuthResult, text: str) -> Reply:
    """The app itself lets this person in no further: it says why, we show the ways on."""
    if not is_navigation(view):
        return problem(403, Reason.FORBIDDEN, text, changes=result.changes)
    sign_out = (("Sign out", auth_url(view, config, "/sign-out")),)
    actions = (
        *(sign_out if isinstance(result, SignedIn) else ()),
        ("Sign in as somebody else", auth_url(view, config, "/sign-in")),
    )
    shown = page(view, config, "message", title="Not allowed", text=text, actions=actions)
    return Reply(403, page=shown, changes=result.changes)


def _unavailable(view: RequestView, config: ScuteConfig, result: Unavailable) -> Reply:
    retry_after = (("retry-after", str(max(1, ceil(result.retry_after)))),)
    detail = "The sign-in service does not answer at the moment. Nobody was signed out: try again."
    if is_navigation(view):
        again = None if view.is_unsafe else here(view)
        actions = () if again is None else (("Try again", again),)
        shown = page(view, config, "message", title="One moment", text=detail, actions=actions)
        return Reply(503, retry_after, page=shown, changes=result.changes)
    return problem(503, "unavailable", detail, headers=retry_after, changes=result.changes)


def step_up(view: RequestView, config: ScuteConfig, max_age: int) -> Reply:
    """Have the person confirm who it is, and come back.

    A caller is told as in RFC 9470 section 3, and where to do it.
    """
    if is_navigation(view):
        return Reply(303, (("location", step_up_url(view, config, _come_back(view, config))),))
    detail = _TEXTS[Reason.STEP_UP_REQUIRED]
    challenge = (
        f'Bearer error="insufficient_user_authentication", error_description="{detail}", '
        f'max_age="{max_age}"'
    )
    return problem(
        401,
        Reason.STEP_UP_REQUIRED,
        detail,
        headers=(("www-authenticate", challenge),),
        max_age=max_age,
        step_up=auth_url(view, config, "/step-up"),
    )
