"""The data that the app asks of its users."""

from collections.abc import Mapping, Sequence
from typing import Any

from scute_auth.api import apps as rows
from scute_auth.client.models.apps import MetaField, meta_field, meta_fields
from scute_auth.client.reading import nothing
from scute_auth.client.request import Request, given

__all__ = ["create", "delete", "list", "update", "update_positions"]


def list() -> Request[tuple[MetaField, ...]]:
    """List the fields."""
    return Request(rows.USER_META_FIELDS_LIST, meta_fields)


def create(
    name: str,
    field_type: str,
    *,
    required: bool | None = None,
    visible_profile: bool | None = None,
    visible_registration: bool | None = None,
    position: int | None = None,
    as_verification_identifier: bool | None = None,
    token: str | None = None,
) -> Request[MetaField]:
    """Create a field: of type string, boolean, integer, date, phone, email, text or url."""
    body = given(
        name=name,
        field_type=field_type,
        required=required,
        visible_profile=visible_profile,
        visible_registration=visible_registration,
        position=position,
        as_verification_identifier=as_verification_identifier,
    )
    return Request(rows.USER_META_FIELDS_CREATE, meta_field, body=body, token=token or "")


def update(
    field_id: str, fields: Mapping[str, Any], *, token: str | None = None
) -> Request[MetaField]:
    """Change a field."""
    path, row = {"field": field_id}, rows.USER_META_FIELDS_UPDATE
    return Request(row, meta_field, path=path, body=fields, token=token or "")


def delete(field_id: str, *, token: str | None = None) -> Request[None]:
    """Delete a field."""
    path = {"field": field_id}
    return Request(rows.USER_META_FIELDS_DELETE, nothing, path=path, token=token or "")


def update_positions(
    field_ids: Sequence[str], *, token: str | None = None
) -> Request[tuple[MetaField, ...]]:
    """Put the fields in this order."""
    body = {"positions": [*field_ids]}
    row = rows.USER_META_FIELDS_UPDATE_POSITIONS
    return Request(row, meta_fields, body=body, token=token or "")
