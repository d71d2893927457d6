"""Text that others chose, shown on a terminal."""

__all__ = ["plain"]


def plain(text: str) -> str:
    """With escapes for what a terminal would obey, or show in another order."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
