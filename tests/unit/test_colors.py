"""An app's colour is legible on our pages, and nothing but a colour reaches the style sheet."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import integers, tuples

from scute_auth.colors import DARK, LEAST, LIGHT, Accent, accent, contrast, parse
from scute_auth.config import ScuteConfig
from scute_auth.errors import ConfigError
from scute_auth.public_app import app_settings

BYTE = integers(0, 255)
BASE = Path(__file__).parents[2] / "src" / "scute_auth" / "templates" / "base.html"


def color(text: str) -> tuple[int, int, int]:
    parsed = parse(text)
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("text", "parsed"),
    [("#d6246e", (0xD6, 0x24, 0x6E)), ("#ABC", (0xAA, 0xBB, 0xCC)), ("#000", (0, 0, 0))],
)
def test_a_colour_is_three_or_six_hexadecimal_digits(text: str, parsed: Any) -> None:
    assert parse(text) == parsed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "red",
        "d6246e",
        "#d6246",
        "#d6246e80",
        "#ggg",
        "#d6246e\n",
        "#fff;} body{display:none",
        "url(https://evil.example)",
        "#\uff11\uff12\uff13",
        "#fff\u0000",
        7,
        None,
        ["#fff"],
    ],
    ids=repr,
)
def test_anything_else_is_none(text: Any) -> None:
    assert parse(text) is None
    assert accent(text) is None


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000", "#fff", 21.0),
        ("#fff", "#fff", 1.0),
        ("#767676", "#fff", 4.54),
        ("#f00", "#fff", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(color(one), color(other)) == pytest.approx(ratio, abs=0.005)
    assert contrast(color(other), color(one)) == pytest.approx(ratio, abs=0.005)


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    found = accent("#a01050")

    assert found is not None
    assert (found.fill, found.on_fill, found.light) == ("#a01050", "#ffffff", "#a01050")


def test_a_colour_that_cannot_is_darkened_or_lightened() -> None:
    assert accent("#ffcc00") == Accent(
        fill="#ffcc00", on_fill="#000000", light="#806600", dark="#ffcc00"
    )
    navy = accent("#0a1f44")
    assert navy is not None
    assert navy.fill == navy.light == "#0a1f44"
    assert navy.dark != "#0a1f44"


@given(tuples(BYTE, BYTE, BYTE))
def test_whatever_the_colour_text_can_be_read(given: tuple[int, int, int]) -> None:
    found = accent("#" + bytes(given).hex())

    assert found is not None
    assert contrast(color(found.on_fill), color(found.fill)) >= LEAST
    assert contrast(color(found.light), LIGHT) >= LEAST
    assert contrast(color(found.dark), DARK) >= LEAST


@pytest.mark.parametrize("ground", [LIGHT, DARK], ids=["light", "dark"])
def test_the_grounds_are_those_of_the_page(ground: tuple[int, int, int]) -> None:
    assert f"--calm: #{bytes(ground).hex()};" in BASE.read_text("utf-8")


def test_no_ground_of_a_page_is_harder_to_read_on() -> None:
    """The page, the sheet and what lies on it, in each scheme."""
    for ground, others in ((LIGHT, ("#f4f4f1", "#ffffff")), (DARK, ("#131519", "#1c1f25"))):
        ink = (0, 0, 0) if ground is LIGHT else (255, 255, 255)
        for other in others:
            assert f": {other};" in BASE.read_text("utf-8")
            assert contrast(color(other), ink) > contrast(ground, ink)


@pytest.mark.parametrize("wrong", ["red", "#12", "#fff;", ""])
def test_a_setting_that_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigError, match="accent_color: write it as #rgb or #rrggbb"):
        ScuteConfig("app_demo", accent_color=wrong)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"colors": ["#d6246e", "#000"]}, "#d6246e"),
        ({"colors": ["red", "#d6246e"]}, "#d6246e"),
        ({"colors": ["#fff;}"]}, None),
        ({"colors": {"primary": "#d6246e"}}, None),
        ({"colors": [7, None]}, None),
        ({"colors": "#d6246e"}, None),
        ({"colors": None}, None),
        ({}, None),
    ],
    ids=str,
)
def test_what_the_app_tells_at_scute_is_read_where_it_is_one(told: Any, found: str | None) -> None:
    assert app_settings({"id": "app_demo", **told}).accent_color == found
