"""The `/auth/*` routes: one table of name, methods and path, each with the flow that answers it.

Every POST must come from our own pages (or no browser at all) before its flow runs, unless Scute
signs it. Whatever a flow cannot do because Scute does not answer becomes a 503, and leaves every
cookie alone.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from scute_auth import csrf, deliveries
from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow, Log
from scute_auth.errors import Reason, ScuteUnavailable
from scute_auth.http import MAX_BODY, Reply
from scute_auth.identity import SignedOut, Unavailable
from scute_auth.origin import cookie_kind
from scute_auth.refusals import problem, refusal
from scute_auth.signin import (
    browser_sdk,
    double_submit,
    enrolment,
    landing,
    logo,
    magic_link,
    methods,
    mfa,
    oauth,
    otp,
    passkey,
    passkeys,
    session,
    sessions,
    sso,
    step_up,
    workspace,
)
from scute_auth.signin.sign_in_page import sign_in_page
from scute_auth.signin.visit import Outcome, Visit, message
from scute_auth.webhooks import MAX_WEBHOOK

__all__ = ["ENDPOINTS", "Endpoint", "handle", "max_body"]


@dataclass(frozen=True)
class Endpoint:
    """One route below the auth prefix. A name in braces stands for one segment.

    `needs` is the setting without which there is no such route. What is `signed` comes from Scute
    and from no page: its flow holds it against the signature, and its size.
    """

    name: str
    method: str
    path: str
    flow: Callable[[Visit], Flow[Outcome]]
    signs_in: bool = True
    needs: Literal["", "browser_sdk", "webhook_secrets", "workspace_apps"] = ""
    signed: bool = False

    @property
    def max_body(self) -> int:
        return MAX_WEBHOOK if self.signed else MAX_BODY

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.path.replace("{", "(?P<").replace("}", ">[A-Za-z0-9_-]{1,64})"))


def _at_once(reply: Callable[[Visit], Reply]) -> Callable[[Visit], Flow[Outcome]]:
    """The flow of a route that needs nothing from outside."""

    def flow(visit: Visit) -> Flow[Outcome]:
        yield from ()
        return Outcome(reply(visit))

    return flow


def _obstacle(endpoint: Endpoint, visit: Visit) -> str | None:
    """The setting that keeps everybody from signing in here, and what to do about it."""
    config = visit.auth.config
    if cookie_kind(visit.view, config) == "none":
        return (
            "over plain http no cookie is safe; use https, or set public_origin "
            "(SCUTE_PUBLIC_ORIGIN) if a proxy in front of this app ends TLS"
        )
    if not visit.auth.sealer.has_key:
        return "there is no key to seal cookies with; set SCUTE_SECRET (or cookie_keys)"
    if endpoint.needs == "browser_sdk" and config.secret is None:
        return "Scute exchanges a token for the app itself only; set SCUTE_SECRET"
    return None


def _not_set_up(visit: Visit) -> Reply:
    return message(
        visit,
        500,
        "not_set_up",
        "not_set_up",
    )


ENDPOINTS = (
    Endpoint("sign_in", "GET", "/sign-in", sign_in_page),
    Endpoint("sdk_sign_in", "POST", "/sign-in", browser_sdk.sign_in, needs="browser_sdk"),
    Endpoint("sdk_csrf", "GET", "/csrf", _at_once(double_submit.give), needs="browser_sdk"),
    Endpoint(
        "sdk_refresh", "POST", "/refresh", browser_sdk.refresh, signs_in=False, needs="browser_sdk"
    ),
    Endpoint("magic_link", "POST", "/magic-link", magic_link.send),
    Endpoint("magic_link_wait", "GET", "/magic-link", _at_once(magic_link.wait)),
    Endpoint("magic_link_status", "POST", "/magic-link/status", magic_link.poll),
    Endpoint("otp", "POST", "/otp", otp.send),
    Endpoint("otp_enter", "GET", "/otp", otp.enter),
    Endpoint("otp_verify", "POST", "/otp/verify", otp.verify),
    Endpoint("callback", "GET", "/callback", landing.land),
    Endpoint("callback_confirm", "POST", "/callback", landing.confirm),
    Endpoint("oauth", "GET", "/oauth/{provider}", oauth.begin),
    Endpoint("sso", "GET", "/sso", sso.begin),
    Endpoint("mfa", "GET", "/mfa", mfa.show),
    Endpoint("mfa_prove", "POST", "/mfa", mfa.prove),
    Endpoint("mfa_methods", "GET", "/mfa/methods", methods.show, signs_in=False),
    Endpoint(
        "mfa_default",
        "POST",
        "/mfa/methods/{method}/default",
        methods.set_default,
        signs_in=False,
    ),
    Endpoint("mfa_remove", "POST", "/mfa/methods/{method}/remove", methods.remove, signs_in=False),
    Endpoint(
        "backup_codes", "POST", "/mfa/backup-codes", methods.make_backup_codes, signs_in=False
    ),
    Endpoint("mfa_enroll", "GET", "/mfa/enroll", enrolment.show),
    Endpoint("mfa_enroll_begin", "POST", "/mfa/enroll", enrolment.begin),
    Endpoint("mfa_enroll_verify", "POST", "/mfa/enroll/verify", enrolment.verify),
    Endpoint("step_up", "GET", "/step-up", step_up.show),
    Endpoint("step_up_confirm", "POST", "/step-up", step_up.confirm),
    Endpoint("sessions", "GET", "/sessions", sessions.show, signs_in=False),
    Endpoint("session_revoke", "POST", "/sessions/{session}/revoke", sessions.end, signs_in=False),
    Endpoint("passkey_options", "POST", "/passkey/options", passkey.begin),
    Endpoint("passkey_sign_in", "POST", "/passkey/sign-in", passkey.prove),
    Endpoint("passkeys", "GET", "/passkeys", passkeys.show, signs_in=False),
    Endpoint("passkey_add_options", "POST", "/passkey/add/options", passkeys.begin),
    Endpoint("passkey_add", "POST", "/passkey/add", passkeys.add),
    Endpoint("passkey_remove", "POST", "/passkey/remove", passkeys.remove, signs_in=False),
    Endpoint("workspace", "POST", "/workspace", workspace.enter, needs="workspace_apps"),
    Endpoint("logo", "GET", "/logo", logo.logo, signs_in=False),
    Endpoint("logo_dark", "GET", "/logo/dark", logo.logo_dark, signs_in=False),
    Endpoint("session", "GET", "/session", _at_once(session.who_am_i), signs_in=False),
    Endpoint(
        "sign_out_page", "GET", "/sign-out", _at_once(session.ask_to_sign_out), signs_in=False
    ),
    Endpoint("sign_out", "POST", "/sign-out", browser_sdk.sign_out, signs_in=False),
    Endpoint(
        "webhook",
        "POST",
        "/webhook",
        deliveries.receive,
        signs_in=False,
        needs="webhook_secrets",
        signed=True,
    ),
)


def handle(visit: Visit) -> Flow[Outcome]:
    """Find the route and answer the visit."""
    method = "GET" if visit.view.method == "HEAD" else visit.view.method
    routes = list(_routes(visit.path))
    for endpoint, parameters in routes:
        if endpoint.method == method:
            return (yield from _guarded(endpoint, replace(visit, parameters=parameters)))
    others = {each.method for each, _ in routes if _is_there(each, visit.auth.config)}
    return Outcome(_other_methods(visit, others) if others else _not_found(visit))


def _is_there(endpoint: Endpoint, config: ScuteConfig) -> bool:
    return not endpoint.needs or bool(getattr(config, endpoint.needs))


def max_body(path: str, config: ScuteConfig) -> int:
    """Bytes that are read of a request to this path below the prefix, but for one more."""
    sizes = [each.max_body for each, _ in _routes(path) if _is_there(each, config)]
    return max(sizes, default=MAX_BODY)


def _not_found(visit: Visit) -> Reply:
    return message(
        visit,
        404,
        "not_found",
        "no_such_page",
    )


def _other_methods(visit: Visit, allowed: set[str]) -> Reply:
    return message(
        visit,
        405,
        "method",
        "wrong_method",
        headers=(("allow", ", ".join(sorted(allowed))),),
    )


def _routes(path: str) -> Iterator[tuple[Endpoint, dict[str, str]]]:
    for endpoint in ENDPOINTS:
        if match := endpoint.pattern.fullmatch(path):
            yield endpoint, match.groupdict()


def _guarded(endpoint: Endpoint, visit: Visit) -> Flow[Outcome]:
    config = visit.auth.config
    if endpoint.method == "POST" and not endpoint.signed:
        if not csrf.passes(visit.view, config):
            return Outcome(refusal(visit.view, config, SignedOut(Reason.CSRF)))
        if len(visit.view.body) > MAX_BODY:
            return Outcome(problem(413, Reason.TOO_LARGE, visit.say("too_large")))
    if not _is_there(endpoint, config):
        return Outcome(_not_found(visit))
    if endpoint.signs_in and (obstacle := _obstacle(endpoint, visit)) is not None:
        yield Log(logging.ERROR, "nobody can sign in: %s", (obstacle,))
        return Outcome(_not_set_up(visit))
    try:
        return (yield from endpoint.flow(visit))
    except ScuteUnavailable as error:
        changes = visit.result.changes
        return Outcome(refusal(visit.view, config, Unavailable(error.retry_after, changes)))
