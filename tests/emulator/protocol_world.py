"""A Scute with one of everything: what the rows of the protocol's table name."""

from dataclasses import dataclass, field, fields
from typing import Any

from tests.emulator.authenticator import Authenticator
from tests.emulator.support import Api

POLICY = {"roles": {"billing": {"permissions": ["invoice:read"]}}}
Z = "/v1/apps/app_demo/authz"
V = "/v1/verify/app_demo/verifications"
STEP_UP = {"purpose": "step_up", "method": "email_otp"}


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
        """Ada has the number of someone who was deleted."""
        emulator = self.api.emulator
        former = emulator.create_user(phone=self.phone)
        emulator.state.forget_user(former)
        emulator.state.users.update(emulator.state.users.by_id(self.user), 0, phone=self.phone)
        self.former = former.id

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
