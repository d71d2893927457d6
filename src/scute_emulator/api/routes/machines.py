"""Machine tokens: made with the secret, verified with themselves."""

from scute_emulator.api import m2m
from scute_emulator.api.route import MACHINE, SECRET, Route

__all__ = ["ROUTES"]

ROUTES = (
    Route("POST", "/v1/apps/{app}/m2m/token", SECRET, m2m.create),
    Route("GET", "/v1/apps/{app}/m2m/verify", MACHINE, m2m.verify),
    Route("POST", "/v1/apps/{app}/m2m/refresh", MACHINE, m2m.refresh),
    Route("GET", "/v1/apps/{app}/m2m/sessions", SECRET, m2m.list_sessions),
)
