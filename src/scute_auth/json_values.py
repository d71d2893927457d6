"""Narrow what a JSON document gave: `Any` comes in, a type or None goes out, or `ValueError`."""

from typing import Any, TypeGuard

__all__ = ["as_list", "as_object", "is_object", "optional_text", "required_text"]


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return type(value) is dict


def as_object(value: Any) -> dict[str, Any] | None:
    return value if is_object(value) else None


def as_list(value: Any) -> list[Any] | None:
    return value if _is_list(value) else None


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return type(value) is list


def required_text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value


def optional_text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
