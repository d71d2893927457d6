"""The two ends of a passkey: what a page is given, and what its browser answers.

Scute is the relying party: it makes the challenges and checks the signatures. What it does not
know is which browser it made a challenge for. So an answer counts here only for the challenge
that its own browser was given (WebAuthn level 3, sections 7.1 and 7.2: `type` and `challenge`).
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import shake_256
from typing import Any, cast

from scute_auth.errors import TokenError
from scute_auth.json_values import as_object
from scute_auth.jws import json_object

__all__ = [
    "Ceremony",
    "Seen",
    "assertion",
    "attestation",
    "ceremony",
    "options_to_add",
    "options_to_prove",
    "options_to_sign_in",
    "unanswerable",
]

_TEXT = re.compile(r"[A-Za-z0-9_-]{1,32768}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{22,512}")
"""16 bytes at least: WebAuthn section 13.4.3."""

_TIMEOUT = 300_000
"""Milliseconds in which a person answers."""

_MOST_NAMES = 1200
"""Letters of all names together: what a page is given lies in a cookie until it is answered."""

_ANSWER = ("clientDataJSON", "authenticatorData", "signature", "userHandle")
_NEW = ("clientDataJSON", "attestationObject")


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What Scute wants to have signed; `party` is the host that the passkeys belong to."""

    challenge: str = field(repr=False)
    party: str
    options: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is the same in all of Scute's ceremonies: the host, and how long a challenge is."""

    party: str
    length: int = 43


def ceremony(value: Any) -> Ceremony:
    """Options as `navigator.credentials` takes them, alone or below `publicKey`."""
    options = value["options"]
    options = options.get("publicKey", options)
    challenge = _base64url(options["challenge"])
    if not _CHALLENGE.fullmatch(challenge):
        raise ValueError("not a challenge")
    party = options.get("rpId") or options["rp"]["id"]
    return Ceremony(challenge, _text(party), {**options, "challenge": challenge})


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value


def _base64url(text: str) -> str:
    """The spelling that browsers take and give: of the URL alphabet, without padding."""
    return text.rstrip("=").replace("+", "-").replace("/", "_")


def unanswerable(secret: bytes, seen: Seen) -> Ceremony:
    """What a page is given where Scute gives nothing: no passkey of anybody answers it.

    It looks like those that Scute gives, for the host that they are for.
    """
    data = shake_256(secret).digest(seen.length * 3 // 4)
    return Ceremony(urlsafe_b64encode(data).rstrip(b"=").decode("ascii"), seen.party, {})


def options_to_sign_in(begun: Ceremony) -> dict[str, Any]:
    """The same for everybody, but for the challenge.

    Scute names the account's passkeys; that would tell any visitor who has an account here
    (WebAuthn section 14.6.2). Without those names the browser offers what it holds for this site.
    """
    return {
        "challenge": begun.challenge,
        "rpId": begun.party,
        "timeout": _TIMEOUT,
        "userVerification": "required",
    }


def options_to_prove(begun: Ceremony) -> dict[str, Any]:
    """For somebody whose account is no secret to him any more: with the names of its passkeys.

    A security key that keeps nothing needs them. Too many to keep are left out, all of them: then
    the browser offers what it holds.
    """
    names = list(_names(begun.options.get("allowCredentials")))
    options = options_to_sign_in(begun)
    if names and sum(map(len, names)) <= _MOST_NAMES:
        options["allowCredentials"] = [{"type": "public-key", "id": name} for name in names]
    return options


def _names(listed: object) -> Iterator[str]:
    """What is no passkey's name is passed over."""
    for entry in cast("list[object]", listed) if isinstance(listed, list) else ():
        name = (as_object(entry) or {}).get("id")
        if isinstance(name, str) and _is_encoded(name := _base64url(name)):
            yield name


def options_to_add(begun: Ceremony) -> dict[str, Any]:
    """Scute's own, but for a passkey that is found without its name, and asks for its owner."""
    given = as_object(begun.options.get("authenticatorSelection")) or {}
    wanted = {"residentKey": "required", "requireResidentKey": True, "userVerification": "required"}
    return {**begun.options, "authenticatorSelection": {**given, **wanted}}


def assertion(text: str, challenge: str) -> dict[str, Any] | None:
    """What `navigator.credentials.get` gave, as Scute takes it; None if it answers another
    challenge."""
    return _credential(text, challenge, "webauthn.get", _ANSWER)


def attestation(text: str, challenge: str) -> dict[str, Any] | None:
    """The same for `navigator.credentials.create`."""
    return _credential(text, challenge, "webauthn.create", _NEW)


def _credential(
    text: str, challenge: str, kind: str, names: Iterable[str]
) -> dict[str, Any] | None:
    try:
        given = json_object(text.encode("utf-8"))
        response = as_object(given.get("response")) or {}
        client = json_object(_decoded(response.get("clientDataJSON")))
    except (ValueError, TokenError):
        return None
    if client.get("type") != kind or client.get("challenge") != challenge:
        return None
    identifier = given.get("id")
    parts = {name: response[name] for name in names if response.get(name) is not None}
    if not all(_is_encoded(part) for part in (identifier, *parts.values())):
        return None
    return {
        "id": identifier,
        "rawId": identifier,
        "type": "public-key",
        "response": parts,
        "clientExtensionResults": {},
    }


def _is_encoded(value: object) -> bool:
    return isinstance(value, str) and _TEXT.fullmatch(value) is not None


def _decoded(value: object) -> bytes:
    if not isinstance(value, str) or not _TEXT.fullmatch(value):
        raise ValueError("not base64url")
    return urlsafe_b64decode(value + "=" * (-len(value) % 4))
