"""Passkeys: added by whoever is signed in, and good in the browser that was asked for them."""

import json

from tests.conformance.browser import Browser
from tests.conformance.client import Response
from tests.conformance.site import HOST, Site
from tests.emulator.authenticator import Authenticator

ANA, EVE = "ana@example.com", "eve@example.com"
ORIGIN = f"https://{HOST}"


async def send(browser: Browser, path: str, **content: str) -> Response:
    """What the page's script sends."""
    body, kind = json.dumps(content).encode(), {"content-type": "application/json"}
    return await browser.fetch(path, "POST", body=body, headers=kind)


async def device_of(site: Site, email: str, name: bytes) -> Authenticator:
    """Someone signs in and adds the passkey of a device."""
    device, browser = Authenticator(ORIGIN, name), site.signed_in(email)
    begun = await send(browser, "/auth/passkey/add/options")
    credential = json.dumps(device.create(begun.json["options"]))
    added = await send(browser, "/auth/passkey/add", credential=credential, name="Phone")
    assert added.json == {"status": "added", "next": "/auth/passkeys"}
    assert "Phone" in (await browser.visit("/auth/passkeys")).text
    return device


async def test_a_passkey_signs_in_its_owner_where_it_was_asked_for(site: Site) -> None:
    """security.md C02: an attacker's own answer signs no victim in."""
    site.emulator.settings(passkeys_enabled=True)
    device = await device_of(site, ANA, b"ana's")
    eves = await device_of(site, EVE, b"eve's")
    ana, eve = site.browser(), site.browser()
    planted = await send(eve, "/auth/passkey/options", identifier=EVE)
    begun = await send(ana, "/auth/passkey/options", identifier=ANA, next="/private")

    attack = json.dumps(eves.get(planted.json["options"]))
    refused = await send(ana, "/auth/passkey/sign-in", credential=attack)
    proof = json.dumps(device.get(begun.json["options"]))
    done = await send(ana, "/auth/passkey/sign-in", credential=proof)

    assert refused.status == 422
    assert not refused.set_cookies
    assert done.json == {"status": "signed_in", "next": "/private"}
    assert (await ana.visit("/private", by="same-origin")).status == 200
