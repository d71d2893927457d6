"""A `Set-Cookie` line as a browser reads it (RFC 6265bis section 5.6)."""

from dataclasses import dataclass, field

__all__ = ["SetCookieLine"]


@dataclass(frozen=True, slots=True)
class SetCookieLine:
    name: str
    value: str = field(repr=False)
    attributes: dict[str, str]

    @classmethod
    def parse(cls, line: str) -> "SetCookieLine":
        pair, *rest = line.split(";")
        name, _, value = pair.partition("=")
        attributes: dict[str, str] = {}
        for part in rest:
            key, _, content = part.partition("=")
            attributes[key.strip().lower()] = content.strip()
        return cls(name.strip(), value.strip(), attributes)

    @property
    def max_age(self) -> int | None:
        text = self.attributes.get("max-age")
        return None if text is None else int(text)

    @property
    def is_cleared(self) -> bool:
        return self.max_age == 0

    @property
    def is_secure(self) -> bool:
        return "secure" in self.attributes

    @property
    def is_http_only(self) -> bool:
        return "httponly" in self.attributes
