"""What a `scute_token` says: the result of an intent verification.

Scute appends it to the `redirect_url`. Its claims are not documented, so they are read tolerantly,
and all of them stay in `raw`; but what is not plainly a yes is no yes. It is signed with the keys
of sessions: a token that names a verification is one of these, one that names none may be a
session's, and so neither ever passes for the other.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import EllipsisType
from typing import Any, TypeAlias

from scute_auth.claims import (
    OF_OTHERS,
    OF_VERIFICATIONS,
    Trusted,
    check_type,
    lifetime,
    short_text,
)
from scute_auth.errors import Reason, TokenError
from scute_auth.json_values import as_list, as_object, optional_text
from scute_auth.jws import Jws
from scute_auth.risk import Risk, read_risk

__all__ = ["IntentVerification", "read_intent"]

Awaited: TypeAlias = str | EllipsisType | None
"""The id of the verification that is waited for; `...` where the token may be of any."""

_PUBLIC_ID = "app_"
_OF_SESSIONS = frozenset({"m2m", "imp", "act"})

_OUTCOMES = ("outcome", "status", "result", "verified")
_DECISIONS = ("consent_decision", "decision")
_VERIFIED = frozenset({"verified", "success", "approved", "completed"})
_AGREED = frozenset({"approved", "accepted", "agreed", "consented", "granted"})


@dataclass(frozen=True, slots=True)
class IntentVerification(Trusted):
    """The result of a verification, of a token that Scute signed.

    `is_verified` where it says so and nothing in it says otherwise. `outcome` is Scute's word for
    it, `decision` the person's where consent was asked for, `metadata` what you gave the
    verification, `expires_at` when the token ends.
    """

    verification_id: str
    is_verified: bool
    outcome: str | None = None
    decision: str | None = None
    intent: str | None = None
    risk: Risk | None = None
    expires_at: float = 0.0
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, hash=False)
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, hash=False)


def read_intent(
    jws: Jws, *, app_ids: Collection[str], expected: Awaited, now: float, leeway: float
) -> IntentVerification:
    """Read the claims of a token whose signature is good; raise `TokenError` otherwise.

    `app_ids` are this app's ids, `expected` the verification that the caller waits for, or `...`.
    The apps of a workspace share their keys: without `expected`, the token must name this app.
    """
    raw = jws.claims
    expires_at, _ = lifetime(raw, now=now, leeway=leeway)
    check_type(jws, Reason.NOT_A_VERIFICATION)
    if not (OF_OTHERS | _OF_SESSIONS).isdisjoint(raw):
        raise TokenError(Reason.NOT_A_VERIFICATION)
    verification_id = next(filter(None, (short_text(raw, name) for name in OF_VERIFICATIONS)), None)
    if verification_id is None:
        raise TokenError(Reason.NOT_A_VERIFICATION)
    if not _names_app(raw, app_ids) and expected is ...:
        raise TokenError(Reason.WRONG_APP)
    # None is what a caller got who looked for an id and found none: it fits nothing.
    if expected not in (..., verification_id):
        raise TokenError(Reason.WRONG_VERIFICATION)
    return IntentVerification(
        verification_id,
        _is_verified(raw),
        _first_text(raw, _OUTCOMES),
        _first_text(raw, _DECISIONS),
        _first_text(raw, ("intent", "intent_name")),
        read_risk(next(_told(raw, "risk"), None)),
        expires_at,
        _metadata(raw),
        raw,
    )


def _names_app(raw: Mapping[str, Any], app_ids: Collection[str]) -> bool:
    """Does it name this app? Raise where it names another."""
    apps = [raw[name] for name in ("aid", "aud") if raw.get(name) is not None]
    app_id = optional_text(raw.get("app_id"))
    # Beside the public id an app has a UUID, which tells us nothing unless it is set as ours.
    if app_id is not None and (app_id in app_ids or app_id.startswith(_PUBLIC_ID)):
        apps.append(app_id)
    for app in apps:
        if not any(each in app_ids for each in as_list(app) or [app]):
            raise TokenError(Reason.WRONG_APP)
    return bool(apps)


def _is_verified(raw: Mapping[str, Any]) -> bool:
    """Is there a word for yes, and none that is not one? Where consent was asked for, the person
    may have proved who it is and refused all the same."""
    words = [word for name in _OUTCOMES for word in _told(raw, name) if type(word) is not int]
    decisions = [word for name in _DECISIONS for word in _told(raw, name)]
    return bool(words) and all(
        word is True or (isinstance(word, str) and word.lower() in yes)
        for told, yes in ((words, _VERIFIED), (decisions, _AGREED))
        for word in told
    )


def _metadata(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """What came along with the question; Scute's guide calls it `meta_data` there."""
    told = (as_object(value) for name in ("metadata", "meta_data") for value in _told(raw, name))
    return next((each for each in told if each), None) or {}


def _first_text(raw: Mapping[str, Any], names: Collection[str]) -> str | None:
    told = (optional_text(value) for name in names for value in _told(raw, name))
    return next(filter(None, told), None)


def _told(raw: Mapping[str, Any], name: str) -> Iterator[Any]:
    """What stands under a name, at the top or below `data`, where webhooks have it."""
    for told in (raw, as_object(raw.get("data")) or {}):
        if told.get(name) is not None:
            yield told[name]
