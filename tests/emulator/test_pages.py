"""The inbox and the stand-in provider, as a browser without scripts reads them."""

import re
from urllib.parse import urlsplit

import httpx2
import pytest

from scute_emulator import Emulator
from tests.emulator.authenticator import Authenticator
from tests.emulator.support import Api, Clock, landed

NAVIGATION = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}


def test_an_empty_inbox_says_so(served: httpx2.Client) -> None:
    assert "No messages yet" in served.get("/_emulator").text


def test_the_inbox_shows_each_message_with_its_link(
    emulator: Emulator, api: Api, served: httpx2.Client
) -> None:
    emulator.settings(name="Ada & Sons")
    api.link_for("ada@example.com")
    api("POST", "A/magic_links/login", {"identifier": "+15550100123"})

    html = served.get("/_emulator/").text

    assert html.index("+15550100123") < html.index("ada@example.com")
    assert "Sign in to Ada &amp; Sons" in html
    links = re.findall(r'<a class="button" href="([^"]+)" target="_blank" rel="(.+?)">', html)
    sent = [mail.link for mail in emulator.messages()]
    assert [link for link, _ in links] == sent
    assert {rel for _, rel in links} == {"noreferrer noopener"}


def test_the_inbox_can_be_narrowed_to_one_person(api: Api, served: httpx2.Client) -> None:
    api.link_for("ada@example.com")
    api.link_for("bob@example.com")

    html = served.get("/_emulator", params={"to": "bob@example.com"}).text

    assert "bob@example.com" in html
    assert "ada@example.com" not in html


def test_what_people_type_is_never_markup(emulator: Emulator, served: httpx2.Client) -> None:
    emulator.settings(name="<script>alert(1)</script>")

    html = served.get("/_emulator").text

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_a_link_from_elsewhere_may_lead_to_the_pages(served: httpx2.Client) -> None:
    assert served.get("/_emulator", headers=NAVIGATION).status_code == 200


@pytest.mark.parametrize("mode", ["no-cors", "cors", "websocket"])
def test_a_page_elsewhere_may_not_read_them(served: httpx2.Client, mode: str) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": mode}

    assert served.get("/_emulator", headers=headers).status_code == 403


