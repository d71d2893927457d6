"""The browsers in which somebody has signed in before: the attempts of each are counted apart.

Anybody can use up the attempts for an address that he knows, and so keep its owner out. The owner's
own browser holds a sealed cookie since he last signed in there, which names it and him (OWASP,
"Slow Down Online Guessing Attacks with Device Cookies"). It is no credential: it signs nobody in.
"""

from dataclasses import dataclass
from hashlib import sha256

from scute_auth.http import ResponseChanges
from scute_auth.identity import Profile
from scute_auth.signin.identifiers import counted
from scute_auth.signin.kept import keep, kept
from scute_auth.signin.visit import Visit

__all__ = ["LIFETIME", "device_of", "remember"]

LIFETIME = 180 * 86_400

_MOST_KNOWN = 12
"""Four people share a browser, each with an id, an e-mail address and a phone number."""


@dataclass(frozen=True, slots=True)
class _Device:
    """`known` are the digests of those who have signed in here, the latest first."""

    id: str
    known: list[str]


def device_of(visit: Visit, identifier: str) -> str:
    """The id of this browser, if whoever has this address or id has signed in here; else empty."""
    device = kept(visit, "device", _Device)
    return device.id if device is not None and _digest(identifier) in device.known else ""


def remember(visit: Visit, profile: Profile) -> ResponseChanges:
    """This person has signed in here. The browser's id stays: a sign-in brings no new attempts."""
    device = kept(visit, "device", _Device) or _Device(visit.random_id("device"), [])
    own = [_digest(name) for name in (profile.id, profile.email, profile.phone) if name]
    known = list(dict.fromkeys([*own, *device.known]))[:_MOST_KNOWN]
    return keep(visit, "device", _Device(device.id, known), until=visit.now + LIFETIME)


def _digest(identifier: str) -> str:
    return sha256(counted(identifier).encode()).hexdigest()[:32]
