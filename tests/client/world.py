"""The stage for each method of the client: an emulator, a user with a session, what calls name."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from scute_auth import ScuteClient, ScuteConfig
from scute_auth.client.models.challenges import Challenge
from scute_auth.client.models.factors import Enrolment
from scute_emulator import Emulator
from tests.emulator.authenticator import Authenticator

__all__ = ["ADA", "POLICY", "World"]

ADA = "ada@example.com"
POLICY: Mapping[str, Any] = {"roles": {"billing": {"permissions": ["invoice:read"]}}}


class World:
    """Made anew for each test; what a test does not ask for is not made."""

    def __init__(self, signing_key: rsa.RSAPrivateKey) -> None:
        self.emulator = Emulator(
            secret="emulated_secret",
            workspace_id="ws_1",
            workspace_secret="emulated_workspace",
            signing_key=signing_key,
        )
        self.emulator.settings(
            mfa_policy="optional",
            mfa_reverify_minutes=10**6,
            impersonation=True,
            passkeys_enabled=True,
            origin="http://localhost:8000",
            oauth_providers=[{"provider": "google", "name": "Google"}],
        )
        self.config = ScuteConfig(
            "app_demo",
            secret="emulated_secret",
            workspace_id="ws_1",
            workspace_secret="emulated_workspace",
            base_url="http://127.0.0.1:9000",
            emulator=True,
        )
        self.client = ScuteClient(self.config, transport=self.emulator.transport)
        self.authenticator = Authenticator()

    @cached_property
    def user(self) -> str:
        return self.emulator.create_user(ADA).id

    @cached_property
    def _payload(self) -> dict[str, Any]:
        assert self.user
        return self.emulator.create_session(ADA)

    @property
    def access(self) -> str:
        return str(self._payload["access"])

    @property
    def refresh(self) -> str:
        return str(self._payload["refresh"])

    @cached_property
    def session(self) -> str:
        assert self.access
        return self.client.users.sessions(self.user)[0].id

    @cached_property
    def machine(self) -> str:
        return str(self.emulator.create_machine()["access"])

    @cached_property
    def machine_refresh(self) -> str:
        return str(self.emulator.create_machine()["refresh"])

    @cached_property
    def step_up(self) -> Challenge:
        return self.client.challenges.create("step_up", "email_otp", app_user_id=self.user)

    @cached_property
    def enrolment(self) -> Enrolment:
        return self.client.mfa.enrol("email", token=self.access)

    @cached_property
    def factor(self) -> str:
        """A second factor that is set up."""
        begun = self.enrolment.enrollment.id
        return self.client.mfa.verify_enrolment(begun, self.code(), token=self.access).id

    @cached_property
    def device(self) -> str:
        asked = self.client.webauthn.start_device(token=self.access)
        credential = self.authenticator.create(asked.options)
        return self.client.webauthn.finish_device(credential, token=self.access).id

    @cached_property
    def policy(self) -> Mapping[str, Any]:
        self.emulator.set_policy(POLICY)
        return POLICY

    @cached_property
    def asked_for(self) -> str:
        """A request for a role."""
        assert self.policy
        return self.client.authz.create_request(self.user, role="billing").id

    @cached_property
    def verification(self) -> str:
        assert self.user
        return self.client.verification.create_with_intent(
            "refund", {"contact_email": ADA}, verification_type="otp", token=self.machine
        ).verification_id

    @cached_property
    def webhook(self) -> str:
        return self.client.webhooks.create("http://127.0.0.1:9/hook").id

    def code(self, to: str = ADA) -> str:
        """The code that was sent last."""
        return self.emulator.messages(to)[0].code or ""

    def landing(self, to: str = ADA) -> str:
        """The token of the link that was sent last."""
        link = self.emulator.messages(to)[0].link or ""
        return next(iter(parse_qs(urlsplit(link).query).values()))[0]

    def provider_state(self) -> str:
        """A sign-in with a provider to which the person has agreed: its `state`."""
        where = self.client.oauth.authorize("google")
        return parse_qs(urlsplit(where).query)["state"][0]

    def deleted(self) -> str:
        """An earlier account of the user's."""
        earlier = self.client.users.create("bob@example.com").id
        self.client.users.delete(earlier)
        return earlier
