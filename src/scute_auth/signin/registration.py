"""What an app asks of its new users: on the sign-in page, and where an invitation lands."""

import re
from collections.abc import Mapping
from typing import Any

from scute_auth.calls import ask
from scute_auth.effects import Flow
from scute_auth.errors import ApiError
from scute_auth.meta_fields import MetaField, lacking
from scute_auth.operations import META_LACKING
from scute_auth.public_app import AppSettings
from scute_auth.signin.arrival import Arrival
from scute_auth.signin.visit import Submission, Visit

__all__ = ["asked_of", "demanded", "hint", "is_registration", "shown"]

_USER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What may go into a URL: a landing's token claims anything."""

_TYPES: Mapping[str, str] = {
    "boolean": "checkbox",
    "integer": "number",
    "date": "date",
    "phone": "tel",
    "email": "email",
    "url": "url",
}
_AUTOCOMPLETE: Mapping[str, str] = {"first_name": "given-name", "last_name": "family-name"}


def demanded(settings: AppSettings) -> tuple[MetaField, ...]:
    """What a registration asks for: nothing, unless the app requires at least one field."""
    is_demanded = any(field.is_required for field in settings.meta_fields)
    return settings.meta_fields if is_demanded else ()


def asked_of(visit: Visit, arrival: Arrival) -> Flow[tuple[MetaField, ...]]:
    """What the person of a landing is asked for before the sign-in: Scute says who lacks it."""
    user_id = arrival.user_id or ""
    if not arrival.is_new or not _USER_ID.fullmatch(user_id):
        return ()
    fields = demanded((yield from visit.auth.settings.get(visit.now)))
    if not fields:
        return ()
    try:
        lacks = yield from ask(visit.auth.config, META_LACKING, query={"user_id": user_id})
    except ApiError:
        # Scute knows no such user: then it takes no token for him either.
        return ()
    return fields if lacks else ()


def is_registration(submission: Submission) -> bool:
    """Is it the form for new users?"""
    return bool(submission.get("register"))


def shown(
    fields: tuple[MetaField, ...], given: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The fields of a form, again with what was sent if it could not be taken."""
    missing = [] if given is None else lacking(fields, given)
    values = {name: value for name, value in (given or {}).items() if value is not False}
    return [
        {
            "name": f"meta.{field.name}",
            "label": field.label,
            "type": _TYPES.get(field.kind, "text"),
            "autocomplete": _AUTOCOMPLETE.get(field.name, "on"),
            "required": field.is_required,
            "value": values.get(field.name, ""),
            "missing": field in missing,
        }
        for field in fields
    ]


def hint(visit: Visit, fields: tuple[MetaField, ...], meta: Mapping[str, Any]) -> str | None:
    """What is still to be filled in, for the person who left it out."""
    labels = [field.label for field in lacking(fields, meta)]
    return visit.say("fill_in", fields=", ".join(labels)) if labels else None
