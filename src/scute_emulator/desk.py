"""Pages for developers: who there is, with the codes on their devices, and the app's switches."""

from typing import Any, TypeAlias

from scute_auth.effects import HttpReply
from scute_emulator.api.request import ApiRequest
from scute_emulator.emulator import Emulator
from scute_emulator.rendering import render
from scute_emulator.state.settings import AppSettings
from scute_emulator.state.users import User

__all__ = ["PEOPLE_PATH", "SWITCHES_PATH", "people", "switch", "switches"]

PEOPLE_PATH = "/_emulator/people"
SWITCHES_PATH = "/_emulator/switches"
SHOWN = 50

Group: TypeAlias = dict[str, Any]

ONE_OF = {
    "email_auth_type": ("By e-mail, people get", {"magic": "a link", "otp": "a code"}),
    "mfa_policy": (
        "A second factor",
        {"disabled": "is never asked for", "optional": "is optional", "required": "is required"},
    ),
}
ANY_OF = {
    "allowed_identifiers": ("People sign in with", {"email": "e-mail", "phone": "phone"}),
    "mfa_methods_allowed": (
        "Second factors",
        {"totp": "authenticator", "sms": "SMS", "email": "e-mail", "backup_codes": "backup codes"},
    ),
}
FLAGS = {
    "public_signup": "strangers may register",
    "passkeys_enabled": "passkeys",
    "impersonation": "support access",
    "sso_required": "single sign-on is enforced",
}


def people(emulator: Emulator) -> HttpReply:
    with emulator.host.lock:
        app = emulator.state.apps.first
        newest = list(reversed(emulator.state.users.of(app.id)))[:SHOWN]
        shown = [_person(emulator, user) for user in newest]
    return render(emulator, "people.html", {"app": app.settings.name, "people": shown})


def switches(emulator: Emulator) -> HttpReply:
    settings = _current(emulator)
    groups = [_one_of(name, settings[name]) for name in ONE_OF]
    groups += [_any_of(name, settings[name]) for name in ANY_OF]
    groups.append(_providers(settings["oauth_providers"]))
    flags = [_choice(name, "on", text, settings[name]) for name, text in FLAGS.items()]
    groups.append({"title": "Also", "type": "checkbox", "choices": flags})
    return render(emulator, "switches.html", {"app": settings["name"], "groups": groups})


def switch(emulator: Emulator, request: ApiRequest) -> HttpReply:
    """Set what the form says; a word that is no choice changes nothing."""
    values: dict[str, Any] = {
        name: given
        for name, (_, choices) in ONE_OF.items()
        if (given := request.text(name)) in choices
    }
    for name, (_, choices) in ANY_OF.items():
        values[name] = [each for each in choices if request.text(f"{name}.{each}")]
    values |= {name: bool(request.text(name)) for name in FLAGS}
    known = _known_providers(_current(emulator)["oauth_providers"])
    values["oauth_providers"] = [
        provider for slug, provider in known.items() if request.text(f"oauth_providers.{slug}")
    ]
    emulator.settings(**values)
    return HttpReply(303, (("location", SWITCHES_PATH),))


def _person(emulator: Emulator, user: User) -> dict[str, Any]:
    state = emulator.state
    now = state.clock()
    live = [each for each in state.sessions.of(user.id) if not each.is_over(now)]
    methods = [
        {
            "name": method.name,
            "code": method.next_code(now) if method.secret else "",
            "to": method.recipient.value if method.recipient else "",
            "verified": method.verified,
        }
        for method in state.mfa.of(user.id)
    ]
    return {
        "name": ", ".join(each for each in (user.email, user.phone) if each),
        "status": user.status,
        "sessions": len(live),
        "methods": methods,
        "backup_codes": state.mfa.backup_codes_left(user.id),
        "passkeys": state.passkeys.of(user.id),
    }


def _current(emulator: Emulator) -> dict[str, Any]:
    with emulator.host.lock:
        settings, behaviour = emulator.state.apps.first.settings, emulator.state.behaviour
    names = ("name", "oauth_providers", *ONE_OF, *ANY_OF, *FLAGS)
    return {name: getattr(settings, name, getattr(behaviour, name, None)) for name in names}


def _one_of(name: str, value: str) -> Group:
    title, choices = ONE_OF[name]
    shown = [_choice(name, each, text, each == value) for each, text in choices.items()]
    return {"title": title, "type": "radio", "choices": shown}


def _any_of(name: str, values: tuple[str, ...]) -> Group:
    title, choices = ANY_OF[name]
    shown = [
        _choice(f"{name}.{each}", "on", text, each in values) for each, text in choices.items()
    ]
    return {"title": title, "type": "checkbox", "choices": shown}


def _providers(current: tuple[dict[str, Any], ...]) -> Group:
    on = {str(each.get("provider")) for each in current}
    shown = [
        _choice(f"oauth_providers.{slug}", "on", str(provider.get("name")), slug in on)
        for slug, provider in _known_providers(current).items()
    ]
    return {"title": "Providers", "type": "checkbox", "choices": shown}


def _known_providers(current: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    return {str(each.get("provider")): each for each in (*AppSettings().oauth_providers, *current)}


def _choice(name: str, value: str, text: str, on: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "text": text, "on": on}
