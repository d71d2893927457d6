"""What `@scute/js-core` 0.7 and newer sends, call by call, from a page of another origin.

Its source is public (scuteai/js, packages/auth/core), but npm has none of it: so a page's own
`fetch` does what the older client does not know, second factors above all.
"""

from typing import Any

import pytest

from tests.vendor.page import ClientPage

ANA = "ana@example.com"

CALL = """
window.base = arguments[0];
window.call = async (method, path, body, access) => {
  const headers = {accept: "application/json"};
  if (body) headers["content-type"] = "application/json";
  if (access) headers["X-Authorization"] = access;
  if (method !== "GET") headers["X-Fingerprint"] = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
  const sent = {method, headers, credentials: "include", body: body && JSON.stringify(body)};
  const answer = await fetch(base + path, sent);
  return {status: answer.status, body: JSON.parse(await answer.text() || "null")};
}
"""


class NewerClient:
    """Calls as that client does: with a fingerprint where something is changed."""

    def __init__(self, page: ClientPage) -> None:
        app = page.emulator.state.apps.first
        self._page = page
        self.access = ""
        page.browser.open(f"{page.origin}/")
        page.browser.run(CALL, f"{page.emulator.base_url}/v1/auth/{app.id}")

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        self._page.browser.run("window.asked = arguments", method, path, body, self.access)
        answer = self._page.browser.answer("call(...asked)")
        assert 200 <= answer["status"] < 300, answer
        return answer["body"]

    def pass_first_factor(self) -> Any:
        """By a code; it names the user, not the challenge."""
        user = self("GET", f"/users?identifier={ANA}")["user"]
        self("POST", "/otps/login", {"identifier": ANA, "webauthn_enabled": True})
        body = {"otp": self._page.code_to(ANA), "user_id": user["id"]}
        return self("POST", "/otps/verify", body)


@pytest.fixture
def client(page: ClientPage) -> NewerClient:
    page.emulator.settings(email_auth_type="otp", mfa_policy="optional")
    return NewerClient(page)


def test_a_second_factor_stands_between_the_code_and_the_session(
    page: ClientPage, client: NewerClient
) -> None:
    page.emulator.enrol_totp(ANA)

    stopped = client.pass_first_factor()
    asked = stopped["mfa_challenge"]
    seen = client("GET", f"/challenges/{asked['token']}")["challenge"]
    code = {"code": page.emulator.totp_code(ANA)}
    session = client("POST", f"/challenges/{asked['token']}/verify", code)

    assert stopped["mfa_required"] is True
    assert stopped["available_methods"] == ["totp"]
    assert "access" not in stopped
    assert (seen["status"], seen["method"], seen["purpose"]) == ("pending", "totp", "mfa")
    assert session["access"]
    assert session["refresh"]


def test_another_second_factor_is_chosen(page: ClientPage, client: NewerClient) -> None:
    """Cancel, and create anew, both without a key; `backup_codes` are `backup_code` here."""
    page.emulator.enrol_totp(ANA)
    codes = page.emulator.backup_codes(ANA)
    stopped = client.pass_first_factor()

    client("DELETE", f"/challenges/{stopped['mfa_challenge']['token']}")
    body = {"purpose": "mfa", "method": "backup_code", "app_user_id": stopped["app_user_id"]}
    chosen = client("POST", "/challenges", body)["challenge"]
    session = client("POST", f"/challenges/{chosen['token']}/verify", {"code": codes[0]})

    assert "backup_codes" in stopped["available_methods"]
    assert session["user_id"] == stopped["app_user_id"]


def test_second_factors_are_managed(page: ClientPage, client: NewerClient) -> None:
    client.access = client.pass_first_factor()["access"]

    begun = client("POST", "/mfa/enroll", {"method": "email"})["enrollment"]
    made = {"enrollment_id": begun["id"], "code": page.code_to(ANA)}
    client("POST", "/mfa/enroll/verify", made)
    client("PATCH", f"/mfa/methods/{begun['id']}/default")
    codes = client("POST", "/mfa/backup-codes", {})["backup_codes"]
    listed = client("GET", "/mfa/methods")
    removed = client("DELETE", f"/mfa/methods/{begun['id']}")

    assert [(each["method"], each["is_default"]) for each in listed["methods"]] == [("email", True)]
    assert len(codes) == 10
    assert removed is None
    assert client("GET", "/mfa/status")["mfa_enabled"] is False