def test_pages_run_nothing_but_their_own(served: httpx2.Client) -> None:
    one, other = served.get("/_emulator"), served.get("/_emulator")

    policy = one.headers["content-security-policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert one.text.count(f'nonce="{nonce}"') == 2
    assert other.headers["content-security-policy"] != policy
    assert one.headers["referrer-policy"] == "same-origin"


def begin(served: httpx2.Client) -> httpx2.Response:
    path = "/v1/auth/app_demo/oauth/authorize"
    away = served.get(path, params={"provider": "google"}, headers=NAVIGATION)
    return served.get(away.headers["location"], headers=NAVIGATION)


def decide(served: httpx2.Client, page: httpx2.Response, **fields: str) -> httpx2.Response:
    state = landed(str(page.url))["state"]
    headers = {"origin": str(served.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    return served.post("/_emulator/provider", data={"state": state, **fields}, headers=headers)


def test_the_provider_asks_and_brings_back(emulator: Emulator, served: httpx2.Client) -> None:
    emulator.create_user("ada@example.com")
    page = begin(served)

    back = decide(served, page, answer="allow", email="ada@example.com")
    home = served.get(back.headers["location"])

    assert "Continue to Demo?" in page.text
    assert 'value="ada@example.com"' in page.text
    assert back.status_code == 303
    assert urlsplit(back.headers["location"]).path == "/v1/auth/app_demo/oauth/callback"
    assert home.status_code == 302
    assert home.headers["location"].startswith("http://127.0.0.1:8000/auth/callback?sct_oauth=")


def test_cancelling_brings_back_without_a_token(served: httpx2.Client) -> None:
    back = decide(served, begin(served), answer="cancel", email="")
    home = served.get(back.headers["location"])

    assert landed(home.headers["location"]) == {"error": "access_denied"}


@pytest.mark.parametrize("email", ["", "ada", "+15550100123", "a@b.de,c@d.de"])
def test_what_is_no_address_is_asked_again(served: httpx2.Client, email: str) -> None:
    again = decide(served, begin(served), answer="allow", email=email)

    assert again.status_code == 422
    assert "Type one e-mail address." in again.text


def test_an_attempt_that_is_over_is_said_so(served: httpx2.Client, clock: Clock) -> None:
    page = begin(served)
    clock.now += 600

    answers = [served.get(str(page.url)), decide(served, page, answer="allow")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert all("This sign-in is over" in answer.text for answer in answers)


def test_the_forms_redirect_may_reach_the_app(emulator: Emulator, served: httpx2.Client) -> None:
    emulator.settings(login_url="https://shop.example/auth/callback")

    policy = begin(served).headers["content-security-policy"]

    assert policy.endswith("https://shop.example")


def press(served: httpx2.Client, **fields: str) -> httpx2.Response:
    headers = {"origin": str(served.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    return served.post("/_emulator/switches", data=fields, headers=headers)


def test_the_people_page_shows_what_their_devices_would(
    emulator: Emulator, api: Api, served: httpx2.Client
) -> None:
    device = Authenticator()
    emulator.settings(passkeys_enabled=True, origin=device.origin, mfa_policy="optional")
    emulator.create_user("ada@example.com", phone="+15550100")
    emulator.enrol_totp("ada@example.com")
    emulator.backup_codes("ada@example.com")
    access = emulator.create_session("ada@example.com")["access"]
    _, asked = api("POST", "A/devices/register", x_authorization=access)
    made = device.create(asked["options"]) | {"nickname": "<b>Laptop</b>"}
    api("POST", "A/devices/finalize", made, x_authorization=access)
    fields = {"method": "email", "secret_data": "second@example.com"}
    api("POST", "A/mfa/enroll", fields, x_authorization=access)

    html = served.get("/_emulator/people").text

    assert "ada@example.com, +15550100" in html
    assert emulator.totp_code("ada@example.com") in html
    assert "10 left" in html
    assert "&lt;b&gt;Laptop" in html
    assert re.search(r"second@example.com<span[^>]*> .not set up yet", html)


def test_without_people_the_page_says_so(served: httpx2.Client) -> None:
    assert "Nobody yet" in served.get("/_emulator/people").text


def test_the_switches_show_and_change_what_the_app_allows(
    emulator: Emulator, served: httpx2.Client
) -> None:
    before = checked(served.get("/_emulator/switches").text)

    answer = press(
        served,
        email_auth_type="otp",
        mfa_policy="required",
        passkeys_enabled="on",
        **{"allowed_identifiers.email": "on", "oauth_providers.github": "on"},
        **{"mfa_methods_allowed.totp": "on", "mfa_methods_allowed.nonsense": "on"},
    )

    settings = emulator.state.apps.first.settings
    assert "email_auth_type=magic" in before
    assert "mfa_policy=disabled" in before
    assert (answer.status_code, answer.headers["location"]) == (303, "/_emulator/switches")
    assert (settings.email_auth_type, settings.mfa_policy) == ("otp", "required")
    assert (settings.allowed_identifiers, settings.mfa_methods_allowed) == (("email",), ("totp",))
    assert [each["provider"] for each in settings.oauth_providers] == ["github"]
    assert (settings.passkeys_enabled, settings.public_signup) == (True, False)
    after = checked(served.get("/_emulator/switches").text)
    assert "oauth_providers.google=on" not in after
    assert {"mfa_policy=required", "oauth_providers.github=on", "passkeys_enabled=on"} <= after


def checked(html: str) -> set[str]:
    found = re.findall(r'name="([^"]+)" value="([^"]+)" checked', html)
    return {f"{name}={value}" for name, value in found}


def test_a_word_that_is_no_choice_changes_nothing(
    emulator: Emulator, served: httpx2.Client
) -> None:
    assert press(served, mfa_policy="nonsense").status_code == 303
    assert emulator.state.apps.first.settings.mfa_policy == "disabled"


def test_no_other_origin_throws_the_switches(emulator: Emulator, served: httpx2.Client) -> None:
    headers = {"origin": "https://evil.example", "sec-fetch-mode": "navigate"}

    answer = served.post("/_emulator/switches", data={"mfa_policy": "required"}, headers=headers)

    assert answer.status_code == 403
    assert emulator.state.apps.first.settings.mfa_policy == "disabled"
