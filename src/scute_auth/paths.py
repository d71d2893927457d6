"""Does a path fall under a listed one? Held against the very path that the router uses."""

from collections.abc import Iterable

__all__ = ["covers", "is_auth_path"]


def covers(listed: Iterable[str], path: str, root_path: str = "") -> bool:
    """Is the path one of these, or below one (at a segment boundary)? `/` means only itself.

    A path that some servers would rewrite (`//`, `.` and `..` segments) is covered by nothing:
    what it finally reaches may be another place. So is one that names the root path once more:
    a router that cuts there (Litestar's) would serve what follows.
    """
    if root_path and root_path in path:
        return False
    if any(path == entry or _is_below(entry, path) for entry in listed):
        *inner, last = path.split("/")[1:]
        return "" not in inner and not {".", ".."} & {*inner, last}
    return False


def is_auth_path(prefix: str, path: str) -> bool:
    """Does this path belong to our own routes?"""
    return path == prefix or path.startswith(f"{prefix}/")


def _is_below(entry: str, path: str) -> bool:
    return entry != "/" and path.startswith(entry if entry.endswith("/") else f"{entry}/")
