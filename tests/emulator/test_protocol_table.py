"""Each answer of the emulator against the protocol: method, path, credentials, response keys."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import pytest

from scute_auth.api import ROWS as TABLE
from scute_auth.api import row as api_row
from scute_emulator.api.credentials import Credentials
from scute_emulator.api.routes import ROUTES
from tests.emulator.authenticator import Authenticator
from tests.emulator.support import Api

SESSION = {"access", "access_expires_at", "csrf", "key_id", "user_id"}
WITH_REFRESH = SESSION | {"refresh", "refresh_expires_at"}
LINK = {"magic_link"}
USER = {"user"}
PAGE = {"users", "total_pages", "current_page", "next_page", "prev_page", "per_page"}
EVENTS = (PAGE - {"users"}) | {"count", "events"}
PEM = {"public_key", "key_id", "algorithm", "workspace_id", "generated_at"}
OK = {"message"}
M2M = {"access", "access_expires_at", "refresh", "refresh_expires_at", "csrf", "key_id"}
NEW_M2M = M2M | {"short_token", "client_name"}
VERIFIED = {"message", "verified"}
APP = {
    "id", "name", "created_at", "updated_at", "origin", "callback_url", "login_url", "base_url",
    "logo", "logo_dark", "public_key", "profile_management", "public_signup", "access_expiration",
    "refresh_expiration", "refresh_payload", "auto_refresh", "magic_link_expiration",
    "session_timeout", "scute_branding", "allowed_identifiers", "required_identifiers",
    "email_auth_type", "default_language", "user_meta_data_schema", "oauth_providers",
    "passkeys_enabled", "mfa_policy", "mfa_methods_allowed", "mfa_reverify_minutes",
}  # fmt: skip
DECISION = {"decision", "allowed", "reason", "permission", "roles", "explanation"}
GRANTED = {"user_id", "roles", "permissions", "step_up", "approval", "conditional"}
WHO_MAY = {"permission", "everyone", "total", "users"}
ASKED = {"id", "kind", "user_id", "status", "role", "created_at", "expires_at"}
DECIDED = ASKED | {"decided_at", "decided_by"}
READ = {"action": "read", "resource": "invoice:7"}
POLICY = {"roles": {"billing": {"permissions": ["invoice:read"]}}}
Z = "/v1/apps/app_demo/authz"
FIELD = {
    "id", "name", "field_name", "field_type", "position", "required", "visible_profile",
    "visible_registration", "as_verification_identifier",
}  # fmt: skip
CHILD = {"id", "name", "slug", "app_id", "api_key_id", "created_at"}
V = "/v1/verify/app_demo/verifications"
NEW = {"identifier": "new@example.com"}


CHALLENGE = {
    "token", "status", "purpose", "method", "expires_at", "remaining_attempts", "time_remaining",
    "delivery_required", "metadata",
}  # fmt: skip
STEP_UP = {"purpose": "step_up", "method": "email_otp"}
OPTIONS = {"user_verification", "options"}
DISCOVERY = {"workspace_id", "saml_login_url", "enforce_sso"}
TOTP = {"enrollment", "provisioning_uri", "secret"}
WITH_ADVICE = WITH_REFRESH | {"mfa_enrollment_suggested", "available_methods"}
ANN = "/v1/apps/app_demo/users/{user}"
RUNNING = {"access", "access_expires_at", "session_id", "user_id", "impersonation"}


@dataclass
class World:
    """What the rows' paths and bodies name: made anew for each row."""

    api: Api
    user: str = ""
    session: str = ""
    access: str = ""
    refresh: str = ""
    token: str = ""
    link: str = ""
    challenge: str = ""
    code: str = ""
    method: str = ""
    device: str = ""
    machine: str = ""
    webhook: str = ""
    request: str = ""
    role: str = "billing"
    former: str = ""
    phone: str = "+15550101"
    child: str = ""
    verification: str = ""
    authenticator: Authenticator = field(default_factory=Authenticator)

    def __post_init__(self) -> None:
        emulator = self.api.emulator
        emulator.settings(
            mfa_policy="optional",
            mfa_reverify_minutes=10**6,
            impersonation=True,
            passkeys_enabled=True,
            origin="http://localhost:8000",
        )
        self.user = emulator.create_user("ada@example.com").id
        payload = emulator.create_session("ada@example.com")
        self.access, self.refresh = payload["access"], payload["refresh"]
        self.machine = emulator.create_machine()["short_token"]
        self.session = emulator.state.sessions.of(self.user)[0].id
        _, answer = self.api("POST", "A/magic_links/login", {"identifier": "bob@example.com"})
        self.link = answer["magic_link"]["id"]
        self.token = self.api.link_for("bob@example.com")
        self.device = self.register()["id"]
        body = {**STEP_UP, "app_user_id": self.user}
        _, made = self.api("POST", "A/challenges", body, authorization=self.api.secret)
        self.challenge, self.code = made["challenge"]["token"], self.code_to("ada@example.com")
        self.verification = self.new_verification()
        _, begun = self.as_user("POST", "A/mfa/enroll", {"method": "email"})
        self.method = begun["enrollment"]["id"]
        path = f"/v1/workspaces/{emulator.state.workspace_id}/children"
        _, made = self.api("POST", path, {"name": "X"}, authorization=self.api.workspace_secret)
        self.child = made["id"]
        self.webhook = emulator.webhooks.add("http://127.0.0.1:8000/auth/webhook").id
        emulator.set_policy(POLICY)
        emulator.grant_role("ada@example.com", "billing")
        body = {"user_id": self.user, "role": "billing"}
        _, asked = self.api("POST", f"{Z}/requests", body, authorization=self.api.secret)
        self.request = asked["id"]

    def as_user(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return self.api(method, path, body, x_authorization=self.access)

    def code_to(self, address: str) -> str:
        return self.api.emulator.messages(address)[0].code or ""

    def register(self) -> Any:
        _, asked = self.as_user("POST", "A/devices/register")
        _, device = self.as_user(
            "POST", "A/devices/finalize", self.authenticator.create(asked["options"])
        )
        return device

    def new_passkey(self) -> dict[str, Any]:
        _, asked = self.as_user("POST", "A/devices/register")
        return Authenticator(credential_id=b"another").create(asked["options"])

    def assertion(self) -> dict[str, Any]:
        path = "A/webauthn/login/initialize"
        _, asked = self.api("POST", path, {"identifier": "ada@example.com"})
        return self.authenticator.get(asked["options"])

    def otp(self) -> dict[str, Any]:
        _, sent = self.api("POST", "A/otps/login", {"identifier": "cleo@example.com"})
        return {"otp": self.code_to("cleo@example.com"), "user_id": sent["user_id"]}

    def enrolment(self) -> dict[str, Any]:
        return {"enrollment_id": self.method, "code": self.code_to("ada@example.com")}

    def with_mfa(self) -> None:
        self.as_user("POST", "A/mfa/enroll/verify", self.enrolment())

    def with_former(self) -> None:
        """Ada was here before."""
        users = self.api.emulator.state.users
        ada = users.by_id(self.user)
        self.former = users.add("app_demo", ada.identifier, 0).id
        users.delete(users.by_id(self.former), 0)

    def phone_code(self) -> dict[str, Any]:
        path = "A/current_user/alternate_phones"
        _, asked = self.as_user("POST", path, {"phone": self.phone})
        return {"challenge_token": asked["challenge_token"], "code": self.code_to(self.phone)}

    def with_phone(self) -> None:
        self.as_user("POST", "A/current_user/alternate_phones/verify", self.phone_code())

    def with_push(self) -> None:
        """Ada has agreed on her phone."""
        body = {"purpose": "authenticate", "method": "entra_push", "identifier": "ada@example.com"}
        _, made = self.api("POST", "A/challenges", body)
        self.challenge = made["challenge"]["token"]
        self.api.emulator.answer_push("ada@example.com")

    def new_verification(self) -> str:
        body = {
            "intent_name": "reset",
            "verification_type": "otp",
            "meta_data": {"contact_email": "ada@example.com"},
        }
        _, made = self.api("POST", f"{V}/intent", body, x_authorization=self.machine)
        made_id: str = made["verification_id"]
        return made_id

    def verification_code(self) -> dict[str, Any]:
        self.api("POST", f"{V}/{self.verification}/resend", x_authorization=self.access)
        return {"code": self.code_to("ada@example.com")}

    def fill(self, text: str) -> str:
        for each in fields(self):
            value = getattr(self, each.name)
            text = text.replace(f"{{{each.name}}}", value) if isinstance(value, str) else text
        return text.replace("{workspace}", self.api.emulator.state.workspace_id)

    def credentials(self, kinds: str) -> dict[str, str]:
        """K: the app's secret, W: the workspace's, U: an access token, R: a refresh token, M: a
        machine's token, X: the same for verifications."""
        every = {
            "K": ("authorization", self.api.secret),
            "W": ("authorization", self.api.workspace_secret),
            "U": ("x_authorization", self.access),
            "R": ("x_refresh_token", self.refresh),
            "M": ("authorization", f"Bearer {self.machine}"),
            "X": ("x_authorization", f"Bearer {self.machine}"),
        }
        return dict(every[kind] for kind in kinds)


@dataclass(frozen=True)
class Row:
    """`make` makes the body of the world, and `before` changes it."""

    method: str
    path: str
    credentials: str
    keys: set[str]
    body: dict[str, Any] | None = None
    query: dict[str, str] | None = None
    status: int = 200
    make: Callable[[World], dict[str, Any]] | None = None
    before: Callable[[World], None] | None = None


HOOK = {"webhook": {"url": "https://localhost:8000/auth/webhook", "retry_limit": 0}}
ENDPOINT = {"webhook_endpoint"}
H = "/v1/apps/app_demo/webhooks"


ROWS = [
    Row("GET", "A/.well-known/jwks.json", "", {"keys"}),
    Row("GET", "A/jwks", "", {"keys"}),
    Row("GET", "A/public_key", "", PEM),
    Row("POST", "A/magic_links/login", "", LINK, NEW),
    Row("POST", "A/magic_links/register", "", LINK, NEW),
    Row("POST", "A/magic_links/status", "", OK, {"id": "{link}"}),
    Row("PATCH", "A/magic_links/authenticate", "", WITH_ADVICE, {"token": "{token}"}),
    Row("POST", "A/magic_links/confirm_invite", "", WITH_ADVICE, {"token": "{token}"}),
    Row("GET", "A/oauth/authorize", "", set(), query={"provider": "google"}, status=302),
    Row("GET", "A/oauth/callback", "", set(), query={"state": "x", "code": "y"}, status=302),
    Row("GET", "/v1/auth/saml/discover", "", DISCOVERY, query={"email": "ada@example.com"}),
    Row("GET", "A/saml/login", "", set(), status=302),
    Row("POST", "A/otps/login", "", {"otp", "user_id"}, NEW),
    Row("POST", "A/otps/verify", "", WITH_ADVICE, make=World.otp),
    Row(
        "POST", "A/challenges", "K", {"challenge"}, STEP_UP | {"app_user_id": "{user}"}, status=201
    ),
    Row("GET", "A/challenges/{challenge}", "", {"challenge"}),
    Row("DELETE", "A/challenges/{challenge}", "", OK),
    Row("POST", "A/challenges/{challenge}/verify", "", {"status", "challenge"}, {"code": "{code}"}),
    Row("POST", "A/challenges/{challenge}/resend", "", {"challenge"}),
    Row("POST", "A/challenges/{challenge}/deny", "", {"challenge"}),
    Row("POST", "A/challenges/{challenge}/session", "", WITH_ADVICE, {}, before=World.with_push),
    Row("GET", "A/mfa/methods", "U", {"methods", "backup_codes_available", "mfa_enabled"}),
    Row("GET", "A/mfa/status", "U", {"mfa_enabled"}),
    Row("POST", "A/mfa/enroll", "U", TOTP, {"method": "totp", "name": "Phone"}),
    Row("POST", "A/mfa/enroll/verify", "U", {"enrollment"}, make=World.enrolment),
    Row("PATCH", "A/mfa/methods/{method}/default", "U", {"method"}, before=World.with_mfa),
    Row("DELETE", "A/mfa/methods/{method}", "U", set(), status=204),
    Row("POST", "A/mfa/backup-codes", "U", {"backup_codes"}, {}, before=World.with_mfa),
    Row("POST", "A/webauthn/login/initialize", "", OPTIONS, {"identifier": "ada@example.com"}),
    Row("POST", "A/webauthn/login/finalize", "", WITH_ADVICE, make=World.assertion),
    Row("POST", "A/devices/register", "U", OPTIONS),
    Row(
        "POST", "A/devices/finalize", "U", {"id", "nickname", "user_agent"}, make=World.new_passkey
    ),
    Row("DELETE", "A/devices/{device}", "U", OK),
    Row("POST", "A/tokens/refresh", "R", SESSION),
    Row("POST", "A/tokens/rotate_access", "KU", WITH_REFRESH),
    Row("POST", "A/tokens/force_refresh", "KR", WITH_REFRESH),
    Row("POST", "A/tokens/verify/access", "U", VERIFIED),
    Row("POST", "A/tokens/access/verify", "U", VERIFIED),
    Row("POST", "A/tokens/verify/refresh", "R", VERIFIED),
    Row("POST", "A/tokens/refresh/verify", "R", VERIFIED),
    Row("GET", "A/current_user", "U", USER),
    Row("PATCH", "A/current_user/meta", "U", USER, {"user_meta": {"first_name": "Ada"}}),
    Row("DELETE", "A/current_user", "U", OK),
    Row("POST", "A/current_user/logout", "U", OK),
    Row("GET", "A/current_user/alternate_phones", "U", {"alternate_phones"}),
    Row(
        "POST",
        "A/current_user/alternate_phones",
        "U",
        {"challenge_token", "challenge"},
        {"phone": "+15550101"},
    ),
    Row(
        "POST",
        "A/current_user/alternate_phones/verify",
        "U",
        {"alternate_phones"},
        make=World.phone_code,
    ),
    Row(
        "DELETE",
        "A/current_user/alternate_phones/{phone}",
        "U",
        set(),
        status=204,
        before=World.with_phone,
    ),
    Row("GET", "/v1/apps/app_demo/notifications", "U", {"notifications", "meta"}),
    Row("GET", "A/sessions", "U", set()),
    Row("DELETE", "A/sessions/{session}", "U", VERIFIED),
    Row("GET", "A/users", "", USER, query={"identifier": "ada@example.com"}),
    Row("GET", "A/users/metafields", "", {"meta"}, query={"user_id": "{user}"}),
    Row("POST", "A/errors", "", OK, {"payload": {"label": "http"}}),
    Row("POST", "A/users", "K", USER, NEW),
    Row("GET", "/v1/apps", "K", {"apps"}),
    Row("POST", "/v1/apps", "W", {"app"}, {"name": "Other", "origin": "https://x.y"}, status=201),
    Row("GET", "/v1/apps/app_demo", "", APP),
    Row("PATCH", "/v1/apps/app_demo", "K", {"app"}, {"app": {"name": "Renamed"}}),
    Row("DELETE", "/v1/apps/app_demo", "K", OK),
    Row("POST", "/v1/apps/app_demo/m2m/token", "K", NEW_M2M, {"client_name": "billing"}),
    Row("GET", "/v1/apps/app_demo/m2m/verify", "M", VERIFIED | {"session_id", "client_name"}),
    Row("POST", "/v1/apps/app_demo/m2m/refresh", "M", M2M),
    Row("GET", "/v1/apps/app_demo/m2m/sessions", "K", {"sessions"}),
    Row("GET", H, "K", {"webhook_endpoints"}),
    Row("POST", H, "K", ENDPOINT, HOOK, status=201),
    Row("GET", H + "/{webhook}", "K", ENDPOINT),
    Row("PATCH", H + "/{webhook}", "K", ENDPOINT, {"webhook": {"enabled": False}}),
    Row("DELETE", H + "/{webhook}", "K", OK),
    Row("POST", H + "/{webhook}/test", "K", OK),
    Row("GET", H + "/{webhook}/deliveries", "K", {"deliveries", "pagination"}),
    Row("POST", "/v1/apps/app_demo/api_keys", "K", {"api_key"}, {"nickname": "CI"}),
    Row("POST", "/v1/apps/app_demo/user_meta_fields", "K", FIELD, {"name": "Team"}),
    Row("POST", "/v1/workspaces/{workspace}/sessions", "WU", WITH_REFRESH, {"app_id": "app_demo"}),
    Row("GET", "/v1/workspaces/{workspace}/children", "W", {"children"}),
    Row(
        "POST",
        "/v1/workspaces/{workspace}/children",
        "W",
        CHILD | {"api_key_token", "branding_logo"},
        {"name": "Acme", "branding_logo": "/l.svg"},
        status=201,
    ),
    Row("GET", "/v1/workspaces/{workspace}/children/{child}", "W", CHILD),
    Row("GET", "/v1/apps/app_demo/events", "K", EVENTS),
    Row("GET", "/v1/app_demo/users", "K", PAGE),
    Row("POST", "/v1/app_demo/users", "K", USER, NEW),
    Row("POST", "/v1/app_demo/users/invite", "K", USER, NEW),
    Row("GET", "/v1/app_demo/users/{user}", "K", USER),
    Row("PATCH", "/v1/app_demo/users/{user}", "K", USER, {"user_meta": {}}),
    Row("PUT", "/v1/app_demo/users/{user}", "K", USER, {"user_meta": {}}),
    Row("PATCH", "/v1/app_demo/users/{user}/meta", "K", USER, {"user_meta": {}}),
    Row("DELETE", "/v1/app_demo/users/{user}", "K", OK),
    Row("POST", "/v1/app_demo/users/{user}/activate", "K", USER),
    Row("POST", "/v1/app_demo/users/{user}/deactivate", "K", USER),
    Row("GET", "/v1/app_demo/users/{user}/previous_accounts", "K", {"previous_accounts"}),
    Row(
        "POST",
        "/v1/app_demo/users/{user}/merge",
        "K",
        USER,
        {"from": "{former}"},
        before=World.with_former,
    ),
    Row("POST", ANN + "/impersonate", "K", RUNNING, {"reason": "Ticket 7"}, status=201),
    Row("DELETE", ANN + "/impersonate", "K", {"ended"}),
    Row("GET", ANN + "/impersonations", "K", {"impersonations"}),
    Row("POST", "A/authz/check", "K", DECISION, READ | {"user_id": "{user}"}),
    Row("POST", "A/authz/check-batch", "K", {"results"}, {"checks": []}),
    Row("GET", "A/authz/users/{user}/permissions", "K", GRANTED),
    Row("GET", "A/authz/authorized-users", "K", WHO_MAY, query={"action": "read"}),
    Row(
        "POST",
        "A/authz/filter",
        "K",
        {"permission", "filter"},
        {"user_id": "{user}", "action": "read", "resource_type": "invoice"},
    ),
    Row("POST", "A/authz/me/check", "U", DECISION, READ),
    Row("POST", "A/authz/me/check-batch", "U", {"results"}, {"checks": [READ]}),
    Row("GET", "A/authz/me/permissions", "U", GRANTED),
    Row("GET", Z + "/requests", "K", {"requests"}),
    Row("POST", Z + "/requests", "K", ASKED, {"user_id": "{user}", "role": "billing"}, status=201),
    Row("POST", Z + "/requests/{request}/approve", "K", DECIDED),
    Row("POST", Z + "/requests/{request}/deny", "K", DECIDED),
    Row("GET", Z + "/users/{user}/roles", "K", {"roles"}),
    Row(
        "POST",
        Z + "/users/{user}/roles",
        "K",
        {"role", "active", "granted_at"},
        {"role": "billing"},
        status=201,
    ),
    Row("DELETE", Z + "/users/{user}/roles/{role}", "K", set(), status=204),
    Row("GET", Z + "/roles", "K", {"roles"}),
    Row("GET", Z + "/resources", "K", {"resources"}),
    Row("GET", Z + "/policy", "K", {"roles"}),
    Row("GET", Z + "/policy/document", "K", {"roles"}),
    Row("GET", Z + "/snapshot", "K", {"version", "token", "expires_at", "jwks"}),
    Row("POST", Z + "/policy/import", "K", {"dry_run", "applied", "changes"}, {"document": POLICY}),
    Row(
        "POST",
        V + "/intent",
        "X",
        {"verification_id", "status", "message"},
        {"intent_name": "reset", "meta_data": {"contact_email": "ada@example.com"}},
    ),
    Row("GET", V, "U", {"verifications"}),
    Row("GET", V + "/app", "U", {"verifications"}),
    Row("GET", V + "/{verification}", "K", {"verification"}),
    Row("DELETE", V + "/{verification}", "U", OK),
    Row("POST", V + "/{verification}/verify", "K", {"verification"}, make=World.verification_code),
    Row("POST", V + "/{verification}/approve", "U", {"verification"}),
    Row("POST", V + "/{verification}/deny", "U", {"verification"}, {"reason": "no"}),
    Row("POST", V + "/{verification}/resend", "U", {"verification"}),
    Row("GET", "/v1/app_demo/users/{user}/sessions", "K", set()),
    Row("GET", "/v1/apps/app_demo/users/{user}/sessions", "K", set()),
    Row("DELETE", "/v1/app_demo/users/{user}/sessions/{session}", "K", OK),
    Row("DELETE", "/v1/apps/app_demo/users/{user}/sessions/{session}", "K", OK),
]
IDS = [f"{row.method} {row.path}" for row in ROWS]


@pytest.fixture
def world(api: Api) -> World:
    return World(api)


def send(world: World, row: Row, headers: dict[str, str]) -> tuple[int, Any]:
    if row.before is not None:
        row.before(world)
    made = row.body if row.make is None else row.make(world)
    body = made and {
        name: world.fill(value) if isinstance(value, str) else value for name, value in made.items()
    }
    query = row.query and {name: world.fill(value) for name, value in row.query.items()}
    return world.api(row.method, world.fill(row.path), body, query=query, headers=headers)


def names_of(body: Any) -> set[str]:
    return set() if isinstance(body, list) else set(body)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_the_documented_call_gets_the_documented_answer(world: World, row: Row) -> None:
    status, body = send(world, row, world.credentials(row.credentials))

    assert status == row.status
    assert names_of(body) == row.keys


PROTECTED = [row for row in ROWS if row.credentials]
LACKING = [(row, kind) for row in PROTECTED for kind in row.credentials]
LACKING_IDS = [f"{row.method} {row.path} {kind}" for row, kind in LACKING]


@pytest.mark.parametrize(("row", "kind"), LACKING, ids=LACKING_IDS)
def test_a_missing_credential_is_refused(world: World, row: Row, kind: str) -> None:
    status, body = send(world, row, world.credentials(row.credentials.replace(kind, "")))

    assert status == 401
    assert set(body) == {"error", "error_code"}


@pytest.mark.parametrize(("row", "kind"), LACKING, ids=LACKING_IDS)
def test_a_wrong_credential_is_refused(world: World, row: Row, kind: str) -> None:
    headers = world.credentials(row.credentials)
    wrong = {
        "K": ("authorization", "Bearer emulated_wrong"),
        "W": ("authorization", world.api.secret),
        "U": ("x_authorization", world.refresh),
        "R": ("x_refresh_token", world.access),
        "M": ("authorization", f"Bearer {world.access}"),
        "X": ("x_authorization", world.access),
    }
    if row.path == "/v1/apps":
        wrong["W"] = wrong["K"]

    status, body = send(world, row, {**headers, **dict([wrong[kind]])})

    assert status == 401
    assert set(body) == {"error", "error_code"}


SECRET_OF_ONE_APP = [row for row in PROTECTED if "K" in row.credentials and row.path != "/v1/apps"]


@pytest.mark.parametrize(
    "row", SECRET_OF_ONE_APP, ids=[f"{row.method} {row.path}" for row in SECRET_OF_ONE_APP]
)
def test_the_secret_of_another_app_is_refused(world: World, row: Row) -> None:
    other = world.api.emulator.create_app().secret

    status, body = send(world, row, {"authorization": f"Bearer {other}"})

    assert status == 403
    assert body["error"] == "API key not authorized for this app"


@pytest.mark.parametrize("kind", ["U", "R"])
def test_a_token_of_a_revoked_session_is_refused(world: World, kind: str) -> None:
    world.api("DELETE", "A/current_user", x_authorization=world.access)
    path = {"U": "A/tokens/verify/access", "R": "A/tokens/verify/refresh"}[kind]

    status, _ = world.api("POST", path, headers=world.credentials(kind))

    assert status == 401


@pytest.mark.parametrize("value", ["{}", "Bearer {}", "  bearer   {} "])
def test_an_access_token_is_taken_raw_and_as_bearer(world: World, value: str) -> None:
    status, _ = world.api("GET", "A/current_user", x_authorization=value.format(world.access))

    assert status == 200


def test_a_refresh_token_is_taken_from_authorization_too(world: World) -> None:
    status, _ = world.api("POST", "A/tokens/refresh", authorization=f"Bearer {world.refresh}")

    assert status == 200


def test_an_app_is_known_by_its_public_id_and_by_its_uuid(world: World) -> None:
    uuid = world.api.emulator.state.apps.first.uuid

    status, body = world.api("GET", f"/v1/apps/{uuid}")

    assert (status, body["id"]) == (200, "app_demo")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/auth/app_other/jwks", 404, "not_found"),
        ("GET", "/v1/nothing", 404, "not_found"),
        ("POST", "A/jwks", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there_is_said_so(
    api: Api, method: str, path: str, status: int, code: str
) -> None:
    assert (status, code) == (
        (answer := api(method, path))[0],
        answer[1]["error_code"],
    )


def test_a_refusal_may_be_nested_as_older_clients_read_it(api: Api) -> None:
    api.emulator.settings(nested_errors=True)

    status, body = api("GET", "A/users")

    said = {"message": "The identifier is not valid", "code": "invalid_identifier"}
    assert (status, body) == (400, {"error": {**said, "slug": "invalid_identifier"}})


def test_every_route_has_its_row() -> None:
    def shape(path: str) -> list[str]:
        path = path.replace("A/", "/v1/auth/app_demo/", 1) if path.startswith("A/") else path
        return ["*" if part in ("app_demo", "{app}") else part for part in path.split("/")]

    rows = [(row.method, shape(row.path)) for row in ROWS]
    routes = [(route.method, shape(route.path)) for route in ROUTES]

    assert sorted(rows) == sorted(routes)


def outline(method: str, path: str) -> tuple[str, str]:
    return method, re.sub(r"\{[^}]+\}", "*", path)


KNOWN = {outline(route.method, route.path): route for route in ROUTES}
CERTAIN = [row for row in TABLE.values() if not row.is_experimental]


@pytest.mark.parametrize("row", CERTAIN, ids=[row.name for row in CERTAIN])
def test_all_that_is_documented_or_proven_is_answered(row: api_row.Row) -> None:
    """And asks for the credentials that the client sends."""
    route = KNOWN[outline(row.method, row.path)]

    assert FITTING[row.credentials] & {route.credentials}


C, K = api_row.Credential, Credentials
FITTING: dict[tuple[api_row.Credential, ...], set[Credentials]] = {
    (): {K.NONE},
    (C.USER,): {K.USER, K.PARTY},
    (C.CALLER,): {K.VERIFIER, K.PARTY},
    (C.MACHINE,): {K.MACHINE},
    (C.REFRESH,): {K.REFRESH},
    (C.SECRET,): {K.SECRET},
    (C.EITHER,): {K.SECRET},
    (C.SECRET, C.USER): {K.SECRET, K.USER},
    (C.SECRET, C.REFRESH): {K.SECRET},
    (C.WORKSPACE,): {K.WORKSPACE},
    (C.WORKSPACE, C.USER): {K.WORKSPACE},
}
"""Which of the routes' demands the client's credentials meet; the handler asks for the rest."""


def test_a_challenge_has_its_documented_fields(world: World) -> None:
    _, body = world.api("GET", f"A/challenges/{world.challenge}")

    assert set(body["challenge"]) == CHALLENGE
