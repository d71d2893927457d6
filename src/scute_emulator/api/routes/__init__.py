"""Every path of the API, once, in a file for each family.

Where the protocol knows two paths for one thing, both are here.
"""

from scute_emulator.api.routes import (
    authz,
    machines,
    management,
    sessions,
    signing_in,
    verification,
    webhooks,
)

__all__ = ["ROUTES"]

ROUTES = (
    *signing_in.ROUTES,
    *sessions.ROUTES,
    *machines.ROUTES,
    *management.ROUTES,
    *authz.ROUTES,
    *verification.ROUTES,
    *webhooks.ROUTES,
)
