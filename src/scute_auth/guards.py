"""What a place demands, held against the verdict: either pass (None) or the reply to give instead.

How that reply looks is the business of `refusals`.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from scute_auth.authz import PermissionRequirement
from scute_auth.calls import ask, is_over
from scute_auth.config import ScuteConfig
from scute_auth.cookies import clear_session
from scute_auth.effects import Flow
from scute_auth.errors import ApiError, ConfigError, Reason, ScuteUnavailable
from scute_auth.http import Reply, RequestView, ResponseChanges
from scute_auth.identity import AuthResult, Session, SignedIn, SignedOut, Unavailable
from scute_auth.operations import CURRENT_USER
from scute_auth.paths import covers
from scute_auth.proofs import is_proved
from scute_auth.refusals import refusal, step_up

__all__ = [
    "Demand",
    "MachineRequirement",
    "Requirement",
    "gate",
    "guard",
    "is_live",
    "revoked",
    "without_machine",
]


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a place demands beside a user; `step_up` in seconds since the last confirmation."""

    step_up: int | None = None
    impersonated: bool | None = None
    check: Literal["local", "remote"] | None = None

    def __post_init__(self) -> None:
        step_up: object = self.step_up
        if step_up is not None and (type(step_up) is not int or step_up <= 0):
            raise ConfigError("require_user(step_up=...): use a whole number of seconds above 0")
        if self.impersonated not in (None, True, False):
            raise ConfigError("require_user(impersonated=...): use False to refuse support access")
        _check_check("require_user", self.check)


@dataclass(frozen=True, slots=True)
class MachineRequirement:
    """What a place demands beside a machine."""

    check: Literal["local", "remote"] | None = None

    def __post_init__(self) -> None:
        _check_check("require_machine", self.check)


Demand: TypeAlias = Requirement | MachineRequirement | PermissionRequirement


def _check_check(demand: str, check: object) -> None:
    if check not in (None, "local", "remote"):
        raise ConfigError(f"{demand}(check=...): use 'local' or 'remote'")


def guard(
    view: RequestView,
    config: ScuteConfig,
    result: AuthResult,
    requirement: Requirement,
    now: float,
) -> Flow[Reply | None]:
    """None if the verdict meets the requirement, else what to answer."""
    if not isinstance(result, SignedIn):
        return refusal(view, config, result)
    if requirement.impersonated is False and result.user.is_impersonated:
        return refusal(view, config, SignedOut(Reason.FORBIDDEN))
    # With check="remote" in the settings, `authenticate` has asked already.
    if requirement.check == "remote" and config.check != "remote":
        try:
            live = yield from is_live(config, result.session)
        except ScuteUnavailable as error:
            return refusal(view, config, Unavailable(error.retry_after))
        if not live:
            return refusal(view, config, revoked(view, config, result.session))
    max_age = requirement.step_up
    if max_age is not None and not is_proved(view, config, result, max_age, now):
        return step_up(view, config, max_age)
    return None


def gate(
    view: RequestView, config: ScuteConfig, result: AuthResult, *, is_public: bool = False
) -> Reply | None:
    """With `require_by_default`: what to answer before the app is even asked, else None.

    `is_public`: what will answer is known already, and marked as open to everybody.
    """
    if not config.require_by_default or is_public or isinstance(result, SignedIn):
        return None
    open_paths = (*config.public_paths, *config.exempt_paths, config.auth_prefix)
    return None if covers(open_paths, view.path, view.root_path) else refusal(view, config, result)


def without_machine(result: AuthResult) -> SignedOut | Unavailable:
    """What a verdict that names no machine is, where one is wanted."""
    if isinstance(result, Unavailable):
        return result
    reason = Reason.NOT_A_USER if isinstance(result, SignedIn) else result.reason
    if reason is Reason.NOT_A_USER:
        reason = Reason.NOT_A_MACHINE
    return SignedOut(reason, result.changes, wanted="machine")


def is_live(config: ScuteConfig, session: Session) -> Flow[bool]:
    """Ask Scute whether the session still stands; only an explicit no counts as one."""
    try:
        yield from ask(config, CURRENT_USER, token=session.access)
    except ApiError as error:
        if is_over(error):
            return False
        raise ScuteUnavailable(str(error)) from None
    return True


def revoked(view: RequestView, config: ScuteConfig, session: Session) -> SignedOut:
    """The verdict on a session that Scute has ended; its cookies go too."""
    if session.source == "header":
        return SignedOut(Reason.REVOKED)
    return SignedOut(Reason.REVOKED, ResponseChanges(clear_session(view, config)))
