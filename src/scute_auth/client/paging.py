"""Answers that come a page at a time."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from scute_auth.client.reading import Model, entries, read
from scute_auth.json_values import as_list, as_object

__all__ = ["Page", "each", "each_async", "page_of"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """Some of the items. `number` counts from 1, `next` is the number of the page to come.

    `pages` and `total` (of items) are None where Scute does not say; `raw` is all that it said.
    """

    items: tuple[T_co, ...]
    number: int = 1
    next: int | None = None
    pages: int | None = None
    total: int | None = None
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)


def page_of(key: str, kind: type[M]) -> Callable[[Any], Page[M]]:
    """Reads the items below a key, and the numbers beside it, or below `meta` or `pagination`."""

    def parse(value: Any) -> Page[M]:
        items = tuple(read(kind, each) for each in entries(value, key))
        if as_list(value) is not None:
            return Page(items)
        numbers = as_object(value.get("meta")) or as_object(value.get("pagination")) or value
        number, pages = _count(numbers, "current_page") or 1, _count(numbers, "total_pages")
        following = _count(numbers, "next_page")
        if following is None and pages is not None and number < pages:
            following = number + 1
        total = _count(numbers, "total_count")
        total = _count(numbers, "count") if total is None else total
        return Page(items, number, following, pages, total, value)

    return parse


def _count(numbers: dict[str, Any], name: str) -> int | None:
    value = numbers.get(name)
    return value if type(value) is int else None


def each(fetch: Callable[[int], Page[T]]) -> Iterator[T]:
    """All items, each page fetched when it is come to."""
    number: int | None = 1
    while number is not None:
        page = fetch(number)
        yield from page.items
        number = _after(number, page)


async def each_async(fetch: Callable[[int], Awaitable[Page[T]]]) -> AsyncIterator[T]:
    """The same, awaited."""
    number: int | None = 1
    while number is not None:
        page = await fetch(number)
        for item in page.items:
            yield item
        number = _after(number, page)


def _after(number: int, page: Page[Any]) -> int | None:
    """The next page, unless the answer would lead round in a circle."""
    return page.next if page.items and page.next is not None and page.next > number else None
