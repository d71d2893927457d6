"""The page with the ways to sign in that the app has switched on at Scute."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scute_auth.effects import Flow
from scute_auth.http import Reply
from scute_auth.identity import SignedIn
from scute_auth.public_app import AppSettings
from scute_auth.redirects import auth_url
from scute_auth.refusals import is_navigation, problem
from scute_auth.signin.registration import demanded, is_registration
from scute_auth.signin.registration import shown as shown_again
from scute_auth.signin.visit import Outcome, Submission, Visit, submitted

__all__ = ["sign_in_page"]


def sign_in_page(
    visit: Visit, error: str | None = None, reason: str = "invalid_identifier"
) -> Flow[Outcome]:
    """GET /auth/sign-in; with `error`, the same page again after a form that could not be taken."""
    if error is not None and not is_navigation(visit.view):
        return Outcome(problem(422, reason, error, changes=visit.result.changes))
    settings = yield from visit.auth.settings.get(visit.now)
    wanted, sent = visit.query_value("next"), Submission({})
    if error is not None:
        sent = submitted(visit.view) or sent
        wanted = sent.get("next")
    forms = list(_forms(visit, settings))
    login_error = None if is_registration(sent) else error
    shown = visit.page(
        "sign_in",
        forms=[_filled(visit, form, sent, login_error) for form in forms],
        registration=_registration(settings, forms, sent, error),
        providers=settings.oauth_providers,
        passkeys=settings.passkeys,
        next=visit.goal(wanted) or visit.auth.config.after_sign_in,
        error=error,
        signed_in=isinstance(visit.result, SignedIn),
        has_account=True,
    )
    reply = Reply(200 if error is None else 422, page=shown, changes=visit.result.changes)
    if not isinstance(visit.result, SignedIn):
        return Outcome(reply)
    # Going on would lead this person back here.
    other = replace(shown, context={**shown.context, "has_account": False})
    return Outcome(reply, without_account=(visit.result.user, replace(reply, page=other)))


def _forms(visit: Visit, settings: AppSettings) -> Iterator[Mapping[str, str]]:
    """One for links by mail, one for codes: where mail brings codes, they share it."""
    links = settings.takes_email and settings.email_auth_type == "magic"
    if links:
        yield _form(visit, _EMAIL | _LINK, "/magic-link")
    who = _BY_CODE.get((settings.takes_email and not links, settings.takes_phone))
    if who is not None:
        yield _form(visit, who | _CODE, "/otp")


def _form(visit: Visit, form: Mapping[str, str], path: str) -> Mapping[str, str]:
    """The form with its texts, and where it is sent."""
    said = {name: visit.say(form[name]) for name in ("label", "button", "how")}
    return {**form, **said, "action": _url(visit, path)}


_EMAIL = {"kind": "email", "label": "email_address", "type": "email", "autocomplete": "email"}
_PHONE = {"kind": "phone", "label": "phone_number", "type": "tel", "autocomplete": "tel"}
_EITHER = {
    "kind": "either",
    "label": "email_or_phone",
    "type": "text",
    "autocomplete": "username",
}
_BY_CODE = {(True, True): _EITHER, (True, False): _EMAIL, (False, True): _PHONE}
"""Whom a code can be sent to, by mail and by SMS."""

_LINK = {"button": "send_link", "how": "send_link_how"}
_CODE = {"button": "send_code", "how": "send_code_how"}


def _filled(
    visit: Visit, form: Mapping[str, str], sent: Submission, error: str | None
) -> dict[str, Any]:
    """The form as it was sent, with what was wrong, if it is this one that was."""
    was_sent = error is not None and form["action"] == _url(visit, visit.path)
    value = sent.get("identifier")[:254] if was_sent else ""
    return {**form, "value": value, "error": error if was_sent else None}


def _registration(
    settings: AppSettings, forms: list[Mapping[str, str]], sent: Submission, error: str | None
) -> dict[str, Any] | None:
    """The first form once more with what the app requires of new users, if it requires anything."""
    fields = demanded(settings)
    if not fields or not forms or not settings.public_signup:
        return None
    was_sent = error is not None and is_registration(sent)
    return {
        **forms[0],
        "value": sent.get("identifier")[:254] if was_sent else "",
        "fields": shown_again(fields, sent.meta if was_sent else None),
        "error": error if was_sent else None,
    }


def _url(visit: Visit, path: str) -> str:
    return auth_url(visit.view, visit.auth.config, path)
