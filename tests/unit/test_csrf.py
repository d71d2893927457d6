"""Which unsafe requests pass; the order of the checks matters (design, rule CSRF)."""

import pytest

from scute_auth.csrf import is_opened_as_document, is_same_origin_fetch, passes
from tests.unit.support import config
from tests.unit.views import view

OWN, TRUSTED, OTHER = "https://app.test", "https://partner.test", "https://evil.example"


@pytest.mark.parametrize(
    ("site", "origin", "expected"),
    [
        ("same-origin", None, True),
        ("same-origin", OTHER, True),
        ("none", None, True),
        ("same-site", None, False),
        ("same-site", OWN, False),
        ("same-site", TRUSTED, True),
        ("cross-site", None, False),
        ("cross-site", OWN, False),
        ("cross-site", TRUSTED, True),
        ("", OWN, False),
        ("SAME-ORIGIN", None, False),
        (None, OWN, True),
        (None, TRUSTED, True),
        (None, OTHER, False),
        (None, "null", False),
        (None, "", False),
        (None, f"{OWN}:443", False),
        (None, "http://app.test", False),
        (None, f"{OWN}\xa0", False),
        (None, None, True),
    ],
)
def test_who_may_send_it(site: str | None, origin: str | None, expected: bool) -> None:
    lines = [("sec-fetch-site", site), ("origin", origin)]
    asked = view("/", *((name, value) for name, value in lines if value is not None), method="POST")

    assert passes(asked, config(trusted_origins=(TRUSTED,))) is expected


def test_the_public_origin_counts_and_not_the_host() -> None:
    settings = config(public_origin=OWN)

    assert passes(view("/", ("host", "evil.example"), ("origin", OWN)), settings)
    assert not passes(view("/", ("host", "evil.example"), ("origin", OTHER)), settings)


@pytest.mark.parametrize(
    ("site", "expected"),
    [("same-origin", True), ("none", False), ("same-site", False), ("cross-site", False)],
)
def test_only_an_explicit_yes_is_a_fetch_of_our_own(site: str, expected: bool) -> None:
    assert is_same_origin_fetch(view("/", ("sec-fetch-site", site))) is expected


def test_silence_is_no_yes() -> None:
    assert not is_same_origin_fetch(view())


@pytest.mark.parametrize(
    ("mode", "kind", "expected"),
    [
        ("navigate", "document", True),
        (None, None, True),
        ("navigate", None, True),
        (None, "document", True),
        ("no-cors", "image", False),
        ("navigate", "iframe", False),
        ("navigate", "frame", False),
        ("navigate", "embed", False),
        ("navigate", "object", False),
        ("cors", "empty", False),
        ("no-cors", "document", False),
        ("", "", False),
    ],
)
def test_only_a_page_of_its_own_is_opened_as_one(
    mode: str | None, kind: str | None, expected: bool
) -> None:
    lines = [("sec-fetch-mode", mode), ("sec-fetch-dest", kind)]
    asked = view("/", *((name, value) for name, value in lines if value is not None))

    assert is_opened_as_document(asked) is expected
