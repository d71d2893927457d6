"""Step-up proofs: that this user, in this sign-in, confirmed a moment ago who it is.

A proof is sealed for one app and names the user, the sign-in and the time. In a browser it lies in
a cookie, beside one that names the sign-in: Scute's own session id may change at each refresh.
That one goes with the very tokens of the sign-in: a copy of both is nothing to a later session.
A caller with a token in a header sends the proof in `X-Scute-Step-Up`; it holds for that token.
A proof for one permission of Scute's proves nothing else: where a place wants several, they come
together, joined by `~`.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace

from scute_auth.answers import Tokens
from scute_auth.claims import Claims
from scute_auth.config import ScuteConfig
from scute_auth.cookies import MAX_COOKIE, given, refresh_lifetime, small_cookie
from scute_auth.credentials import read_cookie
from scute_auth.http import RequestView, ResponseChanges
from scute_auth.identity import SignedIn
from scute_auth.sealing import sealer_of
from scute_auth.verified import digest

__all__ = [
    "HEADER",
    "LONGEST",
    "Proof",
    "SignIn",
    "Wish",
    "carry_over",
    "is_proved",
    "mark",
    "name_sign_in",
    "proof_of",
    "remember",
    "seal_proof",
    "seal_wish",
    "sign_in_of",
    "wish_of",
]

HEADER = b"x-scute-step-up"
LONGEST = 3600
"""Seconds that a proof is kept; what a view demands is mostly less."""

_AND, _MOST = "~", 3
"""What joins proofs, and how many of them are kept."""

_ROOM = MAX_COOKIE - 256
"""For all of them, and their cookie's name: a browser drops a cookie that is too large."""


WISH_LIFETIME = 600
"""Seconds in which a step-up for a permission has to begin: as long as one may take."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in of a user, whatever its tokens become; `at` is when it began, if known.

    `access` and `refresh` are the digests of the tokens that it has now.
    """

    id: str
    user_id: str
    at: float | None
    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Proof:
    """`challenge` is the one at Scute that was completed for it; `authorizes` is the permission
    that it was for, if it was for one."""

    user_id: str
    sign_in: str
    at: float
    challenge: str = field(repr=False)
    authorizes: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user wants to do and has to confirm for: a permission of Scute's, and how.

    It travels sealed: nobody else can have him confirm what he never asked for.
    """

    user_id: str
    authorizes: str
    method: str


def mark(
    view: RequestView, config: ScuteConfig, tokens: Tokens, claims: Claims, now: float
) -> ResponseChanges:
    """Name a sign-in that begins, in its browser; by its first token, of which there is one."""
    name = _digest(tokens.access)
    began = SignIn(name, claims.user_id, now, name, _digest(tokens.refresh))
    has_refresh = tokens.refresh is not None
    lifetime = refresh_lifetime(tokens, now) if has_refresh else int(claims.expires_at - now)
    return _keep(view, config, began, now, lifetime)


def name_sign_in(
    view: RequestView, config: ScuteConfig, signed_in: SignedIn, id: str, now: float
) -> tuple[SignIn, ResponseChanges]:
    """Give a name to a session that began elsewhere, for as long as a proof may last."""
    session = signed_in.session
    own = _digest(session.access), _digest(session.refresh)
    began = SignIn(id, signed_in.user.id, None, *own)
    return began, _keep(view, config, began, now, LONGEST)


def carry_over(
    view: RequestView, config: ScuteConfig, tokens: Tokens, claims: Claims, refresh: str, now: float
) -> ResponseChanges:
    """The sign-in goes on with the tokens that Scute gave for this refresh token of its."""
    found = _opened(config, read_cookie(view, config, "signin"), now)
    if found is None or (found.user_id, found.refresh) != (claims.user_id, _digest(refresh)):
        return ResponseChanges()
    kept = tokens.refresh or refresh
    goes_on = replace(found, access=_digest(tokens.access), refresh=_digest(kept))
    lifetime = refresh_lifetime(replace(tokens, refresh=kept), now)
    return _keep(view, config, goes_on, now, lifetime)


def _digest(token: str | None) -> str:
    return "" if token is None else digest(token).hex()


def _opened(config: ScuteConfig, sealed: str | None, now: float) -> SignIn | None:
    return sealer_of(config).open_as(SignIn, "signin", sealed, now=now)


def _keep(
    view: RequestView, config: ScuteConfig, began: SignIn, now: float, lifetime: int
) -> ResponseChanges:
    sealed = sealer_of(config).seal("signin", asdict(began), until=now + lifetime)
    return ResponseChanges(small_cookie(view, config, "signin", sealed, lifetime))


def sign_in_of(
    view: RequestView, config: ScuteConfig, signed_in: SignedIn, now: float
) -> SignIn | None:
    """The sign-in that a verdict belongs to; None where this browser does not know it."""
    own = signed_in.user.id, _digest(signed_in.session.access)
    if signed_in.session.source == "header":
        return SignIn(own[1], own[0], None, own[1], "")
    # After a refresh the response brings a newer one than the request.
    sealed = given(view, config, "signin", signed_in.changes)
    found = _opened(config, sealed or read_cookie(view, config, "signin"), now)
    return found if found is not None and (found.user_id, found.access) == own else None


def proof_of(
    view: RequestView, config: ScuteConfig, signed_in: SignedIn, now: float, authorizes: str = ""
) -> Proof | None:
    """The proof for this permission, or for none, that came with this request, if it is this
    user's and of this sign-in."""
    if signed_in.session.source == "header":
        sealed = (view.header(HEADER) or b"").decode("latin-1")
    else:
        sealed = read_cookie(view, config, "proof") or ""
    began = sign_in_of(view, config, signed_in, now)
    if began is None:
        return None
    return next(
        (
            proof
            for _, proof in _all_of(config, sealed, now)
            if (proof.user_id, proof.sign_in, proof.authorizes)
            == (began.user_id, began.id, authorizes)
        ),
        None,
    )


