"""Where the product's source files are, for the tests that read them."""

from collections.abc import Iterator
from pathlib import Path

__all__ = ["INTEGRATIONS", "ROOT", "integration_files", "public_modules"]

ROOT = Path(__file__).parents[2]
INTEGRATIONS = ROOT / "integrations"


def integration_files() -> list[Path]:
    return sorted(INTEGRATIONS.rglob("*.py"))


def public_modules() -> Iterator[tuple[str, Path]]:
    """The import name and the file of each module without a leading underscore in its name."""
    for root in (ROOT / "src", INTEGRATIONS):
        for file in sorted(root.rglob("*.py")):
            parts = file.relative_to(root).with_suffix("").parts
            if parts[-1] == "__init__":
                parts = parts[:-1]
            if not any(part.startswith("_") for part in parts):
                yield ".".join(parts), file
