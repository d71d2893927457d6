"""Scute's assessment of a completed verification: how likely is it that this was not the person?

The same in webhooks, in the API's answers and in a `scute_token`. Nothing here is a verdict: what
a score means for what is at stake, only the app knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scute_auth.json_values import as_list, as_object, optional_text

__all__ = ["Risk", "read_risk"]


@dataclass(frozen=True, slots=True)
class Risk:
    """`score`, `level` and `recommendation` as Scute says them; `raw` is all that it says."""

    score: float | None = None
    level: str | None = None
    recommendation: str | None = None
    signals: tuple[Any, ...] = field(default=(), hash=False)
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, hash=False)


def read_risk(value: Any) -> Risk | None:
    """The assessment, or None where there is none."""
    told = as_object(value)
    if told is None:
        return None
    score = told.get("score")
    return Risk(
        score if type(score) in (int, float) else None,
        optional_text(told.get("level")),
        optional_text(told.get("recommendation")),
        tuple(as_list(told.get("signals")) or ()),
        told,
    )
