"""What must come before a session: an app's data of somebody new, an organisation's own sign-in."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from scute_auth.effects import HttpCall, HttpReply
from tests.conformance.site import Site
from tests.conformance.test_landing import (
    ANA,
    EVE,
    link_for,
    open_elsewhere,
    press_button,
    user_of,
)

NAME: dict[str, Any] = {
    "id": "1",
    "name": "First name",
    "field_name": "first_name",
    "field_type": "string",
    "required": True,
}


def at_scute(site: Site, url: str, method: str = "GET", body: bytes | None = None) -> HttpReply:
    headers = (
        ("authorization", f"Bearer {site.config.secret}"),
        ("content-type", "application/json"),
    )
    reply = site.emulator.transport.send(HttpCall(method, url, headers, body))
    assert isinstance(reply, HttpReply)
    return reply


async def test_an_invitation_asks_for_what_the_app_requires(site: Site) -> None:
    site.emulator.settings(user_meta_data_schema=[NAME])
    url = f"{site.emulator.base_url}/v1/app_demo/users/invite"
    at_scute(site, url, "POST", b'{"identifier": "eve@example.com"}')
    eve = site.browser()
    page = await open_elsewhere(eve, link_for(site, EVE))

    without = await press_button(eve, page)
    invited = await press_button(eve, page, **{"meta.first_name": "Eve"})

    assert 'name="meta.first_name"' in page.text
    assert (without.status, site.calls("/magic_links/confirm_invite")) == (422, 1)
    assert invited.header("location") == "/"
    user_id = await user_of(eve)
    assert user_id is not None
    assert site.emulator.state.users.by_id(user_id).meta == {"first_name": "Eve"}


async def test_an_organisations_own_sign_in_begins_here_and_ends_here(site: Site) -> None:
    site.emulator.settings(sso_required=True)
    ana, other = site.browser(), site.browser()
    refused = await ana.submit("/auth/magic-link", {"identifier": ANA, "next": "/private"})

    elsewhere = await ana.visit("/auth/sso", by="cross-site")
    left = await ana.visit("/auth/sso", by="same-origin")
    landing = through_the_organisation(site, left.header("location") or "")
    stranger = await other.visit(landing, by="cross-site")
    landed = await ana.visit(landing, by="cross-site")

    assert (refused.status, 'href="/auth/sso"' in refused.text) == (403, True)
    assert elsewhere.header("location") == "/auth/sign-in?next=/private"
    assert left.status == 303
    assert (stranger.status, await user_of(other)) == (400, None)
    assert landed.header("location") == "/private"
    assert await user_of(ana) is not None


def through_the_organisation(site: Site, url: str) -> str:
    """As ana, to where that ends, as a path of the site."""
    asked = at_scute(site, url).header("location") or ""
    state = dict(parse_qsl(urlsplit(asked).query))["state"]
    query = urlencode({"state": state, "code": site.emulator.oauth_agree(state, ANA)})
    callback = f"{site.emulator.base_url}/v1/auth/app_demo/oauth/callback?{query}"
    landing = urlsplit(at_scute(site, callback).header("location") or "")
    return f"{landing.path}?{landing.query}"
