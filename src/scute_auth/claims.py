"""What a verified signature says: is it an access token of this app, for whom, until when?

Scute signs everything of a workspace with one key: access and refresh tokens of every app,
machine tokens, magic links, policy snapshots. The signature proves only that Scute wrote it;
these checks find out what it wrote. Every check takes `now` as a value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Never

from scute_auth.errors import ConfigError, Reason, TokenError
from scute_auth.json_values import is_object
from scute_auth.jws import Jws

__all__ = [
    "MAX_ACCESS_LIFETIME",
    "OF_OTHERS",
    "OF_VERIFICATIONS",
    "Claims",
    "Trusted",
    "check_type",
    "lifetime",
    "read",
    "short_text",
]

MAX_ACCESS_LIFETIME = 604_800
"""Seconds: the longest `access_expiration` that Scute's settings take."""

_MAX_ID = 256
_MAX_CREDENTIAL_ID = 2048
"""A WebAuthn credential id has up to 1023 bytes (Web Authentication, section 4)."""

_LATEST = 253_402_300_800
"""The end of the year 9999: times beyond it are no times, and integers without end no floats."""

OF_VERIFICATIONS = ("verification_id", "challenge_id")
"""What the result of a verification is known by: it names one, and no session's token does."""

# Claims that only Scute's other tokens carry: magic links, policy snapshots, MCP and OpenID
# tokens (scute-protocol.md B.8). Unknown claims beside these are welcome.
OF_OTHERS = frozenset(
    {
        "user_status",
        "webauthnEnabled",
        "policy",
        "scope",
        "client_id",
        "scute",
        "nonce",
        "at_hash",
        "events",
    }
)
_FOREIGN = OF_OTHERS.union(OF_VERIFICATIONS, ["intent"])

_PERSONAL = frozenset({"uuid", "imp", "act"})


class Trusted:
    """What only we make, after a verification.

    Pydantic (and so FastAPI) must not build one from a request's body: a view that forgot its
    `Depends` would take any caller's word for who he is.
    """

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> Never:
        raise ConfigError(
            f"{cls.__name__} is never read from a request or sent as it is: "
            "write `Annotated[User, Depends(current_user)]`, and answer with a model of your own"
        )


@dataclass(frozen=True, slots=True)
class Claims(Trusted):
    """The claims of a verified token; times in seconds since the epoch, `raw` is all of them."""

    user_id: str
    app_id: str
    expires_at: float
    issued_at: float | None = None
    session_id: str | None = None
    workspace_id: str | None = None
    credential_id: str | None = None
    is_machine: bool = False
    client_name: str | None = None
    actor: Mapping[str, Any] | None = field(default=None, repr=False, hash=False)
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, hash=False)

    @property
    def is_impersonated(self) -> bool:
        """Did someone else start this session as the user (`imp`)? `actor` says who."""
        return self.raw.get("imp") is True


def read(jws: Jws, *, app_id: str, now: float, leeway: float, bound: float) -> Claims:
    """Read the claims of a token whose signature is good; raise `TokenError` otherwise.

    `bound` is the longest that an access token of this app can live, in seconds: a longer life
    is the only mark of a refresh token, which carries the same claims (security.md T19).
    """
    raw = jws.claims
    expires_at, issued_at = lifetime(raw, now=now, leeway=leeway)
    if raw.get("aid") != app_id:
        raise TokenError(Reason.WRONG_APP)
    raw["aid"] = app_id  # the same text: remembered tokens share one string
    if "aud" in raw and raw["aud"] != app_id:
        raise TokenError(Reason.WRONG_APP)
    _refuse_foreign(jws)
    is_impersonated, actor = _impersonation(raw)
    is_machine = _is_machine(raw)
    if expires_at - now > (MAX_ACCESS_LIFETIME if is_impersonated else bound) + leeway:
        raise TokenError(Reason.NOT_ACCESS)
    # In the order of the fields: keywords would add a third to what this costs.
    return Claims(
        "" if is_machine else _user_id(raw),
        app_id,
        expires_at,
        issued_at,
        short_text(raw, "uid"),
        short_text(raw, "wid"),
        short_text(raw, "crid", _MAX_CREDENTIAL_ID),
        is_machine,
        short_text(raw, "client_name"),
        actor,
        raw,
    )


