"""People with passkeys, their devices, and what attackers make of a device's answer."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from scute_auth.effects import HttpCall
from tests.emulator.authenticator import Authenticator, text
from tests.unit.sessions import HOST, Browser, Site, open_site

ANA = "ana@example.com"
ORIGIN = f"http://{HOST}"


def passkey_site(**settings: Any) -> Site:
    """A site whose app has passkeys switched on."""
    site = open_site(**settings)
    site.emulator.settings(passkeys_enabled=True)
    return site


def add(browser: Browser, device: Authenticator, **fields: str) -> None:
    """Add the device's passkey to the browser's user."""
    options = browser.post("/auth/passkey/add/options", script=True).json["options"]
    form = {"credential": json.dumps(device.create(options)), **fields}
    added = browser.post("/auth/passkey/add", form)
    assert (added.status, added.location) == (303, "/auth/passkeys")


def owner(site: Site, email: str = ANA, credential: bytes = b"credential-1") -> Authenticator:
    """Someone's device, whose passkey is known at the site."""
    device = Authenticator(ORIGIN, credential)
    add(site.signed_in(email), device)
    return device


def sent_to(site: Site, path: str) -> list[Any]:
    """The bodies that were sent to Scute there."""
    return [
        json.loads(effect.body or b"{}")
        for effect in site.stepper.effects
        if isinstance(effect, HttpCall) and effect.url.endswith(path)
    ]


Device = Callable[[Mapping[str, Any]], dict[str, Any]]


def wrong(device: Device, other_kind: str) -> list[Any]:
    """What is no answer to the options: made of a right one by these."""

    def response(**parts: Any) -> Callable[[Mapping[str, Any]], str]:
        def made(options: Mapping[str, Any]) -> str:
            credential = device(options)
            return json.dumps(credential | {"response": credential["response"] | parts})

        return made

    def client(**parts: Any) -> Callable[[Mapping[str, Any]], str]:
        def made(options: Mapping[str, Any]) -> str:
            told = {"type": "webauthn.get", "challenge": options["challenge"], "origin": ORIGIN}
            return response(clientDataJSON=text(json.dumps(told | parts).encode()))(options)

        return made

    cases: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "nothing": lambda _: "",
        "no JSON": lambda _: "{",
        "a list": lambda _: "[]",
        "no parts": lambda _: "{}",
        "an odd response": lambda options: json.dumps(device(options) | {"response": [1]}),
        "an odd id": lambda options: json.dumps(device(options) | {"id": "../x"}),
        "no id": lambda options: json.dumps(device(options) | {"id": None}),
        "an odd part": response(signature={"a": 1}, attestationObject=7),
        "a part of other letters": response(signature="a b", attestationObject="a+b"),
        "no client data": response(clientDataJSON=None),
        "client data that is no JSON": response(clientDataJSON="AAAA"),
        "client data that is cut off": response(clientDataJSON="A"),
        "client data said twice": response(clientDataJSON=text(b'{"type": "a", "type": "b"}')),
        "another challenge": client(challenge="A" * 43),
        "no challenge": client(challenge=None),
        "another ceremony": client(type=other_kind),
        "another type": client(type="payment.get"),
    }
    return [pytest.param(case, id=name) for name, case in cases.items()]
