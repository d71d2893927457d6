"""Who calls: an app's or the workspace's secret, a user's, a machine's or a refresh token."""

from enum import Enum, auto

from scute_emulator.api.refusals import Refusal, not_authorized
from scute_emulator.api.request import ApiRequest
from scute_emulator.state import State
from scute_emulator.state.api_keys import same_secret
from scute_emulator.state.apps import App
from scute_emulator.state.machines import MachineToken
from scute_emulator.state.sessions import IssuedToken

__all__ = [
    "Credentials",
    "access_token",
    "machine_token",
    "presented",
    "presented_refresh",
    "refresh_token",
    "require_secret",
    "require_verifier",
    "require_workspace",
    "secret_owner",
    "user_of_party",
]


class Credentials(Enum):
    """What a route asks for; whether a refresh token is good is for its handlers to say.

    VERIFIER is a machine in X-Authorization; PARTY a user, such a machine or a secret.
    """

    NONE = auto()
    USER = auto()
    REFRESH = auto()
    SECRET = auto()
    WORKSPACE = auto()
    MACHINE = auto()
    VERIFIER = auto()
    PARTY = auto()


def presented(value: str | None) -> str:
    """A header's credential: raw, or after a scheme, as both are documented."""
    words = (value or "").split()
    return words[-1] if words else ""


def require_secret(state: State, app: App | None, request: ApiRequest) -> None:
    """An app's own secret, or the workspace's; without an app, any secret of the workspace."""
    secret = presented(request.headers.get("authorization"))
    if same_secret(secret, state.workspace_secret):
        return
    owner = secret_owner(state, request)
    if owner is None:
        raise not_authorized()
    if app is not None and owner.id != app.id:
        raise Refusal(403, "forbidden", "API key not authorized for this app")


def secret_owner(state: State, request: ApiRequest) -> App | None:
    """The app whose secret or API key this is."""
    secret = presented(request.headers.get("authorization"))
    app_id = state.api_keys.app_of(secret)
    apps = state.apps.all()
    return next((app for app in apps if app.id == app_id or same_secret(secret, app.secret)), None)


def require_workspace(state: State, workspace_id: str, request: ApiRequest) -> None:
    secret = presented(request.headers.get("authorization"))
    if not same_secret(secret, state.workspace_secret):
        raise Refusal(401, "workspace_api_key_required", "A workspace API key is required")
    if workspace_id != state.workspace_id:
        raise Refusal(403, "workspace_access_denied", "No access to this workspace")


def access_token(
    state: State, app: App, request: ApiRequest, *, expired_too: bool = False
) -> IssuedToken:
    text = presented(request.headers.get("x-authorization"))
    token = state.live_token(app, text, "access", expired_too=expired_too)
    if token is None:
        raise not_authorized()
    token.session.last_used_at = state.clock()
    return token


def presented_refresh(request: ApiRequest) -> str:
    """The docs' prose puts this token into Authorization, every SDK into X-Refresh-Token."""
    headers = request.headers
    return presented(headers.get("x-refresh-token") or headers.get("authorization"))


def refresh_token(state: State, app: App, request: ApiRequest) -> IssuedToken:
    token = state.live_token(app, presented_refresh(request), "refresh")
    if token is None:
        raise not_authorized()
    return token


def machine_token(state: State, app: App, request: ApiRequest) -> MachineToken:
    """A machine's token of any kind: which of them a call takes is for its handler to say."""
    text = presented(request.headers.get("authorization"))
    token = state.machines.live(app.id, text, state.clock())
    if token is None:
        raise not_authorized()
    return token


def require_verifier(state: State, app: App, request: ApiRequest) -> None:
    """For verifications a machine's token stands where a user's would."""
    text = presented(request.headers.get("x-authorization"))
    token = state.machines.live(app.id, text, state.clock())
    if token is None or token.kind == "refresh":
        raise not_authorized()


def user_of_party(state: State, app: App, request: ApiRequest) -> str | None:
    """The user who calls; None for a machine or a backend, and a refusal for everyone else."""
    text = presented(request.headers.get("x-authorization"))
    if not text:
        require_secret(state, app, request)
        return None
    if state.live_token(app, text, "access") is not None:
        return access_token(state, app, request).session.user_id
    require_verifier(state, app, request)
    return None