def lifetime(raw: dict[str, Any], *, now: float, leeway: float) -> tuple[float, float | None]:
    """When the token ends and, if it says so, when it was issued; raise where it is not in force.

    `exp` is required.
    """
    expires_at = _time(raw, "exp")
    if expires_at is None:
        raise TokenError(Reason.MALFORMED)
    if expires_at + leeway <= now:
        raise TokenError(Reason.EXPIRED)
    return expires_at, _started(raw, expires_at, now + leeway)


def check_type(jws: Jws, otherwise: Reason) -> None:
    """Refuse a header that says of the token that it is of a kind of its own."""
    typ = jws.header.typ
    if typ is not None and typ.upper() != "JWT":
        raise TokenError(otherwise)


def _time(raw: dict[str, Any], name: str) -> float | None:
    """A NumericDate (RFC 7519 section 2); booleans are numbers to Python, not to us."""
    value = raw.get(name)
    if (type(value) is int or type(value) is float) and abs(value) <= _LATEST:
        return value
    if name in raw:
        raise TokenError(Reason.MALFORMED)
    return None


def _started(raw: dict[str, Any], expires_at: float, latest: float) -> float | None:
    """Refuse a token from the future. Scute's access tokens need not say when they were issued."""
    not_before = _time(raw, "nbf")
    issued_at = _time(raw, "iat")
    if not_before is not None and not_before > latest:
        raise TokenError(Reason.MALFORMED)
    if issued_at is not None and (issued_at > latest or issued_at > expires_at):
        raise TokenError(Reason.MALFORMED)
    return issued_at


def _refuse_foreign(jws: Jws) -> None:
    """Refuse what says of itself that it is another kind of token (RFC 8725 section 3.11)."""
    check_type(jws, Reason.NOT_ACCESS)
    if not _FOREIGN.isdisjoint(jws.claims):
        raise TokenError(Reason.NOT_ACCESS)


def _impersonation(raw: dict[str, Any]) -> tuple[bool, Mapping[str, Any] | None]:
    """`imp` and `act` come together or `imp` alone; `act` alone is an agent's delegation."""
    if "imp" not in raw and "act" not in raw:
        return False, None
    impersonated, actor = raw.get("imp", False), raw.get("act")
    if type(impersonated) is not bool or not (actor is None or is_object(actor)):
        raise TokenError(Reason.MALFORMED)
    if actor is not None and not impersonated:
        raise TokenError(Reason.NOT_ACCESS)
    return impersonated, actor


def _is_machine(raw: dict[str, Any]) -> bool:
    machine = raw.get("m2m", False)
    if type(machine) is not bool:
        raise TokenError(Reason.NOT_A_USER)
    # What names a machine and a person at once is neither.
    if machine is True and not _PERSONAL.isdisjoint(raw):
        raise TokenError(Reason.NOT_A_USER)
    return machine


def _user_id(raw: dict[str, Any]) -> str:
    value = raw.get("uuid")
    if type(value) is not str or not 0 < len(value) <= _MAX_ID or not value.isprintable():
        raise TokenError(Reason.NOT_A_USER)
    return value


def short_text(raw: dict[str, Any], name: str, longest: int = _MAX_ID) -> str | None:
    """An optional identifier: a short string, or a number that Scute wrote as one."""
    value = raw.get(name)
    if value is None or (type(value) is str and len(value) <= longest):
        return value
    if type(value) is int and abs(value) < 2**63:
        return str(value)
    raise TokenError(Reason.MALFORMED)