def _all_of(config: ScuteConfig, sealed: str, now: float) -> Iterator[tuple[str, Proof]]:
    """The proofs that are ours and in time, each with its seal; no more than we give."""
    for text in sealed.split(_AND)[:_MOST]:
        proof = sealer_of(config).open_as(Proof, "proof", text, now=now)
        if proof is not None:
            yield text, proof


def is_proved(
    view: RequestView, config: ScuteConfig, signed_in: SignedIn, max_age: int, now: float
) -> bool:
    """Did the user confirm it within so many seconds? For one permission alone does not count."""
    proof = proof_of(view, config, signed_in, now)
    return proof is not None and now - proof.at <= max_age


def seal_wish(config: ScuteConfig, wish: Wish, now: float) -> str:
    return sealer_of(config).seal("wish", asdict(wish), until=now + WISH_LIFETIME)


def wish_of(config: ScuteConfig, sealed: str | None, user_id: str, now: float) -> Wish | None:
    """The wish that a step-up was asked for with, if it is this user's."""
    wish = sealer_of(config).open_as(Wish, "wish", sealed, now=now)
    return wish if wish is not None and wish.user_id == user_id else None


def seal_proof(config: ScuteConfig, proof: Proof) -> str:
    return sealer_of(config).seal("proof", asdict(proof), until=proof.at + LONGEST)


def remember(view: RequestView, config: ScuteConfig, proof: Proof) -> ResponseChanges:
    """Keep a proof in the browser that gave it, beside the latest for other permissions."""
    before = _all_of(config, read_cookie(view, config, "proof") or "", proof.at)
    others = [text for text, other in before if other.authorizes != proof.authorizes]
    together = seal_proof(config, proof)
    for text in others[: _MOST - 1]:
        if len(together) + len(text) < _ROOM:
            together += _AND + text
    return ResponseChanges(small_cookie(view, config, "proof", together, LONGEST))
