"""The page for those who come from Next.js, as its blocks."""

import re
from pathlib import Path

__all__ = ["PAGE", "added", "block", "removed"]

PAGE = (Path(__file__).parents[1] / "docs" / "nextjs.md").read_text("utf-8")


def block(language: str, name: str = "") -> str:
    """The block of this language whose first line names this file; without its name, the first."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    first = {"ts": "// ", "console": ""}.get(language, "# ") + name
    return next(text for text in blocks if text.startswith(first))


def added(name: str) -> str:
    """The lines that are new in a file of the front end."""
    return _lines(name, "+")


def removed(name: str) -> str:
    return _lines(name, "-")


def _lines(name: str, sign: str) -> str:
    lines = block("diff", name).splitlines()
    return "\n".join(line[1:] for line in lines if line.startswith(sign))
