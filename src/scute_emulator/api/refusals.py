"""How the API says no: a status, a slug for programs and a text for people."""

from collections.abc import Mapping
from typing import Any

__all__ = ["Refusal", "not_authorized", "not_found"]


class Refusal(Exception):
    def __init__(
        self, status: int, code: str, text: str, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.details = details

    def body(self, *, nested: bool = False) -> dict[str, Any]:
        """Flat, as Scute answers; nested, as its older SDKs read it."""
        details = {} if self.details is None else {"details": dict(self.details)}
        if nested:
            return {"error": {"message": str(self), "code": self.code, "slug": self.code} | details}
        return {"error": str(self), "error_code": self.code} | details


def not_authorized() -> Refusal:
    return Refusal(401, "not_authorized", "Not authorized")


def not_found(what: str) -> Refusal:
    return Refusal(404, "not_found", f"{what} not found")
