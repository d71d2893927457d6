"""Verification: is this address, this number, this person what they say?"""

from scute_auth.api.row import Credential, Group

__all__ = [
    "VERIFICATION_APPROVE",
    "VERIFICATION_CREATE",
    "VERIFICATION_CREATE_WITH_INTENT",
    "VERIFICATION_DELETE",
    "VERIFICATION_DENY",
    "VERIFICATION_LIST",
    "VERIFICATION_LIST_OF_APP",
    "VERIFICATION_RESEND",
    "VERIFICATION_SEARCH",
    "VERIFICATION_SHOW",
    "VERIFICATION_VERIFY",
]


_verification = Group("verification", "/v1/verify/{app_id}/verifications", "verification")
VERIFICATION_SEARCH = _verification(
    "search", "GET", "/search", "I", Credential.SECRET, page="autocomplete-search-by-identifier"
)
VERIFICATION_CREATE = _verification(
    "create", "POST", "", "I", Credential.SECRET, page="create-verification"
)
VERIFICATION_CREATE_WITH_INTENT = _verification(
    "create_with_intent",
    "POST",
    "/intent",
    "P",
    Credential.CALLER,
    page="create-verification-with-intent",
)
VERIFICATION_LIST = _verification("list", "GET", "", "S", Credential.USER)
VERIFICATION_LIST_OF_APP = _verification(
    "list_of_app", "GET", "/app", "S", Credential.USER, page="list-verification-requests"
)
VERIFICATION_SHOW = _verification(
    "show", "GET", "/{verification}", "PS", Credential.CALLER, page="show-verification-request"
)
VERIFICATION_VERIFY = _verification(
    "verify", "POST", "/{verification}/verify", "PS", Credential.USER, page="verify-code"
)
VERIFICATION_APPROVE = _verification(
    "approve", "POST", "/{verification}/approve", "S", Credential.USER
)
VERIFICATION_DENY = _verification("deny", "POST", "/{verification}/deny", "S", Credential.USER)
VERIFICATION_RESEND = _verification(
    "resend", "POST", "/{verification}/resend", "S", Credential.USER
)
VERIFICATION_DELETE = _verification("delete", "DELETE", "/{verification}", "S", Credential.USER)
