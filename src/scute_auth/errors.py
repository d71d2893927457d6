"""Every error of scute-auth, and the closed list of reasons for a refusal.

    ScuteError
    ├── ConfigError         a setting is missing or wrong: raised at construction or start-up
    ├── TokenError          this credential is refused (401, 403)        .reason
    ├── NotSignedIn         a user (a machine) is required, none is here .reason .wanted
    ├── ScuteUnavailable    cannot tell now: try again (503)             .retry_after
    │   └── NoAnswer        the API client got no answer at all          .kind
    ├── SignInRefused       raised by an app's on_sign_in: not this one  .text
    ├── WebhookError        this is no event of Scute's, or no new one   .reason
    └── ApiError            Scute answered, and the answer is no         .status .code .details
        │                                                                .request_id
        ├── Invalid         400, 422
        ├── Unauthorized    401
        ├── Forbidden       403
        ├── NotFound        404, 410
        ├── Conflict        409
        ├── RateLimited     429, and ScuteUnavailable                    .retry_after
        └── ServerError     5xx, 408, 425, and ScuteUnavailable          .retry_after

"Refused" and "cannot tell now" are different branches: an outage never signs anyone out. Only the
API client raises the two that are both; `except ScuteUnavailable` has them, so put it first.
No message holds a token or a secret.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

__all__ = [
    "ApiError",
    "ConfigError",
    "Conflict",
    "Forbidden",
    "Invalid",
    "NoAnswer",
    "NotFound",
    "NotSignedIn",
    "RateLimited",
    "Reason",
    "ScuteError",
    "ScuteUnavailable",
    "ServerError",
    "SignInRefused",
    "TokenError",
    "Unauthorized",
    "WebhookError",
    "WebhookReason",
    "api_error",
]


class Reason(StrEnum):
    """Why a credential or a request was refused.

    The first eight are the words of Scute's own server SDKs; the others are ours.
    """

    MISSING = "missing"
    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    SIGNATURE = "signature"
    EXPIRED = "expired"
    WRONG_APP = "wrong_app"
    NOT_A_USER = "not_a_user"
    REVOKED = "revoked"

    UNKNOWN_KEY = "unknown_key"
    NOT_A_MACHINE = "not_a_machine"
    NOT_ACCESS = "not_access"
    TOO_LARGE = "too_large"
    CONFLICTING_CREDENTIALS = "conflicting_credentials"
    CSRF = "csrf"
    REFRESH_REJECTED = "refresh_rejected"
    STEP_UP_REQUIRED = "step_up_required"
    APPROVAL_REQUIRED = "approval_required"
    FORBIDDEN = "forbidden"

    NOT_A_VERIFICATION = "not_a_verification"
    WRONG_VERIFICATION = "wrong_verification"
    REPLAYED = "replayed"


class WebhookReason(StrEnum):
    """Why a webhook was refused."""

    MISSING = "missing"
    DUPLICATE = "duplicate"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    NO_BODY = "no_body"
    SIGNATURE = "signature"
    OLD = "old"
    FUTURE = "future"
    UNREADABLE = "unreadable"
    WRONG_APP = "wrong_app"
    REPLAYED = "replayed"


class ScuteError(Exception):
    """The root of this package's errors."""


class ConfigError(ScuteError):
    """A setting is missing or wrong; the message names it and says what to do."""


class TokenError(ScuteError):
    """A token is refused."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the token is refused: {self.reason}"


class NotSignedIn(ScuteError):
    """A signed-in user is required here, or a machine (`wanted`), and this request has none."""

    wanted: Literal["user", "machine"] = "user"

    def __init__(self, reason: Reason, wanted: Literal["user", "machine"] = "user") -> None:
        super().__init__(f"no {wanted} is signed in: {reason}")
        self.reason = reason
        self.wanted = wanted


class ScuteUnavailable(ScuteError):
    """Scute (or the store) cannot be asked now; nothing was decided.

    `retry_after` is in seconds.
    """

    def __init__(self, message: str, *, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SignInRefused(ScuteError):
    """Raise it in `on_sign_in`, and the sign-in ends with a page that says `text`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class WebhookError(ScuteError):
    """A webhook is refused."""

    def __init__(self, reason: WebhookReason) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the webhook is refused: {self.reason}"


class NoAnswer(ScuteUnavailable):
    """The call may have arrived or not: `kind` is "timeout", "network" or what else stopped it."""

    def __init__(self, operation: str, kind: str) -> None:
        super().__init__(f"no answer to {operation}: {kind}")
        self.operation = operation
        self.kind = kind


class ApiError(ScuteError):
    """Scute's API answered with an error, or with something that cannot be used.

    `code` is Scute's `error_code` (`""` where it sent none), `details` its `details`,
    `request_id` what Scute's people can look the call up by (`""` where it sent none).
    """

    def __init__(
        self,
        operation: str,
        status: int,
        code: str,
        details: Mapping[str, Any] | None = None,
        *,
        request_id: str = "",
    ) -> None:
        super().__init__(f"Scute answered {operation} with {status} {code}".rstrip())
        self.operation = operation
        self.status = status
        self.code = code
        self.details = dict(details or {})
        self.request_id = request_id


class Invalid(ApiError):
    """What was sent cannot be used: 400, 422."""


class Unauthorized(ApiError):
    """The credential is missing, wrong or over: 401."""


class Forbidden(ApiError):
    """The credential does not reach that far: 403."""


class NotFound(ApiError):
    """There is no such thing, or no more: 404, 410."""


class Conflict(ApiError):
    """It was done already, or cannot be done as things stand: 409."""


class RateLimited(ApiError, ScuteUnavailable):
    """Too many calls: 429. Wait `retry_after` seconds."""


class ServerError(ApiError, ScuteUnavailable):
    """Scute cannot answer now: 5xx, 408, 425. Whether it acted on the call is not known."""


_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    408: ServerError,
    409: Conflict,
    410: NotFound,
    422: Invalid,
    425: ServerError,
    429: RateLimited,
}


def api_error(
    operation: str,
    status: int,
    code: str,
    details: Mapping[str, Any] | None = None,
    *,
    request_id: str = "",
    retry_after: float = 1.0,
) -> ApiError:
    """The error of the kind that its status says."""
    kind = ServerError if status >= 500 else _BY_STATUS.get(status, ApiError)
    error = kind(operation, status, code, details, request_id=request_id)
    if isinstance(error, ScuteUnavailable):
        error.retry_after = retry_after
    return error
