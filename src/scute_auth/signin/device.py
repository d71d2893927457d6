"""The browsers in which somebody has signed in before: the attempts of each are counted apart.

Anybody can use up the attempts for an address that he knows, and so keep its owner out. The owner's
own browser holds a sealed cookie since he last signed in there, which names it and him (OWASP,
"Slow Down Online Guessing Attacks with Device Cookies"). It is no credential: it signs nobody in.
It knows him by what is his beyond doubt: his id, and addresses that he was seen to read or that
Scute has verified; each exactly, for another spelling may be another's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from scute_auth.http import ResponseChanges
from scute_auth.identity import Profile
from scute_auth.signin.binding import Binding
from scute_auth.signin.identifiers import exact, same_identifier
from scute_auth.signin.kept import keep, kept
from scute_auth.signin.visit import Visit

__all__ = ["LIFETIME", "device_of", "remember"]

LIFETIME = 180 * 86_400

_SENT = frozenset({"magic", "otp"})
"""Ways by which only the address's reader can sign in. A passkey shows no address."""

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


def remember(visit: Visit, profile: Profile, binding: Binding | None) -> ResponseChanges:
    """This person has signed in here. The browser's id stays: a sign-in brings no new attempts."""
    device = kept(visit, "device", _Device) or _Device(visit.random_id("device"), [])
    own = [_digest(name) for name in (profile.id, *_addresses(profile, binding))]
    known = list(dict.fromkeys([*own, *device.known]))[:_MOST_KNOWN]
    return keep(visit, "device", _Device(device.id, known), until=visit.now + LIFETIME)


def _addresses(profile: Profile, binding: Binding | None) -> Iterator[str]:
    """His own addresses: anybody can have another's in his profile."""
    read = binding.identifier if binding is not None and binding.way in _SENT else ""
    for address, is_verified in (
        (profile.email, profile.email_verified),
        (profile.phone, profile.phone_verified),
    ):
        if address and (is_verified or same_identifier(address, read)):
            yield address


def _digest(identifier: str) -> str:
    return sha256(exact(identifier).encode()).hexdigest()[:32]
