"""The links of all pages lead to files that exist, and to headings that stand there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = ("*.md", "docs/*.md", "integrations/*.md", "examples/*/*.md")
PAGES = sorted(path.relative_to(ROOT).as_posix() for glob in PLACES for path in ROOT.glob(glob))


def text_of(path: Path) -> str:
    """Without its code: what looks like a link or a heading there is none."""
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`\]", "]", text)


def anchors(path: Path) -> set[str]:
    """As GitHub makes them of the headings."""
    headings: list[str] = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES)
def test_its_links_lead_somewhere(page: str) -> None:
    links: list[str] = re.findall(r"\]\(([^)\s]+)\)", text_of(ROOT / page))
    for link in links:
        if not link.startswith("https://"):
            name, _, anchor = link.partition("#")
            target = (ROOT / page).parent / name if name else ROOT / page
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


def test_every_page_of_the_docs_is_linked_from_the_readme() -> None:
    readme = text_of(ROOT / "README.md")

    assert [each for each in PAGES if each.startswith("docs/") and f"({each})" not in readme] == []
    assert "docs/verification.md" in PAGES
