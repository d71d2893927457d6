"""An app's own colour on our pages: legible whatever it is.

It fills buttons as it is, with black or white on it. Text in it, and the lines that show where
something is, need WCAG's 4.5:1 against the page: there it is darkened or lightened until it has.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["DARK", "LIGHT", "Accent", "accent", "contrast", "parse"]

Color: TypeAlias = tuple[int, int, int]

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
_BLACK: Color = (0, 0, 0)
_WHITE: Color = (255, 255, 255)
LEAST = 4.5
"""WCAG 2.2, success criterion 1.4.3."""

LIGHT: Color = (0xEE, 0xF2, 0xFC)
DARK: Color = (0x24, 0x2A, 0x37)
"""The grounds in `base.html` on which it stands out least, in each colour scheme."""


@dataclass(frozen=True, slots=True)
class Accent:
    """Colours for CSS: a filling, what is written on it, and text in each colour scheme."""

    fill: str
    on_fill: str
    light: str
    dark: str


def parse(text: object) -> Color | None:
    """`#rgb` or `#rrggbb`, and nothing else: it goes into a style sheet."""
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        return None
    digits = text[1:] if len(text) == 7 else "".join(digit * 2 for digit in text[1:])
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def accent(text: str | None) -> Accent | None:
    """The colours that follow from an app's one; None where it is no colour."""
    color = parse(text)
    if color is None:
        return None
    light, dark = _legible(color, LIGHT, _BLACK), _legible(color, DARK, _WHITE)
    return Accent(_css(color), _css(_on(color)), _css(light), _css(dark))


def contrast(one: Color, other: Color) -> float:
    """WCAG 2.2: from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _legible(color: Color, ground: Color, toward: Color) -> Color:
    """The colour, or the first mixture on the way to black or white that can be read."""
    mixtures = (_mixed(color, toward, share / 20) for share in range(21))
    return next(mixed for mixed in mixtures if contrast(mixed, ground) >= LEAST)


def _mixed(one: Color, other: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _on(color: Color) -> Color:
    """One of the two always has 4.5:1."""
    return max(_BLACK, _WHITE, key=lambda ink: contrast(ink, color))


def _luminance(color: Color) -> float:
    red, green, blue = (_linear(part / 255) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _css(color: Color) -> str:
    return "#" + bytes(color).hex()
