"""Lists in pages, and the times and numbers that narrow them, as query parameters ask."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from scute_emulator.api.refusals import Refusal

__all__ = ["Page", "count_of", "page_of", "place_of", "time_of"]

LARGEST = 100

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """`number` of `total`, each of at most `size` items; `count` is over all pages."""

    items: Sequence[Item]
    number: int
    size: int
    total: int
    count: int


def page_of(items: Sequence[Item], query: Mapping[str, str]) -> Page[Item]:
    """The page that is asked for by `page` and by `per_page` or `limit`."""
    number = count_of(query.get("page"), 1)
    size = min(count_of(query.get("limit") or query.get("per_page"), 20), LARGEST)
    total = max(1, math.ceil(len(items) / size))
    return Page(items[(number - 1) * size : number * size], number, size, total, len(items))


def place_of(page: Page[Any]) -> dict[str, int | None]:
    """Where a page stands among the others, as most of Scute's lists say it."""
    return {
        "total_pages": page.total,
        "current_page": page.number,
        "next_page": page.number + 1 if page.number < page.total else None,
        "prev_page": page.number - 1 if page.number > 1 else None,
        "per_page": page.size,
    }


def count_of(text: str | None, otherwise: int) -> int:
    """A positive number, or what stands for anything else."""
    is_count = text is not None and re.fullmatch(r"[1-9][0-9]{0,5}", text)
    return int(text or 0) if is_count else otherwise


def time_of(query: Mapping[str, str], name: str) -> float | None:
    """A time in ISO 8601; without a zone it is UTC's."""
    if name not in query:
        return None
    try:
        moment = datetime.fromisoformat(query[name])
    except ValueError:
        raise Refusal(400, f"invalid_{name}", f"{name}: a time as ISO 8601") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
