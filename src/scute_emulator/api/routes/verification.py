"""The verification product: asked by machines, answered by people."""

from scute_emulator.api import verifications
from scute_emulator.api.route import PARTY, USER, VERIFIER, Route

__all__ = ["ROUTES"]

V = "/v1/verify/{app}/verifications"

ROUTES = (
    Route("POST", V + "/intent", VERIFIER, verifications.create_intent),
    Route("GET", V, USER, verifications.list_own),
    Route("GET", V + "/app", USER, verifications.list_of_app),
    Route("GET", V + "/{verification}", PARTY, verifications.show),
    Route("DELETE", V + "/{verification}", USER, verifications.cancel),
    Route("POST", V + "/{verification}/verify", PARTY, verifications.verify),
    Route("POST", V + "/{verification}/approve", USER, verifications.approve),
    Route("POST", V + "/{verification}/deny", USER, verifications.deny),
    Route("POST", V + "/{verification}/resend", USER, verifications.resend),
)
